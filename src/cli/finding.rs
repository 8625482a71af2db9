//! How a mistake that a rule found looks to people.

use crate::chat_core::auth::lint::{Finding, Severity};
use crate::output::{Look, table::plain};

/// The mistakes, each with what it is about where that has to be said.
pub(super) fn texts<'a>(
    findings: impl Iterator<Item = (Option<String>, &'a Finding)>,
    look: Look,
) -> String {
    let texts: Vec<String> = findings
        .map(|(about, finding)| {
            let about = about.map_or_else(String::new, |about| format!("{}: ", plain(&about)));
            format!(
                "{} {about}{}\n  why: {}\n  fix: {}",
                severity(finding, look),
                plain(&finding.message),
                finding.why,
                finding.fix
            )
        })
        .collect();
    if texts.is_empty() {
        return "no findings".to_owned();
    }
    texts.join("\n\n")
}

fn severity(finding: &Finding, look: Look) -> String {
    let text = format!("{}[{}]:", finding.severity.name(), finding.code);
    if !look.color {
        return text;
    }
    let color = match finding.severity {
        Severity::Error => "1;31",
        Severity::Warn => "1;33",
        Severity::Info => "1;36",
    };
    format!("\u{1b}[{color}m{text}\u{1b}[0m")
}
