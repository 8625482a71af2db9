//! The report for people: a line for each test, with its faults below.

use std::collections::BTreeMap;

use super::{CheckLine, PolicyReport};
use crate::chat_core::analysis::policy::Answer;
use crate::chat_core::auth::Feature;
use crate::output::Look;
use crate::output::table::plain;

impl PolicyReport {
    /// Returns the whole report.
    pub(super) fn text(&self, look: Look) -> String {
        let mut lines = Vec::new();
        for group in self.groups() {
            self.group(&group, look, &mut lines);
        }
        lines.push(String::new());
        lines.push(self.summary());
        for condition in self.conditions().iter().filter(|it| !it.is_met) {
            lines.push(format!(
                "{} {}: {}",
                marked("FAIL", look),
                condition.name,
                condition.found
            ));
        }
        self.unproved(&mut lines);
        self.gaps(&mut lines);
        self.changes(&mut lines);
        let wrapped = lines.iter().map(|line| {
            let indent = line.len() - line.trim_start().len();
            look.wrap("", line, indent + 2)
        });
        wrapped.collect::<Vec<_>>().join("\n")
    }

    /// The lines of each test and role, in their order.
    fn groups(&self) -> Vec<Vec<&CheckLine>> {
        let mut groups: Vec<Vec<&CheckLine>> = Vec::new();
        for line in &self.lines {
            let is_same = |group: &&mut Vec<&CheckLine>| {
                let first = &group[0].check;
                first.place == line.check.place
                    && first.test == line.check.test
                    && first.role == line.check.role
            };
            match groups.last_mut().filter(is_same) {
                Some(group) => group.push(line),
                None => groups.push(vec![line]),
            }
        }
        groups
    }

    fn group(&self, group: &[&CheckLine], look: Look, lines: &mut Vec<String>) {
        let first = &group[0];
        let has = |answer| group.iter().any(|line| line.answer() == answer);
        let word = if has(Answer::Failed) {
            "FAIL"
        } else if has(Answer::Passed) {
            "ok"
        } else {
            "?"
        };
        lines.push(format!(
            "{} {} ({}, {})",
            marked(word, look),
            plain(&first.check.test),
            plain(self.role(first)),
            counted(group.len(), "check"),
        ));
        for line in group {
            let note = match line.answer() {
                Answer::Failed => "expected",
                Answer::Unknown => "not known",
                Answer::Passed => continue,
            };
            lines.push(format!(
                "     {}:{}: {note}: {}",
                plain(&line.check.place.file),
                line.check.place.line,
                plain(&line.title()),
            ));
            lines.push(format!("       found: {}", plain(&line.found())));
        }
    }

    fn summary(&self) -> String {
        let tally = self.tally();
        let unproved = self.lines.iter().filter(|line| line.is_unproved()).count();
        let differing = self.lines.iter().filter(|line| line.differs()).count();
        let counts = [
            (tally.unknown, "not known"),
            (self.left_out, "left out"),
            (differing, "where live and offline differ"),
            (unproved, "not proved live (below)"),
        ];
        let mut parts = vec![
            format!("{} passed", tally.passed),
            format!("{} failed", tally.failed),
        ];
        let others = counts.iter().filter(|(count, _)| *count > 0);
        parts.extend(others.map(|(count, what)| format!("{count} {what}")));
        let percent = self.coverage.percent();
        format!(
            "{}; {percent:.0} % of what is granted is exercised",
            parts.join(", ")
        )
    }

    /// The checks that a live run could not decide.
    fn unproved(&self, lines: &mut Vec<String>) {
        for line in self.lines.iter().filter(|line| line.is_unproved()) {
            let found = line.live.as_ref().map_or("", |live| &live.found);
            lines.push(format!(
                "not proved live: {}:{}: {} ({}): {}",
                plain(&line.check.place.file),
                line.check.place.line,
                plain(&line.title()),
                plain(self.role(line)),
                plain(found),
            ));
        }
    }

    fn gaps(&self, lines: &mut Vec<String>) {
        let mut by_rule: BTreeMap<(usize, &str), Vec<&str>> = BTreeMap::new();
        for gap in self.coverage.gaps() {
            let rule = by_rule.entry((gap.role, &gap.resource)).or_default();
            rule.push(gap.operation);
        }
        for ((role, resource), operations) in by_rule {
            lines.push(format!(
                "not exercised: {} '{}': {}",
                plain(&self.roles[role].0),
                plain(resource),
                operations.join(", ")
            ));
        }
        if !self.coverage.unmentioned.is_empty() {
            let names: Vec<&str> = self
                .coverage
                .unmentioned
                .iter()
                .copied()
                .map(Feature::name)
                .collect();
            lines.push(format!("no line mentions: {}", names.join(", ")));
        }
    }

    fn changes(&self, lines: &mut Vec<String>) {
        let Some(changes) = &self.changes else {
            return;
        };
        let mutation = &changes.mutation;
        lines.push(format!(
            "{} of roles tried, {} noticed",
            counted(mutation.tried, "change"),
            mutation.tried - mutation.survivors.len()
        ));
        let survived = changes.survived(&self.roles);
        lines.extend(
            survived
                .iter()
                .map(|(_, what)| format!("survived: {}", plain(what))),
        );
        if changes.redundant.is_empty() {
            return;
        }
        lines.push(match changes.redundant.len() {
            1 => "1 expectation is redundant: tests notice as much without it".to_owned(),
            count => format!(
                "{count} expectations are redundant: tests notice as much without any one of them"
            ),
        });
        let mut by_line: BTreeMap<(&str, usize), Vec<String>> = BTreeMap::new();
        for check in &changes.redundant {
            let here = by_line.entry((&check.place.file, check.origin.line));
            here.or_default().push(check.written());
        }
        for ((file, line), written) in by_line {
            lines.push(format!(
                "redundant: {}:{line}: {}",
                plain(file),
                plain(&written.join(", "))
            ));
        }
    }
}

fn marked(word: &str, look: Look) -> String {
    let style = match word {
        "ok" => "32",
        "FAIL" => "31",
        _ => "33",
    };
    look.paint(&format!("{word:<4}"), style)
}

fn counted(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}
