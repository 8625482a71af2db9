//! Follows rooms until an end condition: shared by `room tail` and the tails of presence, typing, reactions and
//! occupancy.

mod backfill;
mod buffer;
pub(in crate::cli) mod cursor;
mod history;
mod tail;
mod topic;

use std::ffi::OsString;
use std::time::Duration;

use clap::Args;

pub(in crate::cli) use history::History;
pub(in crate::cli) use tail::RunningTail;
pub(in crate::cli) use topic::Topic;

use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::room::arguments::positive;
use crate::settings::parse_duration;

/// The conditions that end a tail.
#[derive(Args, Clone, Default)]
pub(in crate::cli) struct StopConditions {
    /// End after N events
    #[arg(long, value_name = "N", value_parser = positive)]
    pub(in crate::cli) limit: Option<u64>,

    /// End after this time; exits 1 if --limit or --until is not met by then
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(in crate::cli) duration: Option<Duration>,

    /// End when no event has arrived for this long
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(in crate::cli) idle: Option<Duration>,

    /// End with the first event for which this jq filter is true; any other ending exits 1
    #[arg(long, value_name = "FILTER")]
    pub(in crate::cli) until: Option<String>,
}

impl StopConditions {
    /// Returns whether there is any condition.
    fn any(&self) -> bool {
        self.limit.is_some()
            || self.duration.is_some()
            || self.idle.is_some()
            || self.until.is_some()
    }
}

/// The arguments of a tail of one topic: presence, typing, reactions or occupancy.
#[derive(Args)]
pub(in crate::cli) struct Follow {
    /// Rooms to follow
    #[arg(value_name = "ROOM", required = true)]
    rooms: Vec<String>,

    #[command(flatten)]
    ends: StopConditions,

    /// Command to run once every room is attached
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Follow {
    /// Follows the rooms to the end; with `raw_reactions`, each reaction is an event instead of summaries.
    ///
    /// # Errors
    /// Rooms that can't be followed.
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
        RunningTail::run(context, &watch, None)
    }
}

/// The rooms and events to follow.
pub(in crate::cli) struct Watch<'a> {
    /// The rooms.
    pub(in crate::cli) rooms: &'a [String],
    /// The topics that are printed.
    pub(in crate::cli) topics: &'a [Topic],
    /// Each message reaction instead of their summaries.
    pub(in crate::cli) raw_reactions: bool,
    /// The conditions that end it.
    pub(in crate::cli) ends: &'a StopConditions,
    /// The history to begin with.
    pub(in crate::cli) past: Option<History>,
    /// True if it ends when everything that was there at the start is printed.
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
        ends: &'a StopConditions,
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
