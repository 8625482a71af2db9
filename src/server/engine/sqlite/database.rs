//! A file in use: who may write to it and read from it.

use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::{Semaphore, oneshot};

use super::cache::ChannelCache;
use super::file::{self, StorageError};
use super::metadata::{self, Metadata, Nonce};
use super::read;
use super::retention::{self, Retention, Seen};
use super::writer::{Request, Writer};
use super::{SqliteStore, closed, failed, text};
use crate::chat_core::auth::token_request::Nonces;
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::PresenceMessage;
use crate::chat_core::random::Random;
use crate::server::engine::fold::Rules;
use crate::server::engine::revocation::Revocation;

/// How many read at once.
const READERS: usize = 4;

/// The length of the secret that tokens are sealed with, and of the salts of apps.
const SECRET: usize = 32;

/// A file in use.
pub(crate) struct Database {
    path: PathBuf,
    requests: Sender<Request>,
    writer: Mutex<Option<JoinHandle<()>>>,
    permits: Arc<Semaphore>,
    /// Connections for reading that nobody uses.
    idle: Mutex<Vec<Connection>>,
    is_closed: AtomicBool,
    retention: Retention,
    /// What is known of the channels from the last upkeep.
    seen: Mutex<Seen>,
}

impl Database {
    /// Opens the file at `path`, or makes it.
    pub(crate) fn open(
        path: &Path,
        clock: Arc<dyn Clock>,
        retention: Retention,
    ) -> std::result::Result<Self, StorageError> {
        let held = file::open(path)?;
        let (requests, receiver) = channel();
        let writer = Writer::new(held, clock, receiver);
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| StorageError::Unusable {
                path: path.to_owned(),
                why: error.to_string(),
            })?;
        Ok(Self {
            path: path.to_owned(),
            requests,
            writer: Mutex::new(Some(thread)),
            permits: Arc::new(Semaphore::new(READERS)),
            idle: Mutex::default(),
            is_closed: AtomicBool::new(false),
            retention,
            seen: Mutex::default(),
        })
    }

    /// The channels of the app called `name`. Waits for the disk: for the start of a server.
    pub(crate) fn app(
        self: &Arc<Self>,
        name: &str,
        rules: Rules,
        random: &Random,
    ) -> Result<SqliteStore> {
        self.note_now(Metadata::App(name.to_owned(), secret(random)))?;
        let (app, salt) = self.read_now(|connection| {
            let sql = "SELECT id, salt FROM app WHERE name = ?1";
            connection
                .query_row(sql, [name], |row| Ok((row.get(0)?, row.get(1)?)))
                .map_err(failed)
        })?;
        Ok(SqliteStore {
            database: Arc::clone(self),
            rooms: Arc::new(ChannelCache::new(app, salt, rules)),
        })
    }

    /// The app in the file, if it is the only one. Waits for the disk.
    pub(crate) fn only_app(&self) -> Result<Option<String>> {
        self.read_now(|connection| {
            let sql = "SELECT CASE count(*) WHEN 1 THEN max(name) END FROM app";
            connection
                .query_row(sql, [], |row| row.get(0))
                .map_err(failed)
        })
    }

    /// The channels of the app called `name` that something is kept of. Waits for the disk.
    pub(crate) fn channels_of(&self, name: &str) -> Result<Vec<String>> {
        let name = name.to_owned();
        self.read_now(move |connection| {
            let sql = "SELECT id FROM app WHERE name = ?1";
            let app = connection
                .query_row(sql, [&name], |row| row.get(0))
                .optional()
                .map_err(failed)?;
            app.map_or_else(|| Ok(Vec::new()), |app| read::channels(connection, app))
        })
    }

    /// The secret that this file's servers seal tokens with. Waits for the disk.
    pub(crate) fn secret(&self, random: &Random) -> Result<[u8; SECRET]> {
        self.note_now(Metadata::Setting("secret", secret(random)))?;
        let secret: Vec<u8> = self.read_now(|connection| {
            let sql = "SELECT value FROM setting WHERE name = 'secret'";
            connection
                .query_row(sql, [], |row| row.get(0))
                .map_err(failed)
        })?;
        secret
            .try_into()
            .map_err(|_| text::damaged(&"the secret has another length"))
    }

    /// The nonces that are not to be taken again. Waits for the disk.
    pub(crate) fn nonces(&self, now: Timestamp) -> Result<Nonces> {
        self.read_now(|connection| metadata::nonces(connection, now))
    }

    /// Keeps a nonce.
    pub(crate) async fn keep_nonce(&self, nonce: Nonce) -> Result<()> {
        self.note(Metadata::Answered(nonce)).await
    }

    /// Forgets what is known for a time only, and lets go of the past that is not to be kept.
    pub(crate) async fn keep_up(self: &Arc<Self>, now: Timestamp) -> Result<()> {
        self.note(Metadata::Forget(now)).await?;
        if self.retention.is_endless() {
            return Ok(());
        }
        loop {
            let database = Arc::clone(self);
            let due = move |connection: &Connection| {
                let mut seen = database.seen.lock();
                retention::due(connection, database.retention, now, &mut seen)
            };
            let cuts = self.read(due).await?;
            if cuts.is_empty() {
                return self.note(Metadata::Shrink).await;
            }
            for cut in cuts {
                let mut is_left = true;
                while is_left {
                    self.note(Metadata::Trim(cut.clone())).await?;
                    let cut = cut.clone();
                    is_left = self
                        .read(move |connection| retention::is_left(connection, &cut))
                        .await?;
                }
            }
        }
    }

    /// Ends: what was asked for is done, and nothing is taken any more.
    pub(crate) async fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        // Readers first: who closes the file last leaves one file.
        self.idle.lock().clear();
        let _ = self.requests.send(Request::Close);
        let thread = self.writer.lock().take();
        if let Some(thread) = thread {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }

    /// Asks the writer.
    pub(super) fn ask(&self, request: Request) -> Result<()> {
        self.requests.send(request).map_err(|_| closed())
    }

    pub(super) async fn note(&self, note: Metadata) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        self.ask(Request::Metadata {
            note,
            answer: Box::new(move |result| {
                // Nobody may wait any more, which is as well.
                let _ = answer.send(result);
            }),
        })?;
        answered.await.map_err(|_| closed())?
    }

    fn note_now(&self, note: Metadata) -> Result<()> {
        let (answer, answered) = channel();
        self.ask(Request::Metadata {
            note,
            answer: Box::new(move |result| {
                let _ = answer.send(result);
            }),
        })?;
        answered.recv().map_err(|_| closed())?
    }

    /// Reads what is committed, on a thread that may wait for the disk.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permits = Arc::clone(&self.permits);
        let permit = permits.acquire_owned().await.map_err(|_| closed())?;
        let database = Arc::clone(self);
        let work = move || {
            // Held until the reading is done, also when nobody waits for it any more.
            let _permit = permit;
            database.read_now(read)
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| ErrorInfo::new(50000, 500, format!("The store failed: {error}")))?
    }

    pub(super) fn read_now<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None if self.is_closed.load(Ordering::Acquire) => return Err(closed()),
            None => file::open_for_reading(&self.path).map_err(failed)?,
        };
        let result = read(&connection);
        if !self.is_closed.load(Ordering::Acquire) {
            self.idle.lock().push(connection);
        }
        result
    }
}

