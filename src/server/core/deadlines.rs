//! The server's one queue of deadlines. [`Clock`] drives it by its monotonic time, so that no deadline moves when
//! somebody sets the date; nothing else in the server sleeps.
//!
//! Each module schedules its own deadlines, most often as a closure over a `Weak`, and cancels those that do not hold
//! any more, so that nothing of a connection that is gone waits for its token to expire.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use crate::chat_core::clock::{Clock, Moment, Timestamp};

/// The deadlines of a server, the earliest first.
pub(crate) struct Deadlines {
    clock: Arc<dyn Clock>,
    /// The server's tasks.
    tasks: TaskTracker,
    queue: Mutex<DeadlineQueue>,
    /// Notified when a deadline is earlier than all before it.
    earlier: Notify,
}

/// A deadline that was scheduled. Equal times come in the order in which they were scheduled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deadline {
    at: Moment,
    number: u64,
}

impl Deadline {
    /// Returns whether it has come by `now`.
    pub(crate) fn is_due(self, now: Moment) -> bool {
        self.at <= now
    }
}

type ScheduledAction = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct DeadlineQueue {
    actions: BTreeMap<Deadline, ScheduledAction>,
    count: u64,
}

impl Deadlines {
    /// Creates an empty queue; what deadlines start is among `tasks`.
    pub(crate) fn new(clock: Arc<dyn Clock>, tasks: TaskTracker) -> Self {
        Self {
            clock,
            tasks,
            queue: Mutex::default(),
            earlier: Notify::new(),
        }
    }

    /// Runs `action` once `at` has come, on the task that runs the queue: it must not block.
    pub(crate) fn schedule(&self, at: Moment, action: impl FnOnce() + Send + 'static) -> Deadline {
        let mut queue = self.queue.lock();
        let number = queue.count;
        queue.count += 1;
        let deadline = Deadline { at, number };
        let first = queue.actions.first_key_value();
        let is_earliest = first.is_none_or(|(first, _)| deadline < *first);
        queue.actions.insert(deadline, Box::new(action));
        drop(queue);
        if is_earliest {
            self.earlier.notify_one();
        }
        deadline
    }

    /// Schedules `action` in the place of what `slot` holds.
    pub(crate) fn reschedule(
        &self,
        slot: &mut Option<Deadline>,
        at: Moment,
        action: impl FnOnce() + Send + 'static,
    ) {
        self.cancel(slot);
        *slot = Some(self.schedule(at, action));
    }

    /// Cancels what `slot` holds, if it has not come yet.
    pub(crate) fn cancel(&self, slot: &mut Option<Deadline>) {
        if let Some(deadline) = slot.take() {
            let cancelled = self.queue.lock().actions.remove(&deadline);
            // What it holds may schedule or cancel when it is dropped.
            drop(cancelled);
        }
    }

    /// Returns an action that starts the task that `make` returns, if it returns one.
    pub(crate) fn task<Work>(
        &self,
        make: impl FnOnce() -> Option<Work> + Send + 'static,
    ) -> impl FnOnce() + Send + 'static
    where
        Work: Future<Output = ()> + Send + 'static,
    {
        let tasks = self.tasks.clone();
        move || {
            if let Some(work) = make() {
                tasks.spawn(work);
            }
        }
    }

    /// Returns the present moment, by the clock that drives the queue.
    pub(crate) fn now(&self) -> Moment {
        self.clock.moment()
    }

    /// Returns the moment at which `date` comes.
    pub(crate) fn moment_of(&self, date: Timestamp) -> Moment {
        self.clock.moment_of(date)
    }

    /// Runs each deadline that comes, for ever.
    pub(crate) async fn run(&self) {
        loop {
            match self.run_due() {
                Some(next) => {
                    tokio::select! {
                        biased;
                        () = self.earlier.notified() => {}
                        () = self.clock.sleep_until(next) => {}
                    }
                }
                None => self.earlier.notified().await,
            }
        }
    }

    /// Runs what is due, and returns the time of the deadline after it.
    fn run_due(&self) -> Option<Moment> {
        loop {
            let now = self.clock.moment();
            let mut queue = self.queue.lock();
            let first = queue.actions.first_entry()?;
            if first.key().at > now {
                return Some(first.key().at);
            }
            let action = first.remove();
            drop(queue);
            action();
        }
    }

    /// Returns how many deadlines wait.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.queue.lock().actions.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::clock::TokioClock;
    use std::time::Duration;

    fn at_second(second: u64) -> Moment {
        Moment::after_beginning(Duration::from_secs(second))
    }

    #[tokio::test(start_paused = true)]
    async fn deadlines_come_in_order_also_when_an_earlier_one_is_set_later() {
        let clock = Arc::new(TokioClock::starting_at(Timestamp(1000)));
        let deadlines = Arc::new(Deadlines::new(
            Arc::clone(&clock) as Arc<dyn Clock>,
            TaskTracker::new(),
        ));
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let runner = Arc::clone(&deadlines);
        tokio::spawn(async move { runner.run().await });
        let schedule = |at, what: &'static str| {
            let (sender, clock) = (sender.clone(), Arc::clone(&clock));
            deadlines.schedule(at_second(at), move || {
                sender.send((what, clock.now().millis())).unwrap();
            })
        };
        schedule(59, "late");
        tokio::time::sleep(Duration::from_secs(1)).await;
        schedule(4, "early");
        let mut cancelled = Some(schedule(4, "cancelled"));
        schedule(4, "early too");
        schedule(0, "past");
        deadlines.cancel(&mut cancelled);
        assert_eq!((cancelled, deadlines.count()), (None, 4));
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
        assert_eq!(deadlines.count(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn rescheduling_takes_the_place_of_what_was_scheduled() {
        let clock = Arc::new(TokioClock::starting_at(Timestamp(0)));
        let deadlines = Arc::new(Deadlines::new(clock, TaskTracker::new()));
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let mut slot = None;
        for at in [1, 3, 2] {
            let sender = sender.clone();
            deadlines.reschedule(&mut slot, at_second(at), move || sender.send(at).unwrap());
        }
        drop(sender);
        let runner = Arc::clone(&deadlines);
        tokio::spawn(async move { runner.run().await });
        assert_eq!(receiver.recv().await, Some(2));
        assert_eq!(receiver.recv().await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_comes_when_it_was_due_whatever_the_date_is_set_to() {
        let clock = Arc::new(TokioClock::starting_at(Timestamp(1_700_000_000_000)));
        let deadlines = Arc::new(Deadlines::new(
            Arc::clone(&clock) as Arc<dyn Clock>,
            TaskTracker::new(),
        ));
        let runner = Arc::clone(&deadlines);
        tokio::spawn(async move { runner.run().await });
        let hour = Duration::from_secs(3600);
        for date in [clock.now() - hour, clock.now() + 2 * hour] {
            let (sender, receiver) = tokio::sync::oneshot::channel();
            let due = deadlines.now() + Duration::from_secs(7);
            deadlines.schedule(due, move || sender.send(()).unwrap());
            tokio::time::sleep(Duration::from_secs(1)).await;
            clock.set(date);
            receiver.await.unwrap();
            let late = deadlines.now().since(due);
            assert!(late < Duration::from_millis(10), "{late:?}");
        }
    }
}
