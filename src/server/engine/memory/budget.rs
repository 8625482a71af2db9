//! The bytes that all channels of a server in memory take together, and the oldest of what is kept, which goes first.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Weak;

use parking_lot::Mutex;

/// The memory of all channels of a server.
#[derive(Debug)]
pub(super) struct MemoryBudget {
    limit: usize,
    state: Mutex<BudgetState>,
}

#[derive(Debug, Default)]
struct BudgetState {
    /// The bytes that are in use, about.
    used: usize,
    /// How many of the items are still kept.
    kept: usize,
    /// Each item that was added, oldest first, by the channel that it is in.
    order: VecDeque<(Weak<dyn DropOldest>, ItemKind)>,
}

/// A channel, whose oldest items go first.
pub(super) trait DropOldest: fmt::Debug + Send + Sync {
    /// Drops the oldest item of a kind, and takes its memory off the budget.
    fn drop_oldest(&self, kind: ItemKind);
}

/// What can be dropped of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ItemKind {
    /// Its oldest entry, with what became of the messages that it made.
    Entry,
    /// The oldest answer to a repeat.
    Repeat,
}

/// How many items that are not kept any more may be in the order beside as many that are.
const SLACK: usize = 1024;

impl MemoryBudget {
    /// Returns a budget of `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            state: Mutex::default(),
        }
    }

    /// Counts an item that was added to a channel.
    pub(super) fn add(&self, log: Weak<dyn DropOldest>, kind: ItemKind, size: usize) {
        let mut state = self.state.lock();
        state.used += size;
        state.kept += 1;
        state.order.push_back((log, kind));
        if state.order.len() > 2 * state.kept + SLACK {
            // Channels that are gone.
            state.order.retain(|(log, _)| log.strong_count() > 0);
        }
    }

    /// Counts items that are gone.
    pub(super) fn remove(&self, items: usize, size: usize) {
        let mut state = self.state.lock();
        state.used = state.used.saturating_sub(size);
        state.kept = state.kept.saturating_sub(items);
    }

    /// Drops the oldest items until the rest fits. To be called without the lock of any channel.
    pub(super) fn shrink(&self) {
        loop {
            let oldest = {
                let mut state = self.state.lock();
                if state.used <= self.limit {
                    return;
                }
                state.order.pop_front()
            };
            let Some((log, kind)) = oldest else {
                return;
            };
            if let Some(log) = log.upgrade() {
                log.drop_oldest(kind);
            }
        }
    }

    /// Returns the bytes that are in use, about.
    #[cfg(test)]
    pub(super) fn used(&self) -> usize {
        self.state.lock().used
    }
}
