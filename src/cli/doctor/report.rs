//! The report of the steps.

use std::time::Duration;

use serde_json::{Value, json};

use crate::output::table::plain;
use crate::output::{Look, Render};

/// The outcome of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// As it should be.
    Ok,
    /// It works, and something is odd.
    Warn,
    /// It does not work.
    Fail,
    /// Not needed, or not possible after an earlier failure.
    Skipped,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
    }

    /// The symbol with its colour. Each is another shape: nothing depends on colour alone.
    fn symbol(self, look: Look) -> String {
        match self {
            Self::Ok => look.paint("✓", "32"),
            Self::Warn => look.paint("!", "33"),
            Self::Fail => look.paint("✗", "31"),
            Self::Skipped => look.paint("–", "2"),
        }
    }
}

/// A step.
#[derive(Debug)]
pub(super) struct Step {
    name: &'static str,
    outcome: Outcome,
    detail: String,
    fix: Option<String>,
    took: Option<Duration>,
}

/// All steps, in order.
#[derive(Debug, Default)]
pub(super) struct Report(Vec<Step>);

impl Report {
    /// Adds a step.
    pub(super) fn add(&mut self, name: &'static str, outcome: Outcome, detail: impl Into<String>) {
        self.0.push(Step {
            name,
            outcome,
            detail: detail.into(),
            fix: None,
            took: None,
        });
    }

    /// Adds a step that took this long.
    pub(super) fn ok_after(&mut self, name: &'static str, detail: &str, took: Duration) {
        self.add(name, Outcome::Ok, format!("{detail} in {}", millis(took)));
        if let Some(step) = self.0.last_mut() {
            step.took = Some(took);
        }
    }

    /// Adds a step that needs something to be done.
    pub(super) fn advise(
        &mut self,
        name: &'static str,
        outcome: Outcome,
        detail: impl Into<String>,
        fix: Option<String>,
    ) {
        self.add(name, outcome, detail);
        if let Some(step) = self.0.last_mut() {
            step.fix = fix;
        }
    }

    /// Returns whether a step failed.
    pub(super) fn has_failed(&self) -> bool {
        self.count(Outcome::Fail) > 0
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.0.iter().filter(|step| step.outcome == outcome).count()
    }

    fn summary(&self) -> String {
        let some = |count: usize, what: &str| match count {
            0 => None,
            1 => Some(format!("1 {what}")),
            _ => Some(format!("{count} {what}s")),
        };
        let parts = [
            some(self.count(Outcome::Fail), "failure"),
            some(self.count(Outcome::Warn), "warning"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            "no problems found".to_owned()
        } else {
            parts.join(", ")
        }
    }
}

/// The time in milliseconds, as `0.2 ms`.
fn millis(span: Duration) -> String {
    format!("{:.1} ms", span.as_secs_f64() * 1000.0)
}

impl Render for Report {
    fn json(&self) -> Value {
        let steps = self.0.iter().map(|step| {
            let mut value = json!({
                "check": step.name,
                "outcome": step.outcome.word(),
                "detail": step.detail,
            });
            if let Some(fix) = &step.fix {
                value["fix"] = fix.as_str().into();
            }
            if let Some(took) = step.took {
                value["ms"] = (took.as_secs_f64() * 1000.0).into();
            }
            value
        });
        steps.collect()
    }

    fn table(&self, look: Look) -> String {
        let mut lines = Vec::new();
        for step in &self.0 {
            let symbol = step.outcome.symbol(look);
            lines.push(format!(
                "{symbol} {:<12} {}",
                step.name,
                plain(&step.detail)
            ));
            if let Some(fix) = &step.fix {
                lines.push(format!("{:15}fix: {}", "", plain(fix)));
            }
        }
        lines.push(String::new());
        lines.push(self.summary());
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_symbols_and_words() {
        let mut report = Report::default();
        report.ok_after("TCP", "connected", Duration::from_micros(200));
        report.advise("clock", Outcome::Warn, "behind", Some("set it".to_owned()));
        assert_eq!(
            report.table(Look::default()),
            "✓ TCP          connected in 0.2 ms\n! clock        behind\n               fix: set it\n\n1 warning"
        );
        assert!(!report.has_failed());
        report.add("REST", Outcome::Fail, "no");
        assert_eq!(report.summary(), "1 failure, 1 warning");
        assert_eq!(report.json()[1]["outcome"], "warn");
    }
}
