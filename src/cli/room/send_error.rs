//! The error of a message that was not sent, or may have been.

use crate::chat_core::client::room::sending::SendError;

/// The error of a message that was not sent, marked where it may have been sent all the same.
pub(super) fn send_error(unsent: SendError) -> anyhow::Error {
    let error = anyhow::Error::from(unsent.error);
    if unsent.outcome_unknown {
        error.context("the message may have been sent")
    } else {
        error
    }
}
