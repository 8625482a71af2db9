//! The server's one queue of deadlines. [`Clock`] drives it; nothing else in the server sleeps.

use parking_lot::Mutex;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::chat_core::clock::{Clock, Timestamp};

/// Deadlines of things `T`, the earliest first.
///
/// Nothing is ever taken out: who is told of a deadline checks whether it still holds.
pub(crate) struct Timers<T> {
    clock: Arc<dyn Clock>,
    waiting: Mutex<Waiting<T>>,
    earlier: Notify,
}

struct Waiting<T> {
    heap: BinaryHeap<Reverse<Entry<T>>>,
    count: u64,
}

struct Entry<T> {
    at: Timestamp,
    /// Equal deadlines come in the order in which they were set.
    number: u64,
    what: T,
}

impl<T> Timers<T> {
    /// An empty queue.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            waiting: Mutex::new(Waiting {
                heap: BinaryHeap::new(),
                count: 0,
            }),
            earlier: Notify::new(),
        }
    }

    /// Sets a deadline.
    pub(crate) fn set(&self, at: Timestamp, what: T) {
        let mut waiting = self.lock();
        let is_earliest = waiting
            .heap
            .peek()
            .is_none_or(|Reverse(first)| at < first.at);
        let number = waiting.count;
        waiting.count += 1;
        waiting.heap.push(Reverse(Entry { at, number, what }));
        drop(waiting);
        if is_earliest {
            self.earlier.notify_one();
        }
    }

    /// Tells `due` of each deadline that has come, for ever.
    pub(crate) async fn run(&self, mut due: impl FnMut(T)) {
        loop {
            let next = loop {
                let now = self.clock.now();
                let mut waiting = self.lock();
                match waiting.heap.peek() {
                    Some(Reverse(first)) if first.at <= now => {
                        let Some(Reverse(entry)) = waiting.heap.pop() else {
                            break None;
                        };
                        drop(waiting);
                        due(entry.what);
                    }
                    Some(Reverse(first)) => break Some(first.at),
                    None => break None,
                }
            };
            match next {
                Some(at) => {
                    tokio::select! {
                        () = self.clock.sleep_until(at) => {}
                        () = self.earlier.notified() => {}
                    }
                }
                None => self.earlier.notified().await,
            }
        }
    }

    fn lock(&self) -> parking_lot::MutexGuard<'_, Waiting<T>> {
        self.waiting.lock()
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::clock::TokioClock;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn deadlines_come_in_order_also_when_an_earlier_one_is_set_later() {
        let clock = Arc::new(TokioClock::starting_at(Timestamp(1000)));
        let timers = Arc::new(Timers::new(Arc::clone(&clock) as Arc<dyn Clock>));
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let (runner, told_at) = (Arc::clone(&timers), Arc::clone(&clock));
        tokio::spawn(async move {
            runner
                .run(|what| sender.send((what, told_at.now().millis())).unwrap())
                .await;
        });
        timers.set(Timestamp(60_000), "late");
        tokio::time::sleep(Duration::from_secs(1)).await;
        timers.set(Timestamp(5000), "early");
        timers.set(Timestamp(5000), "early too");
        timers.set(Timestamp(0), "past");
        let mut told = Vec::new();
        for _ in 0..4 {
            told.push(receiver.recv().await.unwrap());
        }
        assert_eq!(
            told,
            [
                ("past", 2000),
                ("early", 5000),
                ("early too", 5000),
                ("late", 60_000)
            ]
        );
    }
}
