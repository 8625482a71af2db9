//! One attempt to deliver to the endpoint of a rule, and what it means.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use tokio_util::sync::CancellationToken;

use super::log::{
    Delivery, DeliveryState, FailedAttempt, MAX_ANSWER, Outcome, SentRequest, Subject,
};
use super::queue::RuleQueue;
use super::shared::{AppHooks, Shared, stopped};
use super::wire;
use crate::chat_core::auth::{ApiKey, KeyEntry};
use crate::chat_core::clock::Moment;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::core::integrations::{Rule, Webhook};
use crate::server::core::outbound::{Call, CallFault, EndpointAnswer};

/// The time for one attempt.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The time that an attempt has once the server stops.
const LAST_TIMEOUT: Duration = Duration::from_secs(4);

/// The longest answer that is read. What is in it does not count: an endpoint answers by its status.
const MAX_READ: usize = 256 * MAX_ANSWER;

/// Delivers the events of one rule.
pub(super) struct Courier {
    pub(super) shared: Arc<Shared>,
    pub(super) hooks: Arc<AppHooks>,
    pub(super) queue: Arc<RuleQueue>,
    pub(super) rule_id: String,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waited {
    /// Its time has come.
    Over,
    /// The server is to stop: this is the last chance.
    Stopping,
    /// The app is gone, or was reset.
    Ended,
}

impl Courier {
    pub(super) fn new(
        shared: &Arc<Shared>,
        hooks: &Arc<AppHooks>,
        queue: &Arc<RuleQueue>,
        rule_id: &str,
    ) -> Self {
        Self {
            shared: Arc::clone(shared),
            hooks: Arc::clone(hooks),
            queue: Arc::clone(queue),
            rule_id: rule_id.to_owned(),
        }
    }

    /// Returns the rule as it is now, if it is still told of anything.
    pub(super) fn rule(&self) -> Option<Arc<Rule>> {
        let app = self.hooks.app.upgrade()?;
        let rule = app.integrations.rule(&self.rule_id)?;
        rule.webhook().is_some().then_some(rule)
    }

    /// Returns where requests come from.
    pub(super) fn sender(&self, webhook: &Webhook) -> wire::Sender<'_> {
        wire::Sender {
            app_id: &self.hooks.app_id,
            rule_id: &self.rule_id,
            source: webhook.source,
            instance: self.shared.instance(),
        }
    }

    /// Returns the key that signs the batches of a rule. One that was revoked signs no more, which the app is told.
    pub(super) fn signing_key(&self, webhook: &Webhook, channel: &Arc<str>) -> Option<ApiKey> {
        let id = webhook.signing_key_id.as_ref()?;
        let name = format!("{}.{id}", self.hooks.app_id);
        let entry = self.shared.surroundings()?.key(&name);
        let in_force = entry.filter(|entry: &Arc<KeyEntry>| !entry.revoked);
        if in_force.is_none() {
            let why = format!("Webhook not signed: the key {name} is not there, or was revoked");
            let error = ErrorInfo::new(40400, 404, why);
            self.shared
                .log_error(&self.hooks, &self.rule_id, channel, error);
        }
        in_force.map(|entry| entry.key.clone())
    }

    /// Waits until `at`, or until there is no more waiting.
    pub(super) async fn wait_until(&self, at: Moment) -> Waited {
        tokio::select! {
            biased;
            () = self.hooks.ended.cancelled() => Waited::Ended,
            () = self.shared.stopping.cancelled() => Waited::Stopping,
            () = self.shared.clock.sleep_until(at) => Waited::Over,
        }
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.shared.stopping.is_cancelled()
    }

    /// Sends a request once; `None` if the app is gone meanwhile.
    pub(super) async fn attempt(
        &self,
        webhook: &Webhook,
        (headers, body): (HeaderMap, Bytes),
    ) -> Option<Outcome> {
        let call = Call {
            url: webhook.target.url.clone(),
            trust: webhook.target.trust,
            headers,
            body,
            timeout: TIMEOUT,
            max_answer: MAX_READ,
        };
        // The endpoint works in real time: a virtual clock waits for it.
        let held = self.shared.clock.hold();
        let answer = tokio::select! {
            biased;
            () = self.hooks.ended.cancelled() => None,
            answer = self.shared.outbound.post(call) => Some(answer),
            () = last_chance(&self.shared.stopping) => Some(Err(CallFault::TimedOut(LAST_TIMEOUT))),
        };
        drop(held);
        answer.map(outcome_of)
    }

    /// Sends the request of a delivery once more, and returns the id of the new delivery.
    pub(super) async fn repeat(&self, delivery: &Delivery) -> Result<u64> {
        let request = delivery.request().ok_or_else(|| {
            let why = format!("The request of delivery '{}' is not kept", delivery.id);
            ErrorInfo::new(40000, 400, why)
        })?;
        let rule = self.rule().ok_or_else(stopped)?;
        let webhook = rule.webhook().ok_or_else(stopped)?;
        let id = self.shared.next_delivery();
        let now = self.shared.clock.now();
        let subject = delivery.subject();
        self.hooks.log.begin(id, subject, now, Some(delivery.id));
        let sent = (request.headers.clone(), request.body.clone());
        self.note_request(id, webhook, &sent, subject.events);
        let outcome = self.attempt(webhook, sent).await.ok_or_else(stopped)?;
        let state = match outcome {
            Ok(_) => DeliveryState::Delivered,
            Err(_) => DeliveryState::Failed,
        };
        self.note_attempt(id, subject, &outcome, state);
        Ok(id)
    }

    pub(super) fn note_request(
        &self,
        id: u64,
        webhook: &Webhook,
        (headers, body): &(HeaderMap, Bytes),
        events: usize,
    ) {
        let request = SentRequest {
            url: webhook.target.url.to_string(),
            headers: headers.clone(),
            body: body.clone(),
        };
        self.hooks.log.note_request(id, request, events);
    }

    /// Notes how an attempt ended, in the log and, where it failed, for the app.
    pub(super) fn note_attempt(
        &self,
        id: u64,
        subject: Subject<'_>,
        outcome: &Outcome,
        state: DeliveryState,
    ) {
        let now = self.shared.clock.now();
        self.hooks.log.note_attempt(id, now, outcome, state);
        if let Err(failed) = outcome {
            let error = failed.error.clone();
            self.shared
                .log_error(&self.hooks, &self.rule_id, subject.channel, error);
        }
    }
}

/// Ends a while after the server began to stop.
async fn last_chance(stopping: &CancellationToken) {
    stopping.cancelled().await;
    // Of the real clock, as the time of each attempt.
    tokio::time::sleep(LAST_TIMEOUT).await;
}

fn outcome_of(answer: std::result::Result<EndpointAnswer, CallFault>) -> Outcome {
    let (answer, error) = match answer {
        Ok(answer) if (200..300).contains(&answer.status) => return Ok(answer),
        Ok(answer) => {
            let status = answer.status;
            let code = if status == 429 { 42923 } else { 70002 };
            let why = format!("POST returned HTTP status {status}");
            (Some(answer), ErrorInfo::new(code, status, why))
        }
        Err(fault) => (
            None,
            ErrorInfo::new(70001, 503, format!("POST failed: {fault}")),
        ),
    };
    Err(Box::new(FailedAttempt { answer, error }))
}
