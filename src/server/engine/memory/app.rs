//! The channels of one app in memory.

use std::collections::HashMap;
use std::future::ready;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, OnceLock, Weak};

use parking_lot::Mutex;

use super::budget::MemoryBudget;
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
use crate::server::engine::serial::{self, Series};
use crate::server::engine::traits::{AppEngine, EngineEvents, Pending};

/// The logs of channels, by name.
#[derive(Default)]
struct Channels {
    logs: HashMap<String, Arc<Mutex<ChannelLog>>>,
    /// The number of logs at which those that nothing is in are dropped.
    sweep_at: usize,
    /// The newest positions of the logs that were dropped after something had happened in them, by [`bucket`]: a channel
    /// that is made goes on behind that of its own.
    floors: HashMap<u16, Timestamp>,
}

/// The number of logs below which none is looked for that can be dropped.
const FEW: usize = 64;

/// Returns the place of a channel among those whose positions are remembered together.
fn bucket(channel: &str) -> u16 {
    const BUCKETS: u64 = 4096;
    let mut hasher = DefaultHasher::new();
    channel.hash(&mut hasher);
    (hasher.finish() % BUCKETS) as u16
}

/// The channels of one app. A channel's lock is held from the serial to the fan-out, so that entries are told in their
/// order.
pub(in crate::server::engine) struct MemoryApp {
    clock: Arc<dyn Clock>,
    random: Random,
    rules: ChannelRules,
    budget: Arc<MemoryBudget>,
    /// The key that the series of channels are derived with.
    salt: [u8; 32],
    events: OnceLock<Arc<dyn EngineEvents>>,
    channels: Arc<Mutex<Channels>>,
    reports: Arc<Reports>,
    revocations: Mutex<Revocations>,
}

impl MemoryApp {
    /// Returns an app without channels.
    pub(super) fn new(
        clock: Arc<dyn Clock>,
        random: Random,
        rules: ChannelRules,
        budget: &Arc<MemoryBudget>,
    ) -> Self {
        let mut salt = [0; 32];
        random.fill(&mut salt);
        Self {
            clock,
            random,
            rules,
            budget: Arc::clone(budget),
            salt,
            events: OnceLock::new(),
            channels: Arc::default(),
            reports: Arc::default(),
            revocations: Mutex::default(),
        }
    }

    /// Returns the series of a channel that has no log.
    fn first_series(&self, channel: &str, floor: Option<Timestamp>) -> Series {
        let mut series = Series::derived(&self.salt, channel, "");
        if let Some(floor) = floor {
            series.advance_beyond(floor);
        }
        series
    }

    fn find(&self, channel: &str) -> Option<Arc<Mutex<ChannelLog>>> {
        self.channels.lock().logs.get(channel).map(Arc::clone)
    }

    /// Returns the log of a channel, which is made if it is not there.
    fn log(&self, channel: &str) -> Arc<Mutex<ChannelLog>> {
        let mut channels = self.channels.lock();
        if let Some(log) = channels.logs.get(channel) {
            return Arc::clone(log);
        }
        if channels.logs.len() >= channels.sweep_at.max(FEW) {
            channels.sweep(self.clock.now());
        }
        let series = self.first_series(channel, channels.floor(channel));
        let log = Arc::new_cyclic(|this| {
            let this = Weak::clone(this);
            Mutex::new(ChannelLog::new(
                channel,
                series,
                self.rules,
                &self.budget,
                this,
            ))
        });
        channels.logs.insert(channel.to_owned(), Arc::clone(&log));
        log
    }

    fn submit_now(&self, channel: &str, command: ChannelCommand) -> Result<Arc<Entry>> {
        let log = self.log(channel);
        let submitted = {
            let mut log = log.lock();
            let submitted = log.submit(command, self.clock.now());
            if let Ok((entry, true)) = &submitted
                && let Some(events) = self.events.get()
            {
                events.committed(channel, entry);
            }
            submitted
        };
        drop(log);
        self.budget.shrink();
        match submitted {
            Ok((entry, _)) => Ok(entry),
            Err(error) => {
                // What was refused leaves nothing behind.
                let mut channels = self.channels.lock();
                channels.drop_if_unused(channel, self.clock.now());
                Err(error)
            }
        }
    }

    fn publish_ephemeral_now(&self, channel: &str, message: Ephemeral) {
        let tell = |message| {
            if let Some(events) = self.events.get() {
                events.ephemeral(channel, message);
            }
        };
        let log = match &message.repeat_key {
            Some(_) => Some(self.log(channel)),
            None => self.find(channel),
        };
        let Some(log) = log else {
            return tell(message);
        };
        {
            let mut log = log.lock();
            if log.is_new(&message, self.clock.now()) {
                tell(message);
            }
        }
        drop(log);
        self.budget.shrink();
    }

    fn reset_to_now(&self, channel: &str, seed: ChannelSeed) -> Result<()> {
        let now = self.clock.now();
        let begins = seed.steps.first().map_or(now, |first| first.at);
        let log = self.log(channel);
        let series = Series::begin(begins, &self.random);
        let this = Arc::downgrade(&log);
        let mut fresh = ChannelLog::new(channel, series, self.rules, &self.budget, this);
        if let Err(error) = fresh.plant(seed) {
            log.lock().discard(&fresh);
            drop(log);
            self.channels.lock().drop_if_unused(channel, now);
            return Err(error);
        }
        {
            let mut log = log.lock();
            fresh.advance_beyond(&log, now);
            *log = fresh;
            if let Some(events) = self.events.get() {
                events.reset(channel, log.snapshot());
            }
        }
        self.budget.shrink();
        Ok(())
    }

