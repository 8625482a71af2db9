//! A message that does not exist: the answer is no.

use crate::chat_core::client::{Error, Result};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;

/// Makes an unknown message answer no (exit 1).
///
/// # Errors
/// All others, as they were.
pub(in crate::cli) fn not_found_is_no<T>(result: Result<T>) -> anyhow::Result<T> {
    result.map_err(|error| match error {
        Error::Refused(error) if error.code == 40400 => Failure::ably(&error, Exit::No).into(),
        error => error.into(),
    })
}
