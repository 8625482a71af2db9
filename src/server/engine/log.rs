//! What happened in one channel, in memory: the order, what was kept, and which operations were done already.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::archive::Archive;
use super::channel::Channel;
use super::command::ChannelCommand;
use super::entry::Entry;
use super::seed::{ChannelSeed, SeedStep};
use super::{REPEAT_WINDOW, Snapshot};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::random::Random;
use crate::server::engine::fold::presence::Members;
use crate::server::engine::fold::{Imported, Rules, Transition, import};
use crate::server::engine::serial::{self, Series};

/// What happened in one channel.
pub(super) struct Log {
    channel: Channel,
    /// What was kept.
    pub(super) archive: Archive,
    repeats: HashMap<String, (Timestamp, Arc<Entry>)>,
    repeats_by_age: VecDeque<(Timestamp, String)>,
}

impl Log {
    /// A channel in which nothing happened.
    pub(super) fn new(name: &str, now: Timestamp, random: &Random, rules: Rules) -> Self {
        let series = Series::begin(now, random);
        Self {
            channel: Channel::new(name, series, Members::default(), rules),
            archive: Archive::default(),
            repeats: HashMap::new(),
            repeats_by_age: VecDeque::new(),
        }
    }

    /// Does `operation`; `true` says that it is news.
    pub(super) fn submit(
        &mut self,
        operation: ChannelCommand,
        now: Timestamp,
    ) -> Result<(Arc<Entry>, bool)> {
        self.forget_repeats(now);
        if let Some(done) = operation
            .repeat_key
            .as_ref()
            .and_then(|key| self.repeats.get(key))
        {
            return Ok((Arc::clone(&done.1), false));
        }
        let repeat_key = operation.repeat_key.clone();
        let entry = Arc::new(self.apply(operation, now)?);
        if let Some(key) = repeat_key {
            self.repeats_by_age.push_back((now, key.clone()));
            self.repeats.insert(key, (now, Arc::clone(&entry)));
        }
        Ok((entry, true))
    }

    /// Returns how the command with this repeat key was answered, if that is still known at `now`.
    pub(super) fn known_repeat(&self, key: &str, now: Timestamp) -> Option<Arc<Entry>> {
        let (at, done) = self.repeats.get(key)?;
        (*at + REPEAT_WINDOW > now).then(|| Arc::clone(done))
    }

    /// Fills an empty channel: keeps what is imported, and does what is planned, each command at its own time.
    pub(super) fn plant(&mut self, planting: ChannelSeed) -> Result<()> {
        let Imported {
            transitions,
            annotations,
        } = import(planting.imported);
        for Transition { entry, effect } in transitions {
            self.channel.advance_beyond_serial(&entry.channel_serial);
            self.archive.keep(&entry, effect);
        }
        for (serial, annotations) in annotations {
            self.archive.put_annotations(serial, annotations);
        }
        self.channel.members = Members::of(planting.members);
        SeedStep::each(planting.planned, |operation, at| {
            let (entry, _) = self.submit(operation, at)?;
            Ok(entry.serials.clone())
        })
    }

    /// Takes the place of `earlier` at `now`.
    pub(super) fn advance_beyond(&mut self, earlier: &Self, now: Timestamp) {
        self.channel.advance_beyond(&earlier.channel, now);
    }

    /// Whether nothing is kept of it.
    pub(super) fn is_empty(&self) -> bool {
        self.archive.is_empty()
    }

    fn apply(&mut self, operation: ChannelCommand, now: Timestamp) -> Result<Entry> {
        let mut touched = self.channel.touched_members(&operation.touches());
        self.archive
            .take_touched(&operation.touches(), &mut touched);
        let folded = self.channel.apply(operation, &mut touched, now);
        // Moved out and back again, whatever came of it: there may be many of them.
        for (serial, held) in touched.messages {
            self.archive.put_annotations(serial, held.annotations);
        }
        let Transition { entry, effect } = folded?;
        self.archive.keep(&entry, effect);
        Ok(entry)
    }

    fn forget_repeats(&mut self, now: Timestamp) {
        while self
            .repeats_by_age
            .front()
            .is_some_and(|(at, _)| *at + REPEAT_WINDOW <= now)
        {
            if let Some((_, key)) = self.repeats_by_age.pop_front() {
                self.repeats.remove(&key);
            }
        }
    }

    /// The channel as it is now.
    pub(super) fn snapshot(&self) -> Snapshot {
        self.channel.snapshot()
    }

    /// The entries after `position`, oldest first; `None` if it is no position of this channel.
    pub(super) fn entries_after(&self, position: &str) -> Option<Vec<Arc<Entry>>> {
        (serial::is_serial(position) && self.channel.series.owns(position))
            .then(|| self.archive.entries_after(position))
    }
}
