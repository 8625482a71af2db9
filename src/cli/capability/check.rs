//! `capability check`: allowed or denied, and the rule that decided.

use clap::Args;
use serde_json::{Value, json};

use super::question::Question;
use super::warn_of_channels;
use crate::chat_core::auth::feature::FeatureCheck;
use crate::chat_core::auth::{Operation, Target, Wish};
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
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Check {
    #[command(flatten)]
    question: Question,

    #[command(flatten)]
    subject: Subject,
}

impl Check {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (rooms, wishes) = self.question.read()?;
        warn_of_channels(&rooms, context);
        let capability = self.subject.capability(context)?;
        let mut answers = Vec::with_capacity(rooms.len() * wishes.len());
        for room in &rooms {
            let target = Target::room(room);
            for wish in &wishes {
                answers.push(Answer {
                    room: room.clone(),
                    wish: *wish,
                    check: wish.check(&capability, &target),
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
    wish: Wish,
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
            let name = answer.wish.name();
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
        let (kind, name) = (self.wish.kind(), self.wish.name());
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
