//! Findings, and the facts that rules know besides the token.

use std::collections::BTreeSet;

use serde::Serialize;

use super::rules::{RULES, rule};
use super::severity::Severity;
use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::key::ApiKey;
use crate::chat_core::clock::Timestamp;

/// Something about a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's code.
    pub code: &'static str,
    /// The severity.
    pub severity: Severity,
    /// The facts found in this token.
    pub message: String,
    /// The harm that it does.
    pub why: &'static str,
    /// The remedy.
    pub fix: &'static str,
}

/// The result of a lint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linted {
    /// The findings; the worst first.
    pub findings: Vec<Finding>,
    /// The codes of the rules that were applied, in the order of [`RULES`]: a token that can't be read has no claims to
    /// look at, and without the key the signature can't be checked.
    pub applied: Vec<&'static str>,
}

/// The facts that are known besides the token.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The present moment.
    pub now: Timestamp,
    /// True if the token is for Chat.
    pub for_chat: bool,
    /// The key that it should be signed with.
    pub key: Option<&'a ApiKey>,
    /// The capability of that key.
    pub key_capability: Option<&'a Capability>,
}

/// Findings in the order of the rules that made them, and those rules.
#[derive(Debug, Default)]
pub(super) struct Findings {
    found: Vec<Finding>,
    applied: BTreeSet<&'static str>,
}

impl Findings {
    /// Notes that these rules are applied, whether they find something or not.
    pub(super) fn apply(&mut self, codes: &[&'static str]) {
        self.applied.extend(codes);
    }

    pub(super) fn error(&mut self, code: &'static str, message: impl Into<String>) {
        self.add(code, Severity::Error, message.into());
    }

    /// Adds an error that does another harm than most that its rule is about.
    pub(super) fn error_because(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        why: &'static str,
    ) {
        self.error(code, message);
        if let Some(finding) = self.found.last_mut() {
            finding.why = why;
        }
    }

    pub(super) fn warn(&mut self, code: &'static str, message: impl Into<String>) {
        self.add(code, Severity::Warn, message.into());
    }

    pub(super) fn info(&mut self, code: &'static str, message: impl Into<String>) {
        self.add(code, Severity::Info, message.into());
    }

    fn add(&mut self, code: &'static str, severity: Severity, message: String) {
        let rule = rule(code);
        debug_assert!(
            rule.is_some_and(|rule| rule.severities.contains(&severity)),
            "{code} is never {severity:?}"
        );
        self.applied.insert(code);
        self.found.push(Finding {
            code,
            severity,
            message,
            why: rule.map_or("", |rule| rule.why),
            fix: rule.map_or("", |rule| rule.fix),
        });
    }

    pub(super) fn finish(mut self) -> Linted {
        self.found.sort_by_key(|finding| finding.severity);
        let codes = RULES.iter().map(|rule| rule.code);
        Linted {
            applied: codes.filter(|code| self.applied.contains(code)).collect(),
            findings: self.found,
        }
    }
}
