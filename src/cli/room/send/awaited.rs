//! Sending a message and waiting for what it brings about.

use std::time::Duration;

use crate::chat_core::chat::RoomEvent;
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::connection::{RoomAttach, Rooms, SubscriptionEvent};
use crate::chat_core::client::retry::RetryPolicy;
use crate::chat_core::client::{Options, Room};
use crate::chat_core::protocol::flags;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure;
use crate::cli::room::filter::Condition;
use crate::cli::room::send_error::send_error;
use crate::cli::room::view::Happened;
use crate::output::Render as _;

/// Sends `message` and prints the first event after it that fits; no such event within the time is a no.
///
/// # Errors
/// Why it could not be sent, or the room not be followed.
pub(super) fn run(
    context: &Context,
    options: Options,
    room: &Room<'_>,
    name: &str,
    message: &NewMessage,
    filter: &str,
    within: Duration,
) -> anyhow::Result<Exit> {
    let condition = Condition::compile("--await", filter)?;
    let plan = RoomAttach {
        room: name.to_owned(),
        modes: flags::SUBSCRIBE,
        optional_modes: flags::PRESENCE_SUBSCRIBE,
        ..RoomAttach::default()
    };
    context.block_on(async {
        let mut rooms = Rooms::new(options, vec![plan]);
        rooms.listening().await?;
        let mut events = Vec::new();
        let sending = room.send_once(message, None, RetryPolicy::Answers);
        tokio::pin!(sending);
        let sent = loop {
            tokio::select! {
                sent = &mut sending => break sent.map_err(send_error)?,
                happening = rooms.next() => events.push(happening?),
            }
        };
        let mut came = 0;
        let waiting = async {
            let mut events = events.into_iter();
            loop {
                let happening = match events.next() {
                    Some(happening) => happening,
                    None => rooms.next().await?,
                };
                let SubscriptionEvent::Event { event, .. } = happening else {
                    continue;
                };
                let is_own = match &event {
                    RoomEvent::Created { message } => message.serial == sent.serial,
                    // Who was there before is no answer.
                    RoomEvent::Present { .. } => true,
                    _ => false,
                };
                if is_own {
                    continue;
                }
                let line = Happened {
                    room: name,
                    event: &event,
                    names_room: false,
                    now: context.clock.now(),
                };
                came += 1;
                if condition.holds(&line.json(), &context.output) {
                    context.output.print(&line)?;
                    return anyhow::Ok(Exit::Done);
                }
            }
        };
        let exit = match tokio::time::timeout(within, waiting).await {
            Ok(exit) => exit?,
            Err(_) => failure::no(
                &context.output,
                format!(
                    "the message was sent as {}; none of the {came} events after it fitted{}",
                    sent.serial,
                    condition.failed()
                ),
            ),
        };
        rooms.close().await;
        Ok(exit)
    })
}
