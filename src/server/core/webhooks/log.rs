//! The log of deliveries of one app: bounded in number, and in the bytes of the requests that are kept to be sent again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Value, json};

use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::ErrorInfo;
use crate::server::core::integrations::Source;
use crate::server::core::limits::{MAX_DELIVERIES, MAX_DELIVERY_SIZE};
use crate::server::core::outbound::EndpointAnswer;

/// The attempts of one delivery that are kept, the newest.
const MAX_ATTEMPTS: usize = 20;

/// The most bytes of an answer that are kept.
pub(super) const MAX_ANSWER: usize = 4 * 1024;

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DeliveryState {
    /// It is under way, or will be tried again.
    Pending,
    /// The endpoint took it.
    Delivered,
    /// It was given up.
    Failed,
    /// It was never sent: there was no room for it.
    Dropped,
}

/// A delivery: one request to an endpoint, with its attempts.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    /// Its id.
    pub(crate) id: u64,
    rule_id: String,
    source: Source,
    /// When it began.
    at: Timestamp,
    /// The number of events in it.
    events: usize,
    /// The channel; of the first event where there are several.
    channel: Arc<str>,
    state: DeliveryState,
    count: u32,
    attempts: VecDeque<AttemptNote>,
    error: Option<ErrorInfo>,
    request: Option<SentRequest>,
    answer: Option<KeptAnswer>,
    /// The delivery that it repeats.
    resend_of: Option<u64>,
}

/// A request as it was sent.
#[derive(Clone, Debug)]
pub(super) struct SentRequest {
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

#[derive(Clone, Debug, Serialize)]
struct AttemptNote {
    timestamp: Timestamp,
    status: Option<u16>,
    error: Option<ErrorInfo>,
}

#[derive(Clone, Debug)]
struct KeptAnswer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
    is_cut: bool,
}

/// How an attempt ended.
pub(super) type Outcome = Result<EndpointAnswer, Box<FailedAttempt>>;

/// An attempt that the endpoint did not take.
#[derive(Debug)]
pub(super) struct FailedAttempt {
    /// Its answer, if there was one.
    pub(super) answer: Option<EndpointAnswer>,
    pub(super) error: ErrorInfo,
}

/// What a delivery is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    pub(super) rule_id: &'a str,
    pub(super) source: Source,
    pub(super) channel: &'a Arc<str>,
    pub(super) events: usize,
}

/// The deliveries of one app, the oldest first.
#[derive(Default)]
pub(super) struct DeliveryLog(Mutex<LogState>);

#[derive(Default)]
struct LogState {
    deliveries: BTreeMap<u64, Delivery>,
    /// Those whose requests are kept, the oldest first.
    with_request: VecDeque<u64>,
    request_bytes: usize,
}

impl DeliveryLog {
    /// Begins a delivery that is called `id`.
    pub(super) fn begin(&self, id: u64, subject: Subject<'_>, at: Timestamp, repeats: Option<u64>) {
        self.0.lock().insert(Delivery {
            id,
            rule_id: subject.rule_id.to_owned(),
            source: subject.source,
            at,
            events: subject.events,
            channel: Arc::clone(subject.channel),
            state: DeliveryState::Pending,
            count: 0,
            attempts: VecDeque::new(),
            error: None,
            request: None,
            answer: None,
            resend_of: repeats,
        });
    }

    /// Notes events that were dropped: with the ones before them, where the newest delivery is of such.
    pub(super) fn note_drop(
        &self,
        id: u64,
        subject: Subject<'_>,
        at: Timestamp,
        error: ErrorInfo,
        state: DeliveryState,
    ) {
        let mut log = self.0.lock();
        let newest = log.deliveries.last_entry();
        if let Some(mut newest) = newest
            && newest.get().state == state
            && state == DeliveryState::Dropped
            && newest.get().rule_id == subject.rule_id
            && newest
                .get()
                .error
                .as_ref()
                .is_some_and(|it| it.code == error.code)
        {
            newest.get_mut().events += subject.events;
            return;
        }
        log.insert(Delivery {
            id,
            rule_id: subject.rule_id.to_owned(),
            source: subject.source,
            at,
            events: subject.events,
            channel: Arc::clone(subject.channel),
            state,
            count: 0,
            attempts: VecDeque::new(),
            error: Some(error),
            request: None,
            answer: None,
            resend_of: None,
        });
    }

