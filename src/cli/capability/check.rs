//! `capability check`: allowed or denied, and the rule that decided.

use clap::Args;
use serde_json::{Value, json};

use super::live::{Asked, ask};
use super::question::Question;
use super::rooms::check_rooms;
use crate::chat_core::analysis::Permission;
use crate::chat_core::analysis::policy;
use crate::chat_core::auth::feature::FeatureCheck;
use crate::chat_core::auth::{Operation, Target};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::subject::Subject;
use crate::output::{Look, Render, table::Columns, to_json};

/// Say whether a room's features or operations are allowed, and which rule decided
///
/// Exits 0 only if all are allowed. Looks at the token of --token, --token-file or ABLY_TOKEN, at --capability, or
/// at what --key-capability says that the key may do:
///
///   chatctl capability check lobby --feature send-messages,typing
///   chatctl capability check dms:alice --op publish --capability '{"dms:*":["publish"]}'
///
/// What a key may do is known to the service alone, unless --key-capability says it: --live asks the endpoint, by
/// doing everything there and undoing it.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Check {
    #[command(flatten)]
    question: Question,

    #[command(flatten)]
    subject: Subject,

    /// Do it at the endpoint, with its credentials, and undo it
    #[arg(long, conflicts_with_all = ["capability", "key_capability"])]
    live: bool,
}

impl Check {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (rooms, permissions) = self.question.read()?;
        check_rooms(&rooms, context)?;
        if self.live {
            let asked = Seen(ask(&rooms, &permissions, context)?);
            context.output.print(&asked)?;
            return Ok(Exit::verdict(asked.are_all_done()));
        }
        let capability = self.subject.capability(context)?;
        let mut answers = Vec::with_capacity(rooms.len() * permissions.len());
        for room in &rooms {
            let target = Target::room(room);
            for permission in &permissions {
                answers.push(Answer {
                    room: room.clone(),
                    permission: *permission,
                    check: permission.check(&capability, &target),
                });
            }
        }
        let answers = Answers(answers);
        context.output.print(&answers)?;
        let all_allowed = answers.0.iter().all(|answer| answer.check.allowed);
        Ok(Exit::verdict(all_allowed))
    }
}

struct Answer {
    room: String,
    permission: Permission,
    check: FeatureCheck,
}

struct Answers(Vec<Answer>);

impl Render for Answers {
    fn json(&self) -> Value {
        self.0.iter().map(Answer::json).collect()
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
        table.finish()
    }
}

impl Answer {
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
        // A need that is met decides nothing where another is not.
        let deciding = self.check.rules.first().filter(|_| self.check.allowed);
        value["rule"] = to_json(&deciding);
        if self.check.allowed && self.check.rules.len() > 1 {
            value["rules"] = to_json(&self.check.rules);
        }
        value["missing"] = Value::from(missing);
        value
    }
}

/// What the endpoint did.
struct Seen(Vec<Asked>);

impl Seen {
    fn are_all_done(&self) -> bool {
        self.0
            .iter()
            .all(|asked| asked.seen.answer == policy::Answer::Passed)
    }
}

impl Render for Seen {
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
        table.finish()
    }
}
