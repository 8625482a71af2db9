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
use crate::server::core::deadlines::Deadlines;
use crate::server::core::events::Events;
use crate::server::core::hub::Hub;
use crate::server::core::limits::REMAIN_PRESENT;
use crate::server::core::namespaces::{Namespace, Namespaces};
use crate::server::core::rates::Rates;
use crate::server::core::seed::{AppTemplate, Seed};
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
    /// Keeps what outlives this process.
    durable: Option<Durable>,
    /// Members of connections that ended with the process before this one.
    orphaned_members: Mutex<Vec<OrphanedMember>>,
    /// Its seed and rules, set once.
    template: OnceLock<AppTemplate>,
    /// The publish rates of REST callers.
    pub(crate) rest_rates: Mutex<Rates>,
    /// When a client was let in last, in epoch milliseconds.
    used: AtomicI64,
}

/// The apps of one server.
pub(crate) struct Apps {
    apps: RwLock<HashMap<String, Arc<App>>>,
    clock: Arc<dyn Clock>,
    random: Random,
    deadlines: Arc<Deadlines>,
    events: Events,
    /// The ids of the apps that the server was started with; that of its first key first.
    own: Vec<String>,
    /// The storage of this server's own apps.
    pub(crate) storage: Storage,
    /// Seals and opens the Ably tokens that this server issues.
    pub(crate) sealer: Sealer,
    /// The TokenRequests that were answered already.
    pub(crate) nonces: Mutex<Nonces>,
}

impl App {
    /// Notes that a client was let in.
    pub(crate) fn touch(&self, now: Timestamp) {
        self.used.store(now.millis(), Ordering::Relaxed);
    }

    /// Returns when a client was let in last.
    pub(crate) fn last_used(&self) -> Timestamp {
        Timestamp(self.used.load(Ordering::Relaxed))
    }

    /// Seeds every channel that has no state yet; the template is set once.
    ///
    /// # Errors
    /// The store's, or what it refuses.
    pub(crate) async fn begin(
        &self,
        template: AppTemplate,
        now: Timestamp,
        random: &Random,
    ) -> Result<()> {
        let plan = template.plan(now, random)?;
        // An app begins once: whoever makes it says with what.
        let _ = self.template.set(template);
        self.hub.plant(plan).await
    }

    /// Returns the rules for its channels, if it has any.
    pub(crate) fn namespaces(&self) -> Option<&Namespaces> {
        self.template.get().map(|known| &known.namespaces)
    }

    /// Resets its channels to the template. What was revoked stays revoked.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn reset(&self, now: Timestamp, random: &Random) -> Result<()> {
        let plan = match self.template.get() {
            Some(known) => known.plan(now, random)?,
            None => HashMap::new(),
        };
        self.hub.reset(plan).await
    }

    /// Revokes tokens.
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

    /// Removes the members whose connections ended with an earlier process.
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
    /// Opens the apps of `keys` in `storage`.
    ///
    /// # Errors
    /// 50000 / 500 if the storage fails.
    pub(crate) fn new(
        keys: Vec<KeyEntry>,
        storage: Storage,
        clock: &Arc<dyn Clock>,
        random: &Random,
        deadlines: &Arc<Deadlines>,
        events: &Events,
    ) -> Result<Self> {
        let mut own: Vec<String> = Vec::new();
        for entry in &keys {
            if !own.iter().any(|id| id == entry.key.app_id()) {
                own.push(entry.key.app_id().to_owned());
            }
        }
        let apps = Self {
            apps: RwLock::default(),
            clock: Arc::clone(clock),
            random: random.clone(),
            deadlines: Arc::clone(deadlines),
            events: events.clone(),
            own,
            sealer: Sealer::new(&storage.secret(random)?)?,
            nonces: Mutex::new(storage.nonces(clock.now())?),
            storage,
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
            let app = apps.put(id, keys, opened);
            if !app.orphaned_members.lock().is_empty() {
                let (app, random) = (Arc::downgrade(&app), random.clone());
                let leave = deadlines.task(move || {
                    let app = app.upgrade()?;
                    Some(async move { app.remove_orphaned_members(&random).await })
                });
                // Their clients have this long to come back, as after any drop.
                deadlines.schedule(clock.now() + REMAIN_PRESENT, leave);
            }
        }
        Ok(apps)
    }

    /// Registers an app that is kept in memory.
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
            hub: Hub::new(&opened.store, &self.deadlines, &self.events),
            keys: keys
                .into_iter()
                .map(|entry| (entry.key.name().to_owned(), Arc::new(entry)))
                .collect(),
            revocations: Mutex::new(revocations),
            durable: opened.durable,
            orphaned_members: Mutex::new(opened.orphaned_members),
            template: OnceLock::new(),
            rest_rates: Mutex::default(),
            used: AtomicI64::new(now.millis()),
        });
        let mut apps = self.apps.write();
        apps.insert(id, Arc::clone(&app));
        app
    }

    /// Seeds the server's own apps: that of the first key with `seed`, all with the rules of `namespaces`.
    ///
    /// # Errors
    /// A seed that can't be planted.
    pub(crate) async fn seed_own(&self, seed: Seed, namespaces: Vec<Namespace>) -> Result<()> {
        let now = self.clock.now();
        seed.check(now)?;
        let mut seed = Some(seed);
        for id in &self.own {
            let template = AppTemplate {
                seed: seed.take().unwrap_or_default(),
                members: Vec::new(),
                namespaces: Namespaces::new(namespaces.clone()),
            };
            self.get(id)?.begin(template, now, &self.random).await?;
        }
        Ok(())
    }

    /// Returns whether the server was started with this app.
    pub(crate) fn is_own(&self, id: &str) -> bool {
        self.own.iter().any(|own| own == id)
    }

    /// Returns how many apps there are.
    pub(crate) fn count(&self) -> usize {
        let apps = self.apps.read();
        apps.len()
    }

    /// Returns all apps.
    pub(crate) fn all(&self) -> Vec<Arc<App>> {
        let apps = self.apps.read();
        apps.values().map(Arc::clone).collect()
    }

    /// Removes an app.
    pub(crate) fn remove(&self, id: &str) {
        let mut apps = self.apps.write();
        apps.remove(id);
    }

    /// Returns the app with this id.
    ///
    /// # Errors
    /// 40400 / 404.
    pub(crate) fn get(&self, id: &str) -> Result<Arc<App>> {
        self.find(id)
            .ok_or_else(|| ErrorInfo::new(40400, 404, format!("No application found with id {id}")))
    }

    /// Returns the app of the key called `name`.
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
