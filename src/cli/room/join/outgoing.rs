//! Lines on their way to the room.

use std::cell::RefCell;

use super::own::OwnMessages;
use crate::chat_core::client::Room;
use crate::chat_core::client::retry::RetryPolicy;
use crate::cli::failure::Failure;
use crate::cli::room::send::lines::InputLine;
use crate::cli::room::send_error::send_error;

/// Sends a line, and notes its serial in `own`. An error names the line.
pub(super) async fn send(
    room: &Room<'_>,
    line: InputLine,
    own: &RefCell<OwnMessages>,
) -> Option<anyhow::Error> {
    let name = format!("line {}", line.number);
    match line.message {
        Ok(None) => None,
        Ok(Some(message)) => {
            own.borrow_mut().begin();
            let sent = room.send_once(&message, None, RetryPolicy::Answers).await;
            let serial = sent.as_ref().ok().map(|sent| sent.serial.clone());
            own.borrow_mut().end(serial);
            Some(send_error(sent.err()?).context(name))
        }
        Err(fault) => Some(Failure::usage(format!("{name}: {fault}")).into()),
    }
}
