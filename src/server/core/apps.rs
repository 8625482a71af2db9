//! The apps of one server: their keys, their channels, what they revoked. Nothing of one is seen from another.

use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::chat_core::auth::ably_token::Sealer;
use crate::chat_core::auth::keys::TokenFacts;
use crate::chat_core::auth::token_request::Nonces;
use crate::chat_core::auth::{KeyEntry, Keys};
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::random::Random;
use crate::server::core::deadlines::Timers;
use crate::server::core::hub::{Hub, OnOccupancy};
use crate::server::core::limits::{OCCUPANCY_DELAY, REMAIN_PRESENT};
use crate::server::core::namespaces::Namespaces;
use crate::server::core::seed::AppTemplate;
use crate::server::core::state::Due;
use crate::server::engine::revocation::{Revocation, Revocations};
use crate::server::engine::{
    ChannelCommand, CommandKind, Durable, MAX_MEMBERS, Opened, OrphanedMember, Storage,
};

/// An app.
pub(crate) struct App {
    /// The part of its keys before the dot.
    pub(crate) id: String,
    /// Its channels.
    pub(crate) hub: Arc<Hub>,
    keys: HashMap<String, Arc<KeyEntry>>,
    revocations: Mutex<Revocations>,
    /// Keeps what is to outlive this process.
    durable: Option<Durable>,
    /// Members of connections that ended with the process before this one.
    orphaned_members: Mutex<Vec<OrphanedMember>>,
    /// What it began with.
    beginning: OnceLock<AppTemplate>,
    /// When somebody was let in last, in epoch milliseconds.
    used: AtomicI64,
}

/// The apps of one server.
pub(crate) struct Apps {
    apps: RwLock<HashMap<String, Arc<App>>>,
    clock: Arc<dyn Clock>,
    random: Random,
    timers: Arc<Timers<Due>>,
    /// Where the apps of this server's keys are kept.
    pub(crate) storage: Storage,
    /// Closes and opens the Ably tokens that this server issues.
    pub(crate) sealer: Sealer,
    /// The TokenRequests that were answered already.
    pub(crate) nonces: Mutex<Nonces>,
    /// Whether it is noted what callers are checked for.
    pub(crate) keeps_notes: bool,
}

impl App {
    /// Notes that somebody was let in.
    pub(crate) fn touch(&self, now: Timestamp) {
        self.used.store(now.millis(), Ordering::Relaxed);
    }

    /// When somebody was let in last.
    pub(crate) fn last_used(&self) -> Timestamp {
        Timestamp(self.used.load(Ordering::Relaxed))
    }

    /// Says what it begins with, once, and makes it so in channels that nothing is kept of.
    ///
    /// # Errors
    /// The store's, or what it refuses.
    pub(crate) async fn begin(
        &self,
        beginning: AppTemplate,
        now: Timestamp,
        random: &Random,
    ) -> Result<()> {
        let plan = beginning.plan(now, random)?;
        // An app begins once: whoever makes it says with what.
        let _ = self.beginning.set(beginning);
        self.hub.plant(plan).await
    }

    /// The rules for its channels, if it has any.
    pub(crate) fn namespaces(&self) -> Option<&Namespaces> {
        self.beginning.get().map(|known| &known.namespaces)
    }

    /// Puts its channels back to what they began with. What was revoked stays revoked.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn reset(&self, now: Timestamp, random: &Random) -> Result<()> {
        let plan = match self.beginning.get() {
            Some(known) => known.plan(now, random)?,
            None => HashMap::new(),
        };
        self.hub.reset(plan).await
    }

    /// Takes tokens out of force.
    ///
    /// # Errors
    /// 50000 / 500 if it can't be kept; they are in force then.
    pub(crate) async fn revoke(&self, revocation: Revocation, clock: &dyn Clock) -> Result<()> {
        if let Some(durable) = &self.durable {
            durable.keep_revocation(revocation.clone()).await?;
        }
        self.revocations.lock().add(revocation, clock.now());
        Ok(())
    }

    /// Lets the members go whose connections ended with the process before this one.
    pub(crate) async fn remove_orphaned_members(&self, random: &Random) {
        let orphaned_members = std::mem::take(&mut *self.orphaned_members.lock());
        for OrphanedMember {
            channel,
            connection_id,
            client_id,
        } in orphaned_members
        {
            let operation = ChannelCommand {
                act: CommandKind::Leave {
                    client_ids: vec![client_id],
                },
                id: format!("leave-{}", random.alphanumeric(12)),
                connection_id: Some(connection_id),
                repeat_key: None,
            };
            if let Err(error) = self.hub.submit(&channel, operation).await {
                tracing::error!(channel, %error, "a member could not leave");
            }
        }
    }
}