    /// Returns the number of channels that there is something of.
    #[cfg(test)]
    pub(super) fn logs(&self) -> usize {
        self.channels.lock().logs.len()
    }

    /// Returns the channel as it is now.
    fn snapshot_now(&self, channel: &str) -> Snapshot {
        let (log, floor) = {
            let channels = self.channels.lock();
            (
                channels.logs.get(channel).map(Arc::clone),
                channels.floor(channel),
            )
        };
        match log {
            Some(log) => log.lock().snapshot(),
            None => Snapshot {
                head: self.first_series(channel, floor).last(),
                members: Vec::new(),
            },
        }
    }

    /// Reads the log of a channel that something happened in; reading alone does not make one.
    fn read_or_default<'a, T: Default + Send + 'a>(
        &self,
        channel: &str,
        read: impl FnOnce(&ChannelLog) -> T,
    ) -> Pending<'a, T> {
        let found = self.find(channel);
        done(Ok(found.map(|log| read(&log.lock())).unwrap_or_default()))
    }
}

impl AppEngine for MemoryApp {
    fn start(&self, events: Arc<dyn EngineEvents>) {
        // The first one stays: an app has one hub.
        let _ = self.events.set(events);
    }

    fn follow(&self, channel: &str) -> Pending<'static, String> {
        done(Ok(self.snapshot_now(channel).head))
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
        done(Ok(self.revocations.lock().all()))
    }

    fn reset_to<'a>(&'a self, channel: &'a str, seed: ChannelSeed) -> Pending<'a, ()> {
        done(self.reset_to_now(channel, seed))
    }

    fn channels(&self) -> Pending<'_, Vec<String>> {
        let channels = self.channels.lock();
        let is_used = |log: &Arc<Mutex<ChannelLog>>| !log.lock().is_empty();
        let names = channels
            .logs
            .iter()
            .filter(|(_, log)| is_used(log))
            .map(|(name, _)| name.clone())
            .collect();
        done(Ok(names))
    }

    fn snapshot<'a>(&'a self, channel: &'a str) -> Pending<'a, Snapshot> {
        done(Ok(self.snapshot_now(channel)))
    }

    fn entries_after<'a>(
        &'a self,
        channel: &'a str,
        position: &'a str,
        size: usize,
    ) -> Pending<'a, Option<Vec<Arc<Entry>>>> {
        let entries = if let Some(log) = self.find(channel) {
            log.lock().entries_after(position, size)
        } else {
            // Nothing came after the only position that it has.
            let only = self.snapshot_now(channel).head;
            (serial::channel_part(position) == only).then(Vec::new)
        };
        done(Ok(entries))
    }

    fn history<'a>(&'a self, channel: &'a str, query: PageQuery) -> Pending<'a, Page<Message>> {
        self.read_or_default(channel, |log| log.archive.history(&query))
    }

    fn message<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Option<Message>> {
        self.read_or_default(channel, |log| log.archive.message(serial))
    }

    fn versions<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        query: PageQuery,
    ) -> Pending<'a, Page<Message>> {
        self.read_or_default(channel, |log| log.archive.versions(serial, &query))
    }

    fn annotations<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        query: PageQuery,
    ) -> Pending<'a, Page<Annotation>> {
        self.read_or_default(channel, |log| log.archive.annotations(serial, &query))
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

    #[cfg(test)]
    fn census(&self) -> Pending<'_, crate::server::engine::census::EngineCensus> {
        let mut census = crate::server::engine::census::EngineCensus {
            reports: self.reports.count(),
            ..Default::default()
        };
        for log in self.channels.lock().logs.values() {
            log.lock().count_in(&mut census);
        }
        // The budget is about all apps: what it counts beside its channels is left of those that are gone.
        assert!(self.budget.used() >= census.size);
        census.size = self.budget.used();
        done(Ok(census))
    }
}

/// Remembers the newest position of a log that is dropped.
fn raise(floors: &mut HashMap<u16, Timestamp>, channel: &str, last: Option<Timestamp>) {
    if let Some(last) = last {
        let floor = floors.entry(bucket(channel)).or_insert(last);
        *floor = last.max(*floor);
    }
}

impl Channels {
    fn floor(&self, channel: &str) -> Option<Timestamp> {
        self.floors.get(&bucket(channel)).copied()
    }

    /// Drops a log that nothing is in. Who has it meanwhile keeps it.
    fn drop_if_unused(&mut self, name: &str, now: Timestamp) {
        let Some(log) = self
            .logs
            .get(name)
            .filter(|log| Arc::strong_count(log) == 1)
        else {
            return;
        };
        let mut log = log.lock();
        if log.is_unused(now) {
            raise(&mut self.floors, name, log.last_time());
            drop(log);
            self.logs.remove(name);
        }
    }

    /// Drops the logs that nothing is in.
    fn sweep(&mut self, now: Timestamp) {
        let Self { logs, floors, .. } = self;
        logs.retain(|name, log| {
            if Arc::strong_count(log) > 1 {
                return true;
            }
            let mut log = log.lock();
            let is_unused = log.is_unused(now);
            if is_unused {
                raise(floors, name, log.last_time());
            }
            !is_unused
        });
        self.sweep_at = 2 * self.logs.len();
    }
}

fn totals(channels: &Mutex<Channels>, reports: &Reports, channel: &str) -> ChannelOccupancy {
    let found = channels.lock().logs.get(channel).map(Arc::clone);
    let members = found.map_or(0, |log| log.lock().member_count());
    reports.totals(channel, members)
}

/// Returns a result that is there already.
pub(super) fn done<'a, T: Send + 'a>(result: Result<T>) -> Pending<'a, T> {
    Box::pin(ready(result))
}
