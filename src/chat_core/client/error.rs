//! What can go wrong on the way to the service, or there.

use std::time::Duration;

use crate::chat_core::error::ErrorInfo;

/// Result of a client's operation.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an operation was not done.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The service refused it.
    #[error(transparent)]
    Refused(#[from] ErrorInfo),
    /// The service could not be reached: nothing was done.
    #[error("could not reach {address}: {reason}")]
    Unreachable {
        /// Where it was looked for.
        address: String,
        /// What happened instead.
        reason: String,
    },
    /// The link broke before the answer came: it may have been done.
    #[error("{address} did not answer: {reason}")]
    Unanswered {
        /// Who was asked.
        address: String,
        /// What happened instead.
        reason: String,
    },
    /// The service did not answer in time: it may have been done.
    #[error("{what} took longer than {}", show(*.after))]
    TimedOut {
        /// What was waited for.
        what: String,
        /// How long.
        after: Duration,
    },
    /// The answer was none that the protocol knows.
    #[error("{address} does not speak the protocol: {reason}")]
    NotUnderstood {
        /// Who answered.
        address: String,
        /// What is wrong with the answer.
        reason: String,
    },
}

impl Error {
    /// Whether it is not known if what was asked for was done.
    pub fn outcome_unknown(&self) -> bool {
        matches!(self, Self::Unanswered { .. } | Self::TimedOut { .. })
    }
}

fn show(span: Duration) -> String {
    if span.subsec_millis() == 0 {
        format!("{} s", span.as_secs())
    } else {
        format!("{} ms", span.as_millis())
    }
}
