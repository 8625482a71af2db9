//! The lines between the coordinator and the processes that take part: JSON over a unix socket.
//!
//! | line | from | meaning |
//! | --- | --- | --- |
//! | `{"hello":NAME,"pid":N,"ppid":N}` | process | it takes part; answered by `{"now":T}` |
//! | `{"k":N}` | coordinator | a probe |
//! | `{"k":N,"next":T\|null,…}` | process | the answer after two turns of its event loop: [`Answer`] |
//! | `{"now":T,"k":N}` | coordinator | the time is T; answered by `{"k":N,"ack":true}` at once |
//! | `{"fire":true,"k":N}` | coordinator | run the first timer that is due, then answer as a probe |
//! | `{"wake":true}` | process | it may have something to do now |

use serde::{Deserialize, Serialize};

use crate::chat_core::clock::Timestamp;

/// A line to a process.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Request {
    /// The number to be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) k: Option<u64>,
    /// The time from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) now: Option<Timestamp>,
    /// Whether the first timer that is due is to run.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) fire: bool,
}

/// A line from a process.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    /// A process takes part.
    Hello {
        hello: String,
        pid: u32,
        #[serde(default)]
        ppid: u32,
    },
    /// It knows the time.
    Ack {
        k: u64,
        #[serde(rename = "ack")]
        _ack: bool,
    },
    /// The answer to a probe.
    Answer(Box<Answer>),
    /// It may have something to do.
    Wake {
        #[serde(rename = "wake")]
        _wake: bool,
    },
}

/// The state of a process, after two turns of its event loop.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct Answer {
    /// The number of the probe.
    pub(super) k: u64,
    /// When its first timer is due.
    #[serde(default)]
    pub(super) next: Option<Timestamp>,
    /// Whether it has a timer that keeps it alive.
    #[serde(default)]
    pub(super) referenced: bool,
    /// A text that changes when anything happens in it.
    #[serde(default)]
    pub(super) state: String,
    /// The own port of each socket to the server, and the bytes read from it and written to it.
    #[serde(default)]
    pub(super) sockets: Vec<(u16, u64, u64)>,
    /// The work under way, such as `GETADDRINFOREQWRAP`.
    #[serde(default)]
    pub(super) work: Vec<String>,
    /// The URLs of its open requests to other servers.
    #[serde(default)]
    pub(super) requests: Vec<String>,
    /// The children that it has started, with their age in milliseconds, until they take part or end.
    #[serde(default)]
    pub(super) starting: Vec<(u32, u64)>,
    /// Whether its timers are virtual.
    #[serde(default)]
    pub(super) installed: bool,
    /// Whether other functions have taken the place of its virtual timers.
    #[serde(default)]
    pub(super) hidden: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_by_their_members() {
        let read = |text: &str| serde_json::from_str::<Line>(text).unwrap();
        assert!(matches!(
            read(r#"{"hello":"1.2","pid":7,"ppid":6}"#),
            Line::Hello { pid: 7, .. }
        ));
        assert!(matches!(
            read(r#"{"k":4,"ack":true}"#),
            Line::Ack { k: 4, .. }
        ));
        assert!(matches!(read(r#"{"wake":true}"#), Line::Wake { .. }));
        let text = r#"{"k":5,"next":1000,"state":"3","sockets":[[40000,1,2]],"starting":[[9,3]],"installed":true}"#;
        let Line::Answer(answer) = read(text) else {
            panic!("an answer");
        };
        assert_eq!(answer.next, Some(Timestamp(1000)));
        assert_eq!(answer.sockets, [(40000, 1, 2)]);
        assert_eq!(answer.starting, [(9, 3)]);
        assert!(answer.installed && !answer.hidden);
    }

    #[test]
    fn requests_have_only_what_is_meant() {
        let text = |request| serde_json::to_string(&request).unwrap();
        let probe = Request {
            k: Some(1),
            ..Request::default()
        };
        assert_eq!(text(probe), r#"{"k":1}"#);
        let now = Request {
            now: Some(Timestamp(5)),
            ..probe
        };
        assert_eq!(text(now), r#"{"k":1,"now":5}"#);
    }
}
