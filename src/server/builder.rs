//! The one way to put a server together, and to run it: for `serve`, `exec`, the local server and tests alike.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::chat_core::auth::KeyEntry;
use crate::chat_core::clock::Clock;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::random::Random;
use crate::server::core::namespaces::Namespace;
use crate::server::core::seed::Seed;
use crate::server::core::state::{self, Connections, ServerState};
use crate::server::core::{apps, deadlines, limits, sessions};
use crate::server::edge::access_log::AccessLog;
use crate::server::edge::auth_endpoint::AuthEndpoint;
use crate::server::edge::realtime::outbox;
use crate::server::edge::{http, metrics};
use crate::server::engine::Storage;

/// How long connections have for ending once the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// How many clients are told at once that the server stops, and the pause after them: 10,000 a second.
const DISCONNECT_BATCH: usize = 100;
const DISCONNECT_PAUSE: Duration = Duration::from_millis(10);

/// What a server says to those who know where to ask: that it is the one they look for. It lets nobody in.
#[derive(Clone, Debug)]
pub struct IdentityProbe {
    /// The path that is asked, as in `/local/a-long-random-word`.
    pub path: String,
    /// The body that is answered.
    pub answer: String,
}

/// What a server is made of.
pub struct Server {
    /// The keys that it knows. Keys with the same app id share their rooms.
    pub keys: Vec<KeyEntry>,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub random: Random,
    /// Whether test suites may make apps of their own (`POST /apps`).
    pub provisions_apps: bool,
    /// The auth server that stands beside it, if one does.
    pub auth_endpoint: Option<AuthEndpoint>,
    /// How it shows who it is, if it does.
    pub greeting: Option<IdentityProbe>,
    /// Who is told once clients are served: all that can go wrong at a start has gone right then.
    pub started: Option<oneshot::Sender<()>>,
    /// Messages a second that one connection may publish on one channel; no limit unless given.
    pub publish_rate: Option<f64>,
    /// How many tasks write to sockets: one a core.
    pub writers: usize,
    /// Where the apps of the keys are kept.
    pub storage: Storage,
    /// What is beside the serving, all of it off unless said.
    pub setup: Setup,
}

/// What a server begins with, and what it tells of itself.
#[derive(Default)]
pub struct Setup {
    /// What the app of the first key begins with, and is reset to.
    pub seed: Seed,
    /// Rules for the channels of its apps.
    pub namespaces: Vec<Namespace>,
    /// Whether what it listens on speaks TLS: it tells those whom it tells where it is.
    pub is_encrypted: bool,
    /// How many connections there may be at once, those of all apps together; no limit unless given.
    pub connection_limit: Option<usize>,
    /// Where it is recorded who does what.
    pub access_log: Option<AccessLog>,
    /// Where figures are asked for.
    pub metrics: Option<TcpListener>,
}

impl Server {
    /// Serves what `listener` accepts until `shutdown` completes; then tells every client, and waits for them to go.
    ///
    /// # Errors
    /// A server that can't be made; one that serves goes on.
    pub async fn run<L: Listener>(
        self,
        listener: L,
        shutdown: impl Future<Output = ()>,
    ) -> Result<()> {
        let own_apps: Vec<String> = self
            .keys
            .iter()
            .map(|entry| entry.key.app_id().to_owned())
            .collect();
        let (writers, writing) = outbox::Writers::new(self.writers);
        let timers = Arc::new(deadlines::Timers::new(Arc::clone(&self.clock)));
        let mut apps =
            apps::Apps::new(self.keys, self.storage, &self.clock, &self.random, &timers)?;
        apps.keeps_notes = self.setup.access_log.is_some();
        let counts = self.setup.metrics.is_some();
        let core = Arc::new(ServerState {
            apps,
            timers,
            sessions: sessions::Sessions::default(),
            writers,
            connections: Connections::default(),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
            provisions_apps: self.provisions_apps,
            own_apps,
            is_encrypted: self.setup.is_encrypted,
            access_log: self.setup.access_log,
            metrics: counts.then(|| metrics::Metrics::new(self.clock.now())),
            publish_rate: self.publish_rate,
            connection_limit: self.setup.connection_limit,
            server_id: format!("chatctl-{}", self.random.alphanumeric(8)),
            clock: self.clock,
            random: self.random,
        });
        if core.apps.storage.needs_upkeep() {
            core.timers
                .set(core.clock.now() + limits::UPKEEP, state::Due::Upkeep);
        }
        core.begin(self.setup.seed, self.setup.namespaces).await?;
        // These end when they are dropped, after everything that needs them.
        let mut upkeep = tokio::task::JoinSet::new();
        for task in writing {
            upkeep.spawn(task);
        }
        let watched = Arc::clone(&core);
        upkeep.spawn(async move { watched.timers.run(|due| watched.due(due)).await });
        if let Some(listener) = self.setup.metrics {
            upkeep.spawn(metrics::serve(Arc::clone(&core), listener));
        }
        if let Some(started) = self.started {
            // Nobody may wait for it any more.
            let _ = started.send(());
        }
        let accepting = http::run(
            Arc::clone(&core),
            self.auth_endpoint,
            self.greeting,
            listener,
        );
        tokio::pin!(accepting);
        tokio::select! {
            () = &mut accepting => {}
            () = shutdown => {}
        }
        core.stopping.cancel();
        accepting.await;
        disconnect_all(&core).await;
        core.tasks.close();
        let patience = core.clock.sleep_until(core.clock.now() + GRACE);
        tokio::select! {
            () = core.tasks.wait() => {}
            () = patience => tracing::warn!("some connections did not end in time"),
        }
        if let Some(log) = &core.access_log {
            log.close();
        }
        core.apps.storage.close().await;
        Ok(())
    }
}

/// Tells every client that the server stops: a few at a time, so that they do not all come back at once somewhere.
async fn disconnect_all(core: &ServerState) {
    for group in core.connections.all().chunks(DISCONNECT_BATCH) {
        for connection in group {
            connection.disconnect(ErrorInfo::new(80003, 503, "The server is shutting down"));
        }
        if group.len() == DISCONNECT_BATCH {
            let next = core.clock.now() + DISCONNECT_PAUSE;
            core.clock.sleep_until(next).await;
        }
    }
}
