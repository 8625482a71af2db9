//! The severities of lint rules in a policy file, with their reasons.

use std::collections::BTreeMap;

use super::file::PolicyFile;
use super::source::{PolicySource, nearest};
use crate::chat_core::analysis::lint::{Finding, RULES, Severity};

/// By code: the severity here, and the reason.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct LintLevels(BTreeMap<String, LintLevel>);

#[derive(Clone, Debug)]
struct LintLevel {
    /// `None` where the rule is off.
    severity: Option<Severity>,
    reason: String,
}

impl LintLevels {
    /// Reads the severities of a file.
    ///
    /// # Errors
    /// An unknown rule, an invalid severity, or no reason.
    pub(super) fn read(source: &PolicySource, file: &PolicyFile) -> anyhow::Result<Self> {
        let mut levels = BTreeMap::new();
        for (code, written) in &file.lint {
            let name = code.get_ref();
            let fault = |what: String| source.fault(Some(code.span()), &what);
            if !RULES.iter().any(|rule| rule.code == name) {
                let fault = fault(format!("unknown lint rule '{name}'"));
                let known = RULES.iter().map(|rule| rule.code);
                let hint = nearest(name, known).map_or_else(
                    || "`chatctl help lint` lists them".to_owned(),
                    |nearest| format!("did you mean '{nearest}'?"),
                );
                return Err(fault.hint(hint).into());
            }
            if written.reason.trim().is_empty() {
                return Err(fault(format!("'{name}' needs a reason")).into());
            }
            let severity = match written.severity.get_ref().as_str() {
                "off" => None,
                word => Some(Severity::parse(word).ok_or_else(|| {
                    let what =
                        format!("invalid severity '{word}': must be error, warn, info or off");
                    source.fault(Some(written.severity.span()), &what)
                })?),
            };
            let reason = written.reason.trim().to_owned();
            levels.insert(name.clone(), LintLevel { severity, reason });
        }
        Ok(Self(levels))
    }

    /// The finding with its severity here; `None` where its rule is off.
    pub(in crate::cli) fn apply(&self, finding: Finding) -> Option<Finding> {
        match self.0.get(finding.code) {
            None => Some(finding),
            Some(level) => level.severity.map(|severity| Finding {
                severity,
                ..finding
            }),
        }
    }

    /// The reason why a rule is off here, if it is.
    pub(in crate::cli) fn why_off(&self, code: &str) -> Option<&str> {
        self.0
            .get(code)
            .filter(|level| level.severity.is_none())
            .map(|level| level.reason.as_str())
    }
}
