//! Sends a message and waits for the event that it causes.

use std::time::Duration;

use crate::chat_core::chat::RoomEvent;
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::connection::{RoomAttach, Rooms, SubscriptionEvent};
use crate::chat_core::client::retry::RetryPolicy;
use crate::chat_core::client::{Options, Room};
use crate::chat_core::protocol::ChannelModes;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure;
use crate::cli::room::filter::EventCondition;
use crate::cli::room::send_error::send_error;
use crate::cli::room::view::EventLine;
use crate::output::Render as _;
use crate::output::query::JqError;

/// Sends `message` and prints the first event after it that matches; without one in time the answer is no.
///
/// # Errors
/// A message that could not be sent, or a room that can't be followed.
pub(super) fn run(
    context: &Context,
    options: Options,
    room: &Room<'_>,
    name: &str,
    message: &NewMessage,
    filter: &str,
    within: Duration,
) -> anyhow::Result<Exit> {
    let condition = EventCondition::compile(context, "--await", filter)?;
    let plan = RoomAttach {
        room: name.to_owned(),
        modes: ChannelModes::SUBSCRIBE,
        optional_modes: ChannelModes::PRESENCE_SUBSCRIBE,
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
        let mut awaited = Awaited {
            context,
            room: name,
            serial: &sent.serial,
            condition: &condition,
            others: 0,
        };
        let deadline = std::time::Instant::now() + within;
        condition.end_by(deadline);
        context.output.end_query_by(deadline);
        let matching = tokio::time::timeout(within, awaited.find(events, &mut rooms));
        let exit = match matching.await {
            Ok(Ok(())) => Exit::Done,
            Ok(Err(error)) if !JqError::is_stop(&error) => return Err(error),
            _ => failure::no(
                &context.output,
                format!(
                    "the message was sent as {}; {}{}",
                    sent.serial,
                    describe_others(awaited.others, within),
                    condition.failed()
                ),
            ),
        };
        rooms.close().await;
        Ok(exit)
    })
}

/// The event that is waited for.
struct Awaited<'a> {
    context: &'a Context,
    room: &'a str,
    /// The serial of the message that causes it.
    serial: &'a str,
    condition: &'a EventCondition,
    /// The number of other events that arrived.
    others: usize,
}

impl Awaited<'_> {
    /// Prints the first matching one of `events` and those that follow.
    async fn find(
        &mut self,
        events: Vec<SubscriptionEvent>,
        rooms: &mut Rooms,
    ) -> anyhow::Result<()> {
        let mut events = events.into_iter();
        loop {
            let happening = match events.next() {
                Some(happening) => happening,
                None => rooms.next().await?,
            };
            if let SubscriptionEvent::Event { event, .. } = happening
                && self.check(&event)?
            {
                return Ok(());
            }
        }
    }

    /// Prints the event if it matches. Returns whether it does.
    fn check(&mut self, event: &RoomEvent) -> anyhow::Result<bool> {
        let is_no_answer = match event {
            RoomEvent::Created { message } => message.serial == self.serial,
            // Members that were there before are not an answer.
            RoomEvent::Present { .. } => true,
            _ => false,
        };
        if is_no_answer {
            return Ok(false);
        }
        let line = EventLine {
            room: self.room,
            event,
            names_room: false,
            now: self.context.clock.now(),
        };
        let matches = self.condition.holds(&line.json(), &self.context.output);
        if matches {
            self.context.output.print(&line)?;
        } else {
            self.others += 1;
        }
        Ok(matches)
    }
}

/// Describes the events that arrived instead of the one that was waited for.
fn describe_others(count: usize, within: Duration) -> String {
    match count {
        0 => format!("no event arrived within {} s", within.as_secs_f32()),
        1 => "1 other event arrived".to_owned(),
        _ => format!("{count} other events arrived"),
    }
}
