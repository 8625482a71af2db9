//! The channels of one app in memory.

use std::collections::HashMap;
use std::future::ready;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::log::ChannelLog;
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Annotation, Message, PresenceMessage};
use crate::chat_core::random::Random;
use crate::server::engine::command::ChannelCommand;
use crate::server::engine::entry::Entry;
use crate::server::engine::ephemeral::Ephemeral;
use crate::server::engine::fold::ChannelRules;
use crate::server::engine::occupancy::{ChannelOccupancy, Reports};
use crate::server::engine::query::{Page, PageQuery, Snapshot};
use crate::server::engine::revocation::{Revocation, Revocations};
use crate::server::engine::seed::ChannelSeed;
use crate::server::engine::traits::{AppEngine, EngineEvents, Pending};

type Channels = Mutex<HashMap<String, Arc<Mutex<ChannelLog>>>>;

/// The channels of one app. A channel's lock is held from the serial to the fan-out, so that entries are told in their
/// order.
pub(in crate::server::engine) struct MemoryApp {
    clock: Arc<dyn Clock>,
    random: Random,
    rules: ChannelRules,
    events: OnceLock<Arc<dyn EngineEvents>>,
    channels: Arc<Channels>,
    reports: Arc<Reports>,
    revocations: Mutex<Revocations>,
}

impl MemoryApp {
    /// Returns an app without channels.
    pub(in crate::server::engine) fn new(
        clock: Arc<dyn Clock>,
        random: Random,
        rules: ChannelRules,
    ) -> Self {
        Self {
            clock,
            random,
            rules,
            events: OnceLock::new(),
            channels: Arc::default(),
            reports: Arc::default(),
            revocations: Mutex::default(),
        }
    }

    fn log(&self, channel: &str) -> Arc<Mutex<ChannelLog>> {
        let mut channels = self.channels.lock();
        if let Some(log) = channels.get(channel) {
            return Arc::clone(log);
        }
        let log = Arc::new(Mutex::new(ChannelLog::new(
            channel,
            self.clock.now(),
            &self.random,
            self.rules,
        )));
        channels.insert(channel.to_owned(), Arc::clone(&log));
        log
    }

    fn submit_now(&self, channel: &str, command: ChannelCommand) -> Result<Arc<Entry>> {
        let log = self.log(channel);
        let mut log = log.lock();
        let (entry, is_new) = log.submit(command, self.clock.now())?;
        if is_new && let Some(events) = self.events.get() {
            events.committed(channel, &entry);
        }
        Ok(entry)
    }

    fn publish_ephemeral_now(&self, channel: &str, message: Ephemeral) {
        let log = self.log(channel);
        let mut log = log.lock();
        if log.is_new(&message, self.clock.now())
            && let Some(events) = self.events.get()
        {
            events.ephemeral(channel, message);
        }
    }

    fn reset_to_now(&self, channel: &str, seed: ChannelSeed) -> Result<()> {
        let now = self.clock.now();
        let begins = seed.steps.first().map_or(now, |first| first.at);
        let mut fresh = ChannelLog::new(channel, begins, &self.random, self.rules);
        fresh.plant(seed)?;
        let log = self.log(channel);
        let mut log = log.lock();
        fresh.advance_beyond(&log, now);
        *log = fresh;
        if let Some(events) = self.events.get() {
            events.reset(channel, log.snapshot());
        }
        Ok(())
    }

    /// Reads the log of a channel that something happened in; reading alone does not make one.
    fn read_or_default<'a, T: Default + Send + 'a>(
        &self,
        channel: &str,
        read: impl FnOnce(&ChannelLog) -> T,
    ) -> Pending<'a, T> {
        let found = self.channels.lock().get(channel).map(Arc::clone);
        done(Ok(found.map(|log| read(&log.lock())).unwrap_or_default()))
    }
}

impl AppEngine for MemoryApp {
    fn start(&self, events: Arc<dyn EngineEvents>) {
        // The first one stays: an app has one hub.
        let _ = self.events.set(events);
    }

