//! Errors of the client: the service's, and those on the way to it.

use std::time::Duration;

use crate::chat_core::error::ErrorInfo;

/// Result of a client's operation.
pub type Result<T> = std::result::Result<T, Error>;

/// The reason why an operation was not done.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The service refused it.
    #[error(transparent)]
    Refused(#[from] ErrorInfo),
    /// The service could not be reached: nothing was done.
    #[error("could not reach {address}: {reason}")]
    Unreachable {
        /// The address.
        address: String,
        /// The cause.
        reason: String,
    },
    /// The link broke before the answer came: it may have been done.
    #[error("{address} did not answer: {reason}")]
    Unanswered {
        /// The address.
        address: String,
        /// The cause.
        reason: String,
    },
    /// The service did not answer in time: it may have been done.
    #[error("{what} took longer than {}", show(*.after))]
    TimedOut {
        /// The operation.
        what: String,
        /// The time that it had.
        after: Duration,
    },
    /// The answer was none that the protocol knows.
    #[error("{address} does not speak the protocol: {reason}")]
    NotUnderstood {
        /// The address.
        address: String,
        /// The fault of the answer.
        reason: String,
    },
}

impl Error {
    /// Returns whether it is not known if what was asked for was done.
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
