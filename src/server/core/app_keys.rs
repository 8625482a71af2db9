//! The keys of one app. They change while the server runs: a login sees the key as it is then.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;

use super::integrations::Origin;
use crate::chat_core::auth::KeyEntry;
use crate::chat_core::clock::Timestamp;

/// A key of an app.
#[derive(Clone, Debug)]
pub(crate) struct AppKey {
    /// The key, and what it may do.
    pub(crate) entry: Arc<KeyEntry>,
    /// What people call it.
    pub(crate) label: String,
    /// Who made it: one of the configuration is changed there alone.
    pub(crate) origin: Origin,
    /// When it was made.
    pub(crate) created: Timestamp,
    /// When it was changed last.
    pub(crate) modified: Timestamp,
}

/// The keys of one app, by name.
#[derive(Debug, Default)]
pub(crate) struct AppKeys(RwLock<HashMap<String, (usize, Arc<AppKey>)>>);

impl AppKey {
    /// Returns a key that is made now, and called by its id.
    pub(crate) fn new(entry: KeyEntry, origin: Origin, now: Timestamp) -> Self {
        Self {
            label: entry.key.id().to_owned(),
            entry: Arc::new(entry),
            origin,
            created: now,
            modified: now,
        }
    }
}

impl AppKeys {
    /// Returns the keys of an app that is made now.
    pub(crate) fn new(entries: Vec<KeyEntry>, origin: Origin, now: Timestamp) -> Self {
        let keys = Self::default();
        for entry in entries {
            keys.put(AppKey::new(entry, origin, now));
        }
        keys
    }

    /// Returns the key called `name`, as in `appId.keyId`.
    pub(crate) fn find(&self, name: &str) -> Option<Arc<AppKey>> {
        let keys = self.0.read();
        keys.get(name).map(|(_, key)| Arc::clone(key))
    }

    /// Returns all keys, in the order in which they were made.
    pub(crate) fn list(&self) -> Vec<Arc<AppKey>> {
        let mut all: Vec<_> = self.0.read().values().cloned().collect();
        all.sort_by_key(|(place, _)| *place);
        all.into_iter().map(|(_, key)| key).collect()
    }

    /// Returns the number of keys.
    pub(crate) fn count(&self) -> usize {
        self.0.read().len()
    }

    /// Adds a key, or puts it in the place of the one with its name.
    pub(crate) fn put(&self, key: AppKey) {
        let mut keys = self.0.write();
        let next = keys.len();
        let name = key.entry.key.name().to_owned();
        let place = keys.get(&name).map_or(next, |(place, _)| *place);
        keys.insert(name, (place, Arc::new(key)));
    }
}
