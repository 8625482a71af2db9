//! A clock that stands still until it is advanced.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use parking_lot::Mutex;

use super::{Clock, ClockHold, Moment, Sleep, Timestamp};

/// A clock that stands still until it is advanced, in whole milliseconds.
///
/// Its waits are in a queue of their own, so that the next one is known exactly and ends exactly when it is due.
#[derive(Clone, Debug)]
pub struct VirtualClock(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    start: Timestamp,
    /// Milliseconds since the start.
    elapsed: AtomicU64,
    waits: Mutex<Waits>,
    /// The work of other threads that holds the time.
    held: Arc<AtomicUsize>,
    /// The number of waits and holds that have begun.
    begun: AtomicU64,
}

/// The waits by their end; equal ones in the order in which they began.
#[derive(Debug, Default)]
struct Waits {
    wakers: BTreeMap<(Moment, u64), Option<Waker>>,
    count: u64,
}

impl VirtualClock {
    /// Creates a clock that stands at `start`.
    pub fn starting_at(start: Timestamp) -> Self {
        Self(Arc::new(Shared {
            start,
            elapsed: AtomicU64::new(0),
            waits: Mutex::default(),
            held: Arc::default(),
            begun: AtomicU64::new(0),
        }))
    }

    /// Returns the date at which the first wait ends, if there is one.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let waits = self.0.waits.lock();
        let ((at, _), _) = waits.wakers.first_key_value()?;
        // A wait that ends within a millisecond has ended only after it.
        let elapsed = at.since(Moment::default());
        let rest = u64::from(!elapsed.subsec_nanos().is_multiple_of(1_000_000));
        Some(self.0.start + elapsed + Duration::from_millis(rest))
    }

    /// Sets the date, unless it is `to` or later already, and ends the waits that are due.
    pub fn advance(&self, to: Timestamp) {
        let elapsed = to.since(self.0.start).as_millis();
        let elapsed = u64::try_from(elapsed).unwrap_or(u64::MAX);
        let due = {
            let mut waits = self.0.waits.lock();
            self.0.elapsed.fetch_max(elapsed, Ordering::Relaxed);
            let rest = waits.wakers.split_off(&(self.moment(), u64::MAX));
            std::mem::replace(&mut waits.wakers, rest)
        };
        due.into_values().flatten().for_each(Waker::wake);
    }

    /// Returns whether other threads hold the time.
    pub fn is_held(&self) -> bool {
        self.0.held.load(Ordering::Acquire) > 0
    }

    /// Returns a number that changes whenever something begins to wait or to hold the time.
    pub fn activity(&self) -> u64 {
        self.0.begun.load(Ordering::Acquire)
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.0.start + Duration::from_millis(self.0.elapsed.load(Ordering::Relaxed))
    }

    fn moment(&self) -> Moment {
        Moment::after_beginning(Duration::from_millis(
            self.0.elapsed.load(Ordering::Relaxed),
        ))
    }

    fn sleep_until(&self, deadline: Moment) -> Sleep {
        let mut waits = self.0.waits.lock();
        // Under the lock, or an advance could miss it.
        if deadline <= self.moment() {
            return Box::pin(std::future::ready(()));
        }
        self.0.begun.fetch_add(1, Ordering::Relaxed);
        let key = (deadline, waits.count);
        waits.count += 1;
        waits.wakers.insert(key, None);
        Box::pin(VirtualSleep {
            clock: Arc::clone(&self.0),
            key,
        })
    }

    fn is_virtual(&self) -> bool {
        true
    }

    fn hold(&self) -> ClockHold {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
        ClockHold::counted_in(&self.0.held)
    }
}

/// A wait on a virtual clock.
struct VirtualSleep {
    clock: Arc<Shared>,
    key: (Moment, u64),
}

impl Future for VirtualSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match self.clock.waits.lock().wakers.get_mut(&self.key) {
            Some(waker) => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
            // Taken out when it was due.
            None => Poll::Ready(()),
        }
    }
}

impl Drop for VirtualSleep {
    fn drop(&mut self) {
        self.clock.waits.lock().wakers.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_893_456_000_000);

    fn at(millis: u64) -> Moment {
        Moment::after_beginning(Duration::from_millis(millis))
    }

    #[tokio::test]
    async fn waits_end_when_due_and_not_before() {
        let clock = VirtualClock::starting_at(START);
        let order: Arc<Mutex<Vec<&str>>> = Arc::default();
        let mut tasks = tokio::task::JoinSet::new();
        for (name, due) in [("third", 20), ("first", 10), ("second", 10), ("now", 0)] {
            let (sleep, order) = (clock.sleep_until(at(due)), Arc::clone(&order));
            tasks.spawn(async move {
                sleep.await;
                order.lock().push(name);
            });
        }
        let settle = async || {
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
        };
        settle().await;
        assert_eq!(*order.lock(), ["now"]);
        assert_eq!(
            clock.next_deadline(),
            Some(START + Duration::from_millis(10))
        );
        clock.advance(START + Duration::from_millis(9));
        settle().await;
        assert_eq!(order.lock().len(), 1);
        clock.advance(START + Duration::from_millis(10));
        settle().await;
        assert_eq!(*order.lock(), ["now", "first", "second"]);
        clock.advance(START + Duration::from_mins(1));
        settle().await;
        assert_eq!(*order.lock(), ["now", "first", "second", "third"]);
        assert_eq!(clock.now(), START + Duration::from_mins(1));
        assert_eq!(clock.next_deadline(), None);
    }

    #[test]
    fn time_never_goes_back() {
        let clock = VirtualClock::starting_at(START);
        clock.advance(START + Duration::from_secs(5));
        clock.advance(START);
        assert_eq!(clock.now(), START + Duration::from_secs(5));
        assert_eq!(clock.moment(), at(5000));
    }

    #[test]
    fn next_deadline_is_a_whole_millisecond_that_ends_the_wait() {
        let clock = VirtualClock::starting_at(START);
        let due = Moment::after_beginning(Duration::from_micros(1500));
        let sleep = clock.sleep_until(due);
        assert_eq!(
            clock.next_deadline(),
            Some(START + Duration::from_millis(2))
        );
        drop(sleep);
        assert_eq!(clock.next_deadline(), None, "nobody waits for it any more");
    }

    #[test]
    fn holds_are_counted_until_they_are_dropped() {
        let clock = VirtualClock::starting_at(START);
        let before = clock.activity();
        let (one, two) = (clock.hold(), clock.hold());
        assert_ne!(clock.activity(), before);
        drop(one);
        assert!(clock.is_held());
        drop(two);
        assert!(!clock.is_held());
    }
}
