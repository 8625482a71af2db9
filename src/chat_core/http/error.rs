//! The errors of a request, and their causes in words.

/// The reason why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No connection could be made: nothing was sent.
    #[error("{0}")]
    Unreachable(String),
    /// The connection broke before the whole answer came: the request may have been carried out.
    #[error("{0}")]
    Interrupted(String),
    /// The answer has more bytes than were allowed.
    #[error("the answer is too long")]
    TooLong,
    /// The time ran out: the request may have been carried out.
    #[error("the answer did not come in time")]
    TimedOut,
}

/// Returns the text at the bottom of a chain of errors: what really happened.
pub fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
