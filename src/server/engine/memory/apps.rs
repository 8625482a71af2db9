//! The apps that are in memory, by id, and the directory of what is made while the server runs.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::app::{MemoryApp, done};
use super::budget::MemoryBudget;
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::random::Random;
use crate::server::engine::fold::ChannelRules;
use crate::server::engine::traits::{AppEngine, Directory, DirectoryItem, ItemKind, Pending};

/// The apps in memory.
pub(in crate::server::engine) struct MemoryApps {
    clock: Arc<dyn Clock>,
    random: Random,
    budget: Arc<MemoryBudget>,
    apps: Mutex<HashMap<String, Arc<MemoryApp>>>,
    /// When each provisioned app was used last.
    provisioned: Mutex<HashMap<String, Timestamp>>,
    items: Mutex<Vec<DirectoryItem>>,
}

impl MemoryApps {
    /// Returns none; those to come take `limit` bytes together, about.
    pub(in crate::server::engine) fn new(
        clock: Arc<dyn Clock>,
        random: Random,
        limit: usize,
    ) -> Self {
        Self {
            clock,
            random,
            budget: Arc::new(MemoryBudget::new(limit)),
            apps: Mutex::default(),
            provisioned: Mutex::default(),
            items: Mutex::default(),
        }
    }

    /// Returns the app called `id`, which is made if it is not there.
    pub(in crate::server::engine) fn get_or_make(
        &self,
        id: &str,
        rules: ChannelRules,
    ) -> Arc<dyn AppEngine> {
        let mut apps = self.apps.lock();
        if let Some(app) = apps.get(id) {
            return Arc::clone(app) as Arc<dyn AppEngine>;
        }
        let clock = Arc::clone(&self.clock);
        let app = MemoryApp::new(clock, self.random.clone(), rules, &self.budget);
        let app = Arc::new(app);
        apps.insert(id.to_owned(), Arc::clone(&app));
        app
    }

    /// Returns whether an app was provisioned.
    pub(in crate::server::engine) fn is_provisioned(&self, id: &str) -> bool {
        self.provisioned.lock().contains_key(id)
    }
}

impl Directory for MemoryApps {
    fn find<'a>(&'a self, id: &'a str) -> Pending<'a, Option<Timestamp>> {
        done(Ok(self.provisioned.lock().get(id).copied()))
    }

    fn insert_if_absent<'a>(&'a self, id: &'a str, now: Timestamp) -> Pending<'a, bool> {
        use std::collections::hash_map::Entry;
        let is_new = match self.provisioned.lock().entry(id.to_owned()) {
            Entry::Occupied(_) => false,
            Entry::Vacant(vacant) => {
                vacant.insert(now);
                true
            }
        };
        done(Ok(is_new))
    }

    fn remove<'a>(&'a self, id: &'a str) -> Pending<'a, ()> {
        self.provisioned.lock().remove(id);
        self.apps.lock().remove(id);
        self.items.lock().retain(|item| item.app != id);
        done(Ok(()))
    }

    fn touch(&self, id: &str, now: Timestamp) {
        if let Some(used) = self.provisioned.lock().get_mut(id) {
            *used = (*used).max(now);
        }
    }

    fn keep_item(&self, item: DirectoryItem) -> Pending<'_, ()> {
        let mut items = self.items.lock();
        match items
            .iter()
            .position(|it| is(it, &item.app, item.kind, &item.name))
        {
            Some(place) => items[place] = item,
            None => items.push(item),
        }
        done(Ok(()))
    }

    fn remove_item<'a>(&'a self, app: &'a str, kind: ItemKind, name: &'a str) -> Pending<'a, ()> {
        self.items.lock().retain(|item| !is(item, app, kind, name));
        done(Ok(()))
    }

    fn items(&self) -> Pending<'_, Vec<DirectoryItem>> {
        done(Ok(self.items.lock().clone()))
    }
}

fn is(item: &DirectoryItem, app: &str, kind: ItemKind, name: &str) -> bool {
    item.app == app && item.kind == kind && item.name == name
}

#[cfg(test)]
impl MemoryApps {
    /// Returns the bytes that all channels take, about.
    pub(super) fn used(&self) -> usize {
        self.budget.used()
    }

    /// Returns the number of channels that an app has something of.
    pub(super) fn logs(&self, id: &str) -> usize {
        self.apps.lock()[id].logs()
    }

    /// Drops an app.
    pub(super) fn forget(&self, id: &str) {
        self.apps.lock().remove(id);
    }
}
