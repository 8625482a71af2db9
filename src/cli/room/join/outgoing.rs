//! Lines on their way to the room.

use crate::chat_core::client::Room;
use crate::chat_core::client::retry::RetryPolicy;
use crate::cli::failure::Failure;
use crate::cli::room::send::lines::InputLine;
use crate::cli::room::send_error::send_error;

/// Sends a line. An error names it.
pub(super) async fn send(room: &Room<'_>, line: InputLine) -> Option<anyhow::Error> {
    let name = format!("line {}", line.number);
    match line.message {
        Ok(None) => None,
        Ok(Some(message)) => {
            let sending = room.send_once(&message, None, RetryPolicy::Answers);
            Some(send_error(sending.await.err()?).context(name))
        }
        Err(fault) => Some(Failure::usage(format!("{name}: {fault}")).into()),
    }
}
