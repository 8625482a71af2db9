//! The event log of a session, in the form of the vendor's fault proxy.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Map, Value, json};

use crate::chat_core::clock::Clock;
use crate::server::core::faults::journal::{Journal, Noted};

/// The most events of a session that are kept; what comes later is not.
const MAX_EVENTS: usize = 10_000;

/// The most bytes of a session's events that are kept.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The events of a session.
pub(super) struct EventLog {
    clock: Arc<dyn Clock>,
    events: Mutex<Events>,
}

#[derive(Default)]
struct Events {
    list: Vec<Value>,
    bytes: usize,
    /// The last timestamp, in microseconds: two events never have the same one.
    last: i64,
}

impl EventLog {
    /// An empty log.
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            events: Mutex::default(),
        }
    }

    /// Returns the events.
    pub(super) fn events(&self) -> Vec<Value> {
        self.events.lock().list.clone()
    }

    /// Notes an action that was asked for.
    pub(super) fn note_action(&self, action: &Value) {
        self.put(
            json!({"type": "action", "initiator": "proxy", "message": action}),
            None,
        );
    }

    fn put(&self, mut event: Value, label: Option<&str>) {
        let millis = self.clock.now().millis();
        let mut events = self.events.lock();
        events.last = (millis.saturating_mul(1000)).max(events.last + 1);
        if let Value::Object(members) = &mut event {
            members.retain(|_, value| !value.is_null());
            members.insert("timestamp".to_owned(), json!(timestamp(events.last)));
            members.insert("ruleMatched".to_owned(), json!(label));
        }
        let size = event.to_string().len();
        if events.list.len() < MAX_EVENTS && events.bytes + size <= MAX_BYTES {
            events.bytes += size;
            events.list.push(event);
        }
    }
}

/// Returns a time in RFC 3339 with microseconds: texts that sort as times do.
fn timestamp(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros)
        .map(|time| format!("{time:.6}"))
        .unwrap_or_default()
}

impl Journal for EventLog {
    fn note(&self, noted: Noted<'_>) {
        let to_client = |is| {
            if is {
                "server_to_client"
            } else {
                "client_to_server"
            }
        };
        let map = |pairs: &[(String, String)]| {
            let mut map = Map::new();
            for (name, value) in pairs {
                // The first value counts.
                map.entry(name.clone()).or_insert_with(|| json!(value));
            }
            Value::Object(map)
        };
        match noted {
            Noted::Connect {
                target,
                query,
                host,
            } => self.put(
                json!({
                    "type": "ws_connect",
                    "url": format!("ws://{host}{target}"),
                    "queryParams": map(query),
                }),
                None,
            ),
            Noted::Frame {
                to_client: is,
                message,
                label,
            } => self.put(
                json!({"type": "ws_frame", "direction": to_client(is), "message": message}),
                label,
            ),
            Noted::Injected { message } => self.put(
                json!({
                    "type": "ws_frame",
                    "direction": to_client(true),
                    "initiator": "proxy",
                    "message": message,
                }),
                None,
            ),
            Noted::Disconnected {
                initiator,
                close_code,
                label,
            } => self.put(
                json!({"type": "ws_disconnect", "initiator": initiator, "closeCode": close_code}),
                label,
            ),
            Noted::Request {
                method,
                path,
                headers,
            } => self.put(
                json!({
                    "type": "http_request",
                    "direction": to_client(false),
                    "method": method,
                    "path": path,
                    "headers": map(headers),
                }),
                None,
            ),
            Noted::Response { status, label } => self.put(
                json!({"type": "http_response", "direction": to_client(true), "status": status}),
                label,
            ),
        }
    }
}
