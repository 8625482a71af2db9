//! A file in use: one writer, and a few readers.

use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, OptionalExtension as _};
use tokio::sync::{Semaphore, oneshot, watch};

use super::error::{closed, damaged, failed};
use super::file::{self, StorageError};
use super::metadata::Metadata;
use super::read;
use super::retention::{self, CountedHeads, Retention};
use super::writer::{HeldRequest, WriteRequest, WriterThread};
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::random::Random;
use crate::server::engine::traits::{Health, Nonce};

/// The most readers at once.
const READERS: usize = 4;

/// The length of the secret that tokens are sealed with, and of the salts of apps.
const SECRET: usize = 32;

/// A file in use.
pub(in crate::server::engine) struct Database {
    path: PathBuf,
    clock: Arc<dyn Clock>,
    requests: Sender<HeldRequest>,
    writer: Mutex<Option<JoinHandle<()>>>,
    permits: Arc<Semaphore>,
    /// Connections for reading that nobody uses.
    idle: Mutex<Vec<Connection>>,
    is_closed: AtomicBool,
    retention: Retention,
    /// The heads of the channels at the last upkeep.
    seen: Mutex<CountedHeads>,
    health: Arc<watch::Sender<Health>>,
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
        let health = Arc::new(watch::Sender::new(Health::Up));
        let writer = WriterThread::new(held, Arc::clone(&clock), receiver, Arc::clone(&health));
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| StorageError::Unusable {
                path: path.to_owned(),
                why: error.to_string(),
            })?;
        Ok(Self {
            path: path.to_owned(),
            clock,
            requests,
            writer: Mutex::new(Some(thread)),
            permits: Arc::new(Semaphore::new(READERS)),
            idle: Mutex::default(),
            is_closed: AtomicBool::new(false),
            retention,
            seen: Mutex::default(),
            health,
        })
    }

    /// Returns the row of the app called `name`, which is made if it is not there, and the salt of its series. Waits for
    /// the disk: at the start of a server nobody else does.
    pub(super) fn app(&self, name: &str, random: &Random) -> Result<(i64, Vec<u8>)> {
        self.write_metadata_now(Metadata::App(name.to_owned(), secret(random)))?;
        self.read_now(|connection| {
            let sql = "SELECT id, salt FROM app WHERE name = ?1";
            connection
                .query_row(sql, [name], |row| Ok((row.get(0)?, row.get(1)?)))
                .map_err(failed)
        })
    }

    /// Returns the app in the file, if it is the only one beside those of the Control API. Waits for the disk.
    pub(crate) fn only_app(&self) -> Result<Option<String>> {
        self.read_now(|connection| {
            let sql = "SELECT CASE count(*) WHEN 1 THEN max(name) END FROM app \
                       WHERE name NOT IN (SELECT app FROM item WHERE kind = 0)";
            connection
                .query_row(sql, [], |row| row.get(0))
                .map_err(failed)
        })
    }

    /// Returns the channels of the app called `name` that something is kept of. Waits for the disk.
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

    /// Returns the secret that this file's servers seal tokens with. Waits for the disk.
    pub(crate) fn secret(&self, random: &Random) -> Result<[u8; SECRET]> {
        self.write_metadata_now(Metadata::Setting("secret", secret(random)))?;
        let secret: Vec<u8> = self.read_now(|connection| {
            let sql = "SELECT value FROM setting WHERE name = 'secret'";
            connection
                .query_row(sql, [], |row| row.get(0))
                .map_err(failed)
        })?;
        secret
            .try_into()
            .map_err(|_| damaged(&"the secret has another length"))
    }

    /// Claims a nonce; `true` for the first one.
    pub(super) async fn claim_nonce(&self, nonce: Nonce) -> Result<bool> {
        let (answer, answered) = oneshot::channel();
        self.ask(WriteRequest::Metadata {
            metadata: Metadata::Nonce(nonce),
            answer: Box::new(move |result| {
                // Nobody may wait any more, which is as well.
                let _ = answer.send(result);
            }),
        })?;
        answered.await.map_err(|_| closed())?
    }

    /// Returns whether the last transaction was committed.
    pub(super) fn health(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    /// Deletes what is known for a time only, and the part of the past that is not to be kept.
    pub(crate) async fn keep_up(self: &Arc<Self>, now: Timestamp) -> Result<()> {
        self.write_metadata(Metadata::Forget(now), || {}).await?;
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
                return self.write_metadata(Metadata::Shrink, || {}).await;
            }
            for cut in cuts {
                let mut is_left = true;
                while is_left {
                    self.write_metadata(Metadata::Trim(cut.clone()), || {})
                        .await?;
                    let cut = cut.clone();
                    is_left = self
                        .read(move |connection| retention::is_left(connection, &cut))
                        .await?;
                }
            }
        }
    }

    /// Closes the file: what was asked for is done, and nothing is taken any more.
    pub(crate) async fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        // Readers first: who closes the file last leaves one file.
        self.idle.lock().clear();
        let _ = self.ask(WriteRequest::Close);
        let thread = self.writer.lock().take();
        if let Some(thread) = thread {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }

    /// Sends a request to the writer.
    pub(super) fn ask(&self, request: WriteRequest) -> Result<()> {
        let held = HeldRequest {
            request,
            hold: self.clock.hold(),
        };
        self.requests.send(held).map_err(|_| closed())
    }

    /// Writes metadata, and runs `then` once it is committed, before the caller goes on.
    pub(super) async fn write_metadata(
        &self,
        metadata: Metadata,
        then: impl FnOnce() + Send + 'static,
    ) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        self.ask(WriteRequest::Metadata {
            metadata,
            answer: Box::new(move |result| {
                if result.is_ok() {
                    then();
                }
                // Nobody may wait any more, which is as well.
                let _ = answer.send(result.map(|_| ()));
            }),
        })?;
        answered.await.map_err(|_| closed())?
    }

    /// Waits for the disk.
    fn write_metadata_now(&self, metadata: Metadata) -> Result<()> {
        let (answer, answered) = channel();
        self.ask(WriteRequest::Metadata {
            metadata,
            answer: Box::new(move |result| {
                let _ = answer.send(result.map(|_| ()));
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
        let _hold = self.clock.hold();
        let work = move || {
            // LockedFile until the reading is done, also when nobody waits for it any more.
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
    /// Frees the file for the next process.
    fn drop(&mut self) {
        self.idle.lock().clear();
        // Both fail only for a writer that has ended.
        let _ = self.ask(WriteRequest::Close);
        if let Some(thread) = self.writer.lock().take() {
            let _ = thread.join();
        }
    }
}

fn secret(random: &Random) -> Vec<u8> {
    let mut secret = vec![0; SECRET];
    random.fill(&mut secret);
    secret
}