    fn follow(&self, channel: &str) -> Pending<'static, String> {
        let head = self.log(channel).lock().head();
        done(Ok(head))
    }

    fn unfollow(&self, _: &str) {}

    fn caught_up_to<'a>(&'a self, _: &'a str, _: &'a str) -> Pending<'a, ()> {
        done(Ok(()))
    }

    fn submit(&self, channel: &str, command: ChannelCommand) -> Pending<'static, Arc<Entry>> {
        done(self.submit_now(channel, command))
    }

    fn known_repeat<'a>(
        &'a self,
        channel: &'a str,
        key: &'a str,
        now: Timestamp,
    ) -> Pending<'a, Option<Arc<Entry>>> {
        self.read_or_default(channel, |log| log.known_repeat(key, now))
    }

    fn publish_ephemeral(&self, channel: &str, message: Ephemeral) -> Pending<'static, ()> {
        self.publish_ephemeral_now(channel, message);
        done(Ok(()))
    }

    fn report_occupancy(&self, channel: &str, here: &ChannelOccupancy) -> Pending<'static, ()> {
        let is_news = self.reports.put(channel, here);
        let events = self.events.get().filter(|_| is_news);
        let Some(events) = events.map(Arc::clone) else {
            return done(Ok(()));
        };
        let (channels, reports) = (Arc::clone(&self.channels), Arc::clone(&self.reports));
        let channel = channel.to_owned();
        // Told when it is waited for: whoever reports may hold what the event needs.
        Box::pin(async move {
            events.occupancy(&channel, &totals(&channels, &reports, &channel));
            Ok(())
        })
    }

    fn totals<'a>(&'a self, channel: &'a str) -> Pending<'a, ChannelOccupancy> {
        done(Ok(totals(&self.channels, &self.reports, channel)))
    }

    fn adopt_connection<'a>(&'a self, _: &'a str, _: &'a str) -> Pending<'a, ()> {
        done(Ok(()))
    }

    fn revoke(&self, revocation: Revocation) -> Pending<'_, ()> {
        let now = self.clock.now();
        self.revocations.lock().add(revocation.clone(), now);
        if let Some(events) = self.events.get() {
            events.revoked(&revocation);
        }
        done(Ok(()))
    }

    fn revocations(&self) -> Pending<'_, Vec<Revocation>> {
        done(Ok(self.revocations.lock().all().to_vec()))
    }

    fn reset_to<'a>(&'a self, channel: &'a str, seed: ChannelSeed) -> Pending<'a, ()> {
        done(self.reset_to_now(channel, seed))
    }

    fn channels(&self) -> Pending<'_, Vec<String>> {
        let channels = self.channels.lock();
        let is_used = |log: &Arc<Mutex<ChannelLog>>| !log.lock().is_empty();
        let names = channels
            .iter()
            .filter(|(_, log)| is_used(log))
            .map(|(name, _)| name.clone())
            .collect();
        done(Ok(names))
    }

    fn snapshot<'a>(&'a self, channel: &'a str) -> Pending<'a, Snapshot> {
        let log = self.log(channel);
        let snapshot = log.lock().snapshot();
        done(Ok(snapshot))
    }

    fn entries_after<'a>(
        &'a self,
        channel: &'a str,
        position: &'a str,
    ) -> Pending<'a, Option<Vec<Arc<Entry>>>> {
        self.read_or_default(channel, |log| log.entries_after(position))
    }

    fn history<'a>(&'a self, channel: &'a str, query: PageQuery) -> Pending<'a, Page<Message>> {
        self.read_or_default(channel, |log| log.archive.history(&query))
    }

    fn message<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Option<Message>> {
        self.read_or_default(channel, |log| log.archive.message(serial))
    }

    fn versions<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Vec<Message>> {
        self.read_or_default(channel, |log| log.archive.versions(serial))
    }

    fn annotations<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
    ) -> Pending<'a, Vec<Annotation>> {
        self.read_or_default(channel, |log| log.archive.annotations(serial))
    }

    fn reactions_of<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        client_id: &'a str,
    ) -> Pending<'a, Option<serde_json::Value>> {
        self.read_or_default(channel, |log| log.archive.summary_for(serial, client_id))
    }

    fn members<'a>(&'a self, channel: &'a str) -> Pending<'a, Vec<PresenceMessage>> {
        self.read_or_default(channel, |log| log.snapshot().members)
    }

    fn presence_history<'a>(
        &'a self,
        channel: &'a str,
        query: PageQuery,
    ) -> Pending<'a, Page<PresenceMessage>> {
        self.read_or_default(channel, |log| log.archive.presence_history(&query))
    }
}

fn totals(channels: &Channels, reports: &Reports, channel: &str) -> ChannelOccupancy {
    let found = channels.lock().get(channel).map(Arc::clone);
    let members = found.map_or(0, |log| log.lock().member_count());
    reports.totals(channel, members)
}

/// Returns a result that is there already.
pub(super) fn done<'a, T: Send + 'a>(result: Result<T>) -> Pending<'a, T> {
    Box::pin(ready(result))
}