impl Drop for Database {
    /// The file is free for the next one once this is gone.
    fn drop(&mut self) {
        self.idle.lock().clear();
        // Both fail only for a writer that has ended.
        let _ = self.requests.send(Request::Close);
        if let Some(thread) = self.writer.lock().take() {
            let _ = thread.join();
        }
    }
}

impl SqliteStore {
    /// The revocations of the app. Waits for the disk.
    pub(crate) fn revocations(&self) -> Result<Vec<Revocation>> {
        let app = self.rooms.app;
        self.database
            .read_now(|connection| metadata::revocations(connection, app))
    }

    /// Keeps a revocation.
    pub(crate) async fn keep_revocation(&self, revocation: Revocation) -> Result<()> {
        self.database
            .note(Metadata::Revoked(self.rooms.app, revocation))
            .await
    }

    /// Who is in the channels of the app, by channel. Waits for the disk.
    pub(crate) fn everybody(&self) -> Result<Vec<(String, PresenceMessage)>> {
        let app = self.rooms.app;
        self.database.read_now(|connection| {
            let sql = "SELECT channel.name, member.body FROM member JOIN channel ON channel.id = member.channel \
                       WHERE channel.app = ?1";
            let mut statement = connection.prepare(sql).map_err(failed)?;
            let mut rows = statement.query(params![app]).map_err(failed)?;
            let mut all = Vec::new();
            while let Some(row) = rows.next().map_err(failed)? {
                let body = row.get_ref(1).and_then(read::as_str).map_err(failed)?;
                all.push((row.get(0).map_err(failed)?, text::to_item(body)?));
            }
            Ok(all)
        })
    }
}

fn secret(random: &Random) -> Vec<u8> {
    let mut secret = vec![0; SECRET];
    random.fill(&mut secret);
    secret
}
