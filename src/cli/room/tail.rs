//! `chatctl room tail`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::arguments::{moment, positive};
use super::watch::{History, RunningTail, StopConditions, Topic, Watch, cursor::Cursor};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;

/// Follow the events of one or more rooms
///
/// Prints each event as it arrives, until interrupted or until an end condition is met. Reconnects without losing or
/// repeating messages; drops are reported on standard error, and a loss that can't be recovered as a discontinuity.
/// CHATCTL_RETRY sets the waits between attempts to reconnect, see chatctl help environment.
///
///     chatctl room tail lobby
///     chatctl room tail lobby support --json --events messages,presence,typing
///     chatctl room tail lobby --history 20
///     chatctl room tail lobby --until '.message.text == "done"' --duration 1m
///     chatctl room tail lobby --start -1h --drain --json
///     chatctl room tail lobby --cursor lobby.cursor --exec './handle-event'
///     chatctl room tail lobby --limit 1 -- chatctl room send lobby ping
///
/// A command behind `--` runs once every room is attached, so that a script never has to sleep before it sends. Its
/// standard output goes to standard error; if it fails, the tail ends with its status.
///
/// Exits 0 when an end condition is met, and 1 when --duration is over before --limit or --until is met.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RoomTail {
    /// Rooms to follow
    #[arg(value_name = "ROOM", required = true)]
    rooms: Vec<String>,

    /// Kinds of events to print, separated by commas
    #[arg(
        long,
        value_name = "KINDS",
        value_delimiter = ',',
        default_value = "messages"
    )]
    events: Vec<Topic>,

    /// Begin with the newest N messages of the history
    #[arg(long, value_name = "N", value_parser = positive)]
    history: Option<u64>,

    /// Begin with the messages sent at or after this time: a date or time as in 2026-11-30 or 2026-11-30T09:00 (local), RFC 3339, epoch milliseconds, or `-5m` for five minutes ago
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, alias = "since")]
    start: Option<String>,

    #[command(flatten)]
    ends: StopConditions,

    /// End when everything that was there at the start is printed
    #[arg(long)]
    drain: bool,

    /// Continue after the last event that an earlier run with this file printed
    #[arg(long, value_name = "FILE")]
    cursor: Option<PathBuf>,

    /// Run this shell command for each event, with the event as JSON on its standard input, instead of printing it; if it fails, the tail ends with its status
    #[arg(long, value_name = "CMD")]
    exec: Option<String>,

    /// Command to run once every room is attached
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl RoomTail {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let since = moment(context, "--start", self.start.as_deref())?;
        let asks_past = self.history.is_some() || since.is_some();
        if asks_past && !self.events.contains(&Topic::Messages) {
            return Err(Failure::usage("only messages have a history")
                .hint("add messages to --events, or leave out --history and --start")
                .into());
        }
        let cursor = self.cursor.as_deref().map(Cursor::open).transpose()?;
        if let Some(cursor) = cursor.as_ref().filter(|_| asks_past) {
            for room in self.rooms.iter().filter(|it| cursor.place(it).is_some()) {
                let text = format!(
                    "{room} continues from its place in the cursor file: --history and --start are for rooms without one"
                );
                context.output.notice(&text);
            }
        }
        let watch = Watch {
            rooms: &self.rooms,
            topics: &self.events,
            raw_reactions: false,
            ends: &self.ends,
            past: asks_past.then_some(History {
                limit: self
                    .history
                    .map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)),
                since,
            }),
            drains: self.drain,
            exec: self.exec.as_deref(),
            command: &self.command,
        };
        RunningTail::run(context, &watch, cursor)
    }
}
