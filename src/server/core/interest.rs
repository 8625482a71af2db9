//! What of an app somebody wants to be told of. For most apps that is nothing, and what happens costs one branch.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use bitflags::bitflags;
use parking_lot::Mutex;

bitflags! {
    /// What somebody wants to be told of.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Topics: u8 {
        /// Messages and presence, by a rule.
        const ENTRIES = 1;
        /// Channels that become active and inactive, by a rule.
        const LIFECYCLE = 2;
        /// Occupancy, by a rule.
        const OCCUPANCY = 4;
        /// Channels that become active and inactive, by those who are attached to the metachannel of it.
        const META_CHANNELS = 8;
        /// Connections, by those who are attached to the metachannel of it.
        const META_CONNECTIONS = 16;

        /// All that rules may want.
        const RULES = Self::ENTRIES.bits() | Self::LIFECYCLE.bits() | Self::OCCUPANCY.bits();
        /// All that needs to be known of which channels are active.
        const CHANNELS = Self::LIFECYCLE.bits() | Self::META_CHANNELS.bits();
    }
}

/// What of one app somebody wants to be told of.
#[derive(Default)]
pub(crate) struct Interest {
    topics: AtomicU8,
    /// How often somebody began to want to know which channels are active.
    watches: AtomicU32,
    changing: Mutex<()>,
}

impl Interest {
    /// Returns whether any of `topics` is wanted.
    pub(crate) fn has(&self, topics: Topics) -> bool {
        self.topics.load(Ordering::Acquire) & topics.bits() != 0
    }

    /// Makes `wanted` what is wanted of `among`.
    pub(crate) fn set(&self, among: Topics, wanted: Topics) {
        let _changing = self.changing.lock();
        let before = Topics::from_bits_truncate(self.topics.load(Ordering::Acquire));
        let after = (before - among) | (wanted & among);
        if !before.intersects(Topics::CHANNELS) && after.intersects(Topics::CHANNELS) {
            self.watches.fetch_add(1, Ordering::Release);
        }
        self.topics.store(after.bits(), Ordering::Release);
    }

    /// Returns how often somebody began to want to know which channels are active, if somebody does.
    pub(crate) fn watch(&self) -> Option<u32> {
        self.has(Topics::CHANNELS)
            .then(|| self.watches.load(Ordering::Acquire))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_who_wants_something_changes_its_own_part() {
        let interest = Interest::default();
        assert_eq!(interest.watch(), None);
        interest.set(Topics::RULES, Topics::ENTRIES | Topics::LIFECYCLE);
        interest.set(Topics::META_CHANNELS, Topics::META_CHANNELS);
        assert_eq!(interest.watch(), Some(1));
        interest.set(Topics::RULES, Topics::empty());
        assert!(!interest.has(Topics::RULES) && interest.has(Topics::CHANNELS));
        interest.set(Topics::META_CHANNELS, Topics::empty());
        assert_eq!(interest.watch(), None);
        interest.set(Topics::RULES, Topics::LIFECYCLE);
        assert_eq!(interest.watch(), Some(2));
    }
}
