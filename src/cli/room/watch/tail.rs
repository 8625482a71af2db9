//! A running tail.

use std::collections::BTreeMap;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::Child;
use tokio::time::Instant;

use super::Watch;
use super::buffer::EventBuffer;
use super::cursor::{Cursor, CursorPosition};
use crate::chat_core::chat::RoomEvent;
use crate::chat_core::client::connection::{Rooms, SubscriptionEvent};
use crate::chat_core::client::{Error, Options};
use crate::chat_core::protocol::names;
use crate::cli::exit::Exit;
use crate::cli::process::{child, signals};
use crate::cli::room::filter::EventCondition;
use crate::cli::room::view::{ConnectionChange, EventLine};
use crate::cli::service::Service;
use crate::cli::{Context, pipe};
use crate::output::Render;
use crate::output::query::JqError;
use crate::settings::OutputFormat;

/// A time that is never reached.
const FOREVER: Duration = Duration::from_secs(u32::MAX as u64);

/// A running tail.
pub(in crate::cli) struct RunningTail<'a> {
    pub(super) watch: &'a Watch<'a>,
    pub(super) context: &'a Context,
    pub(super) options: Options,
    pub(super) rooms: Rooms,
    pub(super) waiting: EventBuffer,
    until: Option<EventCondition>,
    pub(super) cursor: Option<Cursor>,
    /// Events that an earlier run printed behind its last position, by room.
    pub(super) to_skip: BTreeMap<String, u64>,
    /// The positions at which rooms began.
    pub(super) begins: BTreeMap<String, Option<String>>,
    /// Rooms that could not be resumed from their cursor, or after a drop.
    pub(super) gaps: Vec<String>,
    /// The newest message that was printed of each room.
    pub(super) last: BTreeMap<String, CursorPosition>,
    is_listening: bool,
    awaits_pong: bool,
    printed: u64,
    last_printed: Instant,
    child: Option<Child>,
    /// True if an event met the end condition, and not the clock or a signal.
    is_satisfied: bool,
}

impl<'a> RunningTail<'a> {
    /// Follows rooms to the end.
    ///
    /// # Errors
    /// Rooms that can't be followed.
    pub(in crate::cli) fn run(
        context: &'a Context,
        watch: &'a Watch<'a>,
        cursor: Option<Cursor>,
    ) -> anyhow::Result<Exit> {
        for room in watch.rooms {
            names::check_room(room)?;
        }
        let until = watch.ends.until.as_deref();
        let until = until
            .map(|text| EventCondition::compile(context, "--until", text))
            .transpose()?;
        let options = Service::new(context).client_options()?;
        context.block_on(async {
            let mut to_skip = BTreeMap::new();
            let plans = watch.rooms.iter().map(|room| {
                let place = cursor.as_ref().and_then(|cursor| cursor.place(room));
                if let Some(place) = place {
                    to_skip.insert(room.clone(), place.printed);
                }
                watch.plan(room, place.and_then(|place| place.channel_serial.clone()))
            });
            let rooms = Rooms::new(options.clone(), plans.collect());
            let watching = Self {
                watch,
                context,
                options,
                rooms,
                waiting: EventBuffer::default(),
                until,
                cursor,
                to_skip,
                begins: BTreeMap::new(),
                gaps: Vec::new(),
                last: BTreeMap::new(),
                is_listening: false,
                awaits_pong: false,
                printed: 0,
                last_printed: Instant::now(),
                child: None,
                is_satisfied: false,
            };
            Box::pin(watching.follow()).await
        })
    }

