//! JUnit XML, as test reporters read it.

use std::fmt::Write as _;

use serde_json::Value;

use super::suite::{CaseOutcome, CaseTally, ReportCase, ReportSuite};

/// Returns the whole report.
pub(super) fn text(command: &str, suites: &[ReportSuite]) -> String {
    let all = CaseTally::of(suites.iter().flat_map(|suite| &suite.cases));
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        text,
        "<testsuites name=\"{}\" {}>",
        escaped(command),
        counts(all)
    );
    for suite in suites {
        let _ = writeln!(
            text,
            "  <testsuite name=\"{}\" {}>",
            escaped(&suite.name),
            counts(CaseTally::of(suite.cases.iter()))
        );
        for case in &suite.cases {
            one(case, &mut text);
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn counts(tally: CaseTally) -> String {
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
        tally.all, tally.failed, tally.skipped
    )
}

fn one(case: &ReportCase, text: &mut String) {
    let _ = write!(
        text,
        "    <testcase name=\"{}\" classname=\"{}\"",
        escaped(&case.name),
        escaped(&case.class)
    );
    if let Some(place) = &case.place {
        let file = escaped(&place.file);
        let _ = write!(text, " file=\"{file}\" line=\"{}\"", place.line);
    }
    let outcome = match &case.outcome {
        CaseOutcome::Passed => String::new(),
        CaseOutcome::Failed(found) => format!("<failure message=\"{}\"/>", escaped(found)),
        CaseOutcome::Skipped(why) => format!("<skipped message=\"{}\"/>", escaped(why)),
    };
    let details = details(&case.details);
    if outcome.is_empty() && details.is_empty() {
        text.push_str("/>\n");
    } else {
        let _ = writeln!(text, ">{outcome}{details}</testcase>");
    }
}

/// The details, one line per text.
fn details(members: &[(&str, Value)]) -> String {
    let mut lines = String::new();
    for (name, value) in members {
        let texts = match value {
            Value::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        for value in texts {
            let said = match value {
                Value::String(text) => escaped(text),
                other => escaped(&other.to_string()),
            };
            let _ = writeln!(lines, "{name}: {said}");
        }
    }
    if lines.is_empty() {
        return lines;
    }
    format!("<system-out>{}</system-out>", lines.trim_end())
}

/// Escapes a text, for attributes too. Characters that XML can't contain are replaced.
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
