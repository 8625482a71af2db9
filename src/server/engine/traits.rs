//! The traits of an engine, and of what it tells.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::watch;

use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Annotation, Message, PresenceMessage};
use crate::server::engine::command::ChannelCommand;
use crate::server::engine::entry::Entry;
use crate::server::engine::ephemeral::Ephemeral;
use crate::server::engine::fold::ChannelRules;
use crate::server::engine::occupancy::ChannelOccupancy;
use crate::server::engine::query::{Page, PageQuery, Snapshot};
use crate::server::engine::revocation::Revocation;
use crate::server::engine::seed::ChannelSeed;

/// The result of an engine, once it is there.
pub(crate) type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// The engine of one server: its apps, and what they share. It keeps itself up in tasks of its own.
pub(crate) trait Engine: Send + Sync {
    /// Returns the app called `id`, which is made if it is not there.
    fn app<'a>(&'a self, id: &'a str, rules: ChannelRules) -> Pending<'a, Arc<dyn AppEngine>>;

    /// Returns the directory of what is made while the server runs.
    fn directory(&self) -> &dyn Directory;

    /// Claims the nonce of a TokenRequest: `true` for the first call of all processes, and across restarts.
    fn claim_nonce(&self, nonce: Nonce) -> Pending<'_, bool>;

    /// Returns the secret that Ably tokens are sealed with: one for all processes that share the engine.
    fn secret(&self) -> Pending<'_, [u8; 32]>;

    /// Claims the connection with this key, which this process does not know, from the process that does; `true` if the
    /// key was proven and the connection handed over. One process knows all connections: both engines answer `false`.
    fn claim_connection<'a>(&'a self, connection_key: &'a str) -> Pending<'a, bool>;

    /// Returns the engine's time: that of all processes that share it.
    fn now(&self) -> Timestamp;

    /// Returns whether the engine can do its work.
    fn health(&self) -> watch::Receiver<Health>;

    /// Closes the engine: what was submitted is done, and nothing is taken any more.
    fn close(&self) -> Pending<'_, ()>;
}

/// What is made while the server runs: apps that clients provision, by id, and the items of the Control API.
///
/// Both engines keep provisioned apps in memory, their channels as well: they are for test suites. The apps of items, and
/// their channels, are kept as the server's own are.
pub(crate) trait Directory: Send + Sync {
    /// Returns when a provisioned app was used last, if it is there.
    fn find<'a>(&'a self, id: &'a str) -> Pending<'a, Option<Timestamp>>;

    /// Inserts a provisioned app; `false` if the id is taken.
    fn insert_if_absent<'a>(&'a self, id: &'a str, now: Timestamp) -> Pending<'a, bool>;

    /// Removes an app that was made while the server runs, with its channels and items.
    fn remove<'a>(&'a self, id: &'a str) -> Pending<'a, ()>;

    /// Notes that a provisioned app is used. Does not wait.
    fn touch(&self, id: &str, now: Timestamp);

    /// Keeps an item, in the place of the one with its app, kind and name.
    fn keep_item(&self, item: DirectoryItem) -> Pending<'_, ()>;

    /// Removes an item, if it is there.
    fn remove_item<'a>(&'a self, app: &'a str, kind: ItemKind, name: &'a str) -> Pending<'a, ()>;

    /// Returns all items, in the order in which each was kept first.
    fn items(&self) -> Pending<'_, Vec<DirectoryItem>>;
}

/// Something that the Control API made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DirectoryItem {
    /// The id of the app that it is, or is a part of.
    pub(crate) app: String,
    /// Its kind.
    pub(crate) kind: ItemKind,
    /// Its name among those of the app and the kind.
    pub(crate) name: String,
    /// The item itself, in JSON.
    pub(crate) body: String,
}

/// The kind of an item. The numbers are those of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemKind {
    /// An app.
    App = 0,
    /// A key.
    Key = 1,
    /// A rule for the channels of a namespace.
    Namespace = 2,
    /// A rule of an integration.
    Rule = 3,
}

impl ItemKind {
    /// All kinds.
    pub(crate) const ALL: [Self; 4] = [Self::App, Self::Key, Self::Namespace, Self::Rule];
}

/// Whether an engine can do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// The last write was committed, or there was none.
    Up,
    /// The last write has failed, or the engine is closed.
    Down,
}

/// A nonce of a TokenRequest.
#[derive(Clone, Debug)]
pub(crate) struct Nonce {
    /// The key that signed.
    pub(crate) key_name: String,
    /// The request's own time.
    pub(crate) timestamp: Timestamp,
    /// The nonce.
    pub(crate) nonce: String,
    /// When the request's time is over anyhow.
    pub(crate) until: Timestamp,
}

/// The events of an app, as its engine tells them: those of one channel in order, each entry once. Nothing here blocks.
///
/// An entry, an ephemeral publish and a reset are told before their caller is answered.
pub(crate) trait EngineEvents: Send + Sync {
    /// Tells of an entry that is committed.
    fn committed(&self, channel: &str, entry: &Arc<Entry>);

    /// Tells of messages that are not kept. Their receiver stamps them.
    fn ephemeral(&self, channel: &str, message: Ephemeral);

    /// Tells of the new occupancy of a channel.
    fn occupancy(&self, channel: &str, totals: &ChannelOccupancy);

