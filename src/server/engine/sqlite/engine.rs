//! The engine of a server whose apps are in a file.

use std::collections::HashMap;
use std::future::ready;
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::app::SqliteApp;
use super::database::Database;
use super::items;
use super::metadata::Metadata;
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::Result;
use crate::chat_core::protocol::PresenceMessage;
use crate::chat_core::random::Random;
use crate::server::engine::command::{ChannelCommand, CommandKind};
use crate::server::engine::dump::is_seed_connection;
use crate::server::engine::fold::ChannelRules;
use crate::server::engine::limits::{MAX_MEMORY, REMAIN_PRESENT};
use crate::server::engine::memory::MemoryApps;
use crate::server::engine::traits::{
    AppEngine, Directory, DirectoryItem, Engine, Health, ItemKind, Nonce, Pending,
};

/// How often a file forgets what it need not know any more.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(60);

/// The engine of a server whose apps are in a file. Those that are provisioned are in memory.
pub(in crate::server::engine) struct SqliteEngine {
    database: Arc<Database>,
    clock: Arc<dyn Clock>,
    random: Random,
    apps: Mutex<HashMap<String, Arc<SqliteApp>>>,
    provisioned: MemoryApps,
    /// Upkeep, and members that are to leave.
    tasks: Mutex<JoinSet<()>>,
}

impl SqliteEngine {
    /// Returns the engine of a file in use, and keeps the file up from now on. Needs a runtime.
    pub(in crate::server::engine) fn new(
        database: Arc<Database>,
        clock: Arc<dyn Clock>,
        random: Random,
    ) -> Self {
        let mut tasks = JoinSet::new();
        tasks.spawn(keep_up(Arc::downgrade(&database), Arc::clone(&clock)));
        Self {
            database,
            provisioned: MemoryApps::new(Arc::clone(&clock), random.clone(), MAX_MEMORY),
            clock,
            random,
            apps: Mutex::default(),
            tasks: Mutex::new(tasks),
        }
    }

    /// Waits for the disk: at the start of a server nobody else does.
    fn app_now(&self, id: &str, rules: ChannelRules) -> Result<Arc<dyn AppEngine>> {
        if self.provisioned.is_provisioned(id) {
            return Ok(self.provisioned.get_or_make(id, rules));
        }
        let mut apps = self.apps.lock();
        if let Some(app) = apps.get(id) {
            return Ok(Arc::clone(app) as Arc<dyn AppEngine>);
        }
        let app = Arc::new(SqliteApp::open(&self.database, id, rules, &self.random)?);
        let orphaned: Vec<_> = app.everybody()?.into_iter().filter_map(orphaned).collect();
        if !orphaned.is_empty() {
            // Their clients have this long to come back, as after any drop.
            let leave_at = self.clock.sleep_until(self.clock.moment() + REMAIN_PRESENT);
            let (app, random) = (Arc::downgrade(&app), self.random.clone());
            self.tasks.lock().spawn(async move {
                leave_at.await;
                remove_members(&app, orphaned, &random).await;
            });
        }
        apps.insert(id.to_owned(), Arc::clone(&app));
        Ok(app)
    }
}

impl Engine for SqliteEngine {
    fn app<'a>(&'a self, id: &'a str, rules: ChannelRules) -> Pending<'a, Arc<dyn AppEngine>> {
        Box::pin(ready(self.app_now(id, rules)))
    }

    fn directory(&self) -> &dyn Directory {
        self
    }

    fn claim_nonce(&self, nonce: Nonce) -> Pending<'_, bool> {
        Box::pin(self.database.claim_nonce(nonce))
    }

    fn secret(&self) -> Pending<'_, [u8; 32]> {
        Box::pin(ready(self.database.secret(&self.random)))
    }

    fn claim_connection<'a>(&'a self, _: &'a str) -> Pending<'a, bool> {
        Box::pin(ready(Ok(false)))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn health(&self) -> watch::Receiver<Health> {
        self.database.health()
    }

    fn close(&self) -> Pending<'_, ()> {
        self.tasks.lock().abort_all();
        Box::pin(async move {
            self.database.close().await;
            Ok(())
        })
    }
}

impl Directory for SqliteEngine {
    fn find<'a>(&'a self, id: &'a str) -> Pending<'a, Option<Timestamp>> {
        self.provisioned.find(id)
    }

    fn insert_if_absent<'a>(&'a self, id: &'a str, now: Timestamp) -> Pending<'a, bool> {
        self.provisioned.insert_if_absent(id, now)
    }

    fn remove<'a>(&'a self, id: &'a str) -> Pending<'a, ()> {
        if self.provisioned.is_provisioned(id) {
            return self.provisioned.remove(id);
        }
        if let Some(app) = self.apps.lock().remove(id) {
            app.mark_removed();
        }
        let removed = Metadata::RemovedApp(id.to_owned());
        Box::pin(self.database.write_metadata(removed, || {}))
    }

    fn touch(&self, id: &str, now: Timestamp) {
        self.provisioned.touch(id, now);
    }

    fn keep_item(&self, item: DirectoryItem) -> Pending<'_, ()> {
        Box::pin(self.database.write_metadata(Metadata::Item(item), || {}))
    }

    fn remove_item<'a>(&'a self, app: &'a str, kind: ItemKind, name: &'a str) -> Pending<'a, ()> {
        let removed = Metadata::RemovedItem(app.to_owned(), kind, name.to_owned());
        Box::pin(self.database.write_metadata(removed, || {}))
    }

    fn items(&self) -> Pending<'_, Vec<DirectoryItem>> {
        Box::pin(self.database.read(items::all))
    }
}

/// Has a file forget what it need not know any more, now and then, for as long as it is in use.
async fn keep_up(database: Weak<Database>, clock: Arc<dyn Clock>) {
    loop {
        clock.sleep_until(clock.moment() + UPKEEP_INTERVAL).await;
        let Some(database) = database.upgrade() else {
            return;
        };
        if let Err(error) = database.keep_up(clock.now()).await {
            tracing::error!(%error, "the storage could not be kept up");
        }
    }
}

/// A member whose connection ended with an earlier process.
struct OrphanedMember {
    channel: String,
    connection_id: String,
    client_id: String,
}

/// Returns a member whose connection has ended; those of a seed never had one, and stay.
fn orphaned((channel, member): (String, PresenceMessage)) -> Option<OrphanedMember> {
    Some(OrphanedMember {
        channel,
        connection_id: member.connection_id.filter(|id| !is_seed_connection(id))?,
        client_id: member.client_id?,
    })
}

async fn remove_members(app: &Weak<SqliteApp>, orphaned: Vec<OrphanedMember>, random: &Random) {
    for OrphanedMember {
        channel,
        connection_id,
        client_id,
    } in orphaned
    {
        let Some(app) = app.upgrade() else {
            return;
        };
        let leave = ChannelCommand {
            kind: CommandKind::Leave {
                client_ids: vec![client_id],
            },
            // The server's, not the connection's (RTP2b).
            id: format!("leave-{}", random.alphanumeric(12)),
            connection_id: Some(connection_id),
            repeat_key: None,
        };
        if let Err(error) = app.submit(&channel, leave).await {
            tracing::error!(channel, %error, "a member could not leave");
        }
    }
}
