//! How long it is measured: after a warm-up, for a time or until a number of times.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Args;

use crate::cli::room::arguments::positive;
use crate::settings::parse_duration;

/// The options.
#[derive(Args)]
pub(super) struct SpanOptions {
    /// Time to measure [default: 10s]
    #[arg(long, value_name = "DURATION", value_parser = some_time, conflicts_with = "count")]
    duration: Option<Duration>,

    /// Measure N operations, however long they take
    #[arg(long, value_name = "N", value_parser = positive)]
    count: Option<u64>,

    /// Time before it, which is not measured
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "2s")]
    warm_up: Duration,
}

/// A duration in which something can be measured.
fn some_time(text: &str) -> Result<Duration, String> {
    match parse_duration(text)? {
        Duration::ZERO => Err("must be above zero: nothing could be measured".to_owned()),
        duration => Ok(duration),
    }
}

const DURATION: Duration = Duration::from_secs(10);

/// The time that is measured, as all that take part in it see it.
pub(super) struct Span {
    start: Instant,
    /// The warm-up.
    pub(super) warm_up: Duration,
    /// The time after it; `None` with a count.
    pub(super) duration: Option<Duration>,
    /// The number of operations.
    pub(super) count: u64,
    begun: AtomicU64,
}

impl SpanOptions {
    /// The span, which begins now.
    pub(super) fn begin(&self) -> Span {
        Span {
            start: Instant::now(),
            warm_up: self.warm_up,
            duration: match self.count {
                Some(_) => None,
                None => Some(self.duration.unwrap_or(DURATION)),
            },
            count: self.count.unwrap_or(u64::MAX),
            begun: AtomicU64::new(0),
        }
    }
}

impl Span {
    /// The time since the beginning.
    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Returns whether what begins at `time` is measured.
    pub(super) fn measures(&self, time: Duration) -> bool {
        time >= self.warm_up
    }

    /// Returns whether another operation is to begin now, and counts it.
    pub(super) fn admits(&self) -> bool {
        let now = self.elapsed();
        if !self.measures(now) {
            return true;
        }
        let is_late = self
            .duration
            .is_some_and(|duration| now >= self.warm_up + duration);
        !is_late && self.begun.fetch_add(1, Ordering::Relaxed) < self.count
    }

    /// The part that has passed, in thousandths.
    pub(super) fn thousandths(&self) -> u64 {
        let part = match self.duration {
            Some(duration) => {
                self.elapsed().as_secs_f64() / (self.warm_up + duration).as_secs_f64()
            }
            None => self.begun.load(Ordering::Relaxed) as f64 / self.count as f64,
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let thousandths = (part * 1000.0) as u64;
        thousandths.min(1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn count_ends_it_after_the_warm_up() {
        let options = SpanOptions {
            duration: None,
            count: Some(2),
            warm_up: Duration::ZERO,
        };
        let span = options.begin();
        assert_eq!(
            [span.admits(), span.admits(), span.admits()],
            [true, true, false]
        );
        let warming = SpanOptions {
            warm_up: Duration::from_secs(60),
            ..options
        };
        let span = warming.begin();
        assert!((0..10).all(|_| span.admits()));
        assert!(!span.measures(span.elapsed()));
    }
}