    /// Notes the request that is about to be sent, with so many events.
    pub(super) fn note_request(&self, id: u64, request: SentRequest, events: usize) {
        let mut log = self.0.lock();
        log.forget_request(id);
        if let Some(delivery) = log.deliveries.get_mut(&id) {
            let size = request.body.len();
            delivery.request = Some(request);
            delivery.events = events;
            log.request_bytes += size;
            log.with_request.push_back(id);
        }
        while log.request_bytes > MAX_DELIVERY_SIZE
            && let Some(oldest) = log.with_request.front().copied()
        {
            log.forget_request(oldest);
        }
    }

    /// Notes how an attempt ended, and how far the delivery is.
    pub(super) fn note_attempt(
        &self,
        id: u64,
        at: Timestamp,
        outcome: &Outcome,
        state: DeliveryState,
    ) {
        let mut log = self.0.lock();
        let Some(delivery) = log.deliveries.get_mut(&id) else {
            return;
        };
        let (answer, error) = match outcome {
            Ok(answer) => (Some(answer), None),
            Err(failed) => (failed.answer.as_ref(), Some(failed.error.clone())),
        };
        if delivery.attempts.len() == MAX_ATTEMPTS {
            delivery.attempts.pop_front();
        }
        delivery.attempts.push_back(AttemptNote {
            timestamp: at,
            status: answer.map(|answer| answer.status),
            error: error.clone(),
        });
        delivery.count += 1;
        delivery.state = state;
        delivery.error = error;
        delivery.answer = answer.map(KeptAnswer::of);
    }

    /// Notes that a delivery is given up.
    pub(super) fn give_up(&self, id: u64) {
        if let Some(delivery) = self.0.lock().deliveries.get_mut(&id) {
            delivery.state = DeliveryState::Failed;
        }
    }

    /// Returns the deliveries, the newest first: of one rule where it is named, and at most `limit`.
    pub(super) fn list(&self, rule_id: Option<&str>, limit: usize) -> Vec<Value> {
        let log = self.0.lock();
        let newest = log.deliveries.values().rev();
        let meant = newest.filter(|it| rule_id.is_none_or(|rule| rule == it.rule_id));
        meant.take(limit).map(Delivery::summary).collect()
    }

    /// Returns a delivery.
    pub(super) fn get(&self, id: u64) -> Option<Delivery> {
        self.0.lock().deliveries.get(&id).cloned()
    }
}

impl LogState {
    fn insert(&mut self, delivery: Delivery) {
        if self.deliveries.len() >= MAX_DELIVERIES
            && let Some(oldest) = self.deliveries.keys().next().copied()
        {
            self.forget_request(oldest);
            self.deliveries.remove(&oldest);
        }
        self.deliveries.insert(delivery.id, delivery);
    }

    fn forget_request(&mut self, id: u64) {
        let delivery = self.deliveries.get_mut(&id);
        if let Some(request) = delivery.and_then(|it| it.request.take()) {
            self.request_bytes -= request.body.len();
        }
        self.with_request.retain(|it| *it != id);
    }
}

impl KeptAnswer {
    fn of(answer: &EndpointAnswer) -> Self {
        let is_cut = answer.body.len() > MAX_ANSWER;
        Self {
            status: answer.status,
            headers: answer.headers.clone(),
            body: Bytes::copy_from_slice(&answer.body[..answer.body.len().min(MAX_ANSWER)]),
            is_cut,
        }
    }
}

impl Delivery {
    /// Returns its rule.
    pub(super) fn rule_id(&self) -> &str {
        &self.rule_id
    }

