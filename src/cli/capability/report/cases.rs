//! The report in the terms of test reporters: a suite for each test, a case for each check, and the conditions of the
//! run.

use serde_json::Value;

use super::{Condition, EVERY_CHANGE, Line, Report};
use crate::chat_core::analysis::policy::{Answer, Check, SourceLocation};
use crate::cli::report::{Annotation, Case, Level, Outcome, Reported, Suite};

impl Reported for Report {
    const COMMAND: &'static str = "chatctl capability test";

    fn suites(&self) -> Vec<Suite> {
        let mut suites = Vec::new();
        let mut rest = self.lines.as_slice();
        while let Some(first) = rest.first() {
            let is_same = |line: &&Line| {
                line.check.place == first.check.place && line.check.test == first.check.test
            };
            let count = rest.iter().take_while(is_same).count();
            let (lines, others) = rest.split_at(count);
            suites.push(Suite {
                name: first.check.test.clone(),
                cases: lines.iter().map(|line| self.case(line)).collect(),
            });
            rest = others;
        }
        let conditions = self.conditions();
        if !conditions.is_empty() {
            let cases = conditions.into_iter().map(|condition| Case {
                details: self.details(&condition),
                title: condition.name.clone(),
                name: condition.name,
                class: "run".to_owned(),
                place: None,
                outcome: if condition.is_met {
                    Outcome::Passed
                } else {
                    Outcome::Failed(condition.found)
                },
            });
            suites.push(Suite {
                name: "the whole run".to_owned(),
                cases: cases.collect(),
            });
        }
        suites
    }

    /// An error for each check that fails, and a warning for what is not exercised.
    fn annotations(&self) -> Vec<Annotation> {
        let mut all: Vec<Annotation> = Vec::new();
        for line in &self.lines {
            let level = match line.answer() {
                Answer::Passed => continue,
                Answer::Failed => Level::Error,
                Answer::Unknown => Level::Notice,
            };
            all.push(Annotation {
                level,
                place: Some(line.check.place.clone()),
                title: format!("{} ({})", line.check.test, self.role(line)),
                message: format!("expected: {}; found: {}", line.title(), line.found()),
            });
        }
        let conditions = self.conditions().into_iter().filter(|it| !it.is_met);
        all.extend(conditions.map(|condition| Annotation {
            level: Level::Error,
            place: None,
            title: condition.name,
            message: condition.found,
        }));
        all.extend(self.coverage.gaps().map(|gap| Annotation {
            level: Level::Warning,
            place: None,
            title: "not exercised".to_owned(),
            message: format!(
                "no test exercises {} of {} on '{}'",
                gap.operation, self.roles[gap.role].0, gap.resource
            ),
        }));
        if let Some(changes) = &self.changes {
            let survived = changes.survived(&self.roles).into_iter();
            all.extend(survived.map(|(role, what)| Annotation {
                level: Level::Error,
                place: Some(self.roles[role].1.clone()),
                title: "not noticed".to_owned(),
                message: what,
            }));
            all.extend(changes.redundant.iter().map(|check| Annotation {
                level: Level::Notice,
                place: Some(line_of(check)),
                title: "redundant".to_owned(),
                message: format!(
                    "{}: all that is noticed would be without it",
                    check.written()
                ),
            }));
        }
        all
    }

    fn summary(&self) -> Option<String> {
        let tally = self.tally();
        Some(format!("{} passed, {} failed", tally.passed, tally.failed))
    }
}

impl Report {
    /// What there is to say of a condition besides.
    fn details(&self, condition: &Condition) -> Vec<(&'static str, Value)> {
        let changes = self
            .changes
            .as_ref()
            .filter(|_| condition.name == EVERY_CHANGE);
        let Some(changes) = changes else {
            return Vec::new();
        };
        let survived = changes.survived(&self.roles).into_iter();
        let redundant = changes.redundant.iter().map(|check| {
            let SourceLocation { file, line } = line_of(check);
            format!("{file}:{line}: {}", check.written())
        });
        let survived: Vec<Value> = survived.map(|(_, what)| Value::from(what)).collect();
        let redundant: Vec<Value> = redundant.map(Value::from).collect();
        let all = [("survived", survived), ("redundant", redundant)].into_iter();
        all.filter(|(_, texts)| !texts.is_empty())
            .map(|(name, texts)| (name, Value::from(texts)))
            .collect()
    }

    fn case(&self, line: &Line) -> Case {
        let name = line.title();
        let outcome = match line.answer() {
            Answer::Passed => Outcome::Passed,
            Answer::Failed => Outcome::Failed(line.found()),
            Answer::Unknown => Outcome::Skipped(line.found()),
        };
        let details = match outcome {
            Outcome::Failed(_) if line.differs() => vec![("differs", Value::from(true))],
            _ => Vec::new(),
        };
        Case {
            title: format!("{} ({}) {name}", line.check.test, self.role(line)),
            name,
            class: self.role(line).to_owned(),
            place: Some(line.check.place.clone()),
            outcome,
            details,
        }
    }
}

/// The line of the expectation that a check comes from.
fn line_of(check: &Check) -> SourceLocation {
    SourceLocation {
        line: check.origin.line,
        ..check.place.clone()
    }
}
