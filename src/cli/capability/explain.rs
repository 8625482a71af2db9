//! `capability explain`: each pattern, whether it matched, what it gave, and the smallest change that would allow.

use clap::Args;
use serde_json::{Value, json};

use super::question::Question;
use super::rooms::check_rooms;
use crate::chat_core::analysis::Permission;
use crate::chat_core::analysis::explain::why_not;
use crate::chat_core::auth::capability::{Capability, Grant, Rule};
use crate::chat_core::auth::feature::FeatureCheck;
use crate::chat_core::auth::{Operation, Target};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::subject::Subject;
use crate::output::{Look, Render, table::plain, to_json};

/// Explain a decision pattern by pattern, with the smallest fix
///
/// Shows of each pattern why it matched or not, and what it granted. For a token that should work in a room and does
/// not:
///
///     chatctl capability explain lobby-1 --feature send-messages --capability '{"lobby*":["publish"]}'
///
/// Exits as `check` does.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Explain {
    #[command(flatten)]
    question: Question,

    #[command(flatten)]
    subject: Subject,
}

impl Explain {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (rooms, permissions) = self.question.read()?;
        check_rooms(&rooms, context)?;
        let capability = self.subject.capability(context)?;
        let mut explanations = Vec::with_capacity(rooms.len() * permissions.len());
        for room in &rooms {
            for permission in &permissions {
                explanations.push(Explanation::of(room, *permission, &capability));
            }
        }
        let all_allowed = explanations.iter().all(|one| one.check.allowed);
        context.output.print(&Explanations(explanations))?;
        Ok(Exit::verdict(all_allowed))
    }
}

/// A pattern and its result.
struct PatternResult {
    rule: Rule,
    /// The reason why it does not match, if it does not.
    why_not: Option<String>,
    /// The operations that it grants where it matches.
    known: Vec<&'static str>,
    /// The needed operations among them.
    gives: Vec<&'static str>,
}

/// The smallest change, and the capability with it.
struct SmallestChange {
    rule: Rule,
    capability: String,
}

struct Explanation {
    room: String,
    permission: Permission,
    check: FeatureCheck,
    patterns: Vec<PatternResult>,
    change: Option<SmallestChange>,
}

struct Explanations(Vec<Explanation>);

impl Explanation {
    fn of(room: &str, permission: Permission, capability: &Capability) -> Self {
        let target = Target::room(room);
        let check = permission.check(capability, &target);
        let needed: Vec<Operation> = permission.needs().concat();
        let change = capability
            .minimal_addition(&target, &check.least_missing())
            .map(|rule| SmallestChange {
                capability: capability.with(&rule).canonical(),
                rule,
            });
        Self {
            room: room.to_owned(),
            permission,
            check,
            patterns: capability
                .grants()
                .iter()
                .map(|grant| PatternResult::of(grant, &target, &needed))
                .collect(),
            change,
        }
    }

    fn json(&self) -> Value {
        let (kind, name) = (self.permission.kind(), self.permission.name());
        let patterns: Vec<Value> = self
            .patterns
            .iter()
            .map(|pattern| {
                json!({
                    "resource": pattern.rule.resource,
                    "operations": pattern.rule.operations,
                    "matched": pattern.why_not.is_none(),
                    "why": pattern.why_not,
                    "gives": pattern.gives,
                })
            })
            .collect();
        let missing: Vec<&str> = self
            .check
            .least_missing()
            .into_iter()
            .map(Operation::name)
            .collect();
        let mut value = json!({"roomName": self.room});
        value[kind] = Value::from(name);
        value["allowed"] = Value::from(self.check.allowed);
        value["patterns"] = Value::Array(patterns);
        value["missing"] = Value::from(missing);
        value["change"] = self.change.as_ref().map_or(Value::Null, |change| {
            json!({
                "add": to_json(&change.rule),
                "capability": change.capability,
            })
        });
        value
    }

    fn text(&self) -> String {
        let name = self.permission.name();
        let verdict = if self.check.allowed {
            "allowed"
        } else {
            "denied"
        };
        let mut lines = vec![format!("{name} in '{}': {verdict}", plain(&self.room))];
        if self.patterns.is_empty() {
            lines.push("  the capability is empty".to_owned());
        }
        for pattern in &self.patterns {
            let outcome = match &pattern.why_not {
                Some(why) => format!("no match: {why}"),
                None if pattern.gives.is_empty() && pattern.known.is_empty() => {
                    "matches, and grants nothing".to_owned()
                }
                None if pattern.gives.is_empty() => {
                    format!("matches, and grants only {}", pattern.known.join(", "))
                }
                None => format!("matches, and grants {}", pattern.gives.join(", ")),
            };
            lines.push(format!(
                "  '{}'  {}",
                plain(&pattern.rule.resource),
                plain(&outcome)
            ));
        }
        if let Some(change) = &self.change {
            let rule = json!({change.rule.resource.clone(): change.rule.operations});
            lines.push(format!("  add: {}", plain(&rule.to_string())));
            lines.push(format!("  which gives: {}", plain(&change.capability)));
        }
        lines.join("\n")
    }
}

impl PatternResult {
    fn of(grant: &Grant, target: &Target<'_>, needed: &[Operation]) -> Self {
        let why_not = why_not(&grant.resource, target);
        let gives = needed
            .iter()
            .filter(|operation| why_not.is_none() && grant.operations.contains(**operation))
            .map(|operation| operation.name())
            .collect();
        Self {
            rule: grant.rule(),
            known: grant.operations.names(),
            why_not,
            gives,
        }
    }
}

impl Render for Explanations {
    fn json(&self) -> Value {
        self.0.iter().map(Explanation::json).collect()
    }

    fn table(&self, _look: Look) -> String {
        let texts: Vec<String> = self.0.iter().map(Explanation::text).collect();
        texts.join("\n\n")
    }
}
