//! The store that keeps everything in this process and nothing beyond it.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::future::ready;
use std::sync::{Arc, OnceLock};

use super::log::Log;
use super::{
    ChannelCommand, ChannelSeed, Entry, HistoryQuery, Page, Pending, Sink, Snapshot, Store,
};
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Annotation, Message, PresenceMessage};
use crate::chat_core::random::Random;
use crate::server::engine::fold::Rules;

/// Keeps the channels of one app in memory. A channel's lock is held from the serial to the fan-out, so that
/// subscribers hear of entries in their order.
pub(crate) struct MemoryStore {
    clock: Arc<dyn Clock>,
    random: Random,
    rules: Rules,
    sink: OnceLock<Arc<dyn Sink>>,
    channels: Mutex<HashMap<String, Arc<Mutex<Log>>>>,
}

impl MemoryStore {
    /// An empty store.
    pub(crate) fn new(clock: Arc<dyn Clock>, random: Random, rules: Rules) -> Self {
        Self {
            clock,
            random,
            rules,
            sink: OnceLock::new(),
            channels: Mutex::default(),
        }
    }

    fn log(&self, channel: &str) -> Arc<Mutex<Log>> {
        let mut channels = self.channels.lock();
        if let Some(log) = channels.get(channel) {
            return Arc::clone(log);
        }
        let log = Arc::new(Mutex::new(Log::new(
            channel,
            self.clock.now(),
            &self.random,
            self.rules,
        )));
        channels.insert(channel.to_owned(), Arc::clone(&log));
        log
    }

    fn submit_now(&self, channel: &str, operation: ChannelCommand) -> Result<Arc<Entry>> {
        let log = self.log(channel);
        let mut log = log.lock();
        let (entry, is_new) = log.submit(operation, self.clock.now())?;
        if is_new && let Some(sink) = self.sink.get() {
            sink.committed(channel, &entry);
        }
        Ok(entry)
    }

    fn reset_to_now(&self, channel: &str, planting: ChannelSeed) -> Result<()> {
        let now = self.clock.now();
        let begins = planting.planned.first().map_or(now, |first| first.at);
        let mut fresh = Log::new(channel, begins, &self.random, self.rules);
        fresh.plant(planting)?;
        let log = self.log(channel);
        let mut log = log.lock();
        fresh.advance_beyond(&log, now);
        *log = fresh;
        Ok(())
    }

    /// Reads the log of a channel that something happened in; reading alone does not make one.
    fn read_or_default<'a, T: Default + Send + 'a>(
        &self,
        channel: &str,
        read: impl FnOnce(&Log) -> T,
    ) -> Pending<'a, T> {
        let found = self.channels.lock().get(channel).map(Arc::clone);
        done(Ok(found.map(|log| read(&log.lock())).unwrap_or_default()))
    }
}

impl Store for MemoryStore {
    fn subscribe(&self, sink: Arc<dyn Sink>) {
        // The first one stays: a store has one node.
        let _ = self.sink.set(sink);
    }

    fn submit(&self, channel: &str, operation: ChannelCommand) -> Pending<'static, Arc<Entry>> {
        done(self.submit_now(channel, operation))
    }

    fn known_repeat<'a>(
        &'a self,
        channel: &'a str,
        key: &'a str,
        now: Timestamp,
    ) -> Pending<'a, Option<Arc<Entry>>> {
        self.read_or_default(channel, |log| log.known_repeat(key, now))
    }

    fn reset_to<'a>(&'a self, channel: &'a str, planting: ChannelSeed) -> Pending<'a, ()> {
        done(self.reset_to_now(channel, planting))
    }

    fn channels(&self) -> Pending<'_, Vec<String>> {
        let channels = self.channels.lock();
        let is_used = |log: &Arc<Mutex<Log>>| !log.lock().is_empty();
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

    fn history<'a>(&'a self, channel: &'a str, query: HistoryQuery) -> Pending<'a, Page<Message>> {
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
        query: HistoryQuery,
    ) -> Pending<'a, Page<PresenceMessage>> {
        self.read_or_default(channel, |log| log.archive.presence_history(&query))
    }
}

fn done<'a, T: Send + 'a>(result: Result<T>) -> Pending<'a, T> {
    Box::pin(ready(result))
}
