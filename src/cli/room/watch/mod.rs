//! Following rooms until an end: what `room tail` and the tails of presence, typing, reactions and occupancy share.

pub(in crate::cli) mod cursor;
mod joining;
mod past;
mod topic;
mod waiting;
mod watching;

use std::ffi::OsString;
use std::time::Duration;

use clap::Args;

pub(in crate::cli) use past::Past;
pub(in crate::cli) use topic::Topic;
pub(in crate::cli) use watching::Watching;

use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::room::arguments::positive;
use crate::settings::parse_duration;

/// When a tail ends by itself.
#[derive(Args, Clone, Default)]
pub(in crate::cli) struct Ends {
    /// End after this many events
    #[arg(long, value_name = "N", value_parser = positive)]
    pub(in crate::cli) limit: Option<u64>,

    /// End after this time; the answer is no (exit 1) if --limit or --until is not reached by then
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(in crate::cli) duration: Option<Duration>,

    /// End when nothing has come for this long
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(in crate::cli) idle: Option<Duration>,

    /// End with the first event for which this jq filter is true; what else ends the tail answers no (exit 1)
    #[arg(long, value_name = "FILTER")]
    pub(in crate::cli) until: Option<String>,
}

impl Ends {
    /// Whether it ends by itself at all.
    fn any(&self) -> bool {
        self.limit.is_some()
            || self.duration.is_some()
            || self.idle.is_some()
            || self.until.is_some()
    }
}

/// The arguments of a tail of one topic: what those of presence, typing, reactions and occupancy share.
#[derive(Args)]
pub(in crate::cli) struct Follow {
    /// Rooms to follow
    #[arg(value_name = "ROOM", required = true)]
    rooms: Vec<String>,

    #[command(flatten)]
    ends: Ends,

    /// Command to run once every room is attached
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Follow {
    /// Follows the rooms to the end; with `raw_reactions`, reactions are each told by itself.
    ///
    /// # Errors
    /// Why they can't be followed.
    pub(in crate::cli) fn run(
        &self,
        context: &Context,
        topic: Topic,
        raw_reactions: bool,
    ) -> anyhow::Result<Exit> {
        let topics = [topic];
        let watch = Watch {
            raw_reactions,
            ..Watch::topic(&self.rooms, &topics, &self.ends, &self.command)
        };
        Watching::run(context, &watch, None)
    }
}

/// What is to be followed, and how.
pub(in crate::cli) struct Watch<'a> {
    /// The rooms.
    pub(in crate::cli) rooms: &'a [String],
    /// What is printed.
    pub(in crate::cli) topics: &'a [Topic],
    /// Each message reaction instead of their summaries.
    pub(in crate::cli) raw_reactions: bool,
    /// When it ends.
    pub(in crate::cli) ends: &'a Ends,
    /// What was before, to begin with.
    pub(in crate::cli) past: Option<Past>,
    /// Whether it ends when all that was there at the start is printed.
    pub(in crate::cli) drains: bool,
    /// A shell command for each event.
    pub(in crate::cli) exec: Option<&'a str>,
    /// A command once every room is attached.
    pub(in crate::cli) command: &'a [OsString],
}

impl<'a> Watch<'a> {
    /// The plain tail of one topic.
    pub(in crate::cli) fn topic(
        rooms: &'a [String],
        topics: &'a [Topic],
        ends: &'a Ends,
        command: &'a [OsString],
    ) -> Self {
        Self {
            rooms,
            topics,
            raw_reactions: false,
            ends,
            past: None,
            drains: false,
            exec: None,
            command,
        }
    }
}