    async fn follow(mut self) -> anyhow::Result<Exit> {
        let mut signals = signals::Signals::new()?;
        let end = tokio::time::sleep(self.watch.ends.duration.unwrap_or(FOREVER));
        if let Some(duration) = self.watch.ends.duration {
            let deadline = std::time::Instant::now() + duration;
            self.context.output.end_query_by(deadline);
            if let Some(until) = &self.until {
                until.end_by(deadline);
            }
        }
        let closed = pipe::closed();
        tokio::pin!(end, closed);
        loop {
            let interrupted = self.on_interrupt();
            let idle = self.last_printed + self.watch.ends.idle.unwrap_or(FOREVER);
            let exit = tokio::select! {
                biased;
                _ = signals.next() => Some(interrupted),
                () = &mut closed => Some(Exit::Done),
                () = &mut end => Some(Exit::verdict(self.watch.ends.limit.is_none() && self.until.is_none())),
                status = finished(&mut self.child) => self.command_ended(status?),
                happening = next(&mut self.waiting, &mut self.rooms) => tokio::select! {
                    exit = self.happened(happening?) => {
                        let exit = match exit {
                            // What ended the filter ends the tail next.
                            Err(error) if JqError::is_stop(&error) => None,
                            exit => exit?,
                        };
                        self.is_satisfied = exit.is_some();
                        exit
                    }
                    _ = signals.next() => Some(interrupted),
                },
                () = tokio::time::sleep_until(idle), if self.is_listening => Some(Exit::verdict(self.until.is_none())),
            };
            if let Some(exit) = exit {
                let exit = match self.child.take() {
                    // The condition is met: the command may finish, and its failure counts.
                    Some(child) if exit == Exit::Done && self.is_satisfied => {
                        finish(child, &mut signals).await?
                    }
                    _ => exit,
                };
                return self.end(exit).await;
            }
        }
    }

    async fn end(mut self, exit: Exit) -> anyhow::Result<Exit> {
        if let Some(cursor) = &mut self.cursor {
            match self.rooms.take_position() {
                Some((room, serial)) if self.waiting.is_empty() => {
                    cursor.reached(&room, &serial)?;
                }
                _ => cursor.save()?,
            }
        }
        self.rooms.close().await;
        Ok(exit)
    }

    async fn happened(&mut self, happening: SubscriptionEvent) -> anyhow::Result<Option<Exit>> {
        match happening {
            SubscriptionEvent::Event { room, event } => return self.event(&room, event).await,
            SubscriptionEvent::Position { room, serial } => self.reached(&room, &serial)?,
            SubscriptionEvent::Attached { room, serial } => {
                if !self.is_listening {
                    self.begins.insert(room, serial);
                } else if let Some(place) = self.gaps.iter().position(|gap| *gap == room) {
                    self.gaps.swap_remove(place);
                    return self.print_gap(room, serial).await;
                }
            }
            SubscriptionEvent::Listening => return self.listening().await,
            SubscriptionEvent::Connected { resumed, again } => {
                if again {
                    let how = if resumed { "" } else { ", as a new connection" };
                    return self.link(
                        &ConnectionChange::Connected { resumed },
                        &format!("connected again{how}"),
                    );
                }
            }
            SubscriptionEvent::Disconnected(error) => {
                if self.is_listening {
                    let text = format!("disconnected, reconnecting: {}", error.message);
                    return self.link(&ConnectionChange::Disconnected { error }, &text);
                }
            }
            SubscriptionEvent::Discontinuity { room, reason } => {
                if !self.gaps.contains(&room) {
                    self.gaps.push(room.clone());
                }
                let because = reason.as_ref().map(|it| format!(": {it}"));
                let text = format!(
                    "discontinuity in {room}: events may have been missed{}",
                    because.unwrap_or_default()
                );
                return self.link(
                    &ConnectionChange::Discontinuity {
                        room_name: room,
                        error: reason,
                    },
                    &text,
                );
            }
            SubscriptionEvent::Pong => {
                if self.awaits_pong {
                    return Ok(Some(Exit::verdict(self.until.is_none())));
                }
            }
            SubscriptionEvent::Published { .. } => {}
        }
        Ok(None)
    }

    /// Every room is attached: nothing that is sent from now on is missed.
    async fn listening(&mut self) -> anyhow::Result<Option<Exit>> {
        self.is_listening = true;
        self.last_printed = Instant::now();
        if !self.watch.command.is_empty() {
            self.child = Some(child::spawn_beside(self.watch.command)?);
        }
        if self.watch.command.is_empty() && !self.watch.drains {
            self.tell_listening();
        }
        if self.watch.prints_connection() {
            let room_names = self.watch.rooms.to_vec();
            if let Some(exit) =
                self.print_connection_change(&ConnectionChange::Listening { room_names })?
            {
                return Ok(Some(exit));
            }
        }
        if let Some(exit) = self.print_history().await? {
            return Ok(Some(exit));
        }
        for (room, serial) in std::mem::take(&mut self.begins) {
            let is_new = self
                .cursor
                .as_ref()
                .is_some_and(|it| it.place(&room).is_none());
            let is_gap = self.gaps.contains(&room);
            if let (true, Some(serial)) = (is_new || is_gap, serial) {
                self.reached(&room, &serial)?;
            }
        }
        self.gaps.clear();
        if self.watch.drains {
            self.awaits_pong = true;
            self.rooms.ping();
        }
        Ok(None)
    }

