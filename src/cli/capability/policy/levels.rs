//! What a policy file says of lint rules: how bad their findings are here, and why.

use std::collections::BTreeMap;

use super::file::PolicyFile;
use super::source::{Source, nearest};
use crate::chat_core::analysis::lint::{Finding, RULES, Severity};

/// By code: how bad a finding is here, and why.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct Levels(BTreeMap<String, Level>);

#[derive(Clone, Debug)]
struct Level {
    /// `None` where the rule is off.
    severity: Option<Severity>,
    reason: String,
}

impl Levels {
    /// What a file says.
    ///
    /// # Errors
    /// A code that no rule has, a word that is no severity, or no reason.
    pub(super) fn read(source: &Source, file: &PolicyFile) -> anyhow::Result<Self> {
        let mut levels = BTreeMap::new();
        for (code, written) in &file.lint {
            let name = code.get_ref();
            let fault = |what: String| source.fault(Some(code.span()), &what);
            if !RULES.iter().any(|rule| rule.code == name) {
                let fault = fault(format!("there is no lint rule '{name}'"));
                let known = RULES.iter().map(|rule| rule.code);
                let hint = nearest(name, known).map_or_else(
                    || "`chatctl help lint` lists them".to_owned(),
                    |nearest| format!("did you mean '{nearest}'?"),
                );
                return Err(fault.hint(hint).into());
            }
            if written.reason.trim().is_empty() {
                return Err(fault(format!("why '{name}' is treated so is not spanned")).into());
            }
            let severity = match written.severity.get_ref().as_str() {
                "off" => None,
                word => Some(Severity::parse(word).ok_or_else(|| {
                    let what = format!("'{word}' is none of error, warn, info and off");
                    source.fault(Some(written.severity.span()), &what)
                })?),
            };
            let reason = written.reason.trim().to_owned();
            levels.insert(name.clone(), Level { severity, reason });
        }
        Ok(Self(levels))
    }

    /// The finding as bad as it is here; `None` where it is none.
    pub(in crate::cli) fn apply(&self, finding: Finding) -> Option<Finding> {
        match self.0.get(finding.code) {
            None => Some(finding),
            Some(level) => level.severity.map(|severity| Finding {
                severity,
                ..finding
            }),
        }
    }

    /// Why a rule is off here, if it is.
    pub(in crate::cli) fn why_off(&self, code: &str) -> Option<&str> {
        self.0
            .get(code)
            .filter(|level| level.severity.is_none())
            .map(|level| level.reason.as_str())
    }
}
