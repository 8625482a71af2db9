//! A message that does not exist: the answer is no.

use crate::chat_core::client::{Error, Result};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::output::shell::hint_word;

/// The message that a command was asked about.
pub(in crate::cli) struct MessagePlace<'a> {
    room: &'a str,
    serial: &'a str,
}

impl<'a> MessagePlace<'a> {
    /// The message `serial` in `room`.
    pub(in crate::cli) fn new(room: &'a str, serial: &'a str) -> Self {
        Self { room, serial }
    }

    /// Makes an unknown message answer no (exit 1), with a hint that names the room.
    ///
    /// # Errors
    /// All others, as they were.
    pub(in crate::cli) fn found<T>(&self, result: Result<T>) -> anyhow::Result<T> {
        result.map_err(|error| match error {
            Error::Refused(error) if error.code == 40400 => {
                let mut failure = Failure::ably(&error, Exit::No);
                failure.report.message = format!("no message {} in {}", self.serial, self.room);
                failure
                    .hint(format!(
                        "list the room's messages with: chatctl room history {}",
                        hint_word(self.room)
                    ))
                    .into()
            }
            error => error.into(),
        })
    }
}
