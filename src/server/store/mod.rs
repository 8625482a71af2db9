//! The engine seam: an operation goes in, a finished entry comes back, and every subscriber hears of it in order.
//!
//! The core hands an [`Operation`] to a [`Store`]; atomically for one channel the store tells repeats from news,
//! gives the next serial, lets the core [fold](super::fold) what the operation touches, keeps the result and only
//! then says so: first to the [`Sink`] (the node's only source of fan-out, for its own publishes too), then to the
//! caller. An engine that is shared by several nodes does the same by reading, folding and committing only if what
//! it read has not changed meanwhile, and feeds the sink from its own log; no rule is written in it.

pub(super) mod memory;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Message, ProtocolMessage};

/// What a store gives once it is done.
pub(super) type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Something that is to happen in a channel: checked and stamped, without a serial yet.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    /// The messages of one publish, all or none.
    pub messages: Vec<Message>,
    /// `connectionId:msgSerial` of the publish; of a REST publish an id of its own.
    pub id: String,
    /// The connection that did it; its own echo may be unwanted.
    pub connection_id: Option<String>,
    /// A repeat of an operation with this key is acknowledged and not done again.
    pub repeat_key: Option<String>,
    /// Delivered and never kept.
    pub is_ephemeral: bool,
}

/// A finished operation: what subscribers get, in the order of their serials.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its position; an ephemeral one has that of the entry before it.
    pub channel_serial: String,
    /// What subscribers get.
    pub message: Arc<ProtocolMessage>,
    /// The connection that did it.
    pub connection_id: Option<String>,
}

impl Entry {
    /// The serials of its messages, in order; `None` for those that have none.
    pub(super) fn serials(&self) -> Vec<Option<String>> {
        self.messages()
            .iter()
            .map(|message| message.serial.clone())
            .collect()
    }

    /// Its messages.
    pub(super) fn messages(&self) -> &[Message] {
        self.message.messages.as_deref().unwrap_or_default()
    }
}

/// Hears of each entry of every channel, in the order of a channel's serials, before its operation is answered.
pub(super) trait Sink: Send + Sync {
    /// `entry` is kept.
    fn committed(&self, channel: &str, entry: &Arc<Entry>);
}

/// A page of history that is asked for.
#[derive(Clone, Debug)]
pub(super) struct HistoryQuery {
    /// Created at or after this, in epoch milliseconds.
    pub start: Option<i64>,
    /// Created at or before this.
    pub end: Option<i64>,
    /// Oldest first.
    pub forwards: bool,
    /// At most this many, 1 to 1000.
    pub limit: usize,
    /// Only messages up to and including this position.
    pub from_serial: Option<String>,
    /// Only messages behind this one, in the direction of reading.
    pub after: Option<String>,
}

/// A page of history.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    /// The newest version of each message, at the place of its create.
    pub messages: Vec<Message>,
    /// Whether something follows.
    pub has_more: bool,
}

/// Keeps what happened in the channels of one app.
pub(super) trait Store: Send + Sync {
    /// Tells `sink` of everything from now on. Called once, before anything else.
    fn subscribe(&self, sink: Arc<dyn Sink>);

    /// Does `operation`, or finds that it was done.
    ///
    /// # Errors
    /// What the fold refuses; nothing has happened then.
    fn submit<'a>(&'a self, channel: &'a str, operation: Operation) -> Pending<'a, Arc<Entry>>;

    /// The position of the newest entry.
    fn head<'a>(&'a self, channel: &'a str) -> Pending<'a, String>;

    /// The entries after `position`, oldest first; `None` if it cannot be told what they are.
    fn entries_after<'a>(
        &'a self,
        channel: &'a str,
        position: &'a str,
    ) -> Pending<'a, Option<Vec<Arc<Entry>>>>;

    /// A page of history.
    fn history<'a>(&'a self, channel: &'a str, query: HistoryQuery) -> Pending<'a, Page>;

    /// The newest version of a message.
    fn message<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Option<Message>>;
}
