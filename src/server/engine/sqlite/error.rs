//! The errors of a store that fails, is closed or is damaged.

use std::fmt::Display;

use crate::chat_core::error::ErrorInfo;

/// Returns the error of a call that SQLite can't do.
#[allow(clippy::needless_pass_by_value)] // as `map_err` gives it
pub(super) fn failed(error: rusqlite::Error) -> ErrorInfo {
    tracing::error!(%error, "the store failed");
    ErrorInfo::new(50000, 500, format!("The store failed: {error}"))
}

/// Returns the error of a store that is closed, or whose writer has come to an end.
pub(super) fn closed() -> ErrorInfo {
    ErrorInfo::new(50003, 503, "The store is closed")
}

/// Returns the error of a value that can't be read as it was written.
pub(super) fn damaged(what: &dyn Display) -> ErrorInfo {
    tracing::error!(%what, "the store is damaged");
    ErrorInfo::new(50000, 500, format!("The store is damaged: {what}"))
}
