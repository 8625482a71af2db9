//! Stores in files, for tests.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tokio::sync::{Mutex, watch};

use super::app::SqliteApp;
use super::database::Database;
use super::engine::SqliteEngine;
use super::metadata::Metadata;
use super::retention::Retention;
use crate::chat_core::clock::{FixedClock, Timestamp};
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Annotation, Message, PresenceMessage};
use crate::chat_core::random::Random;
use crate::server::engine::command::ChannelCommand;
use crate::server::engine::entry::Entry;
use crate::server::engine::ephemeral::Ephemeral;
use crate::server::engine::fold::ChannelRules;
use crate::server::engine::occupancy::ChannelOccupancy;
use crate::server::engine::query::{Page, PageQuery, Snapshot};
use crate::server::engine::revocation::Revocation;
use crate::server::engine::seed::ChannelSeed;
use crate::server::engine::traits::{
    AppEngine, Directory, Engine, EngineEvents, Health, Nonce, Pending,
};

const NOW: i64 = 1_700_000_000_000;

/// Returns the app in the file at `path`.
pub(crate) fn open(path: &Path) -> Arc<SqliteApp> {
    open_at(path, NOW, Retention::default())
}

/// Returns it at another time, and with an end to what is kept.
pub(super) fn open_at(path: &Path, now: i64, retention: Retention) -> Arc<SqliteApp> {
    let clock = Arc::new(FixedClock(Timestamp(now)));
    let database = Arc::new(Database::open(path, clock, retention).unwrap());
    let app = SqliteApp::open(
        &database,
        "app",
        ChannelRules::default(),
        &Random::seeded(1),
    );
    Arc::new(app.unwrap())
}

/// Returns the engine of the file at `path`.
pub(crate) fn open_engine(path: &Path) -> SqliteEngine {
    let clock = Arc::new(FixedClock(Timestamp(NOW)));
    let database = Database::open(path, clock.clone(), Retention::default()).unwrap();
    SqliteEngine::new(Arc::new(database), clock, Random::seeded(1))
}

impl SqliteApp {
    /// Lets go of what is not to be kept longer.
    pub(super) async fn keep_up(&self, now: i64) {
        self.database().keep_up(Timestamp(now)).await.unwrap();
    }

    /// Does something to the file.
    pub(super) async fn execute(&self, sql: &str) {
        let sql = Metadata::Sql(sql.to_owned());
        self.database().write_metadata(sql, || {}).await.unwrap();
    }

    /// Returns whether the last transaction was committed.
    pub(super) fn health(&self) -> Health {
        *self.database().health().borrow()
    }

    /// Ends the process, as far as the file can tell.
    pub(crate) async fn close(&self) {
        self.database().close().await;
    }
}

/// An engine, and its one app, whose file is opened anew for each call: nothing is known but what is in the file.
#[derive(Clone)]
pub(crate) struct Reopened(Arc<ReopenedFile>);

struct ReopenedFile {
    path: PathBuf,
    events: OnceLock<Arc<dyn EngineEvents>>,
    /// LockedFile by the process that has the file.
    turn: Mutex<()>,
}

impl Reopened {
    /// Returns the app in the file at `path`.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(Arc::new(ReopenedFile {
            path,
            events: OnceLock::new(),
            turn: Mutex::default(),
        }))
    }
}

impl ReopenedFile {
    async fn with<T>(&self, call: impl AsyncFnOnce(&SqliteApp) -> Result<T>) -> Result<T> {
        let _turn = self.turn.lock().await;
        let app = open(&self.path);
        if let Some(events) = self.events.get() {
            app.start(Arc::clone(events));
        }
        let result = call(&app).await;
        app.close().await;
        result
    }
}

impl Engine for Reopened {
    fn app<'a>(&'a self, _: &'a str, _: ChannelRules) -> Pending<'a, Arc<dyn AppEngine>> {
        Box::pin(async { Ok(Arc::new(self.clone()) as Arc<dyn AppEngine>) })
    }

    fn directory(&self) -> &dyn Directory {
        unimplemented!("it is in memory")
    }

