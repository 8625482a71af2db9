//! The rules of `claims lint` and `capability lint`, from the rules themselves.

use serde_json::{Value, json};

use crate::chat_core::analysis::lint::{LintRule, RULES};

/// The rules for people.
pub(super) fn text() -> String {
    let rules: Vec<String> = RULES
        .iter()
        .map(|rule| {
            let severities = names(rule).join(" or ");
            let escaped = |text: &str| text.replace('*', "\\*").replace('_', "\\_");
            format!(
                "## {} ({severities})\n\n- why: {}\n- fix: {}",
                rule.code,
                escaped(rule.why),
                escaped(rule.fix)
            )
        })
        .collect();
    format!(
        "Tokens: chatctl claims lint TOKEN. Capabilities and policies: chatctl capability lint.\n\n\
         A policy file changes the severity of a rule, with a reason:\n\n\
         \x20   [lint.namespace-root]\n    severity = \"off\"\n    reason = \"the room 'dms' is meant\"\n\n\
         claims lint takes it with --policy FILE. With -o tap and junit, each rule that was applied is a case: an error \
         fails it, lesser findings are details, and a rule that is off is skipped.\n\n{}\n",
        rules.join("\n\n")
    )
}

/// The rules for programs.
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

/// The severity of its findings.
fn names(rule: &LintRule) -> Vec<&'static str> {
    let severities = rule.severities.iter();
    severities.map(|severity| severity.name()).collect()
}
