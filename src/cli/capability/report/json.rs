//! The report as JSON.

use serde_json::{Value, json};

use super::{Line, Report};
use crate::chat_core::auth::Feature;
use crate::chat_core::auth::policy::{Answer, Assertion, Change, Granted, Mutant, Mutation};
use crate::output::{Look, Render, to_json};

impl Render for Report {
    fn json(&self) -> Value {
        self.value()
    }

    fn table(&self, look: Look) -> String {
        self.text(look)
    }
}

impl Report {
    /// The whole of it.
    pub(super) fn value(&self) -> Value {
        let tally = self.tally();
        let checks: Vec<Value> = self.lines.iter().map(|line| self.line(line)).collect();
        let mut value = json!({
            "passed": tally.passed,
            "failed": tally.failed,
            "unknown": tally.unknown,
            "leftOut": self.left_out,
            "checks": checks,
            "coverage": {
                "percent": self.coverage.percent(),
                "notExercised": self.coverage.gaps().map(|gap| self.granted(gap)).collect::<Vec<_>>(),
                "notMentioned": self.coverage.unmentioned.iter().copied().map(Feature::name).collect::<Vec<_>>(),
            },
        });
        if let Some(mutation) = &self.mutation {
            value["mutation"] = self.mutation(mutation);
        }
        value
    }

    fn line(&self, line: &Line) -> Value {
        let check = &line.check;
        let mut value = json!({
            "test": check.test,
            "file": &*check.place.file,
            "line": check.place.line,
            "role": self.role(line),
            "roomName": check.room,
            "expect": check.assertion.word(),
        });
        if let Some(wish) = check.assertion.wish() {
            value[wish.kind()] = Value::from(wish.name());
        }
        match &check.assertion {
            Assertion::ClientId(expected) | Assertion::UserClaim(expected) => {
                value["expected"] = to_json(expected);
            }
            Assertion::Rule(_, rules) => value["expected"] = to_json(rules),
            Assertion::MinLifetime(span) | Assertion::MaxLifetime(span) => {
                value["expected"] = Value::from(span.as_secs());
            }
            _ => {}
        }
        value["passed"] = passed(line.answer());
        value["found"] = Value::from(line.offline.found.as_str());
        value["rules"] = to_json(&line.offline.rules);
        if let Some(live) = &line.live {
            value["offline"] = passed(line.offline.answer);
            value["live"] = json!({
                "passed": passed(live.answer),
                "found": live.found,
                "roomName": live.room,
            });
            value["differs"] = Value::from(line.differs());
        }
        value
    }

    fn granted(&self, granted: &Granted) -> Value {
        json!({
            "role": self.roles[granted.role],
            "resource": granted.resource,
            "operation": granted.operation,
        })
    }

    fn mutation(&self, mutation: &Mutation) -> Value {
        let survivor = |mutant: &Mutant| {
            json!({
                "role": self.roles[mutant.role],
                "change": match mutant.change {
                    Change::Removed => "removed",
                    Change::Added => "added",
                },
                "resource": mutant.resource,
                "operation": mutant.operation,
                "sameRights": mutant.is_same,
            })
        };
        let needless = mutation.needless.iter().filter_map(|place| {
            let check = &self.lines.get(*place)?.check;
            Some(json!({
                "test": check.test,
                "file": &*check.place.file,
                "line": check.place.line,
                "expect": check.assertion.to_string(),
            }))
        });
        json!({
            "tried": mutation.tried,
            "survivors": mutation.survivors.iter().map(survivor).collect::<Vec<_>>(),
            "needless": needless.collect::<Vec<_>>(),
        })
    }
}

/// Yes, no, or nobody knows.
fn passed(answer: Answer) -> Value {
    match answer {
        Answer::Passed => Value::from(true),
        Answer::Failed => Value::from(false),
        Answer::Unknown => Value::Null,
    }
}
