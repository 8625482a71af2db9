//! Rates by token buckets: how fast a client may publish on a channel, where its token or the server limits it
//! (`ably.limits.publish.perAttachment.maxRate.*`), and what plans limit.

use std::collections::HashMap;

use crate::chat_core::clock::Moment;
use crate::chat_core::error::{ErrorInfo, Result};

/// The buckets that are kept before full ones are looked for.
const MIN_BUCKETS: usize = 200;

/// The token buckets of one connection by channel, or of the REST callers of an app by caller and channel.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    buckets: HashMap<String, Bucket>,
    /// The number of buckets at which full ones are looked for next: twice those that were left the last time, so that
    /// a publish costs the same however many there are.
    prune_at: usize,
}

/// A token bucket that holds one second's worth, and at least one.
#[derive(Debug)]
pub(crate) struct Bucket {
    left: f64,
    rate: f64,
    at: Moment,
}

impl Rates {
    /// Takes `count` messages from the bucket `key`, which is filled at `rate` messages a second, at the moment `now`.
    ///
    /// # Errors
    /// 42911 / 429, which ends nothing.
    pub(crate) fn take(&mut self, key: &str, rate: f64, count: usize, now: Moment) -> Result<()> {
        if self.try_take(key, rate, count, now) {
            return Ok(());
        }
        Err(ErrorInfo::new(
            42911,
            429,
            "Rate limit exceeded; request rejected (nonfatal); metric = publish.perAttachment.maxRate",
        ))
    }

    /// Takes `count` from the bucket `key`, which is filled at `rate` a second, at the moment `now`; returns whether they
    /// were there.
    pub(crate) fn try_take(&mut self, key: &str, rate: f64, count: usize, now: Moment) -> bool {
        if self.buckets.len() >= self.prune_at.max(MIN_BUCKETS) && !self.buckets.contains_key(key) {
            // A bucket that nothing is missing from need not be kept.
            self.buckets.retain(|_, bucket| !bucket.is_full(now));
            self.prune_at = 2 * self.buckets.len();
        }
        let bucket = self.buckets.entry(key.to_owned());
        let bucket = bucket.or_insert_with(|| Bucket::full(rate, now));
        bucket.rate = rate;
        bucket.take(count, now)
    }

    /// Returns how many buckets are kept.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.buckets.len()
    }
}

impl Bucket {
    /// Creates a full bucket that is filled at `rate` a second.
    pub(crate) fn full(rate: f64, now: Moment) -> Self {
        Self {
            left: rate.max(1.0),
            rate,
            at: now,
        }
    }

    /// Takes `count`; returns whether they were there. More than a full bucket holds goes through when it is full, and is
    /// paid for afterwards.
    pub(crate) fn take(&mut self, count: usize, now: Moment) -> bool {
        self.fill(now);
        let wanted = count as f64;
        let is_there = self.rate > 0.0 && self.left >= wanted.min(self.rate.max(1.0));
        if is_there {
            self.left -= wanted;
        }
        is_there
    }

    /// Takes `count`, whether they are there or not: what is missing has to be filled first.
    pub(crate) fn draw(&mut self, count: usize, now: Moment) {
        self.fill(now);
        self.left -= count as f64;
    }

    fn is_full(&self, now: Moment) -> bool {
        self.filled(now) >= self.rate.max(1.0)
    }

    fn fill(&mut self, now: Moment) {
        self.left = self.filled(now);
        self.at = now;
    }

    fn filled(&self, now: Moment) -> f64 {
        (self.left + now.since(self.at).as_secs_f64() * self.rate).min(self.rate.max(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const START: Moment = Moment::after_beginning(Duration::from_secs(1));

    fn at(millis: u64) -> Moment {
        START + Duration::from_millis(millis)
    }

    #[test]
    fn one_seconds_worth_at_once_and_then_by_and_by() {
        let mut rates = Rates::default();
        for _ in 0..5 {
            rates.take("a", 5.0, 1, START).unwrap();
        }
        let error = rates.take("a", 5.0, 1, START).unwrap_err();
        assert_eq!((error.code, error.status_code), (42911, 429));
        rates.take("b", 5.0, 1, START).unwrap();
        assert!(rates.take("a", 5.0, 1, at(199)).is_err());
        rates.take("a", 5.0, 1, at(200)).unwrap();
        assert!(rates.take("a", 5.0, 1, at(200)).is_err());
    }

    #[test]
    fn less_than_one_a_second_and_none_at_all() {
        let mut rates = Rates::default();
        rates.take("a", 0.1, 1, START).unwrap();
        assert!(rates.take("a", 0.1, 1, at(9_900)).is_err());
        rates.take("a", 0.1, 1, at(10_100)).unwrap();
        assert!(rates.take("b", 0.0, 1, START).is_err());
    }

    #[test]
    fn what_is_larger_than_the_bucket_is_paid_for_afterwards() {
        let mut rates = Rates::default();
        rates.take("a", 2.0, 10, START).unwrap();
        assert!(rates.take("a", 2.0, 1, at(4_000)).is_err());
        rates.take("a", 2.0, 1, at(4_500)).unwrap();
    }

    #[test]
    fn full_buckets_are_forgotten() {
        let mut rates = Rates::default();
        for number in 0..MIN_BUCKETS {
            rates.take(&number.to_string(), 1.0, 1, START).unwrap();
        }
        rates.take("more", 1.0, 1, at(2_000)).unwrap();
        assert_eq!(rates.buckets.len(), 1);
    }
}
