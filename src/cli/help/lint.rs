//! The rules of `claims lint` and `capability lint`, from the rules themselves.

use serde_json::{Value, json};

use crate::chat_core::analysis::lint::{RULES, Rule};

/// For people.
pub(super) fn text() -> String {
    let rules: Vec<String> = RULES
        .iter()
        .map(|rule| {
            let severities = names(rule).join(" or ");
            format!(
                "{} ({severities})\n  why: {}\n  fix: {}",
                rule.code, rule.why, rule.fix
            )
        })
        .collect();
    format!(
        "{}\n\n\
         Tokens: chatctl claims lint TOKEN. Capabilities and policies: chatctl capability lint.\n\
         A policy file changes how bad a finding is there, and says why:\n\n  \
           [lint.namespace-root]\n  severity = \"off\"\n  reason = \"the room 'dms' is meant\"\n\n\
         claims lint takes it with --policy FILE. With --format tap and junit, each rule that was applied is a case: an\n\
         error fails it, what is less bad is said beside it, and a rule that is off is skipped.\n",
        rules.join("\n\n")
    )
}

/// The same for programs.
pub(super) fn json() -> Value {
    RULES
        .iter()
        .map(|rule| {
            json!({
                "code": rule.code,
                "severities": names(rule),
                "why": rule.why,
                "fix": rule.fix,
            })
        })
        .collect()
}

/// How bad its findings are, in words.
fn names(rule: &Rule) -> Vec<&'static str> {
    let severities = rule.severities.iter();
    severities.map(|severity| severity.name()).collect()
}
