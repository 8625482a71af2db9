//! Stores in files, for tests.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tokio::sync::Mutex;

use super::metadata::Metadata;
use super::{Database, Retention, SqliteStore};
use crate::chat_core::clock::{FixedClock, Timestamp};
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Annotation, Message, PresenceMessage};
use crate::chat_core::random::Random;
use crate::server::engine::fold::Rules;
use crate::server::engine::{
    ChannelCommand, ChannelSeed, Entry, HistoryQuery, Page, Pending, Sink, Snapshot, Store,
};

/// The store of an app in the file at `path`.
pub(crate) fn open(path: &Path) -> SqliteStore {
    open_at(path, 1_700_000_000_000, Retention::default())
}

/// The same at another time, and with an end to what is kept.
pub(super) fn open_at(path: &Path, now: i64, retention: Retention) -> SqliteStore {
    let clock = Arc::new(FixedClock(Timestamp(now)));
    let database = Arc::new(Database::open(path, clock, retention).unwrap());
    database
        .app("app", Rules { max_members: 200 }, &Random::seeded(1))
        .unwrap()
}

impl SqliteStore {
    /// Lets go of what is not to be kept longer.
    pub(super) async fn keep_up(&self, now: i64) {
        self.database.keep_up(Timestamp(now)).await.unwrap();
    }

    /// Does something to the file.
    pub(super) async fn execute(&self, sql: &str) {
        self.database
            .note(Metadata::Sql(sql.to_owned()))
            .await
            .unwrap();
    }

    /// Ends the process, as far as the file can tell.
    pub(crate) async fn close(&self) {
        self.database.close().await;
    }
}

/// A store whose file is opened anew for each call: nothing is known but what is in the file.
pub(crate) struct Reopened(Arc<Inner>);

struct Inner {
    path: PathBuf,
    sink: OnceLock<Arc<dyn Sink>>,
    /// Held by the process that has the file.
    turn: Mutex<()>,
}

impl Reopened {
    /// A store in the file at `path`.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(Arc::new(Inner {
            path,
            sink: OnceLock::new(),
            turn: Mutex::default(),
        }))
    }
}

impl Inner {
    async fn with<T>(&self, call: impl AsyncFnOnce(&SqliteStore) -> Result<T>) -> Result<T> {
        let _turn = self.turn.lock().await;
        let store = open(&self.path);
        if let Some(sink) = self.sink.get() {
            store.subscribe(Arc::clone(sink));
        }
        let result = call(&store).await;
        store.close().await;
        result
    }
}

impl Store for Reopened {
    fn subscribe(&self, sink: Arc<dyn Sink>) {
        let _ = self.0.sink.set(sink);
    }

    fn submit(&self, channel: &str, operation: ChannelCommand) -> Pending<'static, Arc<Entry>> {
        let (inner, channel) = (Arc::clone(&self.0), channel.to_owned());
        let submit = async move |store: &SqliteStore| store.submit(&channel, operation).await;
        Box::pin(async move { inner.with(submit).await })
    }

    fn known_repeat<'a>(
        &'a self,
        channel: &'a str,
        key: &'a str,
        now: Timestamp,
    ) -> Pending<'a, Option<Arc<Entry>>> {
        Box::pin(
            self.0
                .with(async move |store| store.known_repeat(channel, key, now).await),
        )
    }

    fn reset_to<'a>(&'a self, channel: &'a str, planting: ChannelSeed) -> Pending<'a, ()> {
        Box::pin(
            self.0
                .with(async move |store| store.reset_to(channel, planting).await),
        )
    }

    fn channels(&self) -> Pending<'_, Vec<String>> {
        Box::pin(self.0.with(async move |store| store.channels().await))
    }

    fn snapshot<'a>(&'a self, channel: &'a str) -> Pending<'a, Snapshot> {
        Box::pin(
            self.0
                .with(async move |store| store.snapshot(channel).await),
        )
    }

    fn entries_after<'a>(
        &'a self,
        channel: &'a str,
        position: &'a str,
    ) -> Pending<'a, Option<Vec<Arc<Entry>>>> {
        Box::pin(
            self.0
                .with(async move |store| store.entries_after(channel, position).await),
        )
    }

    fn history<'a>(&'a self, channel: &'a str, query: HistoryQuery) -> Pending<'a, Page<Message>> {
        Box::pin(
            self.0
                .with(async move |store| store.history(channel, query).await),
        )
    }

    fn message<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Option<Message>> {
        Box::pin(
            self.0
                .with(async move |store| store.message(channel, serial).await),
        )
    }

    fn versions<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Vec<Message>> {
        Box::pin(
            self.0
                .with(async move |store| store.versions(channel, serial).await),
        )
    }

    fn annotations<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
    ) -> Pending<'a, Vec<Annotation>> {
        Box::pin(
            self.0
                .with(async move |store| store.annotations(channel, serial).await),
        )
    }

    fn reactions_of<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        client_id: &'a str,
    ) -> Pending<'a, Option<serde_json::Value>> {
        Box::pin(
            self.0
                .with(async move |store| store.reactions_of(channel, serial, client_id).await),
        )
    }

    fn members<'a>(&'a self, channel: &'a str) -> Pending<'a, Vec<PresenceMessage>> {
        Box::pin(self.0.with(async move |store| store.members(channel).await))
    }

    fn presence_history<'a>(
        &'a self,
        channel: &'a str,
        query: HistoryQuery,
    ) -> Pending<'a, Page<PresenceMessage>> {
        Box::pin(
            self.0
                .with(async move |store| store.presence_history(channel, query).await),
        )
    }
}
