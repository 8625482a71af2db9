//! The report as JUnit XML, as test reporters read it: a suite for each test, a case for each check.

use std::fmt::Write as _;

use super::{Line, Report};
use crate::chat_core::auth::policy::Answer;

impl Report {
    /// The whole of it.
    pub(super) fn junit(&self) -> String {
        let tally = self.tally();
        let conditions = self.conditions();
        let unmet = conditions.iter().filter(|it| !it.is_met).count();
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let _ = writeln!(
            text,
            "<testsuites name=\"chatctl capability test\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">",
            self.lines.len() + conditions.len(),
            tally.failed + unmet,
            tally.unknown,
        );
        let mut rest = self.lines.as_slice();
        while let Some(first) = rest.first() {
            let is_same = |line: &&Line| {
                line.check.place == first.check.place && line.check.test == first.check.test
            };
            let count = rest.iter().take_while(is_same).count();
            let (suite, others) = rest.split_at(count);
            self.suite(suite, &mut text);
            rest = others;
        }
        if !conditions.is_empty() {
            let _ = writeln!(
                text,
                "  <testsuite name=\"the whole run\" tests=\"{}\" failures=\"{unmet}\" errors=\"0\" skipped=\"0\">",
                conditions.len()
            );
            for condition in &conditions {
                let name = escaped(&condition.name);
                let _ = write!(text, "    <testcase name=\"{name}\" classname=\"run\"");
                end(
                    &mut text,
                    (!condition.is_met).then_some(("failure", condition.found.as_str())),
                );
            }
            text.push_str("  </testsuite>\n");
        }
        text.push_str("</testsuites>\n");
        text
    }

    fn suite(&self, lines: &[Line], text: &mut String) {
        let count = |answer| lines.iter().filter(|line| line.answer() == answer).count();
        let _ = writeln!(
            text,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">",
            escaped(&lines[0].check.test),
            lines.len(),
            count(Answer::Failed),
            count(Answer::Unknown),
        );
        for line in lines {
            let _ = write!(
                text,
                "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\"",
                escaped(&line.title()),
                escaped(self.role(line)),
                escaped(&line.check.place.file),
                line.check.place.line,
            );
            let found = line.found();
            let child = match line.answer() {
                Answer::Passed => None,
                Answer::Failed => Some(("failure", found.as_str())),
                Answer::Unknown => Some(("skipped", found.as_str())),
            };
            end(text, child);
        }
        text.push_str("  </testsuite>\n");
    }
}

fn end(text: &mut String, child: Option<(&str, &str)>) {
    match child {
        None => text.push_str("/>\n"),
        Some((name, message)) => {
            let message = escaped(message);
            let _ = writeln!(text, "><{name} message=\"{message}\"/></testcase>");
        }
    }
}

/// A text within an attribute. Characters that XML can't carry are replaced.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}
