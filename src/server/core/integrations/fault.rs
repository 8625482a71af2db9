//! What may be wrong with a rule.

use crate::chat_core::error::ErrorInfo;

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFault {
    /// The member, as in `target.url`.
    pub field: &'static str,
    /// What is wrong with it, for people.
    pub message: String,
    /// Ably's code: 40000, or 40035 for a filter.
    pub code: u32,
}

impl RuleFault {
    pub(super) fn of(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
            code: 40000,
        }
    }
}

impl std::fmt::Display for RuleFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "'{}': {}", self.field, self.message)
    }
}

impl RuleFault {
    /// Returns it as an error for the one who made the rule.
    pub(crate) fn into_error(self, rule: &str) -> ErrorInfo {
        ErrorInfo::new(self.code, 400, format!("Invalid rule '{rule}': {self}"))
    }
}
