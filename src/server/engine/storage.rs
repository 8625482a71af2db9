//! Where the apps of one server are kept: in memory, or in a file.

use std::path::Path;
use std::sync::Arc;

use super::Store;
use super::dump::{AppDump, is_nobody};
use super::fold::Rules;
use super::memory::MemoryStore;
use super::sqlite::{self, Database, Nonce, Retention, SqliteStore, StorageError};
use crate::chat_core::auth::token_request::Nonces;
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::Result;
use crate::chat_core::random::Random;
use crate::server::engine::revocation::Revocation;

/// Where the apps of one server are kept.
pub struct Storage(Kind);

enum Kind {
    Memory,
    Sqlite(Arc<Database>),
}

/// A member whose connection ended with an earlier process.
pub(crate) struct OrphanedMember {
    /// The channel.
    pub(crate) channel: String,
    /// The connection that entered it.
    pub(crate) connection_id: String,
    /// The member's clientId.
    pub(crate) client_id: String,
}

/// What of an app is to outlive the process, beside its channels.
pub(crate) type Durable = Arc<SqliteStore>;

/// An app as it was kept.
pub(crate) struct Opened {
    /// Its channels.
    pub(crate) store: Arc<dyn Store>,
    /// Where the rest is kept, if it is.
    pub(crate) durable: Option<Durable>,
    /// What it revoked.
    pub(crate) revocations: Vec<Revocation>,
    /// The members whose connections ended with the process before this one.
    pub(crate) orphaned_members: Vec<OrphanedMember>,
}

impl Storage {
    /// In this process; gone when it ends.
    pub fn memory() -> Self {
        Self(Kind::Memory)
    }

    /// In the SQLite file at `path`, which is made if it is not there, for as long as `retention` says. What was
    /// acknowledged is there after a crash of the process, and after a loss of power.
    ///
    /// # Errors
    /// A file that is in use, damaged, newer or something else; it is left as it is.
    pub fn sqlite(
        path: &Path,
        clock: Arc<dyn Clock>,
        retention: Retention,
    ) -> std::result::Result<Self, StorageError> {
        let database = Database::open(path, clock, retention)?;
        Ok(Self(Kind::Sqlite(Arc::new(database))))
    }

    /// What the SQLite file at `path` keeps, app by app, at one moment. The file is left as it is; another server may
    /// be using it. `scratch` is a folder for a copy of it.
    ///
    /// # Errors
    /// A file that is too large, damaged, newer or something else.
    pub fn read(path: &Path, scratch: &Path) -> std::result::Result<Vec<AppDump>, StorageError> {
        sqlite::read_whole(path, scratch)
    }

    /// The app that is kept here, if it is the only one.
    ///
    /// # Errors
    /// 50000 / 500 if the storage fails.
    pub fn only_app(&self) -> Result<Option<String>> {
        match &self.0 {
            Kind::Sqlite(database) => database.only_app(),
            Kind::Memory => Ok(None),
        }
    }

    /// The channels of the app called `name` that something is kept of here.
    ///
    /// # Errors
    /// 50000 / 500 if the storage fails.
    pub fn channels_of(&self, name: &str) -> Result<Vec<String>> {
        match &self.0 {
            Kind::Sqlite(database) => database.channels_of(name),
            Kind::Memory => Ok(Vec::new()),
        }
    }

    /// The app called `name`. Waits for the disk.
    pub(crate) fn app(
        &self,
        name: &str,
        max_members: usize,
        clock: &Arc<dyn Clock>,
        random: &Random,
    ) -> Result<Opened> {
        let Kind::Sqlite(database) = &self.0 else {
            return Ok(Opened::in_memory(clock, random, max_members));
        };
        let store = Arc::new(database.app(name, Rules { max_members }, random)?);
        let everybody = store.everybody()?;
        Ok(Opened {
            revocations: store.revocations()?,
            orphaned_members: everybody.into_iter().filter_map(orphaned_member).collect(),
            durable: Some(Arc::clone(&store)),
            store,
        })
    }

    /// The secret that Ably tokens are sealed with. Waits for the disk.
    pub(crate) fn secret(&self, random: &Random) -> Result<[u8; 32]> {
        match &self.0 {
            Kind::Sqlite(database) => database.secret(random),
            Kind::Memory => {
                let mut secret = [0; 32];
                random.fill(&mut secret);
                Ok(secret)
            }
        }
    }

    /// The nonces that are not to be taken again. Waits for the disk.
    pub(crate) fn nonces(&self, now: Timestamp) -> Result<Nonces> {
        match &self.0 {
            Kind::Sqlite(database) => database.nonces(now),
            Kind::Memory => Ok(Nonces::default()),
        }
    }

    /// Keeps a nonce for the next process.
    pub(crate) async fn keep_nonce(&self, nonce: Nonce) -> Result<()> {
        match &self.0 {
            Kind::Sqlite(database) => database.keep_nonce(nonce).await,
            Kind::Memory => Ok(()),
        }
    }

    /// Whether there is something to be done now and then.
    pub(crate) fn needs_upkeep(&self) -> bool {
        matches!(self.0, Kind::Sqlite(_))
    }

    /// Does what is to be done now and then: forgets what is known for a time only, and what is not to be kept longer.
    pub(crate) async fn keep_up(&self, now: Timestamp) -> Result<()> {
        match &self.0 {
            Kind::Sqlite(database) => database.keep_up(now).await,
            Kind::Memory => Ok(()),
        }
    }

    /// Ends: what was asked for is done, and nothing is taken any more.
    pub(crate) async fn close(&self) {
        if let Kind::Sqlite(database) = &self.0 {
            database.close().await;
        }
    }
}

impl Opened {
    /// An app that lives in memory.
    pub(crate) fn in_memory(clock: &Arc<dyn Clock>, random: &Random, max_members: usize) -> Self {
        let rules = Rules { max_members };
        let store = MemoryStore::new(Arc::clone(clock), random.clone(), rules);
        Self {
            store: Arc::new(store),
            durable: None,
            revocations: Vec::new(),
            orphaned_members: Vec::new(),
        }
    }
}

/// A member that nobody is behind any more. Those of a seed never had a connection, and stay.
fn orphaned_member(
    (channel, member): (String, crate::chat_core::protocol::PresenceMessage),
) -> Option<OrphanedMember> {
    let connection_id = member.connection_id.filter(|id| !is_nobody(id))?;
    Some(OrphanedMember {
        channel,
        connection_id,
        client_id: member.client_id?,
    })
}
