//! The engine seam: an operation goes in, a finished entry comes back, and every subscriber hears of it in order.
//!
//! The core hands an [`ChannelCommand`] to a [`Store`]; atomically for one channel the store tells repeats from news,
//! gives the next serial, lets the core [fold](crate::server::engine::fold) what the operation touches, keeps the result and only
//! then says so: first to the [`Sink`] (the node's only source of fan-out, for its own publishes too), then to the
//! caller.
//!
//! Nothing outside asks more of an engine than this trait, so that one shared by several nodes can stand behind it:
//!
//! - **submit**: read what the operation touches (the message, its annotations, the presence set) with the channel's
//!   version, fold here, write the entry and what became of it if the version is still the same, else begin again.
//! - **subscribe**: follow the engine's own log, from the position that the node knows, and give the sink each entry in
//!   order; after a gap in what was heard, read the log from there. The node's own entries come the same way.
//! - **snapshot, `entries_after`, history, …**: reads; a hub compares their position with what it has delivered and
//!   reads again where they differ, so that no read needs a lock.
//! - **members**: leased by the node that their connections are on; whoever finds a lease over submits the leave.

mod archive;
mod channel;
pub(crate) mod command;
#[cfg(test)]
mod contract;
mod dump;
mod entry;
mod ephemeral;
pub(crate) mod fold;
mod log;
pub(crate) mod memory;
pub(crate) mod revocation;
mod seed;
pub(crate) mod serial;
mod sqlite;
mod storage;

pub(crate) use command::{Change, ChannelCommand, CommandKind};
pub(crate) use dump::NOBODY;
pub use dump::{AppDump, ChannelDump, EntryDump};
pub(crate) use entry::Entry;
pub use entry::EntryKind;
pub(crate) use fold::message::claimed;
pub(crate) use fold::unknown_message;
pub(crate) use seed::{ChannelSeed, SeedStep};
pub(crate) use sqlite::Nonce;
pub use sqlite::{Retention, StorageError};
pub use storage::Storage;
pub(crate) use storage::{Durable, Opened, OrphanedMember};

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Annotation, Message, PresenceMessage};

/// The most members of one channel.
pub(crate) const MAX_MEMBERS: usize = 200;

/// How long a repeat of an operation is told from news.
const REPEAT_WINDOW: Duration = Duration::from_secs(5 * 60);

/// What a store gives once it is done.
pub(crate) type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Hears of each entry of every channel, in the order of a channel's serials, before its operation is answered.
pub(crate) trait Sink: Send + Sync {
    /// `entry` is kept.
    fn committed(&self, channel: &str, entry: &Arc<Entry>);
}

/// A page that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct HistoryQuery {
    /// Created at or after this, in epoch milliseconds.
    pub(crate) start: Option<i64>,
    /// Created at or before this.
    pub(crate) end: Option<i64>,
    /// Oldest first.
    pub(crate) forwards: bool,
    /// At most this many, 1 to 1000.
    pub(crate) limit: usize,
    /// Only messages up to and including this position.
    pub(crate) from_serial: Option<String>,
    /// Only what is behind this one, in the direction of reading.
    pub(crate) after: Option<String>,
}

/// A page.
#[derive(Clone, Debug)]
pub(crate) struct Page<T> {
    /// What is on it.
    pub(crate) items: Vec<T>,
    /// What to ask for to get the next page, if there is one.
    pub(crate) next: Option<String>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            next: None,
        }
    }
}

/// A channel at one position.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    /// The position of the newest entry.
    pub(crate) head: String,
    /// The presence set.
    pub(crate) members: Vec<PresenceMessage>,
}

/// Keeps what happened in the channels of one app.
pub(crate) trait Store: Send + Sync {
    /// Tells `sink` of everything from now on. Called once, before anything else.
    fn subscribe(&self, sink: Arc<dyn Sink>);

    /// Does `operation`, or finds that it was done: in the order of the calls, whether or not it is waited for.
    ///
    /// # Errors
    /// What the fold refuses; nothing has happened then.
    fn submit(&self, channel: &str, operation: ChannelCommand) -> Pending<'static, Arc<Entry>>;

    /// Returns how the command with this repeat key was answered, if it was committed within the time for which repeats
    /// are known.
    fn known_repeat<'a>(
        &'a self,
        channel: &'a str,
        key: &'a str,
        now: Timestamp,
    ) -> Pending<'a, Option<Arc<Entry>>>;

    /// Puts a channel back to what `planting` makes of an empty one, in one step. Nobody is told: positions go on
    /// rising, and those from before are not this channel's any more, nor are those of a past from elsewhere.
    ///
    /// # Errors
    /// What the fold refuses; nothing has happened then.
    fn reset_to<'a>(&'a self, channel: &'a str, planting: ChannelSeed) -> Pending<'a, ()>;

    /// The names of the channels that something is kept of, in no order.
    fn channels(&self) -> Pending<'_, Vec<String>>;

    /// The channel as it is now.
    fn snapshot<'a>(&'a self, channel: &'a str) -> Pending<'a, Snapshot>;

    /// The entries after `position`, oldest first; `None` if it cannot be told what they are.
    fn entries_after<'a>(
        &'a self,
        channel: &'a str,
        position: &'a str,
    ) -> Pending<'a, Option<Vec<Arc<Entry>>>>;

    /// A page of history: the newest version of each message, at the place of its create.
    fn history<'a>(&'a self, channel: &'a str, query: HistoryQuery) -> Pending<'a, Page<Message>>;

    /// The newest version of a message.
    fn message<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Option<Message>>;

    /// All versions of a message, oldest first; none for an unknown one.
    fn versions<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Vec<Message>>;

    /// The annotations of a message, creates and deletes, oldest first.
    fn annotations<'a>(&'a self, channel: &'a str, serial: &'a str)
    -> Pending<'a, Vec<Annotation>>;

    /// What one client contributed to the summary of a message's annotations; `None` for an unknown message.
    fn reactions_of<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        client_id: &'a str,
    ) -> Pending<'a, Option<serde_json::Value>>;

    /// The presence set; reading it makes no channel.
    fn members<'a>(&'a self, channel: &'a str) -> Pending<'a, Vec<PresenceMessage>>;

    /// A page of what presence was.
    fn presence_history<'a>(
        &'a self,
        channel: &'a str,
        query: HistoryQuery,
    ) -> Pending<'a, Page<PresenceMessage>>;
}
