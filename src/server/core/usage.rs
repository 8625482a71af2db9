//! Usage: what a server's apps would have counted as messages by Ably's rules (docs platform/pricing/message-counting),
//! and the most connections and channels that they had at one time.
//!
//! Each publish is one message in, each delivery one out; more than 5 KiB are one more for each 5 KiB begun. Messages of
//! history and members that a request returns count, and what a client is sent again after a drop or by a rewind.

use std::collections::{BTreeMap, HashMap};

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::events::{Actor, Event, Observer};
use super::tally::{Direction, Tally};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::ErrorInfo;

/// The codes of what limits refused, and of what the outbound rate dropped.
const LIMIT_CODES: &[u32] = &[
    40009, 40111, 40114, 42911, 42913, 42914, 42917, 42918, 42921, 42924, 80020, 80021, 90010,
    90021, 91003,
];

/// Counts what the apps of a server use.
#[derive(Default)]
pub struct UsageMeter {
    state: Mutex<MeterState>,
}

#[derive(Default)]
struct MeterState {
    apps: BTreeMap<String, AppUsage>,
    /// The app of each connection, and its sockets: one that is resumed may have two for a moment.
    connections: HashMap<String, (String, usize)>,
    /// The most connections of all apps at one time.
    peak: usize,
}

#[derive(Clone, Default)]
struct AppUsage {
    published: Tally,
    delivered: Tally,
    asked: Tally,
    requests: u64,
    connections: usize,
    peak_connections: usize,
    peak_channels: usize,
    refused: BTreeMap<u32, u64>,
}

impl UsageMeter {
    /// Returns the usage of an app, or of all of them together.
    pub fn report(&self, app_id: Option<&str>) -> Value {
        let state = self.state.lock();
        if let Some(id) = app_id {
            let usage = state.apps.get(id).cloned().unwrap_or_default();
            return usage.json(app_id);
        }
        let mut all = AppUsage::default();
        for app in state.apps.values() {
            all.include(app);
        }
        all.peak_connections = state.peak;
        all.json(app_id)
    }
}

impl AppUsage {
    fn include(&mut self, other: &Self) {
        self.published.add(other.published, 1);
        self.delivered.add(other.delivered, 1);
        self.asked.add(other.asked, 1);
        self.requests += other.requests;
        self.connections += other.connections;
        self.peak_channels += other.peak_channels;
        for (code, count) in &other.refused {
            *self.refused.entry(*code).or_default() += count;
        }
    }

    fn refuse(&mut self, error: &ErrorInfo) {
        if LIMIT_CODES.contains(&error.code) {
            *self.refused.entry(error.code).or_default() += 1;
        }
    }

    fn json(&self, app_id: Option<&str>) -> Value {
        let parts = [self.published, self.delivered, self.asked];
        let refused: serde_json::Map<String, Value> = self
            .refused
            .iter()
            .map(|(code, count)| (code.to_string(), (*count).into()))
            .collect();
        json!({
            "app": app_id,
            "messages": parts.map(Tally::total).iter().sum::<u64>(),
            "published": self.published.json(),
            "delivered": self.delivered.json(),
            "asked": self.asked.json(),
            "requests": self.requests,
            "connections": {"now": self.connections, "peak": self.peak_connections},
            "channels": {"peak": self.peak_channels},
            "refused": refused,
        })
    }
}

impl MeterState {
    fn app(&mut self, id: &str) -> &mut AppUsage {
        self.apps.entry(id.to_owned()).or_default()
    }

    fn refuse(&mut self, actor: Actor<'_>, error: Option<&ErrorInfo>) {
        if let Some(error) = error {
            self.app(app_of(actor.key_name)).refuse(error);
        }
    }

    fn open(&mut self, actor: Actor<'_>) {
        let id = actor.connection_id.unwrap_or_default();
        if let Some((_, sockets)) = self.connections.get_mut(id) {
            *sockets += 1;
            return;
        }
        let app_id = app_of(actor.key_name).to_owned();
        let app = self.app(&app_id);
        app.connections += 1;
        app.peak_connections = app.peak_connections.max(app.connections);
        self.connections.insert(id.to_owned(), (app_id, 1));
        self.peak = self.peak.max(self.connections.len());
    }

    fn close(&mut self, id: &str) {
        let Some((_, sockets)) = self.connections.get_mut(id) else {
            return;
        };
        *sockets -= 1;
        if *sockets == 0
            && let Some((app_id, _)) = self.connections.remove(id)
            && let Some(app) = self.apps.get_mut(&app_id)
        {
            app.connections = app.connections.saturating_sub(1);
        }
    }
}

impl Observer for UsageMeter {
    fn counts_messages(&self) -> bool {
        true
    }

    fn observe(&self, event: &Event<'_>, _: Timestamp) {
        let mut state = self.state.lock();
        match *event {
            Event::Counted {
                app_id,
                direction,
                tally,
            } => {
                let app = state.app(app_id);
                match direction {
                    Direction::In => app.published.add(tally, 1),
                    Direction::Out => app.delivered.add(tally, 1),
                    Direction::Asked => app.asked.add(tally, 1),
                }
            }
            Event::ChannelsActive { app_id, count } => {
                let app = state.app(app_id);
                app.peak_channels = app.peak_channels.max(count);
            }
            Event::ConnectionOpened { actor, .. } => state.open(actor),
            Event::ConnectionClosed { connection_id, .. } => state.close(connection_id),
            Event::ConnectionRefused { claimed, error } => {
                if let Some(key_name) = claimed.key_name() {
                    // Anybody can claim anything: only apps that are known are counted.
                    if let Some(app) = state.apps.get_mut(app_of(key_name)) {
                        app.refuse(error);
                    }
                }
            }
            Event::Attach(attempt) | Event::Publish { attempt, .. } => {
                state.refuse(attempt.actor, attempt.error);
            }
            Event::RequestAnswered {
                actor: Some(actor),
                has_published,
                error,
                ..
            } => {
                state.app(app_of(actor.key_name)).requests += 1;
                if !has_published {
                    state.refuse(actor, error);
                }
            }
            Event::Discontinuity {
                connection_id,
                error,
                ..
            } => {
                let app_id = state.connections.get(connection_id);
                if let Some((app_id, _)) = app_id.cloned() {
                    state.app(&app_id).refuse(error);
                }
            }
            Event::Reset { app_id } => {
                let app = state.app(app_id);
                *app = AppUsage {
                    connections: app.connections,
                    peak_connections: app.connections,
                    ..AppUsage::default()
                };
            }
            Event::AppDeleted { app_id } => {
                state.apps.remove(app_id);
            }
            _ => {}
        }
    }
}

fn app_of(key_name: &str) -> &str {
    key_name.split('.').next().unwrap_or_default()
}
