//! The events of one rule that wait to be delivered: bounded in number and in bytes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::event::HookEvent;
use crate::chat_core::clock::Moment;
use crate::server::core::limits::{MAX_WEBHOOK_EVENTS, MAX_WEBHOOK_SIZE};

/// What waits for one rule.
pub(super) struct RuleQueue {
    state: Mutex<QueueState>,
    /// Of single deliveries: the requests that may be under way at one time.
    pub(super) slots: Arc<Semaphore>,
}

#[derive(Default)]
struct QueueState {
    /// The events that wait for a batch, the oldest first. Those of a batch that is under way stay until it ends.
    events: VecDeque<Waiting>,
    /// Whether somebody sends batches.
    is_running: bool,
    /// The events that are not done with, and their bytes.
    count: usize,
    size: usize,
    /// Of single deliveries: those that wait for a slot.
    without_slot: usize,
    totals: Totals,
    /// When the next batch may be sent.
    next_at: Option<Moment>,
}

/// An event that waits for a batch.
#[derive(Clone)]
pub(super) struct Waiting {
    pub(super) event: Arc<HookEvent>,
    pub(super) since: Moment,
}

/// The numbers of events by how they ended.
#[derive(Clone, Copy, Default)]
struct Totals {
    delivered: u64,
    failed: u64,
    dropped: u64,
}

/// How an event ended.
#[derive(Clone, Copy)]
pub(super) enum End {
    Delivered,
    Failed,
}

/// What becomes of an event that is told to a rule.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It waits; whoever told it has to start its delivery.
    Start,
    /// It waits for a batch that somebody will send.
    Waits,
    /// There is no room for it.
    Full,
}

impl RuleQueue {
    /// Returns an empty queue whose single deliveries take `slots`.
    pub(super) fn new(slots: usize) -> Self {
        Self {
            state: Mutex::default(),
            slots: Arc::new(Semaphore::new(slots)),
        }
    }

    /// Takes an event that is told alone, unless there is no room; at most `queued` wait for a slot, where that is given.
    pub(super) fn admit(&self, event: &HookEvent, queued: Option<usize>) -> Admission {
        let mut state = self.state.lock();
        let is_over = queued
            .is_some_and(|queued| state.without_slot >= self.slots.available_permits() + queued);
        if is_over || !state.take(event) {
            state.totals.dropped += 1;
            return Admission::Full;
        }
        state.without_slot += 1;
        Admission::Start
    }

    /// Notes that an event that is told alone has got its slot.
    pub(super) fn note_slot(&self) {
        self.state.lock().without_slot -= 1;
    }

    /// Takes an event for a batch, unless there is no room.
    pub(super) fn push(&self, event: Arc<HookEvent>, since: Moment) -> Admission {
        let mut state = self.state.lock();
        if !state.take(&event) {
            state.totals.dropped += 1;
            return Admission::Full;
        }
        state.events.push_back(Waiting { event, since });
        if std::mem::replace(&mut state.is_running, true) {
            Admission::Waits
        } else {
            Admission::Start
        }
    }

    /// Notes that an event was dropped for another reason than room.
    pub(super) fn note_drop(&self) {
        self.state.lock().totals.dropped += 1;
    }

    /// Notes the end of an event that was told alone.
    pub(super) fn end(&self, event: &HookEvent, end: End) {
        self.state.lock().end(event, end);
    }

    /// Returns the oldest events, at most `limit`. Where there is none, nobody sends batches any more.
    pub(super) fn next_batch(&self, limit: usize) -> Vec<Waiting> {
        let mut state = self.state.lock();
        if state.events.is_empty() {
            state.is_running = false;
        }
        state.events.iter().take(limit).cloned().collect()
    }

    /// Returns when the next batch may be sent.
    pub(super) fn next_at(&self) -> Moment {
        let beginning = Moment::after_beginning(Duration::ZERO);
        self.state.lock().next_at.unwrap_or(beginning)
    }

    /// Sets when the next batch may be sent.
    pub(super) fn set_next(&self, at: Moment) {
        self.state.lock().next_at = Some(at);
    }

