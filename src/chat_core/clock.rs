//! Time, as it is handed in from the top.
//!
//! A [`Clock`] is the only source of the present moment and of waking up later, so that expiry, presence timeouts
//! and retries run in tests without waiting, and a whole run can be replayed.
//!
//! It tells two times. The date ([`Timestamp`]) is what stands on the wire and in files; it jumps, back as well, when
//! somebody sets the machine's clock. The monotonic time ([`Moment`]) only goes on: every wait and every deadline is on
//! it, and a date that something ends at becomes one when it is first seen ([`Clock::moment_of`]).

mod virtual_clock;

use std::fmt;
use std::future::Future;
use std::ops::{Add, Sub};
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use serde::{Deserialize, Serialize};

pub use virtual_clock::VirtualClock;

/// A moment, in milliseconds since the Unix epoch, as on Ably's wire.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Milliseconds since the Unix epoch.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down: the unit of JWT claims.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The time from `earlier` to this moment; zero if `earlier` is later.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;

    fn add(self, span: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(millis(span)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Timestamp;

    fn sub(self, span: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(millis(span)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A moment of a clock's monotonic time: the time since the clock's own beginning, which is no date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Duration);

impl Moment {
    /// Later than every other moment.
    pub const MAX: Self = Self(Duration::MAX);

    /// The moment this long after the clock's beginning.
    pub const fn after_beginning(span: Duration) -> Self {
        Self(span)
    }

    /// The time from `earlier` to this moment; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Moment {
    type Output = Moment;

    fn add(self, span: Duration) -> Moment {
        Moment(self.0.saturating_add(span))
    }
}

impl Sub<Duration> for Moment {
    type Output = Moment;

    fn sub(self, span: Duration) -> Moment {
        Moment(self.0.saturating_sub(span))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_millis().fmt(f)
    }
}

/// A wait that ends by itself.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The present moment, and waking up at a later one.
pub trait Clock: Send + Sync {
    /// The present date. It may be earlier than what was told before.
    fn now(&self) -> Timestamp;

    /// The present moment, for waits and deadlines.
    fn moment(&self) -> Moment;

    /// Completes once [`Clock::moment`] has reached `deadline`; at once if it has.
    fn sleep_until(&self, deadline: Moment) -> Sleep;

    /// The moment at which `date` comes if nobody sets the clock until then; the present one for a date that has been.
    fn moment_of(&self, date: Timestamp) -> Moment {
        self.moment() + date.since(self.now())
    }

    /// Returns whether it stands still while somebody who goes by it has something to do.
    fn is_virtual(&self) -> bool {
        false
    }

    /// Holds the time for work of another thread, until what is returned is dropped: a virtual clock does not go on
    /// meanwhile. Others take no notice.
    fn hold(&self) -> ClockHold {
        ClockHold::default()
    }
}

/// Work of another thread that holds the time of a virtual clock.
#[derive(Debug, Default)]
pub struct ClockHold(Option<Arc<AtomicUsize>>);

impl ClockHold {
    fn counted_in(held: &Arc<AtomicUsize>) -> Self {
        held.fetch_add(1, Ordering::AcqRel);
        Self(Some(Arc::clone(held)))
    }
}

impl Drop for ClockHold {
    fn drop(&mut self) {
        if let Some(held) = &self.0 {
            held.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// The beginning of the monotonic time of this process.
static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // A clock that was never set may stand before 1970; serials and tokens know no such date.
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(millis(since_epoch))
    }

    fn moment(&self) -> Moment {
        let beginning = *BEGINNING;
        Moment(Instant::now().saturating_duration_since(beginning))
    }

    fn sleep_until(&self, deadline: Moment) -> Sleep {
        Box::pin(tokio::time::sleep(deadline.since(self.moment())))
    }
}

/// A clock that starts where it is told and goes on with tokio's time, which tests pause and advance.
#[derive(Debug)]
pub struct TokioClock {
    /// The date at the beginning, in epoch milliseconds; another one once the date is set.
    start: AtomicI64,
    started: Instant,
}

impl TokioClock {
    /// A clock that reads `start` now.
    pub fn starting_at(start: Timestamp) -> Self {
        Self {
            start: AtomicI64::new(start.millis()),
            started: Instant::now(),
        }
    }

    /// Sets the date, as somebody does who sets the machine's clock. Waits go on as they are.
    pub fn set(&self, date: Timestamp) {
        let start = date - self.started.elapsed();
        self.start.store(start.millis(), Ordering::Relaxed);
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.start.load(Ordering::Relaxed)) + self.started.elapsed()
    }

    fn moment(&self) -> Moment {
        Moment(self.started.elapsed())
    }

    fn sleep_until(&self, deadline: Moment) -> Sleep {
        Box::pin(tokio::time::sleep(deadline.since(self.moment())))
    }
}

/// A clock that stands still, for pure code under test.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn moment(&self) -> Moment {
        Moment::default()
    }

    fn sleep_until(&self, deadline: Moment) -> Sleep {
        if deadline <= self.moment() {
            Box::pin(std::future::ready(()))
        } else {
            Box::pin(std::future::pending())
        }
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waits_go_on_whatever_the_date_is_set_to() {
        const HOUR: Duration = Duration::from_secs(3600);
        let clock = TokioClock::starting_at(Timestamp(1_700_000_000_000));
        let second = Duration::from_secs(1);
        for date in [clock.now() - HOUR, clock.now() + HOUR] {
            let (began, due) = (clock.moment(), clock.moment() + 10 * second);
            clock.set(date);
            assert_eq!(clock.now(), date);
            clock.sleep_until(due).await;
            assert_eq!(clock.moment().since(began), 10 * second);
            assert_eq!(clock.now(), date + 10 * second);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_date_becomes_the_moment_at_which_it_would_come() {
        let clock = TokioClock::starting_at(Timestamp(1000));
        let now = clock.moment();
        assert_eq!(clock.moment_of(Timestamp(500)), now);
        let due = clock.moment_of(Timestamp(3000));
        assert_eq!(due.since(now), Duration::from_secs(2));
        clock.set(Timestamp(0));
        clock.sleep_until(due).await;
        assert_eq!(clock.moment().since(now), Duration::from_secs(2));
    }
}
