//! `chatctl room tail`.

use std::collections::HashSet;
use std::process::ExitStatus;
use std::time::Duration;

use clap::Args;
use tokio::process::Child;

use super::view::Happened;
use crate::chat_core::chat::RoomEvent;
use crate::chat_core::client::connection::{Command, Connection, Event};
use crate::chat_core::client::{Error, Options};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::frame::Params;
use crate::chat_core::protocol::{flags, names};
use crate::cli::exit::Exit;
use crate::cli::{Context, child};
use crate::settings::parse_duration;

/// Follow the messages of one or many rooms
///
/// Prints each message as it comes, until interrupted. Drops of the connection are survived and said on standard
/// error; what could not be recovered is said too.
///
///     chatctl room tail lobby
///     chatctl room tail lobby support --json --limit 10
///     chatctl room tail lobby --limit 1 -- chatctl room send lobby ping
///
/// A command behind `--` is run once every room is attached, so that a script never has to sleep before it sends.
/// Its standard output goes to standard error; if it fails, the tail ends with its status.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Tail {
    /// Rooms to follow
    #[arg(value_name = "ROOM", required = true)]
    rooms: Vec<String>,

    /// End after this many messages
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,

    /// End after this time; with --limit the answer is no (exit 1) if the messages have not come by then
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    duration: Option<Duration>,

    /// Command to run once every room is attached
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<std::ffi::OsString>,
}

impl Tail {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        for room in &self.rooms {
            names::check_room(room)?;
        }
        let options = context.client_options()?;
        context.block_on(Following::start(&self, context, options).run())
    }
}

/// A tail that is under way.
struct Following<'a> {
    tail: &'a Tail,
    context: &'a Context,
    timeout: Duration,
    address: String,
    connection: Connection,
    /// The channels that have not been attached yet.
    awaited: HashSet<String>,
    printed: u64,
    child: Option<Child>,
}

impl<'a> Following<'a> {
    fn start(tail: &'a Tail, context: &'a Context, options: Options) -> Self {
        let (timeout, address) = (options.timeout, options.endpoint.http_base());
        let connection = Connection::new(options);
        let commander = connection.commander();
        let awaited: HashSet<String> = tail
            .rooms
            .iter()
            .map(|room| names::channel_of(room))
            .collect();
        for channel in &awaited {
            let attach = Command::Attach {
                channel: channel.clone(),
                modes: flags::SUBSCRIBE,
                params: Params::new(),
            };
            // The receiver is in the connection beside it.
            let _ = commander.send(attach);
        }
        Self {
            tail,
            context,
            timeout,
            address,
            connection,
            awaited,
            printed: 0,
            child: None,
        }
    }

    async fn run(mut self) -> anyhow::Result<Exit> {
        let mut interrupted = child::Signals::new()?;
        let patience = tokio::time::sleep(self.timeout);
        let end = tokio::time::sleep(
            self.tail
                .duration
                .unwrap_or(Duration::from_secs(u64::from(u32::MAX))),
        );
        tokio::pin!(patience, end);
        loop {
            let exit = tokio::select! {
                event = self.connection.next() => self.happened(event)?,
                status = finished(&mut self.child) => self.command_ended(status?),
                _ = interrupted.next() => Some(self.on_interrupt()),
                () = &mut end => Some(Exit::verdict(self.tail.limit.is_none())),
                () = &mut patience, if !self.awaited.is_empty() => return Err(self.not_attached().into()),
            };
            if let Some(exit) = exit {
                self.close().await;
                return Ok(exit);
            }
        }
    }

    fn happened(&mut self, event: Event) -> anyhow::Result<Option<Exit>> {
        match event {
            Event::Attached { channel, modes, .. } => {
                if modes & flags::SUBSCRIBE == 0 {
                    return Err(not_permitted(&channel).into());
                }
                if self.awaited.remove(&channel) && self.awaited.is_empty() {
                    self.listening()?;
                }
            }
            Event::Messages { channel, messages } => {
                let room = names::room_of(&channel).unwrap_or(&channel);
                for event in messages.iter().filter_map(RoomEvent::from_wire) {
                    let names_room = self.tail.rooms.len() > 1;
                    self.context.output.print_item(&Happened {
                        room,
                        event: &event,
                        names_room,
                    })?;
                    self.printed += 1;
                    if self.tail.limit == Some(self.printed) {
                        return Ok(Some(Exit::Done));
                    }
                }
            }
            Event::ChannelFailed { error, .. } | Event::Failed(error) => return Err(error.into()),
            Event::Discontinuity { channel, reason } => {
                let room = names::room_of(&channel).unwrap_or(&channel);
                let reason = reason
                    .map(|reason| format!(": {reason}"))
                    .unwrap_or_default();
                self.context.output.notice(&format!(
                    "discontinuity in {room}: messages may have been missed{reason}"
                ));
            }
            Event::Disconnected(error) => {
                if self.awaited.is_empty() {
                    self.context
                        .output
                        .notice(&format!("disconnected, reconnecting: {}", error.message));
                }
            }
            Event::Connected { resumed: true, .. } => self.context.output.notice("connected again"),
            Event::Connected { .. } | Event::Closed | Event::Published { .. } => {}
        }
        Ok(None)
    }

    /// Every room is attached: nothing that is sent from now on is missed.
    fn listening(&mut self) -> anyhow::Result<()> {
        if !self.tail.command.is_empty() && self.child.is_none() {
            self.child = Some(child::spawn_beside(&self.tail.command)?);
        }
        Ok(())
    }

    fn command_ended(&mut self, status: ExitStatus) -> Option<Exit> {
        self.child = None;
        (!status.success()).then(|| Exit::Status(child::code_of(status)))
    }

    fn on_interrupt(&self) -> Exit {
        let has_an_end = self.tail.limit.is_some() || self.tail.duration.is_some();
        if has_an_end {
            Exit::Interrupted
        } else {
            Exit::Done
        }
    }

    fn not_attached(&self) -> Error {
        self.connection
            .last_error
            .clone()
            .unwrap_or_else(|| Error::TimedOut {
                what: format!("attaching at {}", self.address),
                after: self.timeout,
            })
    }

    /// Says goodbye to the service, without waiting for it for long.
    async fn close(mut self) {
        let _ = self.connection.commander().send(Command::Close);
        let goodbye = async {
            loop {
                if matches!(
                    self.connection.next().await,
                    Event::Closed | Event::Failed(_)
                ) {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(1), goodbye).await;
    }
}

async fn finished(child: &mut Option<Child>) -> std::io::Result<ExitStatus> {
    match child {
        Some(child) => child.wait().await,
        None => std::future::pending().await,
    }
}

fn not_permitted(channel: &str) -> ErrorInfo {
    let room = names::room_of(channel).unwrap_or(channel);
    ErrorInfo::new(
        40160,
        401,
        format!("The credentials do not permit to receive messages in room '{room}'"),
    )
    .with_hint("the capability needs 'subscribe' on the room")
}
