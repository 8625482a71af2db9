//! jq filters as conditions on events.

use std::cell::Cell;

use serde_json::Value;

use crate::cli::failure::Failure;
use crate::output::Output;
use crate::output::query::Query;

/// A condition on an event: a jq filter that is true.
pub(in crate::cli) struct Condition {
    argument: &'static str,
    query: Query,
    failures: Cell<u64>,
}

impl Condition {
    /// Compiles the filter that `argument` gives.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(in crate::cli) fn compile(argument: &'static str, text: &str) -> Result<Self, Failure> {
        let query = Query::compile(text).map_err(|error| {
            Failure::usage(format!("{argument}: {error}"))
                .hint("see the jq manual for the language")
        })?;
        Ok(Self {
            argument,
            query,
            failures: Cell::new(0),
        })
    }

    /// Whether the event fits: a filter that fails on it does not, as one on texts does on events without one. The
    /// first failure is said, as it may be a slip.
    pub(in crate::cli) fn holds(&self, event: &Value, output: &Output) -> bool {
        match self.query.values(event) {
            Ok(values) => values
                .iter()
                .any(|value| !matches!(value, Value::Null | Value::Bool(false))),
            Err(error) => {
                if self.failures.get() == 0 {
                    let argument = self.argument;
                    output.notice(&format!(
                        "warning: {argument}: {error}; an event that it fails on does not fit (where that is meant, write '(FILTER)?')"
                    ));
                }
                self.failures.set(self.failures.get() + 1);
                tracing::debug!(%error, "a filter failed on an event");
                false
            }
        }
    }

    /// How often the filter failed, in words that are put behind an answer; empty if it did not.
    pub(in crate::cli) fn failed(&self) -> String {
        match self.failures.get() {
            0 => String::new(),
            1 => format!("; {} failed on 1 of the events", self.argument),
            count => format!("; {} failed on {count} of the events", self.argument),
        }
    }
}
