//! Events that are gathered: one request at a time and one a second, in order, until the endpoint takes it.

use std::sync::Arc;
use std::time::Duration;

use super::courier::{Courier, Waited};
use super::event::HookEvent;
use super::log::{DeliveryState, Subject};
use super::queue::{End, Waiting};
use super::wire;
use crate::chat_core::error::ErrorInfo;
use crate::server::core::integrations::{Rule, Webhook};

/// The time between two batches.
const PACE: Duration = Duration::from_secs(1);

/// The wait before another attempt: √2 times as long each time, from a second on.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The time that an event waits before it is discarded.
const MAX_AGE: Duration = Duration::from_secs(5 * 60);

/// A batch that is tried until it ends.
struct Batch {
    id: u64,
    wait: Duration,
}

impl Courier {
    /// Delivers what waits, and what comes meanwhile, until nothing waits.
    pub(super) async fn send_batches(self) {
        let mut batch: Option<Batch> = None;
        let mut next = self.queue.next_at();
        loop {
            // Asked for before the wait, for the last time if there is nothing: whoever comes then starts another.
            if self.queue.next_batch(1).is_empty() {
                return;
            }
            if self.wait_until(next).await == Waited::Ended {
                return self.queue.clear();
            }
            let Some(rule) = self.rule() else {
                self.give_up(batch);
                return self.queue.clear();
            };
            let Some(webhook) = rule.webhook() else {
                return self.queue.clear();
            };
            self.discard_old(webhook, &mut batch);
            let waiting = self.queue.next_batch(self.shared.limits.webhook_batch);
            if waiting.is_empty() {
                return;
            }
            match self
                .send_batch((&rule, webhook), &waiting, batch.take())
                .await
            {
                Ok(failed) => {
                    let now = self.shared.clock.moment();
                    let wait = failed.as_ref().map_or(PACE, |batch| batch.wait);
                    next = now + wait;
                    self.queue.set_next(next);
                    batch = failed;
                }
                Err(Ended) => return self.queue.clear(),
            }
        }
    }

    /// Sends a batch once. Returns it if it is to be tried again.
    async fn send_batch(
        &self,
        (_, webhook): (&Rule, &Webhook),
        waiting: &[Waiting],
        earlier: Option<Batch>,
    ) -> Result<Option<Batch>, Ended> {
        let Some(first) = waiting.first() else {
            return Ok(None);
        };
        let subject = self.subject(webhook, &first.event.channel, waiting.len());
        let mut batch = earlier.unwrap_or_else(|| self.begin_batch(subject));
        let events = waiting.iter().map(|waiting| &*waiting.event as &HookEvent);
        let key = self.signing_key(webhook, subject.channel);
        let request = wire::batch(webhook, &self.sender(webhook), events, key.as_ref());
        self.note_request(batch.id, webhook, &request, waiting.len());
        let outcome = self.attempt(webhook, request).await.ok_or(Ended)?;
        let (state, end) = match (&outcome, self.is_stopping()) {
            (Ok(_), _) => (DeliveryState::Delivered, Some(End::Delivered)),
            // What waits is sent once when the server stops, and no more.
            (Err(_), true) => (DeliveryState::Failed, Some(End::Failed)),
            (Err(_), false) => (DeliveryState::Pending, None),
        };
        self.note_attempt(batch.id, subject, &outcome, state);
        if let Some(end) = end {
            self.queue.end_batch(waiting.len(), end);
            return Ok(None);
        }
        batch.wait = batch
            .wait
            .mul_f64(std::f64::consts::SQRT_2)
            .min(LONGEST_WAIT);
        Ok(Some(batch))
    }

    fn begin_batch(&self, subject: Subject<'_>) -> Batch {
        let id = self.shared.next_delivery();
        let now = self.shared.clock.now();
        self.hooks.log.begin(id, subject, now, None);
        Batch {
            id,
            wait: FIRST_WAIT,
        }
    }

    fn subject<'a>(
        &'a self,
        webhook: &Webhook,
        channel: &'a Arc<str>,
        events: usize,
    ) -> Subject<'a> {
        Subject {
            rule_id: &self.rule_id,
            source: webhook.source,
            channel,
            events,
        }
    }

    fn give_up(&self, batch: Option<Batch>) {
        if let Some(batch) = batch {
            self.hooks.log.give_up(batch.id);
        }
    }

    /// Discards the events that have waited for too long. A batch of which none is left is given up.
    fn discard_old(&self, webhook: &Webhook, batch: &mut Option<Batch>) {
        let now = self.shared.clock.moment();
        let discarded = self.queue.expire(now - MAX_AGE);
        let Some(first) = discarded.first() else {
            return;
        };
        let why = "Discarded: the endpoint took no batch for 5 minutes";
        let error = ErrorInfo::new(70001, 503, why);
        let subject = self.subject(webhook, &first.event.channel, discarded.len());
        let id = self.shared.next_delivery();
        let at = self.shared.clock.now();
        self.hooks
            .log
            .note_drop(id, subject, at, error.clone(), DeliveryState::Failed);
        self.shared
            .log_error(&self.hooks, &self.rule_id, subject.channel, error);
        if self.queue.next_batch(1).is_empty() {
            self.give_up(batch.take());
        }
    }
}

/// The app is gone, or was reset.
struct Ended;
