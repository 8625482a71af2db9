//! Rules as people write them, in TOML and JSON, and their faults.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fault::{ARTIFICIAL, Answer, Fault, Refused};
use super::kinds::{FAULT_ALIASES, FAULT_KINDS, FaultKind, Point, kind};
use super::occurrence;
use super::rule::{ConnectionSelector, Rule, Schedule, Selector};
use super::uts::UtsRule;
use super::wait::Hold;
use crate::chat_core::auth::nearest;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::text::parse_duration;

/// The most rules that one app, or one session of the fault proxy, may have.
pub(crate) const MAX_RULES: usize = 1000;

/// A file of rules, or the body of a request with some.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct RulesForm {
    /// Rules of the vendor's fault proxy, word for word; asked first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uts: Vec<UtsRule>,
    /// Rules of ours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fault: Vec<RuleForm>,
}

/// A rule, as it is written.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    default,
    expecting = "a table with at and do"
)]
#[allow(missing_docs)] // the keys are explained by their help
pub struct RuleForm {
    pub name: Option<String>,
    pub at: Option<String>,
    pub client: Option<String>,
    pub room: Option<String>,
    pub channel: Option<String>,
    pub connection: Option<Value>,
    pub action: Option<String>,
    pub method: Option<String>,
    pub path: Option<String>,
    pub key: Option<String>,
    pub nth: Option<Value>,
    pub every: Option<u64>,
    pub times: Option<u64>,
    pub after: Option<String>,
    #[serde(rename = "do")]
    pub fault: Option<String>,
    pub by: Option<String>,
    #[serde(rename = "for")]
    pub span: Option<String>,
    pub code: Option<u32>,
    pub status: Option<u16>,
    pub message: Option<String>,
    pub detail: Option<BTreeMap<String, String>>,
    pub body: Option<Value>,
    pub headers: Option<BTreeMap<String, String>>,
    #[serde(alias = "closeCode")]
    pub close_code: Option<u16>,
    pub frame: Option<Value>,
}

/// The keys that say which occurrences a rule is about, with what they are.
pub const SELECTORS: [(&str, &str); 12] = [
    ("client", "a clientId; * stands for any text"),
    ("room", "a room; * stands for any text"),
    ("channel", "a channel; * stands for any text"),
    (
        "connection",
        "a connectionId, or which connection of its client it is, from 1",
    ),
    (
        "action",
        "the action of a frame, as in MESSAGE or ATTACH, or its number",
    ),
    ("method", "the method of a REST request"),
    (
        "path",
        "the path of a REST request, without its query; * stands for any text",
    ),
    (
        "nth",
        "fire at these only, counted from 1: a number or a list",
    ),
    ("every", "fire at each of so many"),
    ("times", "fire at most so often"),
    (
        "after",
        "how long after a connection was opened (timer), as in 30s",
    ),
    ("key", "one decision of a seed, as the log has it"),
];

impl RulesForm {
    /// Returns the rules.
    ///
    /// # Errors
    /// The first rule that is not valid, with its place and its fault.
    pub(crate) fn rules(&self) -> Result<Vec<AnyRule>, String> {
        if self.uts.len() + self.fault.len() > MAX_RULES {
            return Err(format!("there are more than {MAX_RULES} rules"));
        }
        let uts = self.uts.iter().cloned().map(|rule| Ok(AnyRule::Uts(rule)));
        let ours = self.fault.iter().enumerate().map(|(at, form)| {
            let rule = form.rule();
            rule.map(AnyRule::Ours)
                .map_err(|fault| format!("{}: {fault}", form.place(at)))
        });
        uts.chain(ours).collect()
    }

    /// Returns the fault of each rule that is not valid, with its place.
    pub fn faults(&self) -> Vec<String> {
        let each = self.fault.iter().enumerate();
        each.filter_map(|(at, form)| Some(format!("{}: {}", form.place(at), form.rule().err()?)))
            .collect()
    }
}

/// A rule of either form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AnyRule {
    /// Of ours.
    Ours(Rule),
    /// Of the vendor's fault proxy.
    Uts(UtsRule),
}

impl RuleForm {
    /// Returns where the rule stands in its file: its name, else its number from 1.
    fn place(&self, at: usize) -> String {
        match &self.name {
            Some(name) => format!("fault '{name}'"),
            None => format!("fault {}", at + 1),
        }
    }

    /// Checks the rule.
    ///
    /// # Errors
    /// Its fault, for people.
    pub fn check(&self) -> Result<(), String> {
        self.rule().map(drop)
    }

