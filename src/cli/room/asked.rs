//! What does not exist is an answer: no.

use crate::chat_core::client::{Error, Result};
use crate::cli::exit::{Exit, Judged};

/// The result of asking for a message: an unknown one answers no (exit 1).
///
/// # Errors
/// As they were.
pub(in crate::cli) fn asked<T>(result: Result<T>) -> anyhow::Result<T> {
    result.map_err(|error| match error {
        Error::Refused(error) if error.code == 40400 => Judged {
            error,
            exit: Exit::No,
        }
        .into(),
        error => error.into(),
    })
}
