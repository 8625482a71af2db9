//! The nonces that were seen: each is good once.

use std::collections::{HashSet, VecDeque};

use crate::chat_core::clock::Timestamp;

/// Remembers nonces for as long as their timestamps are accepted, and a bounded number of them.
#[derive(Debug)]
pub struct Nonces {
    seen: HashSet<SeenNonce>,
    /// The same in the order of arrival, each with the moment from which its timestamp is refused anyhow.
    order: VecDeque<(Timestamp, SeenNonce)>,
    limit: usize,
}

type SeenNonce = (String, Timestamp, String);

impl Nonces {
    /// A memory for `limit` nonces; the oldest is forgotten first.
    pub fn with_limit(limit: usize) -> Self {
        Self {
            seen: HashSet::new(),
            order: VecDeque::new(),
            limit: limit.max(1),
        }
    }

    /// Returns whether this nonce of this key comes with this timestamp for the first time.
    /// It is remembered until `until`.
    pub fn is_new(
        &mut self,
        key_name: &str,
        timestamp: Timestamp,
        nonce: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> bool {
        self.forget(now);
        let entry = (key_name.to_owned(), timestamp, nonce.to_owned());
        if !self.seen.insert(entry.clone()) {
            return false;
        }
        self.order.push_back((until, entry));
        if self.order.len() > self.limit {
            self.forget_oldest();
        }
        true
    }

    fn forget(&mut self, now: Timestamp) {
        while self.order.front().is_some_and(|(until, _)| *until < now) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((_, entry)) = self.order.pop_front() {
            self.seen.remove(&entry);
        }
    }
}

impl Default for Nonces {
    /// A memory that a server under load does not fill within the window.
    fn default() -> Self {
        Self::with_limit(100_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_new_once_until_it_is_forgotten() {
        let mut nonces = Nonces::with_limit(2);
        let mut is_new = |nonce: &str, now: i64| {
            nonces.is_new(
                "a.b",
                Timestamp(0),
                nonce,
                Timestamp(now + 100),
                Timestamp(now),
            )
        };
        assert!(is_new("one", 0));
        assert!(!is_new("one", 100));
        assert!(is_new("one", 101));
        assert!(is_new("two", 101));
        assert!(is_new("three", 101));
        assert!(is_new("one", 101), "the oldest made room");
    }
}
