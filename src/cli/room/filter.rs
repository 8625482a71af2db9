//! jq filters as conditions on events.

use serde_json::Value;

use crate::cli::exit::UsageError;
use crate::output::query::Query;

/// A condition on an event: a jq filter that is true.
pub(in crate::cli) struct Condition(Query);

impl Condition {
    /// Compiles the filter that `argument` gives.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(in crate::cli) fn compile(argument: &str, text: &str) -> Result<Self, UsageError> {
        Query::compile(text).map(Self).map_err(|error| {
            UsageError::new(format!("{argument}: {error}"))
                .hint("see the jq manual for the language")
        })
    }

    /// Whether the event fits: a filter that fails on it does not, as one on texts does on events without one.
    pub(in crate::cli) fn holds(&self, event: &Value) -> bool {
        match self.0.values(event) {
            Ok(values) => values
                .iter()
                .any(|value| !matches!(value, Value::Null | Value::Bool(false))),
            Err(error) => {
                tracing::debug!(%error, "a filter failed on an event");
                false
            }
        }
    }
}
