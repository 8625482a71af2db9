//! The apps of one server: their keys, their channels, what they revoked. Nothing of one is seen from another.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::core::Due;
use super::hub::{Hub, OnOccupancy};
use super::limits::{MAX_MEMBERS, OCCUPANCY_DELAY};
use super::revocation::{Revocation, Revocations};
use super::store::Store;
use super::store::memory::MemoryStore;
use super::timers::Timers;
use crate::chat_core::auth::ably_token::Sealer;
use crate::chat_core::auth::keys::TokenFacts;
use crate::chat_core::auth::token_request::Nonces;
use crate::chat_core::auth::{KeyEntry, Keys};
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::random::Random;
use crate::server::lock;

/// An app.
pub(crate) struct App {
    /// The part of its keys before the dot.
    pub(crate) id: String,
    /// Its channels.
    pub(crate) hub: Arc<Hub>,
    keys: HashMap<String, Arc<KeyEntry>>,
    revocations: Mutex<Revocations>,
    /// When somebody was let in last, in epoch milliseconds.
    used: AtomicI64,
}

/// The apps of one server.
pub(crate) struct Apps {
    apps: RwLock<HashMap<String, Arc<App>>>,
    clock: Arc<dyn Clock>,
    random: Random,
    timers: Arc<Timers<Due>>,
    /// Closes and opens the Ably tokens that this server issues.
    pub(crate) sealer: Sealer,
    /// The TokenRequests that were answered already.
    pub(crate) nonces: Mutex<Nonces>,
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

    /// Takes tokens out of force.
    pub(crate) fn revoke(&self, revocation: Revocation, clock: &dyn Clock) {
        lock(&self.revocations).add(revocation, clock.now());
    }
}

impl Apps {
    /// The apps of `keys`, everything of theirs in memory.
    ///
    /// # Errors
    /// 50000 / 500 if no key for tokens can be made, which does not happen.
    pub(crate) fn new(
        keys: Vec<KeyEntry>,
        clock: &Arc<dyn Clock>,
        random: &Random,
        timers: &Arc<Timers<Due>>,
    ) -> Result<Self> {
        let apps = Self {
            apps: RwLock::default(),
            clock: Arc::clone(clock),
            random: random.clone(),
            timers: Arc::clone(timers),
            sealer: Sealer::generate(random)?,
            nonces: Mutex::default(),
        };
        let mut keys_of: HashMap<String, Vec<KeyEntry>> = HashMap::new();
        for entry in keys {
            keys_of
                .entry(entry.key.app_id().to_owned())
                .or_default()
                .push(entry);
        }
        for (id, keys) in keys_of {
            apps.add(id, keys, MAX_MEMBERS);
        }
        Ok(apps)
    }

    /// Makes an app known.
    pub(crate) fn add(&self, id: String, keys: Vec<KeyEntry>, max_members: usize) -> Arc<App> {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(
            Arc::clone(&self.clock),
            self.random.clone(),
            max_members,
        ));
        let app = Arc::new(App {
            id: id.clone(),
            hub: Hub::new(&store, self.occupancy_teller(&id)),
            keys: keys
                .into_iter()
                .map(|entry| (entry.key.name().to_owned(), Arc::new(entry)))
                .collect(),
            revocations: Mutex::default(),
            used: AtomicI64::new(self.clock.now().millis()),
        });
        let mut apps = self.apps.write().unwrap_or_else(PoisonError::into_inner);
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

    /// Forgets an app.
    pub(crate) fn remove(&self, id: &str) {
        let mut apps = self.apps.write().unwrap_or_else(PoisonError::into_inner);
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
        let apps = self.apps.read().unwrap_or_else(PoisonError::into_inner);
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
            .is_some_and(|app| lock(&app.revocations).includes(token, self.clock.now()))
    }

    fn sealer(&self) -> Option<&Sealer> {
        Some(&self.sealer)
    }
}

fn app_part(key_name: &str) -> &str {
    key_name.split('.').next().unwrap_or_default()
}