    /// Removes the oldest events, which ended so.
    pub(super) fn end_batch(&self, count: usize, end: End) {
        let mut state = self.state.lock();
        for _ in 0..count {
            if let Some(waiting) = state.events.pop_front() {
                state.end(&waiting.event, end);
            }
        }
    }

    /// Removes and returns the events that wait since before `limit`.
    pub(super) fn expire(&self, limit: Moment) -> Vec<Waiting> {
        let mut state = self.state.lock();
        let mut expired = Vec::new();
        while let Some(first) = state.events.front()
            && first.since < limit
            && let Some(first) = state.events.pop_front()
        {
            state.end(&first.event, End::Failed);
            expired.push(first);
        }
        expired
    }

    /// Forgets all events that wait for a batch: nobody sends them any more.
    pub(super) fn clear(&self) {
        let mut state = self.state.lock();
        state.is_running = false;
        let events = std::mem::take(&mut state.events);
        for waiting in &events {
            state.end(&waiting.event, End::Failed);
        }
    }

    /// Returns the numbers of events: that wait, and by how they ended.
    pub(super) fn report(&self) -> Value {
        let state = self.state.lock();
        json!({
            "waiting": state.count,
            "delivered": state.totals.delivered,
            "failed": state.totals.failed,
            "dropped": state.totals.dropped,
        })
    }
}

impl QueueState {
    fn take(&mut self, event: &HookEvent) -> bool {
        let size = event.size();
        if self.count >= MAX_WEBHOOK_EVENTS || self.size + size > MAX_WEBHOOK_SIZE {
            return false;
        }
        self.count += 1;
        self.size += size;
        true
    }

    fn end(&mut self, event: &HookEvent, end: End) {
        self.count -= 1;
        self.size -= event.size();
        match end {
            End::Delivered => self.totals.delivered += 1,
            End::Failed => self.totals.failed += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::clock::Timestamp;
    use crate::chat_core::protocol::{Action, Data, Message, ProtocolMessage};
    use crate::server::core::integrations::Source;
    use crate::server::core::webhooks::event::Content;
    use crate::server::engine::{ChannelOccupancy, Entry};

    fn event(content: Content) -> Arc<HookEvent> {
        Arc::new(HookEvent::new(1, Timestamp(0), &"c".into(), content))
    }

    #[test]
    fn events_that_wait_are_bounded_in_number() {
        let queue = RuleQueue::new(1);
        let now = Moment::after_beginning(Duration::ZERO);
        let event = event(Content::of_occupancy(&ChannelOccupancy::default()));
        assert_eq!(queue.push(Arc::clone(&event), now), Admission::Start);
        for _ in 1..MAX_WEBHOOK_EVENTS {
            assert_eq!(queue.push(Arc::clone(&event), now), Admission::Waits);
        }
        assert_eq!(queue.push(Arc::clone(&event), now), Admission::Full);
        assert_eq!(queue.admit(&event, None), Admission::Full);
        queue.end_batch(1, End::Delivered);
        assert_eq!(queue.push(event, now), Admission::Waits);
        assert_eq!(queue.report()["dropped"], 2);
        queue.clear();
        assert_eq!(queue.report()["waiting"], 0);
    }

    #[test]
    fn events_that_wait_are_bounded_in_size() {
        let queue = RuleQueue::new(1);
        let message = Message {
            data: Some(Data::Text("x".repeat(1024 * 1024))),
            ..Message::default()
        };
        let frame = ProtocolMessage {
            messages: Some(vec![message]),
            ..ProtocolMessage::on(Action::Message, "c")
        };
        let entry = Arc::new(Entry {
            channel_serial: String::new(),
            frames: vec![Arc::new(frame)],
            connection_id: None,
            serials: Vec::new(),
            changed: None,
        });
        let mut contents = Content::of_entry(&entry, Source::Message, false);
        let event = event(contents.remove(0));
        let fits = (0..100).filter(|_| queue.admit(&event, None) == Admission::Start);
        assert_eq!(fits.count(), MAX_WEBHOOK_SIZE / 1024 / 1024 - 1);
    }
}
