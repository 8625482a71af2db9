//! `chatctl room history`.

use clap::{Args, ValueEnum};

use super::arguments::{Period, positive};
use super::view::MessageTable;
use crate::chat_core::client::Room;
use crate::chat_core::client::room::HistoryQuery;
use crate::chat_core::clock::Timestamp;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::service::Service;

/// Read the messages of a room
///
/// By default the newest 100 messages, newest first. Edited messages stay at the place where they were sent.
///
///     chatctl room history lobby --limit 10
///     chatctl room history lobby --start -1h --order oldest --all
///     chatctl room history lobby --jq '.[].text'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RoomHistory {
    /// Room to read
    #[arg(value_name = "ROOM")]
    room: String,

    #[command(flatten)]
    period: Period,

    /// Order of the messages
    #[arg(long, value_name = "ORDER", default_value = "newest")]
    order: Order,

    /// Maximum number of messages
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = positive)]
    limit: u64,

    /// All messages, however many there are
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Order {
    Newest,
    Oldest,
}

impl RoomHistory {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (start, end) = self.period.bounds(context)?;
        let query = HistoryQuery {
            start: start.map(Timestamp::millis),
            end: end.map(Timestamp::millis),
            oldest_first: self.order == Order::Oldest,
            limit: (!self.all).then_some(usize::try_from(self.limit).unwrap_or(usize::MAX)),
            from_serial: None,
        };
        let rest = Service::new(context).for_room(&self.room)?.rest()?;
        let room = Room::new(&rest, &self.room)?;
        let messages = context.block_on(async { Ok(room.history(&query).await?) })?;
        context.output.print(&MessageTable {
            room: &self.room,
            messages,
            now: context.clock.now(),
        })?;
        Ok(Exit::Done)
    }
}
