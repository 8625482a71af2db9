//! Queries of what an engine keeps, and their results.

use crate::chat_core::protocol::PresenceMessage;

/// The size of an item beside its content, in bytes, about.
pub(super) const ITEM_OVERHEAD: usize = 200;

/// A query of one page.
#[derive(Clone, Debug)]
pub(crate) struct PageQuery {
    /// Created at or after this, in epoch milliseconds.
    pub(crate) start: Option<i64>,
    /// Created at or before this.
    pub(crate) end: Option<i64>,
    /// Oldest first.
    pub(crate) forwards: bool,
    /// At most this many, 1 to 1000.
    pub(crate) limit: usize,
    /// About this many bytes at most, and one item at least.
    pub(crate) size: usize,
    /// Only messages up to and including this position.
    pub(crate) from_serial: Option<String>,
    /// Only items after this one, in the direction of reading.
    pub(crate) after: Option<String>,
}

impl PageQuery {
    /// Returns the query of everything, oldest first.
    pub(crate) fn all() -> Self {
        Self {
            start: None,
            end: None,
            forwards: true,
            limit: usize::MAX,
            size: usize::MAX,
            from_serial: None,
            after: None,
        }
    }

    /// Returns whether the item with this serial is behind the cursor.
    pub(super) fn is_behind(&self, serial: &str) -> bool {
        self.after.as_ref().is_none_or(|after| {
            if self.forwards {
                serial > after.as_str()
            } else {
                serial < after.as_str()
            }
        })
    }
}

/// A page of items.
#[derive(Clone, Debug)]
pub(crate) struct Page<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// The `after` of the next page, if there is one.
    pub(crate) next: Option<String>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            next: None,
        }
    }
}

/// A channel at one position.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    /// The position of the newest entry.
    pub(crate) head: String,
    /// The presence set.
    pub(crate) members: Vec<PresenceMessage>,
}