    /// Returns what it is about.
    pub(super) fn subject(&self) -> Subject<'_> {
        Subject {
            rule_id: &self.rule_id,
            source: self.source,
            channel: &self.channel,
            events: self.events,
        }
    }

    /// Returns its request, if it is still kept.
    pub(super) fn request(&self) -> Option<&SentRequest> {
        self.request.as_ref()
    }

    /// Returns it without its request and answer.
    pub(crate) fn summary(&self) -> Value {
        let mut value = json!({
            "id": self.id.to_string(),
            "ruleId": self.rule_id,
            "timestamp": self.at,
            "source": self.source.name(),
            "channel": &*self.channel,
            "events": self.events,
            "state": self.state,
            "attempts": self.count,
        });
        let last = self.attempts.back();
        if let Some(status) = last.and_then(|it| it.status) {
            value["status"] = json!(status);
        }
        if let Some(error) = &self.error {
            value["error"] = json!(error);
        }
        if let Some(earlier) = self.resend_of {
            value["resendOf"] = json!(earlier.to_string());
        }
        value
    }

    /// Returns all of it. Configured headers are masked, for most often they are credentials.
    pub(crate) fn details(&self) -> Value {
        let mut value = self.summary();
        let attempts: Vec<Value> = self.attempts.iter().map(AttemptNote::to_value).collect();
        value["attemptLog"] = json!(attempts);
        if let Some(request) = &self.request {
            value["request"] = json!({
                "url": request.url,
                "headers": shown(&request.headers),
                "body": body_of(&request.body),
            });
        }
        if let Some(answer) = &self.answer {
            value["answer"] = json!({
                "status": answer.status,
                "headers": shown(&answer.headers),
                "body": body_of(&answer.body),
                "isCut": answer.is_cut,
            });
        }
        value
    }
}

impl AttemptNote {
    fn to_value(&self) -> Value {
        let mut value = json!({"timestamp": self.timestamp});
        if let Some(status) = self.status {
            value["status"] = json!(status);
        }
        if let Some(error) = &self.error {
            value["error"] = json!(error);
        }
        value
    }
}

fn shown(headers: &HeaderMap) -> Value {
    let each = headers.iter().map(|(name, value)| {
        let text = if value.is_sensitive() {
            "***".to_owned()
        } else {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        (name.to_string(), Value::String(text))
    });
    Value::Object(each.collect())
}

/// Returns a body as text; what is no text as base64.
fn body_of(body: &Bytes) -> Value {
    use base64::Engine as _;
    match std::str::from_utf8(body) {
        Ok(text) => json!(text),
        Err(_) => json!({"base64": base64::engine::general_purpose::STANDARD.encode(body)}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(log: &DeliveryLog, id: u64, body: &Bytes) {
        let subject = Subject {
            rule_id: "rule",
            source: Source::Message,
            channel: &"c".into(),
            events: 1,
        };
        log.begin(id, subject, Timestamp(0), None);
        send(log, id, body);
    }

    fn send(log: &DeliveryLog, id: u64, body: &Bytes) {
        let request = SentRequest {
            url: String::new(),
            headers: HeaderMap::new(),
            body: body.clone(),
        };
        log.note_request(id, request, 1);
    }

    #[test]
    fn deliveries_that_are_kept_are_bounded() {
        let log = DeliveryLog::default();
        let last = MAX_DELIVERIES as u64 + 10;
        for id in 1..=last {
            begin(&log, id, &Bytes::from_static(b"x"));
        }
        assert_eq!(log.list(None, usize::MAX).len(), MAX_DELIVERIES);
        assert!(log.get(10).is_none() && log.get(11).is_some() && log.get(last).is_some());
        assert_eq!(log.0.lock().request_bytes, MAX_DELIVERIES);
        assert_eq!(log.list(Some("other"), 10).len(), 0);
    }

    #[test]
    fn requests_that_are_kept_are_bounded() {
        let log = DeliveryLog::default();
        let body = Bytes::from(vec![0; MAX_DELIVERY_SIZE / 4]);
        for id in 1..=6 {
            begin(&log, id, &body);
            // The request of another attempt takes the place of the first.
            send(&log, id, &body);
        }
        let kept: Vec<u64> = (1..=6)
            .filter(|id| log.get(*id).is_some_and(|it| it.request().is_some()))
            .collect();
        assert_eq!(kept, [3, 4, 5, 6]);
    }
}
