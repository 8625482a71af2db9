//! The report for test reporters: a suite for each test, a case for each check, and the conditions of the run.

use serde_json::Value;

use super::{CheckLine, EVERY_CHANGE, PolicyReport, RunCondition};
use crate::chat_core::analysis::policy::{Answer, Check, SourceLocation};
use crate::cli::report::{
    AnnotationLevel, CaseOutcome, FileAnnotation, ReportCase, ReportSuite, Reported,
};

impl Reported for PolicyReport {
    const COMMAND: &'static str = "chatctl capability test";

    fn suites(&self) -> Vec<ReportSuite> {
        let mut suites = Vec::new();
        let mut rest = self.lines.as_slice();
        while let Some(first) = rest.first() {
            let is_same = |line: &&CheckLine| {
                line.check.place == first.check.place && line.check.test == first.check.test
            };
            let count = rest.iter().take_while(is_same).count();
            let (lines, others) = rest.split_at(count);
            suites.push(ReportSuite {
                name: first.check.test.clone(),
                cases: lines.iter().map(|line| self.case(line)).collect(),
            });
            rest = others;
        }
        let conditions = self.conditions();
        if !conditions.is_empty() {
            let cases = conditions.into_iter().map(|condition| ReportCase {
                details: self.details(&condition),
                title: condition.name.clone(),
                name: condition.name,
                class: "run".to_owned(),
                place: None,
                outcome: if condition.is_met {
                    CaseOutcome::Passed
                } else {
                    CaseOutcome::Failed(condition.found)
                },
            });
            suites.push(ReportSuite {
                name: "the whole run".to_owned(),
                cases: cases.collect(),
            });
        }
        suites
    }

    /// An error for each check that fails, and a warning for what is not proved or not exercised.
    fn annotations(&self) -> Vec<FileAnnotation> {
        let mut all: Vec<FileAnnotation> = Vec::new();
        for line in &self.lines {
            let level = match line.answer() {
                Answer::Passed => continue,
                Answer::Failed => AnnotationLevel::Error,
                Answer::Unknown => AnnotationLevel::Notice,
            };
            all.push(FileAnnotation {
                level,
                place: Some(line.check.place.clone()),
                title: format!("{} ({})", line.check.test, self.role(line)),
                message: format!("expected: {}; found: {}", line.title(), line.found()),
            });
        }
        let unproved = self
            .lines
            .iter()
            .filter(|line| line.is_unproved() && line.answer() == Answer::Passed);
        all.extend(unproved.map(|line| FileAnnotation {
            level: AnnotationLevel::Warning,
            place: Some(line.check.place.clone()),
            title: "not proved live".to_owned(),
            message: format!("{} ({}): {}", line.title(), self.role(line), line.found()),
        }));
        let conditions = self.conditions().into_iter().filter(|it| !it.is_met);
        all.extend(conditions.map(|condition| FileAnnotation {
            level: AnnotationLevel::Error,
            place: None,
            title: condition.name,
            message: condition.found,
        }));
        all.extend(self.coverage.gaps().map(|gap| FileAnnotation {
            level: AnnotationLevel::Warning,
            place: Some(self.roles[gap.role].1.clone()),
            title: "not exercised".to_owned(),
            message: format!(
                "no test exercises {} of {} on '{}'",
                gap.operation, self.roles[gap.role].0, gap.resource
            ),
        }));
        if let Some(changes) = &self.changes {
            let survived = changes.survived(&self.roles).into_iter();
            all.extend(survived.map(|(role, what)| FileAnnotation {
                level: AnnotationLevel::Error,
                place: Some(self.roles[role].1.clone()),
                title: "not noticed".to_owned(),
                message: what,
            }));
            all.extend(changes.redundant.iter().map(|check| FileAnnotation {
                level: AnnotationLevel::Notice,
                place: Some(line_of(check)),
                title: "redundant".to_owned(),
                message: format!("{}: tests notice as much without it", check.written()),
            }));
        }
        all
    }

    fn summary(&self) -> Option<String> {
        let tally = self.tally();
        Some(format!("{} passed, {} failed", tally.passed, tally.failed))
    }
}

impl PolicyReport {
    /// The details of a condition.
    fn details(&self, condition: &RunCondition) -> Vec<(&'static str, Value)> {
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

    fn case(&self, line: &CheckLine) -> ReportCase {
        let name = line.title();
        let outcome = match line.answer() {
            Answer::Passed => CaseOutcome::Passed,
            Answer::Failed => CaseOutcome::Failed(line.found()),
            Answer::Unknown => CaseOutcome::Skipped(line.found()),
        };
        let details = match outcome {
            CaseOutcome::Failed(_) if line.differs() => vec![("differs", Value::from(true))],
            _ => Vec::new(),
        };
        ReportCase {
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
