//! Sending a message once, over links that break: tried again under the same key, and no more is said than is known.

use super::Room;
use crate::chat_core::chat::ChatMessage;
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::error::Error;
use crate::chat_core::client::retry::{Retry, RetryPolicy};

/// The reason why a message was not sent, or is not known to be.
#[derive(Debug)]
pub struct SendError {
    /// The last error.
    pub error: Error,
    /// Whether it may be in the room all the same: an answer was lost.
    pub outcome_unknown: bool,
    /// Whether later messages may do better: this one was refused for what it is.
    pub is_about_the_message: bool,
}

impl Room<'_> {
    /// Sends a message once, however often it is tried. `key` tells it from others; a later call with it sends nothing
    /// more as long as the service remembers it.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send_once(
        &self,
        message: &NewMessage,
        key: Option<&str>,
        policy: RetryPolicy,
    ) -> Result<ChatMessage, SendError> {
        let call = self.sending(message, key);
        let mut retry = Retry::new(policy, self.rest.deadline());
        let mut outcome_unknown = false;
        loop {
            let attempt = self.rest.attempt(&call, retry.attempt()).await;
            let error = match attempt.and_then(|answer| answer.read()) {
                Ok(sent) => return Ok(sent),
                Err(error) => error,
            };
            outcome_unknown |= may_be_sent(&error);
            if !retry.again(&error).await {
                return Err(SendError {
                    is_about_the_message: is_about_the_message(&error),
                    outcome_unknown,
                    error,
                });
            }
        }
    }
}

/// Returns whether the message may be in the room after this.
fn may_be_sent(error: &Error) -> bool {
    match error {
        // Somebody between the service and here has no answer of it, or this client can't read it.
        Error::Refused(error) => matches!(error.status_code, 502 | 504),
        Error::NotUnderstood { .. } => true,
        error => error.outcome_unknown(),
    }
}

fn is_about_the_message(error: &Error) -> bool {
    use crate::chat_core::error::catalogue::Class;
    match error {
        Error::Refused(error) => {
            !matches!(error.class(), Class::Credentials | Class::NotPermitted)
                && error.status_code < 500
                && error.status_code != 429
        }
        _ => false,
    }
}