    /// Tells of a channel that was reset: its positions are of another series.
    fn reset(&self, channel: &str, now: Snapshot);

    /// Tells of revoked tokens.
    fn revoked(&self, revocation: &Revocation);
}

/// The engine of one app.
pub(crate) trait AppEngine: Send + Sync {
    /// Tells `events` of everything from now on. Called once, before anything else.
    fn start(&self, events: Arc<dyn EngineEvents>);

    /// Follows a channel, and returns the position that the events tell from. Calls are counted. One process tells of
    /// every channel anyhow: both engines answer with the head.
    fn follow(&self, channel: &str) -> Pending<'static, String>;

    /// Takes one [`AppEngine::follow`] back. There is nothing to do in one process.
    fn unfollow(&self, channel: &str);

    /// Waits until the events have told the entry at `position`. One process tells an entry before anybody can read
    /// it: both engines answer at once.
    fn caught_up_to<'a>(&'a self, channel: &'a str, position: &'a str) -> Pending<'a, ()>;

    /// Does `command`, or finds that it was done: in the order of the calls, whether or not it is waited for. Ephemeral
    /// messages go to [`AppEngine::publish_ephemeral`].
    ///
    /// # Errors
    /// Why the fold refuses it; nothing has happened then.
    fn submit(&self, channel: &str, command: ChannelCommand) -> Pending<'static, Arc<Entry>>;

    /// Returns how the command with this repeat key was answered, if it was committed within the time for which repeats
    /// are known.
    fn known_repeat<'a>(
        &'a self,
        channel: &'a str,
        key: &'a str,
        now: Timestamp,
    ) -> Pending<'a, Option<Arc<Entry>>>;

    /// Has messages delivered to those who follow the channel, in order with what is submitted; a repeat is not.
    fn publish_ephemeral(&self, channel: &str, message: Ephemeral) -> Pending<'static, ()>;

    /// Reports how many are attached here, in the place of what was reported before; zeros remove the report. It counts
    /// from the call on, whether or not it is waited for.
    fn report_occupancy(&self, channel: &str, here: &ChannelOccupancy) -> Pending<'static, ()>;

    /// Returns the sum of all reports, and the number of members.
    fn totals<'a>(&'a self, channel: &'a str) -> Pending<'a, ChannelOccupancy>;

    /// Takes over the members of a connection that has come here from another process. There is no other one: nothing
    /// to do for both engines.
    fn adopt_connection<'a>(&'a self, channel: &'a str, connection_id: &'a str) -> Pending<'a, ()>;

    /// Keeps a revocation, and tells of it.
    fn revoke(&self, revocation: Revocation) -> Pending<'_, ()>;

    /// Returns the revocations that may still be about a token, oldest first.
    fn revocations(&self) -> Pending<'_, Vec<Revocation>>;

    /// Resets a channel to `seed`, in one step. Positions keep rising, and those from before are not this
    /// channel's any more, nor are those of imported entries.
    ///
    /// # Errors
    /// Why the fold refuses it; nothing has happened then.
    fn reset_to<'a>(&'a self, channel: &'a str, seed: ChannelSeed) -> Pending<'a, ()>;

    /// Returns the names of the channels that something is kept of, in no order.
    fn channels(&self) -> Pending<'_, Vec<String>>;

    /// Returns the channel as it is now.
    fn snapshot<'a>(&'a self, channel: &'a str) -> Pending<'a, Snapshot>;

    /// Returns the first entries after `position`, oldest first, up to about `size` bytes of them, and one at least if
    /// there is any; `None` if not all that came after it are known. Those about annotated messages have the summaries
    /// as they are now, once a message.
    fn entries_after<'a>(
        &'a self,
        channel: &'a str,
        position: &'a str,
        size: usize,
    ) -> Pending<'a, Option<Vec<Arc<Entry>>>>;

    /// Returns a page of history: the newest version of each message, at the place of its create.
    fn history<'a>(&'a self, channel: &'a str, query: PageQuery) -> Pending<'a, Page<Message>>;

    /// Returns the newest version of a message.
    fn message<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Option<Message>>;

    /// Returns a page of the versions of a message; none for an unknown one. Of the query, direction, limit, size and
    /// cursor count.
    fn versions<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        query: PageQuery,
    ) -> Pending<'a, Page<Message>>;

    /// Returns a page of the annotations of a message, creates and deletes. Of the query, direction, limit, size and cursor
    /// count.
    fn annotations<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        query: PageQuery,
    ) -> Pending<'a, Page<Annotation>>;

    /// Returns what one client contributed to the summary of a message's annotations; `None` for an unknown message.
    fn reactions_of<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        client_id: &'a str,
    ) -> Pending<'a, Option<serde_json::Value>>;

    /// Returns the presence set; reading it makes no channel.
    fn members<'a>(&'a self, channel: &'a str) -> Pending<'a, Vec<PresenceMessage>>;

    /// Counts what is kept.
    #[cfg(test)]
    fn census(&self) -> Pending<'_, super::census::EngineCensus>;

    /// Returns a page of presence history.
    fn presence_history<'a>(
        &'a self,
        channel: &'a str,
        query: PageQuery,
    ) -> Pending<'a, Page<PresenceMessage>>;
}
