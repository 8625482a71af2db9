//! Rates by token buckets: how fast a client may publish on a channel, where its token or the server limits it
//! (`ably.limits.publish.perAttachment.maxRate.*`), and what plans limit. The rates of a whole account refuse what is over
//! them, or a share of everything, as Ably does.

use std::collections::HashMap;

use crate::chat_core::clock::Moment;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::random::Random;

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

/// A rate of a whole account.
#[derive(Debug)]
pub(crate) enum AccountRate {
    /// What is over it is refused.
    Exact(Bucket),
    /// While more is asked for, everything is refused with a probability that brings the total back to it.
    Share(Share),
}

/// How much is asked for, and how much of it goes through.
#[derive(Debug)]
pub(crate) struct Share {
    rate: f64,
    /// The number a second that was asked for lately: what is older counts less.
    asked: f64,
    at: Moment,
    random: Random,
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

impl AccountRate {
    /// A rate that nothing was used of. With a seed shares are refused, which are drawn from it.
    pub(crate) fn new(rate: f64, seed: Option<u64>, now: Moment) -> Self {
        match seed {
            None => Self::Exact(Bucket::full(rate, now)),
            Some(seed) => Self::Share(Share {
                rate,
                asked: 0.0,
                at: now,
                random: Random::seeded(seed),
            }),
        }
    }

    /// Takes `count`; returns whether it goes through.
    pub(crate) fn take(&mut self, count: usize, now: Moment) -> bool {
        match self {
            Self::Exact(bucket) => bucket.take(count, now),
            Self::Share(share) => share.take(count, now),
        }
    }

    /// Takes `count` of what goes through in any case.
    pub(crate) fn draw(&mut self, count: usize, now: Moment) {
        match self {
            Self::Exact(bucket) => bucket.draw(count, now),
            Self::Share(share) => share.ask(count, now),
        }
    }
}

impl Share {
    fn ask(&mut self, count: usize, now: Moment) {
        let age = now.since(self.at).as_secs_f64();
        self.asked = self.asked * (-age).exp() + count as f64;
        self.at = now;
    }

    fn take(&mut self, count: usize, now: Moment) -> bool {
        self.ask(count, now);
        self.asked <= self.rate || self.random.fraction() < self.rate / self.asked
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

    /// How many of `count` requests in a second go through, at a rate of 100, once that has been so for a while.
    fn passed(count: u32, seed: u64) -> usize {
        let mut rate = AccountRate::new(100.0, Some(seed), START);
        let mut take = |second: u64| {
            let each = (0..count).map(|number| {
                let part = Duration::from_secs(1) * number / count;
                rate.take(1, START + Duration::from_secs(second) + part)
            });
            each.filter(|passed| *passed).count()
        };
        for second in 0..5 {
            take(second);
        }
        (5..15).map(take).sum::<usize>() / 10
    }

    #[test]
    fn a_share_is_refused_that_brings_the_total_back_to_the_rate() {
        assert_eq!(passed(90, 7), 90, "nothing is refused below it");
        for count in [200, 400, 1000] {
            let passed = passed(count, 7);
            assert!((85..=115).contains(&passed), "{passed} of {count}");
        }
        let first = |seed| {
            let mut rate = AccountRate::new(5.0, Some(seed), START);
            [0; 50].map(|_| rate.take(1, START))
        };
        assert_eq!(first(1), first(1), "the same seed refuses the same");
        assert_ne!(first(1), first(2));
        assert_eq!(first(1)[..5], [true; 5], "one second's worth at once");
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
