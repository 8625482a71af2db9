//! Events that are told alone: each with its own attempts, beside all others.

use std::sync::Arc;
use std::time::Duration;

use super::courier::{Courier, Waited};
use super::event::HookEvent;
use super::log::{DeliveryState, Outcome, Subject};
use super::queue::End;
use super::wire;

/// The waits before the second and the third attempt.
const WAITS: [Duration; 2] = [Duration::from_secs(4), Duration::from_secs(20)];

impl Courier {
    /// Delivers one event, again where that may help.
    pub(super) async fn send_alone(self, event: Arc<HookEvent>) {
        let end = self.deliver(&event).await;
        self.queue.end(&event, end);
    }

    async fn deliver(&self, event: &HookEvent) -> End {
        let Some(rule) = self.rule() else {
            self.queue.note_slot();
            return End::Failed;
        };
        let Some(webhook) = rule.webhook() else {
            self.queue.note_slot();
            return End::Failed;
        };
        let subject = Subject {
            rule_id: &self.rule_id,
            source: webhook.source,
            channel: &event.channel,
            events: 1,
        };
        let id = self.shared.next_delivery();
        let log = &self.hooks.log;
        log.begin(id, subject, self.shared.clock.now(), None);
        let request = wire::single(webhook, &self.sender(webhook), event);
        self.note_request(id, webhook, &request, 1);
        let mut waits = WAITS.iter();
        let mut has_waited = false;
        loop {
            // A wait for the next attempt takes no slot: other events go on meanwhile.
            let slot = Arc::clone(&self.queue.slots).acquire_owned().await;
            if !std::mem::replace(&mut has_waited, true) {
                self.queue.note_slot();
            }
            let outcome = self.attempt(webhook, request.clone()).await;
            drop(slot);
            let Some(outcome) = outcome else {
                return End::Failed;
            };
            if outcome.is_ok() {
                self.note_attempt(id, subject, &outcome, DeliveryState::Delivered);
                return End::Delivered;
            }
            let wait = waits
                .next()
                .filter(|_| may_succeed(&outcome) && !self.is_stopping());
            let Some(wait) = wait else {
                self.note_attempt(id, subject, &outcome, DeliveryState::Failed);
                return End::Failed;
            };
            self.note_attempt(id, subject, &outcome, DeliveryState::Pending);
            let next = self.shared.clock.moment() + *wait;
            if self.wait_until(next).await == Waited::Ended || self.rule().is_none() {
                log.give_up(id);
                return End::Failed;
            }
        }
    }
}

/// Returns whether another attempt may succeed: where the endpoint did not answer, was busy, or failed.
fn may_succeed(outcome: &Outcome) -> bool {
    match outcome {
        Ok(_) => false,
        Err(failed) => {
            let status = failed.answer.as_ref().map(|answer| answer.status);
            status.is_none_or(|status| status >= 500 || status == 429)
        }
    }
}
