//! `chatctl room history`.

use clap::{Args, ValueEnum};

use super::arguments::positive;
use super::view::MessageTable;
use crate::chat_core::client::Room;
use crate::chat_core::client::room::HistoryQuery;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::service::Service;
use crate::cli::{Context, time};

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

    /// Only messages sent at or after this time: RFC 3339, epoch milliseconds, or `-5m` from now
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    start: Option<String>,

    /// Only messages sent before this time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    end: Option<String>,

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
        let now = context.clock.now();
        let moment = |name: &str, text: Option<&str>| {
            text.map(|text| {
                time::moment(text, now).map_err(|fault| Failure::usage(format!("{name}: {fault}")))
            })
            .transpose()
        };
        let query = HistoryQuery {
            start: moment("--start", self.start.as_deref())?
                .map(crate::chat_core::clock::Timestamp::millis),
            end: moment("--end", self.end.as_deref())?
                .map(crate::chat_core::clock::Timestamp::millis),
            oldest_first: self.order == Order::Oldest,
            limit: (!self.all).then_some(usize::try_from(self.limit).unwrap_or(usize::MAX)),
            from_serial: None,
        };
        let rest = Service::new(context).for_room(&self.room)?.rest()?;
        let room = Room::new(&rest, &self.room)?;
        let messages = context.block_on(async { Ok(room.history(&query).await?) })?;
        context.output.print(&MessageTable(messages))?;
        Ok(Exit::Done)
    }
}
