//! Rules in the form of the vendor's fault proxy (`ably/uts-proxy`), word for word.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fault::{ARTIFICIAL, Answer, Fault, Refused};
use super::kinds::Point;
use super::occurrence::{self, Occurrence};
use super::rule::Schedule;
use crate::chat_core::error::ErrorInfo;

/// A rule. Unknown keys are ignored, as the proxy does.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, expecting = "a table with match and action")]
#[allow(missing_docs)] // the names are the proxy's own
pub struct UtsRule {
    #[serde(rename = "match")]
    pub matches: UtsMatch,
    pub action: UtsAction,
    /// How often it fires before it is taken off; 0 or absent: for ever.
    pub times: Option<u64>,
    pub comment: Option<String>,
}

/// Which occurrences a rule is about.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs)] // the names are the proxy's own
pub struct UtsMatch {
    #[serde(rename = "type")]
    pub kind: String,
    pub count: Option<u64>,
    pub action: Option<String>,
    pub channel: Option<String>,
    pub method: Option<String>,
    pub path_contains: Option<String>,
    pub query_contains: Option<BTreeMap<String, String>>,
    pub delay_ms: Option<u64>,
}

/// What is done.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs)] // the names are the proxy's own
pub struct UtsAction {
    #[serde(rename = "type")]
    pub kind: String,
    pub message: Option<Value>,
    pub close_code: Option<u16>,
    pub delay_ms: Option<u64>,
    pub status: Option<u16>,
    pub body: Option<Value>,
    pub headers: Option<BTreeMap<String, String>>,
}

impl UtsRule {
    /// Returns whether the rule is about `occurrence`.
    pub(crate) fn matches(&self, occurrence: &Occurrence<'_>) -> bool {
        let wanted = &self.matches;
        let is_frame = || {
            wanted.action.as_deref().is_none_or(|text| {
                occurrence.action().map(u8::from) == occurrence::action(text)
                    && occurrence::action(text).is_some()
            }) && wanted
                .channel
                .as_deref()
                .is_none_or(|channel| occurrence.channel == Some(channel))
        };
        match (wanted.kind.as_str(), occurrence.at) {
            ("ws_connect", Point::Connect) => {
                let wanted = wanted.query_contains.iter().flatten();
                wanted.into_iter().all(|(name, value)| {
                    let mut query = occurrence.query.iter();
                    let found = query.find(|(known, _)| known == name);
                    found.is_some_and(|(_, found)| value == "*" || found == value)
                })
            }
            ("ws_frame_to_server", Point::In) | ("ws_frame_to_client", Point::Out) => is_frame(),
            ("http_request", Point::Request) => {
                wanted
                    .method
                    .as_deref()
                    .is_none_or(|method| method.eq_ignore_ascii_case(occurrence.method))
                    && wanted
                        .path_contains
                        .as_deref()
                        .is_none_or(|part| occurrence.path.contains(part))
            }
            _ => false,
        }
    }

    /// Returns how long after a connection was opened the rule fires, if it is one that does.
    pub(crate) fn timer(&self) -> Option<Duration> {
        (self.matches.kind == "delay_after_ws_connect")
            .then(|| Duration::from_millis(self.matches.delay_ms.unwrap_or(0)))
    }

    /// Returns at which occurrences it fires.
    pub(crate) fn schedule(&self) -> Schedule {
        let count = self.matches.count.filter(|_| self.timer().is_none());
        Schedule {
            nth: count.filter(|count| *count > 0).into_iter().collect(),
            times: self.times.filter(|times| *times > 0),
            ..Schedule::default()
        }
    }

    /// Returns the fault at `point`. An action that is not for it, or is unknown, changes nothing.
    pub(crate) fn fault(&self, point: Point) -> Fault {
        self.action.fault(point).unwrap_or(Fault::Pass)
    }

    /// Returns its label in the log, where it is the `index`th.
    pub(crate) fn label(&self, index: usize) -> String {
        match &self.comment {
            Some(comment) if !comment.is_empty() => comment.clone(),
            _ => format!("rule-{index}"),
        }
    }
}

impl UtsAction {
    /// Returns the fault at `point`; `None` if this is not for it.
    pub(crate) fn fault(&self, point: Point) -> Option<Fault> {
        let message = || self.message.clone().unwrap_or_default();
        let code = self.close_code.unwrap_or(1000);
        let delay = Duration::from_millis(self.delay_ms.unwrap_or(0));
        let answer = || {
            let status = self.status.unwrap_or(200);
            Answer {
                status,
                error: ErrorInfo::new(ARTIFICIAL, status, "Answered by a fault"),
                body: Some(self.body.clone().unwrap_or(Value::String(String::new()))),
                headers: self.headers.clone().unwrap_or_default(),
            }
        };
        Some(match (self.kind.as_str(), point) {
            ("refuse_connection", Point::Connect) => Fault::Refuse(Refused {
                status: 502,
                error: ErrorInfo::new(ARTIFICIAL, 502, "Refused by a fault"),
            }),
            ("accept_and_close", Point::Connect)
            | ("close", Point::In | Point::Out | Point::Timer) => Fault::Close(code),
            ("disconnect", Point::In | Point::Out | Point::Timer)
            | ("http_drop", Point::Request) => Fault::Cut,
            ("suppress", Point::In | Point::Out) => Fault::Drop,
            ("delay", Point::In | Point::Out) | ("http_delay", Point::Request) => {
                Fault::Delay(delay)
            }
            ("inject_to_client", Point::In | Point::Out | Point::Timer) => {
                Fault::Inject(message(), None)
            }
            ("inject_to_client_and_close", Point::In | Point::Out | Point::Timer) => {
                Fault::Inject(message(), Some(code))
            }
            ("replace", Point::In | Point::Out) => Fault::Replace(message()),
            ("suppress_onwards", Point::In | Point::Out | Point::Timer) => Fault::Silence,
            ("http_respond", Point::Request) => Fault::Answer(answer()),
            ("http_replace_response", Point::Request) => Fault::AnswerAfter(answer()),
            _ => return None,
        })
    }
}
