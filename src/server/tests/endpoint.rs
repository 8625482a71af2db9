//! An endpoint that answers what a test tells it, in the place of HTTP.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use parking_lot::Mutex;
use serde_json::Value;

use crate::server::core::outbound::{Call, CallFault, Calling, EndpointAnswer, Outbound};

/// What the endpoint does with a call.
#[derive(Clone)]
pub(super) enum Script {
    /// Answers with a status and a body.
    Answer(u16, String),
    /// Answers after this time.
    Late(Duration, u16, String),
    /// Is not reached.
    Refuse,
    /// Never answers.
    Silence,
}

impl Script {
    pub(super) fn json(value: &Value) -> Self {
        Self::Answer(200, value.to_string())
    }
}

/// An endpoint: the calls that it got, and what it does with the next ones. The last of its scripts it repeats.
#[derive(Default)]
pub(super) struct Endpoint {
    calls: Mutex<Vec<Call>>,
    scripts: Mutex<VecDeque<Script>>,
}

impl Endpoint {
    pub(super) fn playing(scripts: impl IntoIterator<Item = Script>) -> Arc<Self> {
        let endpoint = Self::default();
        endpoint.scripts.lock().extend(scripts);
        Arc::new(endpoint)
    }

    /// Has it do this from now on.
    pub(super) fn play(&self, script: Script) {
        *self.scripts.lock() = [script].into();
    }

    /// The calls so far.
    pub(super) fn calls(&self) -> Vec<Call> {
        self.calls.lock().clone()
    }

    /// The bodies of the calls so far.
    pub(super) fn bodies(&self) -> Vec<Value> {
        let calls = self.calls.lock();
        let bodies = calls
            .iter()
            .map(|call| serde_json::from_slice(&call.body).unwrap());
        bodies.collect()
    }
}

impl Outbound for Endpoint {
    fn post(&self, call: Call) -> Calling {
        let script = {
            let mut scripts = self.scripts.lock();
            match scripts.len() {
                0 => Script::Answer(204, String::new()),
                1 => scripts[0].clone(),
                _ => scripts.pop_front().unwrap(),
            }
        };
        let timeout = call.timeout;
        self.calls.lock().push(call);
        Box::pin(async move {
            let (after, answer) = match script {
                Script::Answer(status, body) => (Duration::ZERO, Ok((status, body))),
                Script::Late(after, status, body) => (after, Ok((status, body))),
                Script::Refuse => {
                    let fault = CallFault::Unreachable("connection refused".to_owned());
                    (Duration::ZERO, Err(fault))
                }
                Script::Silence => (Duration::MAX, Err(CallFault::TimedOut(timeout))),
            };
            if after > timeout {
                tokio::time::sleep(timeout).await;
                return Err(CallFault::TimedOut(timeout));
            }
            tokio::time::sleep(after).await;
            let (status, body) = answer?;
            Ok(EndpointAnswer {
                status,
                headers: HeaderMap::new(),
                body: body.into(),
            })
        })
    }
}
