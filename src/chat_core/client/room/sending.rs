//! Sending a message once, over links that break: tried again under the same key, and no more is said than is known.

use std::time::Duration;

use tokio::time::Instant;

use super::Room;
use crate::chat_core::chat::ChatMessage;
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::error::Error;

/// The first wait before a message is tried again; it doubles up to the last one.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LAST_WAIT: Duration = Duration::from_secs(2);

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryPolicy {
    /// An answer that was lost on its way is asked for again. A service that can't be reached, or is in trouble, says
    /// so at once.
    Answers,
    /// A service that can't be reached or is in trouble is waited for too, and an attempt that took all the time that
    /// there is gets one more.
    Service,
}

/// Why a message was not sent, or is not known to be.
#[derive(Debug)]
pub struct SendError {
    /// What went wrong last.
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
        let started = Instant::now();
        let mut wait = FIRST_WAIT;
        let mut may_be_sent = false;
        let mut is_first = true;
        loop {
            let error = match self.call(&call).await {
                Ok(sent) => return Ok(sent),
                Err(error) => error,
            };
            may_be_sent |= outcome_unknown(&error);
            let has_time = started.elapsed() + wait < self.timeout();
            let once_more = policy == RetryPolicy::Service && is_first;
            if !is_transient(&error, policy) || !(has_time || once_more) {
                return Err(SendError {
                    is_about_the_message: is_about_the_message(&error),
                    outcome_unknown: may_be_sent,
                    error,
                });
            }
            tracing::info!(%error, "trying again");
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LAST_WAIT);
            is_first = false;
        }
    }
}

/// Whether the message may be in the room after this.
fn outcome_unknown(error: &Error) -> bool {
    match error {
        // Somebody between the service and here has no answer of it, or this client can't read it.
        Error::Refused(error) => matches!(error.status_code, 502 | 504),
        Error::NotUnderstood { .. } => true,
        error => error.outcome_unknown(),
    }
}

fn is_transient(error: &Error, policy: RetryPolicy) -> bool {
    match error {
        Error::Unanswered { .. } => true,
        // All the time that there is has passed.
        Error::TimedOut { .. } | Error::Unreachable { .. } => policy == RetryPolicy::Service,
        Error::Refused(error) => {
            policy == RetryPolicy::Service && (error.status_code >= 500 || error.status_code == 429)
        }
        Error::NotUnderstood { .. } => false,
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
