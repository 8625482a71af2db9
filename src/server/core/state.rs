//! The state that the parts of one server share: time, chance, apps, connections, deadlines, events.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::apps::{App, Apps};
use super::connections::Connections;
use super::deadlines::Deadlines;
use super::events::{Event, Events};
use super::faults::{Fault, Fired, Occurrence, Point, Selector};
use super::publisher::Publisher;
use super::quota::Quota;
use super::sessions::Sessions;
use super::webhooks::Surroundings;
use crate::chat_core::auth::{KeyEntry, Keys as _};
use crate::chat_core::clock::Clock;
use crate::chat_core::error::Result;
use crate::chat_core::random::Random;
use crate::server::engine::revocation::Revocation;

/// The state that the parts of one server share.
pub(crate) struct ServerState {
    /// The present moment.
    pub(crate) clock: Arc<dyn Clock>,
    /// Ids and keys.
    pub(crate) random: Random,
    /// The apps, with their keys and channels.
    pub(crate) apps: Apps,
    /// The deadlines.
    pub(crate) deadlines: Arc<Deadlines>,
    /// The connections, with and without a socket.
    pub(crate) sessions: Arc<Sessions>,
    /// The open connections.
    pub(crate) connections: Connections,
    /// The one way for a publish.
    pub(crate) publisher: Arc<Publisher>,
    /// The stream of events.
    pub(crate) events: Events,
    /// Cancelled when the server is to stop.
    pub(crate) stopping: CancellationToken,
    /// Every task of the server.
    pub(crate) tasks: TaskTracker,
    /// The limits that plans and settings change, and what is used of them.
    pub(crate) quota: Arc<Quota>,
    /// The longest time that a client may be away and continue its attachments, where it does not continue its
    /// connection.
    pub(crate) continuity_window: Duration,
    /// This server's name.
    pub(crate) server_id: String,
    /// Called between the verification of a credential of a connection and its registering.
    #[cfg(test)]
    pub(crate) on_verified: Option<OnVerified>,
}

/// Called with the server by tests.
#[cfg(test)]
pub(crate) type OnVerified = Arc<dyn Fn(&ServerState) + Send + Sync>;

impl ServerState {
    /// Revokes tokens of an app.
    ///
    /// # Errors
    /// 40400 / 404 for an unknown app; 42910 / 429 where it has too many revocations; 50000 / 500 if it can't be kept: the tokens are in force then.
    pub(crate) async fn revoke(&self, revocation: Revocation) -> Result<()> {
        let app = self.apps.of_key(&revocation.key_name)?;
        app.revoke(revocation, self.clock.moment()).await
    }

    /// Returns whether there are rules or a seed of faults, for one app or for all.
    pub(crate) fn fails_on_purpose(&self) -> bool {
        let of_apps = self.apps.all();
        self.apps.faults.is_active() || of_apps.iter().any(|app| app.faults.is_active())
    }

    /// Does a fault at once to the connections that `selector` names: of one app, or of all. Returns how many there are.
    pub(crate) fn inflict(&self, app: Option<&str>, selector: &Selector, fault: &Fault) -> usize {
        let mut count = 0;
        for connection in self.connections.all() {
            let principal = connection.principal();
            let client = connection.fault_client();
            let occurrence = Occurrence::of(Point::Timer, client);
            let is_meant = app.is_none_or(|app| principal.app.id == app)
                && selector.of_client().matches(&occurrence, None);
            if !is_meant {
                continue;
            }
            count += 1;
            principal.app.faults.note(&occurrence, fault);
            connection.suffer(&Fired {
                fault: fault.clone(),
                label: Some("at once".to_owned()),
                target: selector.clone(),
            });
        }
        count
    }

    /// Tells a test that a credential was verified, and is not in force yet.
    #[cfg(test)]
    pub(crate) fn notify_verified(&self) {
        if let Some(on_verified) = &self.on_verified {
            on_verified(self);
        }
    }

    /// Applies a revocation to the connections of this server. Clients that are connected with one of its tokens have
    /// until it applies for another token, if that is later than now, and are disconnected then.
    pub(crate) fn apply_revocation(&self, revocation: &Revocation) {
        self.events.emit(Event::TokenRevoked { revocation });
        for connection in self.connections.all() {
            let principal = connection.principal();
            let token = principal.token.as_ref();
            if token.is_some_and(|token| revocation.is_about(&token.facts())) {
                connection.revoke();
            }
        }
    }
}

impl Surroundings for ServerState {
    fn app(&self, id: &str) -> Option<Arc<App>> {
        self.apps.get(id).ok()
    }

    fn key(&self, name: &str) -> Option<Arc<KeyEntry>> {
        self.apps.key(name)
    }
}
