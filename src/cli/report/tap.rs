//! TAP version 14 (https://testanything.org/tap-version-14-specification.html): a test point for each case.

use std::fmt::Write as _;

use serde_json::Value;

use super::suite::{CaseOutcome, ReportCase, ReportSuite};

/// Returns the whole report.
pub(super) fn text(suites: &[ReportSuite]) -> String {
    let cases: Vec<&ReportCase> = suites.iter().flat_map(|suite| &suite.cases).collect();
    let mut text = format!("TAP version 14\n1..{}\n", cases.len());
    for (place, case) in cases.into_iter().enumerate() {
        point(place + 1, case, &mut text);
    }
    text
}

fn point(number: usize, case: &ReportCase, text: &mut String) {
    let title = escaped(&case.title);
    let mut members: Vec<(&str, Value)> = Vec::new();
    match &case.outcome {
        CaseOutcome::Passed => {
            let _ = writeln!(text, "ok {number} - {title}");
        }
        CaseOutcome::Skipped(why) => {
            let why = escaped(why);
            let _ = writeln!(text, "ok {number} - {title} # SKIP {why}");
        }
        CaseOutcome::Failed(found) => {
            let _ = writeln!(text, "not ok {number} - {title}");
            members.push(("message", Value::from(found.as_str())));
            if let Some(place) = &case.place {
                members.push(("file", Value::from(&*place.file)));
                members.push(("line", Value::from(place.line)));
            }
        }
    }
    members.extend(case.details.iter().cloned());
    diagnostic(&members, text);
}

/// A YAML block; JSON texts are YAML.
fn diagnostic(members: &[(&str, Value)], text: &mut String) {
    if members.is_empty() {
        return;
    }
    text.push_str("  ---\n");
    for (name, value) in members {
        let _ = writeln!(text, "  {name}: {value}");
    }
    text.push_str("  ...\n");
}

/// Escapes a description: one line, in which `#` does not begin a directive.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('#', "\\#")
        .replace(|c: char| c.is_control(), " ")
}
