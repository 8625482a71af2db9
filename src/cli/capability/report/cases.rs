//! The report in the terms of test reporters: a suite for each test, a case for each check, and the conditions of the
//! run.

use serde_json::Value;

use super::{Line, Report};
use crate::chat_core::auth::policy::Answer;
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
                title: condition.name.clone(),
                name: condition.name,
                class: "run".to_owned(),
                place: None,
                outcome: if condition.is_met {
                    Outcome::Passed
                } else {
                    Outcome::Failed(condition.found)
                },
                details: Vec::new(),
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
                gap.operation, self.roles[gap.role], gap.resource
            ),
        }));
        all
    }

    fn summary(&self) -> Option<String> {
        let tally = self.tally();
        Some(format!("{} passed, {} failed", tally.passed, tally.failed))
    }
}

impl Report {
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