    /// Says to a person that the silence is right.
    fn tell_listening(&self) {
        let output = &self.context.output;
        if output.shows_progress() && output.is_terminal() && output.format() == OutputFormat::Table
        {
            let rooms = self.watch.rooms.join(", ");
            output.notice(&format!("listening to {rooms}; Ctrl-C ends"));
        }
    }

    pub(super) async fn event(
        &mut self,
        room: &str,
        event: RoomEvent,
    ) -> anyhow::Result<Option<Exit>> {
        if !self.watch.prints(event.kind()) {
            return Ok(None);
        }
        if let Some(skip) = self.to_skip.get_mut(room).filter(|skip| **skip > 0) {
            *skip -= 1;
            return Ok(None);
        }
        let line = EventLine {
            room,
            event: &event,
            names_room: self.watch.rooms.len() > 1,
            now: self.rooms.now(),
        };
        let json = line.json();
        if let Some(command) = self.watch.exec {
            let text = format!("{json}\n");
            let status = self
                .meanwhile(child::run_with_input(command, text))
                .await??;
            if !status.success() {
                return Ok(Some(Exit::Status(child::code_of(status))));
            }
        } else {
            self.context.output.print_item(&line)?;
        }
        if let Some(cursor) = &mut self.cursor {
            cursor.printed(room, &event);
        }
        self.last.entry(room.to_owned()).or_default().note(&event);
        Ok(self.counted(&json))
    }

    /// Counts an event that was printed. Returns whether it is the last one.
    fn counted(&mut self, json: &serde_json::Value) -> Option<Exit> {
        self.printed += 1;
        self.last_printed = Instant::now();
        let output = &self.context.output;
        let until = self.until.as_ref();
        if until.is_some_and(|until| until.holds(json, output)) {
            return Some(Exit::Done);
        }
        (self.watch.ends.limit == Some(self.printed)).then(|| Exit::verdict(self.until.is_none()))
    }

    pub(super) fn reached(&mut self, room: &str, serial: &str) -> anyhow::Result<()> {
        self.to_skip.remove(room);
        match &mut self.cursor {
            Some(cursor) => cursor.reached(room, serial),
            None => Ok(()),
        }
    }

    fn link(&mut self, link: &ConnectionChange, notice: &str) -> anyhow::Result<Option<Exit>> {
        if matches!(link, ConnectionChange::Connected { .. }) && self.awaits_pong {
            // The ping that was sent is lost with the connection.
            self.rooms.ping();
        }
        if self.watch.prints_connection() {
            return self.print_connection_change(link);
        }
        match link {
            // Something may be lost, which is not a notice that --quiet hides.
            ConnectionChange::Discontinuity { .. } => self.context.output.message(notice),
            _ => self.context.output.notice(notice),
        }
        Ok(None)
    }

    fn print_connection_change(&mut self, link: &ConnectionChange) -> anyhow::Result<Option<Exit>> {
        self.context.output.print_item(link)?;
        Ok(self.counted(&link.json()))
    }

    fn command_ended(&mut self, status: ExitStatus) -> Option<Exit> {
        self.child = None;
        (!status.success()).then(|| Exit::Status(child::code_of(status)))
    }

    fn on_interrupt(&self) -> Exit {
        if self.watch.ends.any() || self.watch.drains {
            Exit::Interrupted
        } else {
            Exit::Done
        }
    }
}

async fn next(waiting: &mut EventBuffer, rooms: &mut Rooms) -> Result<SubscriptionEvent, Error> {
    match waiting.take() {
        Some(happening) => Ok(happening),
        None => rooms.next().await,
    }
}

/// Waits for the command, or for a signal.
async fn finish(mut child: Child, signals: &mut signals::Signals) -> anyhow::Result<Exit> {
    tokio::select! {
        status = child.wait() => {
            let status = status?;
            Ok(if status.success() { Exit::Done } else { Exit::Status(child::code_of(status)) })
        }
        _ = signals.next() => Ok(Exit::Interrupted),
    }
}

async fn finished(child: &mut Option<Child>) -> std::io::Result<ExitStatus> {
    match child {
        Some(child) => child.wait().await,
        None => std::future::pending().await,
    }
}
