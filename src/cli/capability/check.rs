//! `capability check`: allowed or denied, and the rule that decided.

use clap::Args;
use serde_json::{Value, json};

use super::live::{LiveAnswer, ask};
use super::question::{ANSWERS, Question};
use super::rooms::check_rooms;
use crate::chat_core::analysis::Permission;
use crate::chat_core::analysis::policy;
use crate::chat_core::auth::feature::FeatureCheck;
use crate::chat_core::auth::{Operation, Target};
use crate::chat_core::protocol::names::is_meta;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::subject::Subject;
use crate::output::{Look, Render, table::Columns, to_json};

/// Check whether features or operations are allowed in rooms
///
/// Shows the rule that decided. Exits 0 only if all are allowed. Checks the token of --token, --token-file or
/// ABLY_TOKEN, the capability of --capability, or that of the key in --key-capability:
///
///     chatctl capability check lobby --feature send-messages,typing
///     chatctl capability check dms:alice --op publish --capability '{"dms:*":["publish"]}'
///
/// The capability of a key is known to the service only, unless --key-capability gives it: --live asks the endpoint,
/// by doing everything there and undoing it.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct CapabilityCheck {
    #[command(flatten)]
    question: Question,

    #[command(flatten)]
    subject: Subject,

    /// Do it at the endpoint, with its credentials, and undo it
    #[arg(long, conflicts_with_all = ["capability", "key_capability"])]
    live: bool,
}

impl CapabilityCheck {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (rooms, permissions) = self.question.read()?;
        check_rooms(&rooms, context)?;
        if self.live {
            if let Some(name) = rooms.iter().find(|name| is_meta(name)) {
                let why = format!("--live asks about rooms: '{name}' is a metachannel");
                return Err(Failure::usage(why).into());
            }
            let asked = LiveAnswers(ask(&rooms, &permissions, context)?);
            context.output.print(&asked)?;
            return Ok(Exit::verdict(asked.are_all_done()));
        }
        let capability = self.subject.capability(context)?;
        let mut answers = Vec::with_capacity(rooms.len() * permissions.len());
        for room in &rooms {
            let target = Target::room(room);
            for permission in &permissions {
                answers.push(CheckAnswer {
                    room: room.clone(),
                    permission: *permission,
                    check: permission.check(&capability, &target),
                });
            }
        }
        let answers = CheckAnswers(answers);
        context.output.print(&answers)?;
        let all_allowed = answers.0.iter().all(|answer| answer.check.allowed);
        Ok(Exit::verdict(all_allowed))
    }
}

struct CheckAnswer {
    room: String,
    permission: Permission,
    check: FeatureCheck,
}

struct CheckAnswers(Vec<CheckAnswer>);

impl Render for CheckAnswers {
    fn json(&self) -> Value {
        self.0.iter().map(CheckAnswer::json).collect()
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["room", "what", "answer", "because"]);
        for answer in &self.0 {
            let name = answer.permission.name();
            let verdict = if answer.check.allowed {
                "allowed"
            } else {
                "denied"
            };
            table.row([
                answer.room.clone(),
                name.to_owned(),
                verdict.to_owned(),
                answer.check.because(),
            ]);
        }
        look.paint_cells(&table.finish(), &ANSWERS)
    }
}

impl CheckAnswer {
    fn json(&self) -> Value {
        let (kind, name) = (self.permission.kind(), self.permission.name());
        let missing: Vec<&str> = self
            .check
            .least_missing()
            .into_iter()
            .map(Operation::name)
            .collect();
        let mut value = json!({"roomName": self.room});
        value[kind] = Value::from(name);
        value["allowed"] = Value::from(self.check.allowed);
        // A need that is met decides nothing where another one is not.
        let deciding = self.check.rules.first().filter(|_| self.check.allowed);
        value["rule"] = to_json(&deciding);
        if self.check.allowed && self.check.rules.len() > 1 {
            value["rules"] = to_json(&self.check.rules);
        }
        value["missing"] = Value::from(missing);
        value
    }
}

/// The answer of the endpoint.
struct LiveAnswers(Vec<LiveAnswer>);

impl LiveAnswers {
    fn are_all_done(&self) -> bool {
        self.0
            .iter()
            .all(|asked| asked.seen.answer == policy::Answer::Passed)
    }
}

impl Render for LiveAnswers {
    fn json(&self) -> Value {
        let answers = self.0.iter().map(|asked| {
            let mut value = json!({"roomName": asked.room});
            value[asked.permission.kind()] = Value::from(asked.permission.name());
            value["allowed"] = match asked.seen.answer {
                policy::Answer::Passed => Value::from(true),
                policy::Answer::Failed => Value::from(false),
                policy::Answer::Unknown => Value::Null,
            };
            value["found"] = Value::from(asked.seen.found.as_str());
            value
        });
        answers.collect()
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["room", "what", "answer", "because"]);
        for asked in &self.0 {
            let answer = match asked.seen.answer {
                policy::Answer::Passed => "allowed",
                policy::Answer::Failed => "denied",
                policy::Answer::Unknown => "not known",
            };
            table.row([
                asked.room.clone(),
                asked.permission.name().to_owned(),
                answer.to_owned(),
                asked.seen.found.clone(),
            ]);
        }
        look.paint_cells(&table.finish(), &ANSWERS)
    }
}
