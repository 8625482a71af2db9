//! Counts of what a server keeps, for tests that nothing is left behind once its clients are gone.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::state::ServerState;
use crate::server::engine::census::EngineCensus;

/// What a server keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Census {
    pub(crate) connections: usize,
    pub(crate) sessions: usize,
    pub(crate) deadlines: usize,
    pub(crate) tasks: usize,
    pub(crate) apps: Vec<AppCensus>,
}

/// What a server keeps of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AppCensus {
    pub(crate) id: String,
    /// All that holds the app: itself, and each connection, session and credential that there still is.
    pub(crate) holders: usize,
    /// The channels with attachments.
    pub(crate) channels: usize,
    pub(crate) attachments: usize,
    /// The channels whose occupancy will be told.
    pub(crate) dirty: usize,
    /// The bytes that wait for connections.
    pub(crate) waiting: usize,
    /// The rates of REST callers.
    pub(crate) rates: usize,
    pub(crate) engine: EngineCensus,
}

impl ServerState {
    /// Counts what it keeps.
    pub(crate) async fn census(&self) -> Census {
        let mut apps = Vec::new();
        for app in self.apps.all() {
            let rates = app.rest_rates.lock().count();
            let (channels, attachments, dirty) = app.hub.count();
            apps.push(AppCensus {
                id: app.id.clone(),
                // But for the one that is counting.
                holders: Arc::strong_count(&app) - 1,
                channels,
                attachments,
                dirty,
                waiting: app.waiting.load(Ordering::Relaxed),
                rates,
                engine: app.hub.engine().census().await.expect("an engine counts"),
            });
        }
        apps.sort_by(|one, other| one.id.cmp(&other.id));
        Census {
            connections: self.connections.count(),
            sessions: self.sessions.count(),
            deadlines: self.deadlines.count(),
            tasks: self.tasks.len(),
            apps,
        }
    }
}
