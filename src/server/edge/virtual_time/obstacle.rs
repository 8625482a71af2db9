//! Why the time does not go on: who is not quiet or does not take part, and what to do about it.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use serde::Serialize;

use super::message::Answer;
use super::participant::Participant;
use super::traffic::Bytes;

/// The time within which a child says hello if it is Node's, in milliseconds.
const START_TIME: u64 = 250;

/// The time after which a Node child that has not said hello is no longer waited for, in milliseconds.
const START_LIMIT: u64 = 10_000;

/// Someone who keeps the time from going on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Obstacle {
    /// The process, the client or the server.
    pub who: String,
    /// The reason.
    pub why: String,
    /// The next step for the user; empty where it ends by itself.
    pub fix: String,
}

impl Obstacle {
    pub(super) fn new(who: impl Into<String>, why: impl Into<String>, fix: &str) -> Self {
        Self {
            who: who.into(),
            why: why.into(),
            fix: fix.to_owned(),
        }
    }
}

/// Lists what keeps the time from going on, by the last answers of all.
pub(super) fn find<'a>(
    participants: impl Iterator<Item = &'a Participant>,
    greeted: &HashSet<u32>,
    sockets: &BTreeMap<u16, Bytes>,
    is_held: bool,
    allows_strangers: bool,
) -> Vec<Obstacle> {
    let mut found = Vec::new();
    if is_held {
        let why = "waits for its store or for another service";
        found.push(Obstacle::new("the server", why, ""));
    }
    let mut of_strangers = sockets.clone();
    for participant in participants {
        match &participant.answer {
            Some(answer) => {
                of_process(participant, answer, greeted, sockets, &mut found);
                for (port, ..) in &answer.sockets {
                    of_strangers.remove(port);
                }
            }
            None => found.push(Obstacle::new(participant.label(), "is starting", "")),
        }
    }
    if !allows_strangers {
        // The end of a socket is noticed once the server reads again.
        of_strangers.retain(|_, bytes| bytes.is_awaited);
        let strangers = of_strangers.into_keys().map(|port| {
            Obstacle::new(
                format!("the client at port {port}"),
                "is connected and does not take part, so its own timers are real",
                "end it: only Node processes take part",
            )
        });
        found.extend(strangers);
    }
    found
}

fn of_process(
    participant: &Participant,
    answer: &Answer,
    greeted: &HashSet<u32>,
    sockets: &BTreeMap<u16, Bytes>,
    found: &mut Vec<Obstacle>,
) {
    let mut add = |why: String, fix| found.push(Obstacle::new(participant.label(), why, fix));
    if !answer.work.is_empty() {
        let mut work: Vec<_> = answer.work.iter().map(|kind| work_name(kind)).collect();
        work.dedup();
        add(format!("waits for {}", work.join(", ")), "");
    }
    if !answer.requests.is_empty() {
        add(
            format!("has an open request to {}", answer.requests.join(", ")),
            "requests to other servers hold the time until they are answered: avoid long polls",
        );
    }
    for (pid, age) in &answer.starting {
        if !greeted.contains(pid) && is_starting(*pid, *age, greeted) {
            let fix = "a Node child must inherit NODE_OPTIONS and CHATCTL_CLOCK";
            add(format!("waits for its child (pid {pid}) to take part"), fix);
        }
    }
    if !answer.installed && !answer.sockets.is_empty() {
        add(
            "is connected, but `ably` was not loaded by require or import, so its timers are real"
                .to_owned(),
            "call require('timers')[Symbol.for('chatctl.clock')].install(globalThis) first: see `chatctl help clock`",
        );
    }
    for (port, read, written) in &answer.sockets {
        let bytes = sockets.get(port);
        if !bytes.is_some_and(|bytes| bytes.are_settled(*read, *written)) {
            add(format!("has bytes under way at port {port}"), "");
        }
    }
}

