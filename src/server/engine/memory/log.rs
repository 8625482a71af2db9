//! One channel in memory: its state, what is kept of it, and the repeats that are known.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::archive::Archive;
use super::budget::{DropOldest, ItemKind, MemoryBudget};
use super::footprint;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::server::engine::channel::ChannelState;
use crate::server::engine::command::ChannelCommand;
use crate::server::engine::entry::Entry;
use crate::server::engine::ephemeral::Ephemeral;
use crate::server::engine::fold::presence::PresenceSet;
use crate::server::engine::fold::{ChannelRules, Imported, Transition, import};
use crate::server::engine::limits::REPEAT_WINDOW;
use crate::server::engine::query::Snapshot;
use crate::server::engine::seed::{ChannelSeed, SeedStep};
use crate::server::engine::serial::{self, Series};

/// One channel.
pub(super) struct ChannelLog {
    channel: ChannelState,
    pub(super) archive: Archive,
    repeats: HashMap<String, (Timestamp, Arc<Entry>)>,
    repeats_by_age: VecDeque<(Timestamp, String)>,
    /// The position that it began at.
    first: String,
    space: Space,
}

/// The part of the server's budget that a channel takes.
struct Space {
    budget: Arc<MemoryBudget>,
    this: Weak<Mutex<ChannelLog>>,
    /// The bytes of what is kept, about.
    size: usize,
    /// The number of items that are kept.
    items: usize,
    /// How many entries and repeats the budget knows of that are gone: they were dropped otherwise.
    gone_entries: usize,
    gone_repeats: usize,
}

impl fmt::Debug for ChannelLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelLog").finish_non_exhaustive()
    }
}

impl DropOldest for Mutex<ChannelLog> {
    fn drop_oldest(&self, kind: ItemKind) {
        self.lock().drop_oldest(kind);
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        self.budget.remove(self.items, self.size);
    }
}

impl Space {
    fn add(&mut self, kind: ItemKind, size: usize) {
        self.size += size;
        self.items += 1;
        let this: Weak<dyn DropOldest> = self.this.clone();
        self.budget.add(this, kind, size);
    }

    fn remove(&mut self, size: usize) {
        self.size = self.size.saturating_sub(size);
        self.items = self.items.saturating_sub(1);
        self.budget.remove(1, size);
    }
}

