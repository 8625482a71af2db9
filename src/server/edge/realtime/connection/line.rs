//! The line of a connection: frames to the client that faults let wait, and those behind them.
//!
//! Nothing here takes the lock of the connection's state: frames are sent under it.

use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;

use super::faults::{Line, Until, WaitingFrame};
use super::{Connection, abandon_later};
use crate::chat_core::clock::Moment;
use crate::server::core::faults::Wait;
use crate::server::core::limits;

/// The time for which a frame waits for one that is to go before it.
const REORDER_WAIT: Duration = Duration::from_millis(200);

impl Connection {
    /// Sends a frame behind those that wait.
    pub(super) fn line_up(&self, bytes: Bytes) {
        let mut line = self.faults.line.lock();
        if !line.waiting.is_empty() {
            return self.keep(&mut line, Until::Due(Moment::default()), bytes);
        }
        self.outbox.push(bytes);
        if let Some(overtaken) = line.overtaken.take() {
            self.outbox.push(overtaken);
            self.server.deadlines.cancel(&mut line.overtaken_until);
        }
    }

    /// Lets a frame wait, and those behind it.
    pub(super) fn hold_back(&self, wait: Wait, bytes: Bytes) {
        self.faults.arm();
        let until = match wait {
            Wait::For(by) => Until::Due(self.server.deadlines.now() + by),
            Wait::Until(hold) => Until::Released(hold),
        };
        let mut line = self.faults.line.lock();
        let is_first = line.waiting.is_empty();
        self.keep(&mut line, until, bytes);
        if is_first {
            self.await_first(&mut line);
        }
    }

    /// Keeps a frame. A client for which too much is kept is cut off, as one that does not read is.
    fn keep(&self, line: &mut Line, until: Until, bytes: Bytes) {
        line.size += bytes.len();
        line.waiting.push_back(WaitingFrame { until, bytes });
        if line.size > limits::MAX_WAITING {
            line.clear();
            line.ended = Some((None, None));
            self.outbox.cut(None);
            abandon_later(&self.server, &self.outbox);
        }
    }

    /// Has the line move on once its first frame may go.
    fn await_first(&self, line: &mut Line) {
        let this = Weak::clone(&self.this);
        let move_on = move || {
            if let Some(connection) = this.upgrade() {
                connection.move_on();
            }
        };
        match line.waiting.front().map(|frame| frame.until.clone()) {
            None => {}
            Some(Until::Due(at)) => {
                let deadlines = &self.server.deadlines;
                deadlines.reschedule(&mut line.release, at, move_on);
            }
            Some(Until::Released(hold)) => {
                let outbox = Arc::clone(&self.outbox);
                let watch = async move {
                    tokio::select! {
                        biased;
                        () = outbox.ended() => {}
                        _ = hold.over() => move_on(),
                    }
                };
                // By the queue, since frames come from threads that start no tasks too.
                let deadlines = &self.server.deadlines;
                deadlines.schedule(deadlines.now(), deadlines.task(|| Some(watch)));
            }
        }
    }

    /// Sends the frames that need not wait any more.
    fn move_on(&self) {
        let now = self.server.deadlines.now();
        let mut line = self.faults.line.lock();
        while let Some(first) = line.waiting.front() {
            if !first.until.is_over(now) {
                return self.await_first(&mut line);
            }
            if let Some(WaitingFrame { until, bytes }) = line.waiting.pop_front() {
                line.size -= bytes.len();
                if !matches!(until, Until::Released(hold) if hold.is_dropped()) {
                    self.outbox.push(bytes);
                }
            }
        }
    }

    /// Sends a frame later, while others overtake it.
    pub(super) fn send_later(&self, by: Duration, bytes: Bytes) {
        let outbox = Arc::downgrade(&self.outbox);
        let at = self.server.deadlines.now() + by;
        let deadline = self.server.deadlines.schedule(at, move || {
            if let Some(outbox) = outbox.upgrade() {
                outbox.push(bytes);
            }
        });
        let mut line = self.faults.line.lock();
        let now = self.server.deadlines.now();
        line.timers.retain(|timer| !timer.is_due(now));
        line.timers.push(deadline);
    }

    /// Lets the next frame go before this one.
    pub(super) fn let_overtake(&self, bytes: Bytes) {
        self.faults.arm();
        let this = Weak::clone(&self.this);
        let at = self.server.deadlines.now() + REORDER_WAIT;
        let mut line = self.faults.line.lock();
        if let Some(earlier) = line.overtaken.replace(bytes) {
            self.outbox.push(earlier);
        }
        let slot = &mut line.overtaken_until;
        self.server.deadlines.reschedule(slot, at, move || {
            if let Some(connection) = this.upgrade() {
                let overtaken = connection.faults.line.lock().overtaken.take();
                if let Some(bytes) = overtaken {
                    connection.outbox.push(bytes);
                }
            }
        });
    }

    /// Drops what waits, and returns how the socket ended, where a fault ended it.
    pub(super) fn end_line(&self) -> Option<(Option<u16>, Option<String>)> {
        let mut line = self.faults.line.lock();
        let deadlines = &self.server.deadlines;
        deadlines.cancel(&mut line.release);
        deadlines.cancel(&mut line.overtaken_until);
        for timer in std::mem::take(&mut line.timers) {
            deadlines.cancel(&mut Some(timer));
        }
        line.clear();
        line.ended.take()
    }
}