/// Returns what work under way is, by Node's own name for it.
fn work_name(kind: &str) -> &str {
    match kind {
        "GETADDRINFOREQWRAP" | "GETNAMEINFOREQWRAP" | "QUERYWRAP" => "a name lookup",
        "TCPCONNECTWRAP" | "PIPECONNECTWRAP" => "a connection being made",
        "WRITEWRAP" | "SHUTDOWNWRAP" => "a write to a socket or pipe",
        "FSREQCALLBACK" | "FSREQPROMISE" | "FILEHANDLECLOSEREQ" => "a file",
        "ZLIB" => "compression",
        "RANDOMBYTESREQUEST" | "RANDOMPRIMEREQUEST" => "random bytes",
        "PBKDF2REQUEST" | "SCRYPTREQUEST" | "HKDFREQUEST" | "DERIVEBITSREQUEST" => {
            "a key being derived"
        }
        "KEYGENREQUEST" | "KEYPAIRGENREQUEST" => "a key being generated",
        "SIGNREQUEST" | "VERIFYREQUEST" => "a signature",
        "CIPHERREQUEST" => "encryption",
        "HASHREQUEST" => "a hash",
        other if other.ends_with("REQUEST") => "cryptography",
        "WORKER" => "a worker thread that is starting",
        _ => "work of the system",
    }
}

/// Returns whether a child is a Node process that has not said hello, or may become one.
fn is_starting(pid: u32, age: u64, greeted: &HashSet<u32>) -> bool {
    age < START_TIME || (age < START_LIMIT && has_node(pid, greeted))
}

fn has_node(pid: u32, greeted: &HashSet<u32>) -> bool {
    let folder = Path::new("/proc").join(pid.to_string());
    let program = fs::read_link(folder.join("exe"));
    let is_node = program.is_ok_and(|path| path.file_name().is_some_and(|name| name == "node"));
    if is_node {
        return !greeted.contains(&pid);
    }
    let children = folder.join("task").join(pid.to_string()).join("children");
    let children = fs::read_to_string(children).unwrap_or_default();
    let mut children = children
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok());
    children.any(|child| has_node(child, greeted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixStream;

    fn participant(answer: Answer) -> Participant {
        let (io, _) = UnixStream::pair().unwrap();
        let mut participant = Participant::new(io).unwrap();
        (participant.name, participant.pid) = ("1".to_owned(), 7);
        participant.answer = Some(answer);
        participant
    }

    fn reasons(answer: Answer, sockets: &[(u16, u64, u64)]) -> Vec<String> {
        let sockets = sockets
            .iter()
            .map(|(port, read, written)| {
                let (read, written) = (*read, *written);
                let bytes = Bytes {
                    read,
                    written,
                    is_awaited: true,
                };
                (*port, bytes)
            })
            .collect();
        let all = find(
            [participant(answer)].iter(),
            &HashSet::new(),
            &sockets,
            false,
            false,
        );
        all.into_iter().map(|one| one.why).collect()
    }

    #[test]
    fn sockets_are_quiet_when_both_ends_have_counted_the_same() {
        let answer = |read, written| Answer {
            installed: true,
            sockets: vec![(40000, read, written)],
            ..Answer::default()
        };
        assert!(reasons(answer(5, 3), &[(40000, 3, 5)]).is_empty());
        assert_eq!(
            reasons(answer(5, 4), &[(40000, 3, 5)]),
            ["has bytes under way at port 40000"]
        );
        assert_eq!(
            reasons(answer(0, 0), &[]),
            ["has bytes under way at port 40000"],
            "not accepted yet"
        );
        assert_eq!(
            reasons(answer(5, 3), &[(40000, 3, 5), (40001, 0, 0)]).len(),
            1
        );
    }

    #[test]
    fn what_the_server_does_not_read_yet_is_not_under_way() {
        let held_back = Bytes {
            read: 3,
            written: 5,
            is_awaited: false,
        };
        assert!(held_back.are_settled(5, 3) && held_back.are_settled(5, 9));
        assert!(!held_back.are_settled(4, 9) && !held_back.are_settled(5, 2));
        let awaited = Bytes {
            is_awaited: true,
            ..held_back
        };
        assert!(!awaited.are_settled(5, 9));
    }

    #[test]
    fn work_children_and_timers_that_are_real_are_named() {
        let mut answer = Answer {
            work: vec!["FSREQCALLBACK".to_owned()],
            starting: vec![(u32::MAX, 10)],
            ..Answer::default()
        };
        assert_eq!(reasons(answer.clone(), &[]).len(), 2);
        answer.starting = vec![(u32::MAX, 1000)];
        assert_eq!(reasons(answer, &[]), ["waits for a file"]);
        let connected = Answer {
            sockets: vec![(40000, 0, 0)],
            ..Answer::default()
        };
        assert_eq!(reasons(connected, &[(40000, 0, 0)]).len(), 1);
    }
}