impl ChannelLog {
    /// Returns an empty channel at the beginning of `series`. `this` is where it will be found.
    pub(super) fn new(
        name: &str,
        series: Series,
        rules: ChannelRules,
        budget: &Arc<MemoryBudget>,
        this: Weak<Mutex<Self>>,
    ) -> Self {
        Self {
            first: series.last(),
            channel: ChannelState::new(name, series, PresenceSet::default(), rules),
            archive: Archive::default(),
            repeats: HashMap::new(),
            repeats_by_age: VecDeque::new(),
            space: Space {
                budget: Arc::clone(budget),
                this,
                size: 0,
                items: 0,
                gone_entries: 0,
                gone_repeats: 0,
            },
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
        if let Some(key) = repeat_key {
            self.keep_repeat(key, entry.answer(), now);
        }
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
        self.keep_repeat(key.clone(), message.answer(self.head()), now);
        true
    }

    fn keep_repeat(&mut self, key: String, answer: Entry, now: Timestamp) {
        self.space
            .add(ItemKind::Repeat, size_of_repeat(&key, &answer));
        self.repeats_by_age.push_back((now, key.clone()));
        self.repeats.insert(key, (now, Arc::new(answer)));
    }

    /// Drops the oldest repeat.
    fn drop_repeat(&mut self) {
        if let Some((_, key)) = self.repeats_by_age.pop_front()
            && let Some((_, answer)) = self.repeats.remove(&key)
        {
            self.space.remove(size_of_repeat(&key, &answer));
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
        for transition in transitions {
            let serial = &transition.entry.channel_serial;
            self.channel.advance_beyond_serial(serial);
            self.keep(transition);
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
        // The budget knows what was there by the place where this is found.
        let (before, space) = (&earlier.space, &mut self.space);
        space.gone_repeats += before.gone_repeats + earlier.repeats_by_age.len();
        space.gone_entries += before.gone_entries + earlier.archive.len();
    }

    /// Notes that `other`, whose items the budget looks for here, is not to be.
    pub(super) fn discard(&mut self, other: &Self) {
        self.space.gone_entries += other.archive.len() + other.space.gone_entries;
        self.space.gone_repeats += other.repeats_by_age.len() + other.space.gone_repeats;
    }

    /// Returns whether nothing is kept of it.
    pub(super) fn is_empty(&self) -> bool {
        self.archive.len() == 0
    }

    /// Returns whether there is nothing in it at `now`, so that it may be dropped.
    pub(super) fn is_unused(&mut self, now: Timestamp) -> bool {
        self.forget_repeats(now);
        self.is_empty() && self.repeats.is_empty() && self.member_count() == 0
    }

    /// Returns the time of its newest position, unless nothing ever happened in it.
    pub(super) fn last_time(&self) -> Option<Timestamp> {
        let has_moved = self.head() != self.first || !self.archive.trimmed().is_empty();
        has_moved.then(|| self.channel.series.last_time())
    }

    /// Drops the oldest item of a kind. What became of the messages of an entry goes with it.
    fn drop_oldest(&mut self, kind: ItemKind) {
        let gone = match kind {
            ItemKind::Entry => &mut self.space.gone_entries,
            ItemKind::Repeat => &mut self.space.gone_repeats,
        };
        if *gone > 0 {
            *gone -= 1;
            return;
        }
        match kind {
            ItemKind::Repeat => self.drop_repeat(),
            ItemKind::Entry => {
                if let Some(size) = self.archive.drop_oldest() {
                    self.space.remove(size);
                }
            }
        }
    }

    fn apply(&mut self, command: ChannelCommand, now: Timestamp) -> Result<Entry> {
        let mut touched = self.channel.touched_members(&command.touches());
        self.archive.take_touched(&command.touches(), &mut touched);
        let folded = self.channel.apply(command, &mut touched, now);
        // Moved out and back again, whatever came of it: there may be many of them.
        for (serial, held) in touched.messages {
            self.archive.put_annotations(serial, held.annotations);
        }
        Ok(self.keep(folded?))
    }

    /// Keeps an entry, if it is to be kept.
    fn keep(&mut self, Transition { entry, effect }: Transition) -> Entry {
        if let Some(size) = self.archive.keep(&entry, effect) {
            self.space.add(ItemKind::Entry, size);
        }
        entry
    }

    fn forget_repeats(&mut self, now: Timestamp) {
        while self
            .repeats_by_age
            .front()
            .is_some_and(|(at, _)| *at + REPEAT_WINDOW <= now)
        {
            self.drop_repeat();
            self.space.gone_repeats += 1;
        }
    }

    /// Adds what is kept of it to `census`.
    #[cfg(test)]
    pub(super) fn count_in(&self, census: &mut crate::server::engine::census::EngineCensus) {
        census.entries += self.archive.len();
        census.changes += self.archive.changed_count();
        census.members += self.member_count();
        census.repeats += self.repeats.len();
        census.size += self.space.size;
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

    /// Returns the first entries after `position`, oldest first; `None` if that is not a position of this channel, or not
    /// all that came after it is kept.
    pub(super) fn entries_after(&self, position: &str, size: usize) -> Option<Vec<Arc<Entry>>> {
        let is_known = serial::is_serial(position)
            && self.channel.series.owns(position)
            && serial::channel_part(position) >= self.first.as_str()
            && serial::channel_part(position) >= self.archive.trimmed();
        is_known.then(|| self.archive.entries_after(position, size))
    }
}

/// Returns the memory that a repeat takes, about: the frames of its answer are those of the entry.
fn size_of_repeat(key: &str, answer: &Entry) -> usize {
    const OVERHEAD: usize = 320;
    OVERHEAD
        + 2 * key.len()
        + 64 * answer.serials.len()
        + answer.changed.as_ref().map_or(0, footprint::of_message)
}
