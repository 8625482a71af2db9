//! The report as TAP version 14 (https://testanything.org/tap-version-14-specification.html).

use std::fmt::Write as _;

use serde_json::Value;

use super::{Line, Report};
use crate::chat_core::auth::policy::Answer;

impl Report {
    /// The whole of it: a test point for each check, then the conditions of the run.
    pub(super) fn tap(&self) -> String {
        let conditions = self.conditions();
        let count = self.lines.len() + conditions.len();
        let mut text = format!("TAP version 14\n1..{count}\n");
        let mut number = 0;
        for line in &self.lines {
            number += 1;
            self.point(number, line, &mut text);
        }
        for condition in &conditions {
            number += 1;
            let word = if condition.is_met { "ok" } else { "not ok" };
            let name = escaped(&condition.name);
            let _ = writeln!(text, "{word} {number} - {name}");
            if !condition.is_met {
                diagnostic(
                    &[("message", Value::from(condition.found.as_str()))],
                    &mut text,
                );
            }
        }
        text
    }

    fn point(&self, number: usize, line: &Line, text: &mut String) {
        let description = escaped(&format!(
            "{} ({}) {}",
            line.check.test,
            self.role(line),
            line.title()
        ));
        match line.answer() {
            Answer::Passed => {
                let _ = writeln!(text, "ok {number} - {description}");
            }
            Answer::Unknown => {
                let why = escaped(&line.found());
                let _ = writeln!(text, "ok {number} - {description} # SKIP {why}");
            }
            Answer::Failed => {
                let _ = writeln!(text, "not ok {number} - {description}");
                let members = [
                    ("message", Value::from(line.found())),
                    ("file", Value::from(&*line.check.place.file)),
                    ("line", Value::from(line.check.place.line)),
                    ("differs", Value::from(line.differs())),
                ];
                diagnostic(&members, text);
            }
        }
    }
}

/// A YAML block; JSON texts are YAML.
fn diagnostic(members: &[(&str, Value)], text: &mut String) {
    text.push_str("  ---\n");
    for (name, value) in members {
        let _ = writeln!(text, "  {name}: {value}");
    }
    text.push_str("  ...\n");
}

/// A description: one line, in which `#` begins no directive.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('#', "\\#")
        .replace(|c: char| c.is_control(), " ")
}
