//! One channel in memory: its state, what is kept of it, and the repeats that are known.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::archive::Archive;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::random::Random;
use crate::server::engine::channel::ChannelState;
use crate::server::engine::command::ChannelCommand;
use crate::server::engine::entry::Entry;
use crate::server::engine::ephemeral::Ephemeral;
use crate::server::engine::fold::presence::PresenceSet;
use crate::server::engine::fold::{ChannelRules, Imported, Transition, import};
use crate::server::engine::query::Snapshot;
use crate::server::engine::seed::{ChannelSeed, SeedStep};
use crate::server::engine::serial::{self, Series};
use crate::server::engine::traits::REPEAT_WINDOW;

/// One channel.
pub(super) struct ChannelLog {
    channel: ChannelState,
    pub(super) archive: Archive,
    repeats: HashMap<String, (Timestamp, Arc<Entry>)>,
    repeats_by_age: VecDeque<(Timestamp, String)>,
}

impl ChannelLog {
    /// Returns an empty channel.
    pub(super) fn new(name: &str, now: Timestamp, random: &Random, rules: ChannelRules) -> Self {
        let series = Series::begin(now, random);
        Self {
            channel: ChannelState::new(name, series, PresenceSet::default(), rules),
            archive: Archive::default(),
            repeats: HashMap::new(),
            repeats_by_age: VecDeque::new(),
        }
    }

    /// Does `command`; `true` says that it is not a repeat.
    pub(super) fn submit(
        &mut self,
        command: ChannelCommand,
        now: Timestamp,
    ) -> Result<(Arc<Entry>, bool)> {
        self.forget_repeats(now);
        if let Some(key) = &command.repeat_key
            && let Some((_, done)) = self.repeats.get(key)
        {
            return Ok((Arc::clone(done), false));
        }
        let repeat_key = command.repeat_key.clone();
        let entry = Arc::new(self.apply(command, now)?);
        self.keep_repeat(repeat_key, &entry, now);
        Ok((entry, true))
    }

    /// Returns whether an ephemeral publish is to be delivered: it is not if it is a repeat.
    pub(super) fn is_new(&mut self, message: &Ephemeral, now: Timestamp) -> bool {
        self.forget_repeats(now);
        let Some(key) = &message.repeat_key else {
            return true;
        };
        if self.repeats.contains_key(key) {
            return false;
        }
        let answer = Arc::new(message.answer(self.head()));
        self.keep_repeat(Some(key.clone()), &answer, now);
        true
    }

    fn keep_repeat(&mut self, key: Option<String>, answer: &Arc<Entry>, now: Timestamp) {
        if let Some(key) = key {
            self.repeats_by_age.push_back((now, key.clone()));
            self.repeats.insert(key, (now, Arc::clone(answer)));
        }
    }

    /// Returns how the command with this repeat key was answered, if that is still known at `now`.
    pub(super) fn known_repeat(&self, key: &str, now: Timestamp) -> Option<Arc<Entry>> {
        let (at, done) = self.repeats.get(key)?;
        (*at + REPEAT_WINDOW > now).then(|| Arc::clone(done))
    }

    /// Fills an empty channel: keeps what is imported, and does what is steps, each command at its own time.
    pub(super) fn plant(&mut self, seed: ChannelSeed) -> Result<()> {
        let Imported {
            transitions,
            annotations,
        } = import(seed.imported);
        for Transition { entry, effect } in transitions {
            self.channel.advance_beyond_serial(&entry.channel_serial);
            self.archive.keep(&entry, effect);
        }
        for (serial, annotations) in annotations {
            self.archive.put_annotations(serial, annotations);
        }
        self.channel.members = PresenceSet::of(seed.members);
        SeedStep::each(seed.steps, |command, at| {
            let (entry, _) = self.submit(command, at)?;
            Ok(entry.serials.clone())
        })
    }

    /// Takes the place of `earlier` at `now`.
    pub(super) fn advance_beyond(&mut self, earlier: &Self, now: Timestamp) {
        self.channel.advance_beyond(&earlier.channel, now);
    }

    /// Returns whether nothing is kept of it.
    pub(super) fn is_empty(&self) -> bool {
        self.archive.is_empty()
    }

    fn apply(&mut self, command: ChannelCommand, now: Timestamp) -> Result<Entry> {
        let mut touched = self.channel.touched_members(&command.touches());
        self.archive.take_touched(&command.touches(), &mut touched);
        let folded = self.channel.apply(command, &mut touched, now);
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

    /// Returns the position of the newest entry.
    pub(super) fn head(&self) -> String {
        self.channel.series.last()
    }

    /// Returns the number of members.
    pub(super) fn member_count(&self) -> usize {
        self.channel.members.count()
    }

    /// Returns the channel as it is now.
    pub(super) fn snapshot(&self) -> Snapshot {
        self.channel.snapshot()
    }

    /// Returns the entries after `position`, oldest first; `None` if that is not a position of this channel.
    pub(super) fn entries_after(&self, position: &str) -> Option<Vec<Arc<Entry>>> {
        (serial::is_serial(position) && self.channel.series.owns(position))
            .then(|| self.archive.entries_after(position))
    }
}
