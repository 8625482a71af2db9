//! The report as workflow commands of GitHub Actions, which shows them beside the lines of the policy.

use std::fmt::Write as _;

use super::Report;
use crate::chat_core::auth::policy::Answer;

impl Report {
    /// An error for each check that fails, a warning for what is not exercised, and the count.
    pub(super) fn github(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            let level = match line.answer() {
                Answer::Passed => continue,
                Answer::Failed => "error",
                Answer::Unknown => "notice",
            };
            let _ = writeln!(
                text,
                "::{level} file={},line={},title={}::{}",
                property(&line.check.place.file),
                line.check.place.line,
                property(&format!("{} ({})", line.check.test, self.role(line))),
                message(&format!(
                    "expected: {}; found: {}",
                    line.title(),
                    line.found()
                )),
            );
        }
        for condition in self.conditions().iter().filter(|it| !it.is_met) {
            let (title, found) = (property(&condition.name), message(&condition.found));
            let _ = writeln!(text, "::error title={title}::{found}");
        }
        for gap in self.coverage.gaps() {
            let what = format!(
                "no test exercises {} of {} on '{}'",
                gap.operation, self.roles[gap.role], gap.resource
            );
            let _ = writeln!(text, "::warning title=not exercised::{}", message(&what));
        }
        let tally = self.tally();
        let _ = writeln!(text, "{} passed, {} failed", tally.passed, tally.failed);
        text
    }
}

/// A message: what ends it is escaped.
pub(in crate::cli::capability) fn message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property, which ends at more.
pub(in crate::cli::capability) fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
