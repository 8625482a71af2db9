//! jq filters as conditions on events.

use std::cell::Cell;
use std::time::Instant;

use serde_json::Value;

use crate::cli::Context;
use crate::cli::context::jq_filter;
use crate::cli::failure::Failure;
use crate::output::Output;
use crate::output::query::{JqError, JqFilter};

/// A condition on an event: a jq filter that is true.
pub(in crate::cli) struct EventCondition {
    argument: &'static str,
    query: JqFilter,
    failures: Cell<u64>,
}

impl EventCondition {
    /// Compiles the filter that `argument` gives.
    ///
    /// # Errors
    /// A filter that does not compile.
    pub(in crate::cli) fn compile(
        context: &Context,
        argument: &'static str,
        text: &str,
    ) -> Result<Self, Failure> {
        let limit = context.settings().timeout()?.value;
        let query = jq_filter(argument, text, limit)?;
        Ok(Self {
            argument,
            query,
            failures: Cell::new(0),
        })
    }

    /// Ends what still runs at `deadline`.
    pub(in crate::cli) fn end_by(&self, deadline: Instant) {
        self.query.end_by(deadline);
    }

    /// Returns whether the filter is true for the event. One that fails is not, as a filter on texts fails on events
    /// without one. The first failure is reported, as it may be a slip.
    pub(in crate::cli) fn holds(&self, event: &Value, output: &Output) -> bool {
        match self.query.holds(event) {
            Ok(holds) => holds,
            // The command is at its end.
            Err(JqError::Stopped) => false,
            Err(error) => {
                if self.failures.get() == 0 {
                    let argument = self.argument;
                    output.notice(&format!(
                        "warning: {argument}: {error}; such an event does not match (write '(FILTER)?' if that is intended)"
                    ));
                }
                self.failures.set(self.failures.get() + 1);
                tracing::debug!(%error, "a filter failed on an event");
                false
            }
        }
    }

    /// The number of failures, as a text behind an answer; empty without any.
    pub(in crate::cli) fn failed(&self) -> String {
        match self.failures.get() {
            0 => String::new(),
            1 => format!("; {} failed on 1 of the events", self.argument),
            count => format!("; {} failed on {count} of the events", self.argument),
        }
    }
}
