//! What the edges of one server share: time, chance, the gate, the connections and their deadlines.

use parking_lot::{Mutex, MutexGuard};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::server::core::apps::Apps;
use crate::server::edge::access_log::AccessLog;
use crate::server::edge::provision;
use crate::server::edge::realtime::connection::Connection;

use crate::chat_core::clock::Clock;
use crate::chat_core::error::Result;
use crate::chat_core::random::Random;
use crate::server::core::deadlines::Timers;
use crate::server::core::hub::Subscriber as _;
use crate::server::core::limits::UPKEEP;
use crate::server::core::namespaces::{Namespace, Namespaces};
use crate::server::core::seed::{AppTemplate, Seed};
use crate::server::core::sessions::{Session, Sessions};
use crate::server::edge::metrics::Metrics;
use crate::server::edge::realtime::outbox::{Outbox, Writers};

/// What the edges of one server share.
pub(crate) struct ServerState {
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Ids and keys.
    pub random: Random,
    /// The apps, with their keys and channels.
    pub(crate) apps: Apps,
    /// The deadlines.
    pub(crate) timers: Arc<Timers<Due>>,
    /// The tasks that write to sockets.
    pub writers: Writers,
    /// The connections, with and without a socket.
    pub(crate) sessions: Sessions,
    /// The open connections.
    pub connections: Connections,
    /// Cancelled when the server is to stop.
    pub stopping: CancellationToken,
    /// Every task of the server.
    pub tasks: TaskTracker,
    /// Whether whoever reaches the server may make apps.
    pub(crate) provisions_apps: bool,
    /// The ids of the apps that the server was started with; the one of its first key first.
    pub(crate) own_apps: Vec<String>,
    /// Messages a second that one connection may publish on one channel.
    pub(crate) publish_rate: Option<f64>,
    /// How many connections there may be at once.
    pub(crate) connection_limit: Option<usize>,
    /// Where it is recorded who does what.
    pub(crate) access_log: Option<AccessLog>,
    /// What is counted, where somebody asks for it.
    pub(crate) metrics: Option<Metrics>,
    /// Whether its listener speaks TLS.
    pub(crate) is_encrypted: bool,
    /// This server's name.
    pub server_id: String,
}

/// A deadline.
pub(crate) enum Due {
    /// See whether this connection was silent for too long.
    Silence(u64),
    /// Ask this connection for a new token, if its token still ends at that time.
    Renewal(u64),
    /// End this connection, if its token has expired.
    Expiry(u64),
    /// End this connection, if its token was revoked.
    Revocation(u64),
    /// Send the answers of this connection that were held back.
    Answers(u64),
    /// Let the members of this connection leave, if it has not come back since that loss.
    Absence(String, u64),
    /// Forget this connection, if it has not come back since that loss.
    Forgetting(String, u64),
    /// Tell who wants it of the occupancy of this app's channel.
    Occupancy(String, String),
    /// Let the members of this app go whose connections ended with the process before this one.
    OrphanedMembers(String),
    /// Have the storage forget what it need not know any more.
    Upkeep,
    /// Drop this app, if nobody uses it.
    IdleApp(String),
    /// Give up writing to a client that does not read.
    Abandon(Arc<Outbox>),
}

impl ServerState {
    /// Lets the server's own apps begin: that of the first key with `seed`, all with `namespaces`.
    ///
    /// # Errors
    /// A seed that can't be planted.
    pub(crate) async fn begin(&self, seed: Seed, namespaces: Vec<Namespace>) -> Result<()> {
        let now = self.clock.now();
        seed.check(now)?;
        let mut seed = Some(seed);
        for id in &self.own_apps {
            let beginning = AppTemplate {
                seed: seed.take().unwrap_or_default(),
                members: Vec::new(),
                namespaces: Namespaces::new(namespaces.clone()),
            };
            let app = self.apps.get(id)?;
            app.begin(beginning, now, &self.random).await?;
        }
        Ok(())
    }

    /// Does what is due.
    pub(crate) fn due(self: &Arc<Self>, due: Due) {
        match due {
            Due::Abandon(outbox) => outbox.abandon(),
            Due::IdleApp(id) => provision::manage::check_idle(self, &id),
            Due::OrphanedMembers(app) => {
                let core = Arc::clone(self);
                self.tasks.spawn(async move {
                    if let Ok(app) = core.apps.get(&app) {
                        app.remove_orphaned_members(&core.random).await;
                    }
                });
            }
            Due::Upkeep => {
                let core = Arc::clone(self);
                self.tasks.spawn(async move {
                    let now = core.clock.now();
                    if let Err(error) = core.apps.storage.keep_up(now).await {
                        tracing::error!(%error, "the storage could not be kept up");
                    }
                    core.timers.set(now + UPKEEP, Due::Upkeep);
                });
            }
            Due::Silence(number) => self.with(number, |connection| connection.check_silence()),
            Due::Answers(number) => self.with(number, |connection| connection.answer_held()),
            Due::Renewal(number) => self.with(number, |connection| connection.ask_for_token()),
            Due::Expiry(number) => self.with(number, |connection| connection.check_expiry()),
            Due::Revocation(number) => {
                self.with(number, |connection| connection.check_revocation());
            }
            Due::Absence(id, losses) => self.with_lost(&id, losses, |core, session| async move {
                session.leave_all(&core.random).await;
            }),
            Due::Forgetting(id, losses) => {
                self.with_lost(&id, losses, |core, session| async move {
                    session.end(&core).await;
                });
            }
            Due::Occupancy(app, channel) => {
                let core = Arc::clone(self);
                self.tasks.spawn(async move {
                    let Ok(app) = core.apps.get(&app) else {
                        return;
                    };
                    if let Err(error) = app
                        .hub
                        .tell_occupancy(&channel, core.clock.now().millis())
                        .await
                    {
                        tracing::error!(channel, %error, "the occupancy can't be told");
                    }
                });
            }
        }
    }

    fn with(&self, number: u64, act: impl FnOnce(&Arc<Connection>)) {
        if let Some(connection) = self.connections.get(number) {
            act(&connection);
        }
    }

    fn with_lost<Work>(
        self: &Arc<Self>,
        id: &str,
        losses: u64,
        act: impl FnOnce(Arc<Self>, Arc<Session>) -> Work,
    ) where
        Work: Future<Output = ()> + Send + 'static,
    {
        if let Some(session) = self
            .sessions
            .find(id)
            .filter(|session| session.is_lost_since(losses))
        {
            self.tasks.spawn(act(Arc::clone(self), session));
        }
    }
}

/// The open connections, by number.
#[derive(Default)]
pub(crate) struct Connections {
    open: Mutex<HashMap<u64, Arc<Connection>>>,
    /// Held by who comes in where connections are counted.
    door: Mutex<()>,
    count: AtomicU64,
}

impl Connections {
    /// A number for a new connection.
    pub(crate) fn number(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    /// Waits for whoever comes in at this moment, so that no two take the last place.
    pub(crate) fn door(&self) -> MutexGuard<'_, ()> {
        self.door.lock()
    }

    /// Makes a connection known.
    pub(crate) fn add(&self, connection: Arc<Connection>) {
        self.lock().insert(connection.number(), connection);
    }

    /// Forgets a connection.
    pub(crate) fn remove(&self, number: u64) {
        self.lock().remove(&number);
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<Arc<Connection>> {
        self.lock().values().map(Arc::clone).collect()
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    /// The connection with this number.
    pub(crate) fn get(&self, number: u64) -> Option<Arc<Connection>> {
        self.lock().get(&number).map(Arc::clone)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Connection>>> {
        self.open.lock()
    }
}