    /// Returns the rule.
    ///
    /// # Errors
    /// Its fault, for people.
    pub(crate) fn rule(&self) -> Result<Rule, String> {
        let (named, kind) = self.kind()?;
        let at = self.point(kind)?;
        if !kind.points.contains(&at) && !kind.points.contains(&at.kind()) {
            let points: Vec<&str> = Point::ALL
                .iter()
                .map(|(point, _)| *point)
                .filter(|point| kind.points.contains(point) || kind.points.contains(&point.kind()))
                .map(Point::name)
                .collect();
            return Err(format!(
                "do = \"{named}\" is not for at = \"{}\": it is for {}",
                at.name(),
                points.join(", ")
            ));
        }
        self.check_keys(kind, named)?;
        Ok(Rule {
            name: self.name.clone(),
            at,
            selector: self.selector(at)?,
            schedule: self.schedule(at)?,
            fault: self.fault(named, at)?,
            form: serde_json::to_value(self).unwrap_or_default(),
        })
    }

    /// Returns the fault of a rule that is applied at once to connections.
    ///
    /// # Errors
    /// Its fault; a rule that waits for something is one.
    pub(crate) fn action(&self) -> Result<(Selector, Fault), String> {
        let form = Self {
            at: self.at.clone().or_else(|| Some("timer".to_owned())),
            ..self.clone()
        };
        let rule = form.rule()?;
        if rule.at != Point::Timer || rule.schedule != Schedule::default() {
            return Err("what is done at once has no at, nth, every, times or after".to_owned());
        }
        Ok((rule.selector, rule.fault))
    }

    fn kind(&self) -> Result<(&str, &'static FaultKind), String> {
        let named = self
            .fault
            .as_deref()
            .ok_or("'do' is missing: it names the fault, as in do = \"cut\"")?;
        let alias = FAULT_ALIASES.iter().find(|(alias, _, _)| *alias == named);
        let name = alias.map_or(named, |(_, name, _)| name);
        kind(name).map(|kind| (named, kind)).ok_or_else(|| {
            let known = FAULT_KINDS.iter().map(|kind| kind.name);
            let known = known.chain(FAULT_ALIASES.iter().map(|(alias, _, _)| *alias));
            format!("unknown fault '{named}'{}", hint(named, known))
        })
    }

    fn point(&self, kind: &FaultKind) -> Result<Point, String> {
        let Some(named) = self.at.as_deref() else {
            return match kind.points {
                [point] => Ok(*point),
                _ => Err("'at' is missing: it names the point, as in at = \"out\"".to_owned()),
            };
        };
        let known = Point::ALL.iter().map(|(point, _)| *point);
        known
            .clone()
            .find(|point| point.name() == named)
            .ok_or_else(|| {
                let points = known.map(Point::name);
                format!("unknown point '{named}'{}", hint(named, points))
            })
    }

