//! Reports, in real time, why the virtual time stands: a run that waits in vain never does so silently.

use std::time::{Duration, Instant};

use super::obstacle::Obstacle;
use crate::chat_core::clock::Timestamp;

/// The real time for which the virtual one may stand before that is reported; twice that before it is again, and so on.
pub(super) const REPORT_AFTER: Duration = Duration::from_secs(3);

/// The number of steps within one virtual second that is reported.
const MAX_STEPS: u64 = 20_000;

/// Where reports go.
pub(super) type Report = Box<dyn Fn(&str) + Send>;

/// Reports, in real time, why the virtual time stands.
pub(super) struct Watchdog {
    report: Report,
    /// When the time last went on.
    since: Instant,
    /// The time that it must have stood for the next report.
    next: Duration,
    /// The virtual second of the last steps, and their number.
    second: (i64, u64),
}

impl Watchdog {
    pub(super) fn new(report: Report) -> Self {
        Self {
            report,
            since: Instant::now(),
            next: REPORT_AFTER,
            second: (0, 0),
        }
    }

    /// Forgets for how long the time has stood.
    pub(super) fn reset(&mut self) {
        self.since = Instant::now();
        self.next = REPORT_AFTER;
    }

    /// Returns for how long the time has stood.
    pub(super) fn stands_for(&self) -> Duration {
        self.since.elapsed()
    }

    /// Takes note of a step to `now`.
    pub(super) fn stepped(&mut self, now: Timestamp) {
        self.reset();
        if self.second.0 != now.seconds() {
            self.second = (now.seconds(), 0);
        }
        self.second.1 += 1;
        if self.second.1 == MAX_STEPS {
            (self.report)(&format!(
                "{MAX_STEPS} timers have ended within one virtual second: a timer of 0 ms that is set again and again \
                 makes the time creep"
            ));
        }
    }

    /// Reports `text` at once.
    pub(super) fn warn(&self, text: &str) {
        (self.report)(text);
    }

    /// Looks at what keeps the time from going on.
    pub(super) fn look(&mut self, obstacles: &[Obstacle]) {
        if !self.is_due() {
            return;
        }
        let lines = obstacles.iter().map(|Obstacle { who, why, fix }| {
            let fix = if fix.is_empty() {
                String::new()
            } else {
                format!(" ({fix})")
            };
            format!("{who} {why}{fix}")
        });
        let lines: Vec<_> = lines.collect();
        (self.report)(&format!("virtual time stands still: {}", lines.join("; ")));
    }

    /// Takes note that everybody is quiet and nobody waits for the time.
    pub(super) fn rest(&mut self, is_alone: bool) {
        if !self.is_due() {
            return;
        }
        let why = if is_alone {
            "no Node process takes part, and programs in other languages do not"
        } else {
            "no timer is due: all processes are quiet, and none that has loaded `ably` has a timer"
        };
        (self.report)(&format!("virtual time stands still: {why}"));
    }

    /// Takes note that the time of processes is frozen.
    pub(super) fn freeze(&mut self) {
        if self.is_due() {
            (self.report)(
                "virtual time stands still: it is frozen until 'chatctl clock advance' moves it or 'chatctl clock run' lets \
                 it go on",
            );
        }
    }

    /// Returns whether a report is due, and sets the time of the next one.
    fn is_due(&mut self) -> bool {
        let is_due = self.stands_for() >= self.next;
        if is_due {
            self.next *= 2;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;
    use std::sync::Arc;

    #[test]
    fn standing_time_is_reported_once_with_its_reason() {
        let said: Arc<Mutex<Vec<String>>> = Arc::default();
        let to = Arc::clone(&said);
        let mut watchdog = Watchdog::new(Box::new(move |text| to.lock().push(text.to_owned())));
        let waits = [Obstacle::new(
            "process 1 (pid 7)",
            "waits for a file",
            "close it",
        )];
        watchdog.look(&waits);
        assert!(said.lock().is_empty(), "not at once");
        watchdog.since = Instant::now().checked_sub(REPORT_AFTER).unwrap();
        for _ in 0..3 {
            watchdog.look(&waits);
        }
        assert_eq!(
            *said.lock(),
            ["virtual time stands still: process 1 (pid 7) waits for a file (close it)"]
        );
        watchdog.since = Instant::now().checked_sub(2 * REPORT_AFTER).unwrap();
        watchdog.rest(false);
        watchdog.rest(false);
        assert_eq!(said.lock().len(), 2);
    }

    #[test]
    fn timers_without_end_within_a_second_are_reported() {
        let said: Arc<Mutex<Vec<String>>> = Arc::default();
        let to = Arc::clone(&said);
        let mut watchdog = Watchdog::new(Box::new(move |text| to.lock().push(text.to_owned())));
        for step in 0..i64::try_from(2 * MAX_STEPS).unwrap() {
            watchdog.stepped(Timestamp(step));
        }
        assert!(said.lock().is_empty(), "one each millisecond");
        for _ in 0..2 * MAX_STEPS {
            watchdog.stepped(Timestamp(1_000_000));
        }
        assert_eq!(said.lock().len(), 1);
    }
}
