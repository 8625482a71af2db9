//! The report as JSON.

use serde_json::{Value, json};

use super::{CheckLine, MutationResult, PolicyReport};
use crate::chat_core::analysis::policy::{
    Answer, Assertion, Check, ExpectationPart, GrantedRight, Mutant, MutantKind,
};
use crate::chat_core::auth::Feature;
use crate::output::{Look, Render, to_json};

impl Render for PolicyReport {
    fn json(&self) -> Value {
        self.value()
    }

    fn table(&self, look: Look) -> String {
        self.text(look)
    }
}

impl PolicyReport {
    /// Returns the whole report.
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
        if let Some(changes) = &self.changes {
            value["mutation"] = self.mutation(changes);
        }
        value
    }

    fn line(&self, line: &CheckLine) -> Value {
        let check = &line.check;
        let mut value = json!({
            "test": check.test,
            "file": &*check.place.file,
            "line": check.place.line,
            "role": self.role(line),
            "roomName": check.room,
            "expect": check.assertion.word(),
        });
        if let Some(permission) = check.assertion.permission() {
            value[permission.kind()] = Value::from(permission.name());
        }
        if let Some(expected) = expected(&check.assertion) {
            value["expected"] = expected;
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

    fn granted(&self, granted: &GrantedRight) -> Value {
        json!({
            "role": self.roles[granted.role].0,
            "resource": granted.resource,
            "operation": granted.operation,
        })
    }

    fn mutation(&self, changes: &MutationResult) -> Value {
        let survivor = |mutant: &Mutant| {
            json!({
                "role": self.roles[mutant.role].0,
                "change": match mutant.change {
                    MutantKind::Removed => "removed",
                    MutantKind::Added => "added",
                    MutantKind::Widened => "widened",
                },
                "resource": mutant.resource,
                "operation": mutant.operation,
                "sameRights": mutant.is_same,
            })
        };
        let mutation = &changes.mutation;
        json!({
            "tried": mutation.tried,
            "survivors": mutation.survivors.iter().map(survivor).collect::<Vec<_>>(),
            "redundant": changes.redundant.iter().map(redundant).collect::<Vec<_>>(),
        })
    }
}

/// An expectation in the form of the file.
fn redundant(check: &Check) -> Value {
    let mut value = json!({
        "test": check.test,
        "file": &*check.place.file,
        "line": check.origin.line,
        "expect": check.origin.part.word(),
    });
    // The subject of `rule` is written elsewhere.
    let permission = check.assertion.permission();
    if let Some(permission) = permission.filter(|_| check.origin.part != ExpectationPart::Rule) {
        value[permission.kind()] = Value::from(permission.name());
    }
    if let Some(expected) = expected(&check.assertion) {
        value["expected"] = expected;
    }
    value
}

/// The expectation, where it is not a feature or operation.
fn expected(assertion: &Assertion) -> Option<Value> {
    match assertion {
        Assertion::ClientId(expected) | Assertion::UserClaim(expected) => Some(to_json(expected)),
        Assertion::Rule(_, rules) => Some(to_json(rules)),
        Assertion::MinLifetime(span) | Assertion::MaxLifetime(span) => {
            Some(Value::from(span.as_secs()))
        }
        _ => None,
    }
}

/// Yes, no, or unknown.
fn passed(answer: Answer) -> Value {
    match answer {
        Answer::Passed => Value::from(true),
        Answer::Failed => Value::from(false),
        Answer::Unknown => Value::Null,
    }
}