impl Apps {
    /// The apps of `keys`, kept in `storage`.
    ///
    /// # Errors
    /// 50000 / 500 if the storage fails.
    pub(crate) fn new(
        keys: Vec<KeyEntry>,
        storage: Storage,
        clock: &Arc<dyn Clock>,
        random: &Random,
        timers: &Arc<Timers<Due>>,
    ) -> Result<Self> {
        let apps = Self {
            apps: RwLock::default(),
            clock: Arc::clone(clock),
            random: random.clone(),
            timers: Arc::clone(timers),
            sealer: Sealer::new(&storage.secret(random)?)?,
            nonces: Mutex::new(storage.nonces(clock.now())?),
            storage,
            keeps_notes: false,
        };
        let mut keys_of: HashMap<String, Vec<KeyEntry>> = HashMap::new();
        for entry in keys {
            keys_of
                .entry(entry.key.app_id().to_owned())
                .or_default()
                .push(entry);
        }
        for (id, keys) in keys_of {
            let opened = apps.storage.app(&id, MAX_MEMBERS, clock, random)?;
            if !opened.orphaned_members.is_empty() {
                // Their clients have this long to come back, as after any drop.
                timers.set(
                    clock.now() + REMAIN_PRESENT,
                    Due::OrphanedMembers(id.clone()),
                );
            }
            apps.put(id, keys, opened);
        }
        Ok(apps)
    }

    /// Makes an app known that lives in memory.
    pub(crate) fn add(&self, id: String, keys: Vec<KeyEntry>, max_members: usize) -> Arc<App> {
        let opened = Opened::in_memory(&self.clock, &self.random, max_members);
        self.put(id, keys, opened)
    }

    fn put(&self, id: String, keys: Vec<KeyEntry>, opened: Opened) -> Arc<App> {
        let now = self.clock.now();
        let mut revocations = Revocations::default();
        for revocation in opened.revocations {
            revocations.add(revocation, now);
        }
        let app = Arc::new(App {
            id: id.clone(),
            hub: Hub::new(&opened.store, self.occupancy_teller(&id)),
            keys: keys
                .into_iter()
                .map(|entry| (entry.key.name().to_owned(), Arc::new(entry)))
                .collect(),
            revocations: Mutex::new(revocations),
            durable: opened.durable,
            orphaned_members: Mutex::new(opened.orphaned_members),
            beginning: OnceLock::new(),
            used: AtomicI64::new(now.millis()),
        });
        let mut apps = self.apps.write();
        apps.insert(id, Arc::clone(&app));
        app
    }

    /// What a hub calls when an occupancy is to be told: soon, once for all changes until then.
    fn occupancy_teller(&self, app_id: &str) -> OnOccupancy {
        let (timers, clock, app_id) = (
            Arc::clone(&self.timers),
            Arc::clone(&self.clock),
            app_id.to_owned(),
        );
        Box::new(move |channel| {
            let due = Due::Occupancy(app_id.clone(), channel.to_owned());
            timers.set(clock.now() + OCCUPANCY_DELAY, due);
        })
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        let apps = self.apps.read();
        apps.len()
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<Arc<App>> {
        let apps = self.apps.read();
        apps.values().map(Arc::clone).collect()
    }

    /// Forgets an app.
    pub(crate) fn remove(&self, id: &str) {
        let mut apps = self.apps.write();
        apps.remove(id);
    }

    /// The app with this id.
    ///
    /// # Errors
    /// 40400 / 404.
    pub(crate) fn get(&self, id: &str) -> Result<Arc<App>> {
        self.find(id)
            .ok_or_else(|| ErrorInfo::new(40400, 404, format!("No application found with id {id}")))
    }

    /// The app of the key called `name`.
    ///
    /// # Errors
    /// 40400 / 404.
    pub(crate) fn of_key(&self, name: &str) -> Result<Arc<App>> {
        self.get(app_part(name))
    }

    fn find(&self, id: &str) -> Option<Arc<App>> {
        let apps = self.apps.read();
        apps.get(id).map(Arc::clone)
    }
}

impl Keys for Apps {
    fn app_exists(&self, app_id: &str) -> bool {
        self.find(app_id).is_some()
    }

    fn key(&self, name: &str) -> Option<Arc<KeyEntry>> {
        self.find(app_part(name))?.keys.get(name).map(Arc::clone)
    }

    fn is_revoked(&self, token: &TokenFacts<'_>) -> bool {
        self.find(app_part(token.key_name))
            .is_some_and(|app| app.revocations.lock().includes(token, self.clock.now()))
    }

    fn sealer(&self) -> Option<&Sealer> {
        Some(&self.sealer)
    }
}

fn app_part(key_name: &str) -> &str {
    key_name.split('.').next().unwrap_or_default()
}
