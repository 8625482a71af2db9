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
#[cfg(test)]
mod contract;
mod dump;
pub(crate) mod fold;
mod log;
pub(crate) mod memory;
pub(crate) mod revocation;
pub(crate) mod serial;
mod sqlite;
mod storage;

pub(crate) use dump::NOBODY;
pub use dump::{AppDump, ChannelDump, EntryDump, EntryKind};
pub(crate) use sqlite::Nonce;
pub use sqlite::{Retention, StorageError};
pub use storage::Storage;
pub(crate) use storage::{Durable, Opened, OrphanedMember};

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use channel::{Effect, PriorState};

use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{
    Annotation, Json, Message, MessageAction, PresenceMessage, ProtocolMessage, Version,
};

/// The most members of one channel.
pub(crate) const MAX_MEMBERS: usize = 200;

/// How long a repeat of an operation is told from news.
const REPEAT_WINDOW: Duration = Duration::from_secs(5 * 60);

/// What a store gives once it is done.
pub(crate) type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Something that is to happen in a channel: checked and stamped, without a serial yet.
#[derive(Clone, Debug)]
pub(crate) struct ChannelCommand {
    /// What.
    pub(crate) act: CommandKind,
    /// `connectionId:msgSerial` of the publish; of a REST publish an id of its own.
    pub(crate) id: String,
    /// The connection that did it; its own echo may be unwanted.
    pub(crate) connection_id: Option<String>,
    /// A repeat of an operation with this key is acknowledged and not done again.
    pub(crate) repeat_key: Option<String>,
}

/// What happens in a channel.
#[derive(Clone, Debug)]
pub(crate) enum CommandKind {
    /// New messages, all or none.
    Publish {
        /// The messages.
        messages: Vec<Message>,
        /// Delivered and never kept.
        is_ephemeral: bool,
    },
    /// A new version of a message.
    Change(Box<Change>),
    /// Annotations of messages.
    Annotate(Vec<Annotation>),
    /// Members come, change and go.
    Presence(Vec<PresenceMessage>),
    /// The server lets members of a connection go.
    Leave {
        /// Who.
        client_ids: Vec<String>,
    },
}

/// A new version of a message.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// The message.
    pub(crate) serial: String,
    /// Update, delete or append.
    pub(crate) action: MessageAction,
    /// The content; what is absent is kept, unless the content is replaced as a whole.
    pub(crate) content: Message,
    /// Whether nothing of the earlier content is kept.
    pub(crate) replaces: bool,
    /// The claim of the actor, in the place of that of whoever acted before.
    pub(crate) user_claim: Option<String>,
    /// Who and why; the store gives serial and time.
    pub(crate) version: Version,
}

/// What a channel begins with.
#[derive(Debug, Default)]
pub(crate) struct ChannelSeed {
    /// What happened in it elsewhere, in the order of the serials.
    pub(crate) past: Vec<ImportedEntry>,
    /// Who is there.
    pub(crate) members: Vec<PresenceMessage>,
    /// What is done in it then.
    pub(crate) planned: Vec<SeedStep>,
}

impl From<Vec<SeedStep>> for ChannelSeed {
    fn from(planned: Vec<SeedStep>) -> Self {
        Self {
            planned,
            ..Self::default()
        }
    }
}

/// Something that happened in a channel of another store, as it was kept there.
#[derive(Debug)]
pub(crate) struct ImportedEntry {
    /// What subscribers were told.
    entry: Entry,
    /// What was kept of it.
    kept: Effect,
}

impl ImportedEntry {
    /// Adds what it attaches to messages to what is attached to them in `past`.
    fn add_up(&self, past: &mut impl PriorState) -> Result<()> {
        if !matches!(self.kept, Effect::Annotations) {
            return Ok(());
        }
        let told = self.entry.frames.first();
        let told = told.and_then(|frame| frame.annotations.as_ref());
        for annotation in told.into_iter().flatten() {
            let serial = annotation.message_serial.as_deref().unwrap_or_default();
            past.attached(serial)?.apply(&mut annotation.clone());
        }
        Ok(())
    }
}

/// An operation that a channel begins with, at its own time.
#[derive(Clone, Debug)]
pub(crate) struct SeedStep {
    /// What.
    pub(crate) operation: ChannelCommand,
    /// When it is said to have happened.
    pub(crate) at: Timestamp,
    /// The earlier operation of the same plan whose first message it is about, by its place there.
    pub(crate) about: Option<usize>,
}

impl SeedStep {
    /// Has each of `planned` done by `apply`, which gives the serials of what was done, with those about an earlier one
    /// told its serial.
    fn each(
        planned: Vec<Self>,
        mut apply: impl FnMut(ChannelCommand, Timestamp) -> Result<Vec<Option<String>>>,
    ) -> Result<()> {
        let mut serials: Vec<Option<String>> = Vec::with_capacity(planned.len());
        for Self {
            mut operation,
            at,
            about,
        } in planned
        {
            if let Some(serial) = about.and_then(|place| serials.get(place)?.as_deref()) {
                operation.act = operation.act.about(serial);
            }
            let done = apply(operation, at)?;
            serials.push(done.into_iter().next().flatten());
        }
        Ok(())
    }
}

impl CommandKind {
    /// The same about the message `serial`, for acts that are about one.
    pub(crate) fn about(mut self, serial: &str) -> Self {
        match &mut self {
            Self::Change(change) => serial.clone_into(&mut change.serial),
            Self::Annotate(annotations) => {
                for annotation in annotations {
                    annotation.message_serial = Some(serial.to_owned());
                }
            }
            Self::Publish { .. } | Self::Presence(_) | Self::Leave { .. } => {}
        }
        self
    }
}

/// A finished operation: what subscribers get, in the order of their serials.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its position; an ephemeral one has that of the entry before it.
    pub(crate) channel_serial: String,
    /// What subscribers get, by mode of the attachment.
    pub(crate) frames: Vec<Arc<ProtocolMessage>>,
    /// The connection that did it.
    pub(crate) connection_id: Option<String>,
    /// What the caller is told: the serials of messages, versions or annotations; `None` for those that have none.
    pub(crate) serials: Vec<Option<String>>,
    /// The newest version of the message that was changed.
    pub(crate) changed: Option<Message>,
}

impl Entry {
    /// What of it is for subscribers: what the caller alone is told is left out.
    fn told(&self) -> Self {
        Self {
            channel_serial: self.channel_serial.clone(),
            frames: self.frames.clone(),
            connection_id: self.connection_id.clone(),
            serials: Vec::new(),
            changed: None,
        }
    }

    /// The message that was sent, or the newest version of the one that was changed.
    pub(crate) fn message(&self) -> Option<&Message> {
        self.changed
            .as_ref()
            .or_else(|| self.frames.first()?.messages.as_ref()?.first())
    }
}

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

/// The error of an operation on a message that does not exist: 40400 / 404.
pub(crate) fn unknown_message() -> ErrorInfo {
    ErrorInfo::new(40400, 404, "No such message")
}

/// `extras` with the claim in the place of any that was there.
pub(crate) fn claimed(extras: Option<Json>, claim: Option<&str>) -> Option<Json> {
    use serde_json::{Map, Value};
    let mut members = match extras {
        Some(Json(Value::Object(members))) => members,
        _ => Map::new(),
    };
    members.shift_remove("userClaim");
    if let Some(claim) = claim {
        members.insert("userClaim".to_owned(), Value::String(claim.to_owned()));
    }
    (!members.is_empty()).then_some(Json(Value::Object(members)))
}