    /// Refuses keys that the fault does not take, so that none is without effect.
    fn check_keys(&self, kind: &FaultKind, named: &str) -> Result<(), String> {
        let given = [
            ("by", self.by.is_some()),
            ("for", self.span.is_some()),
            ("code", self.code.is_some()),
            ("status", self.status.is_some()),
            ("message", self.message.is_some()),
            ("detail", self.detail.is_some()),
            ("body", self.body.is_some()),
            ("headers", self.headers.is_some()),
            ("close-code", self.close_code.is_some()),
            ("frame", self.frame.is_some()),
        ];
        for (key, is_given) in given {
            let is_needed = matches!(key, "by" | "for" | "frame");
            match kind.keys.contains(&key) {
                false if is_given => {
                    return Err(format!("'{key}' is not for do = \"{named}\""));
                }
                true if !is_given && is_needed => {
                    return Err(format!("'{key}' is missing: do = \"{named}\" needs it"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn selector(&self, at: Point) -> Result<Selector, String> {
        let is_http = matches!(at.kind(), Point::Request | Point::Answer);
        let is_frame = matches!(at.kind(), Point::In | Point::Out);
        for (key, is_given, fits) in [
            ("action", self.action.is_some(), is_frame),
            ("client", self.client.is_some(), at != Point::Store),
            ("method", self.method.is_some(), is_http),
            ("path", self.path.is_some(), is_http),
            (
                "connection",
                self.connection.is_some(),
                !is_http && !matches!(at, Point::Commit | Point::Store),
            ),
        ] {
            if is_given && !fits {
                return Err(format!("'{key}' is not for at = \"{}\"", at.name()));
            }
        }
        let connection = match &self.connection {
            None => None,
            Some(Value::String(id)) => Some(ConnectionSelector::Id(id.clone())),
            Some(value) => Some(ConnectionSelector::Nth(
                value
                    .as_u64()
                    .filter(|nth| *nth > 0)
                    .ok_or("'connection' must be a connectionId or a number from 1")?,
            )),
        };
        let action = match &self.action {
            None => None,
            Some(text) => Some(
                occurrence::action(text)
                    .ok_or_else(|| format!("'action': there is no action '{text}'"))?,
            ),
        };
        Ok(Selector {
            client: self.client.clone(),
            room: self.room.clone(),
            channel: self.channel.clone(),
            connection,
            action,
            method: self.method.clone(),
            path: self.path.clone(),
            key: self.key.clone(),
        })
    }

    fn schedule(&self, at: Point) -> Result<Schedule, String> {
        let number = |value: &Value| {
            value
                .as_u64()
                .filter(|number| *number > 0)
                .ok_or_else(|| "'nth' must be a number from 1, or a list of them".to_owned())
        };
        let nth = match &self.nth {
            None => Vec::new(),
            Some(Value::Array(list)) => list.iter().map(number).collect::<Result<_, _>>()?,
            Some(one) => vec![number(one)?],
        };
        for (key, count) in [("every", self.every), ("times", self.times)] {
            if count == Some(0) {
                return Err(format!("'{key}' must be above zero"));
            }
        }
        if self.after.is_some() && at != Point::Timer {
            return Err("'after' is for at = \"timer\"".to_owned());
        }
        Ok(Schedule {
            nth,
            every: self.every,
            times: self.times,
            after: span("after", self.after.as_deref())?,
        })
    }

    fn fault(&self, named: &str, at: Point) -> Result<Fault, String> {
        let by = || span("by", self.by.as_deref());
        let frame = || {
            let frame = self.frame.clone().unwrap_or_default();
            match &frame {
                Value::Object(members) if members.contains_key("action") => Ok(frame),
                _ => Err("'frame' must be a table with an action".to_owned()),
            }
        };
        if self
            .close_code
            .is_some_and(|code| !(1000..5000).contains(&code))
        {
            return Err("'close-code' must be from 1000 to 4999".to_owned());
        }
        if self
            .status
            .is_some_and(|status| !(100..1000).contains(&status))
        {
            return Err("'status' must be from 100 to 999".to_owned());
        }
        let error = |code, status, message| self.error(code, status, message);
        Ok(match named {
            "refuse" if at == Point::Store => Fault::Refuse(Refused {
                status: 500,
                error: error(50000, 500, "The store failed by a fault"),
            }),
            "refuse" => Fault::Refuse(Refused {
                status: self.status.unwrap_or(502),
                error: error(ARTIFICIAL, 400, "Refused by a fault"),
            }),
            "fail" => Fault::Fail(error(ARTIFICIAL, 400, "Failed by a fault")),
            "cut" => Fault::Cut,
            "close" => Fault::Close(self.close_code.unwrap_or(1000)),
            "disconnect" => Fault::Disconnect(error(80003, 503, "Disconnected by a fault")),
            "expire" => Fault::Disconnect(error(40142, 401, "Token expired")),
            "revoke" => Fault::Disconnect(error(40141, 401, "Token revoked")),
            "delay" => Fault::Delay(by()?),
            "hold" => Fault::Hold(Hold::default()),
            "late" => Fault::Late(by()?),
            "reorder" => Fault::Reorder,
            "duplicate" => Fault::Duplicate,
            "drop" => Fault::Drop,
            "silence" => Fault::Silence,
            "replace" => Fault::Replace(frame()?),
            "inject" => Fault::Inject(frame()?, self.close_code),
            "nack" => Fault::Nack(error(ARTIFICIAL, 400, "Refused by a fault")),
            "forget" => Fault::Forget,
            "lose-continuity" => {
                Fault::LoseContinuity(error(90003, 400, "Continuity was lost by a fault"))
            }
            "detach" => Fault::Detach(error(ARTIFICIAL, 400, "Detached by a fault")),
            "ask-token" => Fault::AskToken,
            "offline" => Fault::Offline(span("for", self.span.as_deref())?),
            "answer" => {
                let status = self.status.unwrap_or(503);
                let code = match status {
                    503 => 50300,
                    401 => 40142,
                    _ => ARTIFICIAL,
                };
                Fault::Answer(Answer {
                    status,
                    error: error(code, status, "Answered by a fault"),
                    body: self.body.clone(),
                    headers: self.headers.clone().unwrap_or_default(),
                })
            }
            other => return Err(format!("unknown fault '{other}'")),
        })
    }

    fn error(&self, code: u32, status: u16, message: &str) -> ErrorInfo {
        let code = self.code.unwrap_or(code);
        let derived = match self.code {
            // The first three digits of most codes are the status.
            Some(code) if (40000..60000).contains(&code) => {
                u16::try_from(code / 100).unwrap_or(status)
            }
            _ => status,
        };
        let mut error = ErrorInfo::new(
            code,
            self.status.unwrap_or(derived),
            self.message.clone().unwrap_or_else(|| message.to_owned()),
        );
        error.detail = self.detail.clone().unwrap_or_default();
        error
    }
}

/// Parses the span of the key called `key`; zero where it is not given.
fn span(key: &str, text: Option<&str>) -> Result<Duration, String> {
    text.map_or(Ok(Duration::ZERO), |text| {
        parse_duration(text).map_err(|fault| format!("'{key}': {fault}"))
    })
}

fn hint(given: &str, known: impl Iterator<Item = &'static str> + Clone) -> String {
    match nearest(given, known.clone()) {
        Some(near) => format!(": did you mean '{near}'?"),
        None => format!(": known are {}", known.collect::<Vec<_>>().join(", ")),
    }
}
