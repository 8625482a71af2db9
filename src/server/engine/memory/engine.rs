//! The engine of a server that keeps nothing.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch;

use super::app::done;
use super::apps::MemoryApps;
use crate::chat_core::auth::token_request::Nonces;
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::random::Random;
use crate::server::engine::fold::ChannelRules;
use crate::server::engine::traits::{AppEngine, Directory, Engine, Health, Nonce, Pending};

/// The engine of a server that keeps nothing.
pub(in crate::server::engine) struct MemoryEngine {
    clock: Arc<dyn Clock>,
    apps: MemoryApps,
    nonces: Mutex<Nonces>,
    secret: [u8; 32],
    health: watch::Sender<Health>,
}

impl MemoryEngine {
    /// Returns an engine without apps, whose channels take `limit` bytes together, about.
    pub(in crate::server::engine) fn new(
        clock: Arc<dyn Clock>,
        random: Random,
        limit: usize,
    ) -> Self {
        let mut secret = [0; 32];
        random.fill(&mut secret);
        Self {
            apps: MemoryApps::new(Arc::clone(&clock), random, limit),
            clock,
            nonces: Mutex::default(),
            secret,
            health: watch::Sender::new(Health::Up),
        }
    }
}

impl Engine for MemoryEngine {
    fn app<'a>(&'a self, id: &'a str, rules: ChannelRules) -> Pending<'a, Arc<dyn AppEngine>> {
        done(Ok(self.apps.get_or_make(id, rules)))
    }

    fn directory(&self) -> &dyn Directory {
        &self.apps
    }

    fn claim_nonce(&self, nonce: Nonce) -> Pending<'_, bool> {
        let Nonce {
            key_name,
            timestamp,
            nonce,
            until,
        } = nonce;
        let now = self.clock.now();
        let mut nonces = self.nonces.lock();
        done(Ok(nonces.is_new(&key_name, timestamp, &nonce, until, now)))
    }

    fn secret(&self) -> Pending<'_, [u8; 32]> {
        done(Ok(self.secret))
    }

    fn claim_connection<'a>(&'a self, _: &'a str) -> Pending<'a, bool> {
        done(Ok(false))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn health(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    fn close(&self) -> Pending<'_, ()> {
        self.health.send_replace(Health::Down);
        done(Ok(()))
    }
}
