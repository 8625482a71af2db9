//! How fast one connection may publish, where its token limits it (`ably.limits.publish.perAttachment.maxRate.*`).

use std::collections::HashMap;

use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::core::limits::MAX_CHANNELS;

/// What a connection may still publish, by channel.
#[derive(Debug, Default)]
pub(crate) struct Rates(HashMap<String, Bucket>);

/// A token bucket that holds one second's worth, and at least one message.
#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Timestamp,
}

impl Rates {
    /// Takes `count` messages on `channel` from what `rate`, in messages a second, leaves at the time `now`.
    ///
    /// # Errors
    /// 42911 / 429, which ends nothing.
    pub(crate) fn take(
        &mut self,
        channel: &str,
        rate: f64,
        count: usize,
        now: Timestamp,
    ) -> Result<()> {
        let size = rate.max(1.0);
        if self.0.len() >= MAX_CHANNELS && !self.0.contains_key(channel) {
            // A bucket that nothing is missing from need not be remembered.
            self.0.retain(|_, bucket| bucket.filled(rate, now) < size);
        }
        let bucket = self.0.entry(channel.to_owned()).or_insert(Bucket {
            left: size,
            at: now,
        });
        bucket.left = bucket.filled(rate, now);
        bucket.at = now;
        // More than a full bucket holds goes through when it is full, and is paid for afterwards.
        let wanted = count as f64;
        if rate <= 0.0 || bucket.left < wanted.min(size) {
            return Err(ErrorInfo::new(
                42911,
                429,
                "Rate limit exceeded; request rejected (nonfatal); metric = publish.perAttachment.maxRate",
            ));
        }
        bucket.left -= wanted;
        Ok(())
    }
}

impl Bucket {
    fn filled(&self, rate: f64, now: Timestamp) -> f64 {
        (self.left + now.since(self.at).as_secs_f64() * rate).min(rate.max(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_700_000_000_000);

    fn at(millis: i64) -> Timestamp {
        Timestamp(START.millis() + millis)
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
        for number in 0..MAX_CHANNELS {
            rates.take(&number.to_string(), 1.0, 1, START).unwrap();
        }
        rates.take("more", 1.0, 1, at(2_000)).unwrap();
        assert_eq!(rates.0.len(), 1);
    }
}
