//! The choice of an engine: memory, or a SQLite file.

use std::path::Path;
use std::sync::Arc;

use super::dump::AppDump;
use super::limits::MAX_MEMORY;
use super::memory::MemoryEngine;
use super::sqlite::{self, Database, Retention, SqliteEngine, StorageError};
use super::traits::Engine;
use crate::chat_core::clock::Clock;
use crate::chat_core::error::Result;
use crate::chat_core::random::Random;

/// The storage of one server's apps, before the server runs.
pub struct Storage(Box<dyn StorageKind>);

/// A kind of storage: what can be asked of it before a server runs, and its engine.
trait StorageKind: Send + Sync {
    fn only_app(&self) -> Result<Option<String>>;

    fn channels_of(&self, app: &str) -> Result<Vec<String>>;

    fn engine(&self, clock: &Arc<dyn Clock>, random: &Random) -> Arc<dyn Engine>;
}

struct MemoryStorage {
    /// The memory for all channels, in bytes.
    limit: usize,
}

impl Storage {
    /// Keeps apps in this process; they are gone when it ends. Their channels take `limit` bytes together, about, 1 GiB
    /// unless given: beyond it the oldest history goes.
    pub fn memory(limit: Option<usize>) -> Self {
        let limit = limit.unwrap_or(MAX_MEMORY);
        Self(Box::new(MemoryStorage { limit }))
    }

    /// Keeps apps in the SQLite file at `path`, which is made if it is not there, for as long as `retention` says. What
    /// was acknowledged is there after a crash of the process, and after a loss of power.
    ///
    /// # Errors
    /// A file that is in use, damaged, newer or something else; it is left as it is.
    pub fn sqlite(
        path: &Path,
        clock: Arc<dyn Clock>,
        retention: Retention,
    ) -> std::result::Result<Self, StorageError> {
        let database = Database::open(path, clock, retention)?;
        Ok(Self(Box::new(Arc::new(database))))
    }

    /// Reads all that the SQLite file at `path` keeps, app by app, at one moment. The file is left as it is; another
    /// server may be using it. `scratch` is a folder for a copy of it.
    ///
    /// # Errors
    /// A file that is too large, damaged, newer or something else.
    pub fn read(path: &Path, scratch: &Path) -> std::result::Result<Vec<AppDump>, StorageError> {
        sqlite::read_dump(path, scratch)
    }

    /// Returns the app that is kept here, if it is the only one.
    ///
    /// # Errors
    /// 50000 / 500 if the storage fails.
    pub fn only_app(&self) -> Result<Option<String>> {
        self.0.only_app()
    }

    /// Returns the channels of the app called `name` that something is kept of here.
    ///
    /// # Errors
    /// 50000 / 500 if the storage fails.
    pub fn channels_of(&self, name: &str) -> Result<Vec<String>> {
        self.0.channels_of(name)
    }

    /// Starts the engine. Needs a runtime.
    pub(crate) fn engine(self, clock: &Arc<dyn Clock>, random: &Random) -> Arc<dyn Engine> {
        self.0.engine(clock, random)
    }
}

impl StorageKind for MemoryStorage {
    fn only_app(&self) -> Result<Option<String>> {
        Ok(None)
    }

    fn channels_of(&self, _: &str) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn engine(&self, clock: &Arc<dyn Clock>, random: &Random) -> Arc<dyn Engine> {
        Arc::new(MemoryEngine::new(
            Arc::clone(clock),
            random.clone(),
            self.limit,
        ))
    }
}

impl StorageKind for Arc<Database> {
    fn only_app(&self) -> Result<Option<String>> {
        Database::only_app(self)
    }

    fn channels_of(&self, app: &str) -> Result<Vec<String>> {
        Database::channels_of(self, app)
    }

    fn engine(&self, clock: &Arc<dyn Clock>, random: &Random) -> Arc<dyn Engine> {
        let database = Arc::clone(self);
        Arc::new(SqliteEngine::new(
            database,
            Arc::clone(clock),
            random.clone(),
        ))
    }
}