    fn claim_nonce(&self, nonce: Nonce) -> Pending<'_, bool> {
        Box::pin(
            self.0
                .with(async move |app| app.database().claim_nonce(nonce).await),
        )
    }

    fn secret(&self) -> Pending<'_, [u8; 32]> {
        Box::pin(
            self.0
                .with(async move |app| app.database().secret(&Random::seeded(2))),
        )
    }

    fn claim_connection<'a>(&'a self, _: &'a str) -> Pending<'a, bool> {
        Box::pin(async { Ok(false) })
    }

    fn now(&self) -> Timestamp {
        Timestamp(NOW)
    }

    fn health(&self) -> watch::Receiver<Health> {
        watch::channel(Health::Up).1
    }

    fn close(&self) -> Pending<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// Implements methods of [`AppEngine`] by those of an app that is opened for the call.
macro_rules! reopened {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
        $(fn $name<'a>(&'a self, $($argument: $kind),*) -> Pending<'a, $result> {
            Box::pin(self.0.with(async move |app| app.$name($($argument),*).await))
        })*
    };
}

impl AppEngine for Reopened {
    fn start(&self, events: Arc<dyn EngineEvents>) {
        let _ = self.0.events.set(events);
    }

    fn follow(&self, channel: &str) -> Pending<'static, String> {
        let (inner, channel) = (Arc::clone(&self.0), channel.to_owned());
        let follow = async move |app: &SqliteApp| app.follow(&channel).await;
        Box::pin(async move { inner.with(follow).await })
    }

    fn unfollow(&self, _: &str) {}

    fn submit(&self, channel: &str, command: ChannelCommand) -> Pending<'static, Arc<Entry>> {
        let (inner, channel) = (Arc::clone(&self.0), channel.to_owned());
        let submit = async move |app: &SqliteApp| app.submit(&channel, command).await;
        Box::pin(async move { inner.with(submit).await })
    }

    fn publish_ephemeral(&self, channel: &str, message: Ephemeral) -> Pending<'static, ()> {
        let (inner, channel) = (Arc::clone(&self.0), channel.to_owned());
        let publish = async move |app: &SqliteApp| app.publish_ephemeral(&channel, message).await;
        Box::pin(async move { inner.with(publish).await })
    }

    /// Reports are this process's: they end with it.
    fn report_occupancy(&self, _: &str, _: &ChannelOccupancy) -> Pending<'static, ()> {
        Box::pin(async { Ok(()) })
    }

    reopened! {
        caught_up_to(channel: &'a str, position: &'a str) -> ();
        known_repeat(channel: &'a str, key: &'a str, now: Timestamp) -> Option<Arc<Entry>>;
        totals(channel: &'a str) -> ChannelOccupancy;
        adopt_connection(channel: &'a str, connection_id: &'a str) -> ();
        reset_to(channel: &'a str, seed: ChannelSeed) -> ();
        snapshot(channel: &'a str) -> Snapshot;
        entries_after(channel: &'a str, position: &'a str, size: usize) -> Option<Vec<Arc<Entry>>>;
        history(channel: &'a str, query: PageQuery) -> Page<Message>;
        message(channel: &'a str, serial: &'a str) -> Option<Message>;
        versions(channel: &'a str, serial: &'a str, query: PageQuery) -> Page<Message>;
        annotations(channel: &'a str, serial: &'a str, query: PageQuery) -> Page<Annotation>;
        reactions_of(channel: &'a str, serial: &'a str, client_id: &'a str) -> Option<serde_json::Value>;
        members(channel: &'a str) -> Vec<PresenceMessage>;
        presence_history(channel: &'a str, query: PageQuery) -> Page<PresenceMessage>;
    }

    fn revoke(&self, revocation: Revocation) -> Pending<'_, ()> {
        Box::pin(self.0.with(async move |app| app.revoke(revocation).await))
    }

    fn revocations(&self) -> Pending<'_, Vec<Revocation>> {
        Box::pin(self.0.with(async move |app| app.revocations().await))
    }

    fn census(&self) -> Pending<'_, crate::server::engine::census::EngineCensus> {
        Box::pin(self.0.with(async move |app| app.census().await))
    }

    fn channels(&self) -> Pending<'_, Vec<String>> {
        Box::pin(self.0.with(async move |app| app.channels().await))
    }
}
