//! The one way to put a server together and to run it: for `serve`, `exec`, the local server and tests alike.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::core::apps::Apps;
use super::core::connections::Connections;
use super::core::deadlines::Deadlines;
use super::core::events::{Events, Observer};
use super::core::faults::{ChaosProfile, FaultReport, RulesForm};
use super::core::integrations::RuleForm;
use super::core::limits::CONTINUITY_WINDOW;
use super::core::moderation::Moderator;
use super::core::namespaces::Namespace;
use super::core::outbound::Outbound;
use super::core::plan::PlanLimits;
use super::core::publisher::{PublishHook, Publisher};
use super::core::quota::Quota;
use super::core::registry;
use super::core::seed::Seed;
use super::core::sessions::Sessions;
use super::core::state::ServerState;
use super::core::usage::UsageMeter;
use super::core::webhooks::Webhooks;
use super::edge::access_log::AccessLog;
use super::edge::admin::leases::Leases;
use super::edge::auth_endpoint::AuthEndpoint;
use super::edge::control::ControlSetup;
use super::edge::http::AtEnd;
use super::edge::http::boundary::Boundary;
use super::edge::http::socket::Socket;
use super::edge::metrics::Metrics;
use super::edge::outbound::HttpOutbound;
use super::edge::realtime::outbox::Writers;
use super::edge::request_log::RequestLog;
use super::edge::router::{IdentityProbe, router};
use super::edge::server_log::ServerLog;
use super::edge::virtual_time::VirtualTime;
use super::edge::{EdgeState, control, http, metrics, uts_proxy};
use super::engine::Storage;
use crate::chat_core::auth::KeyEntry;
use crate::chat_core::clock::Clock;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::random::Random;

/// The time that connections have to end once the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// The number of clients that are disconnected at once when the server stops, and the pause after them: 10,000 a second.
const DISCONNECT_BATCH: usize = 100;
const DISCONNECT_PAUSE: Duration = Duration::from_millis(10);

/// The parts of a server.
pub struct Server {
    /// The keys. Keys with the same app id share their rooms.
    pub keys: Vec<KeyEntry>,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub random: Random,
    /// Whether clients may create apps without a key (`POST /apps`).
    pub provisions_apps: bool,
    /// The auth server beside it, if there is one.
    pub auth_endpoint: Option<AuthEndpoint>,
    /// The path by which other programs of the same user recognise it.
    pub identity_probe: Option<IdentityProbe>,
    /// Notified once clients are served: all that can go wrong at a start has gone right then.
    pub started: Option<oneshot::Sender<()>>,
    /// Messages a second that one connection may publish on one channel; no limit unless given.
    pub publish_rate: Option<f64>,
    /// The number of tasks that write to sockets: one a core.
    pub writers: usize,
    /// The storage of the apps.
    pub storage: Storage,
    /// The optional parts, all of them off by default.
    pub setup: Setup,
}

/// The optional parts of a server.
#[derive(Default)]
pub struct Setup {
    /// The seed of the first key's app, which a reset goes back to.
    pub seed: Seed,
    /// Rules for the channels of its apps.
    pub namespaces: Vec<Namespace>,
    /// Rules that are asked before a message is published or told afterwards, for its apps.
    pub rules: Vec<RuleForm>,
    /// The hosts that rules may call which are made over HTTP, beside those of this machine.
    pub allowed_targets: Vec<String>,
    /// Whether the listener speaks TLS, for answers that name the server's address.
    pub is_encrypted: bool,
    /// The limits that plans and settings change: those of connections and rates over all apps, those of channels for
    /// each app.
    pub limits: PlanLimits,
    /// The longest time that a client may be away and continue its attachments, where it does not continue its connection:
    /// two minutes unless given.
    pub continuity_window: Option<Duration>,
    /// The access log.
    pub access_log: Option<AccessLog>,
    /// A log of requests for people.
    pub request_log: Option<RequestLog>,
    /// Whether the log of the process has a line for each request.
    pub logs_requests: bool,
    /// The listener of the metrics.
    pub metrics: Option<TcpListener>,
    /// The Hosts and Origins that are taken, where the credential is public or generated; all of them unless given.
    pub boundary: Option<Boundary>,
    /// The token of the one who started it, for what is under `/chatctl/`; without one nothing is there.
    pub admin_token: Option<String>,
    /// The virtual time that the server's clock shows, if it is not the machine's.
    pub virtual_time: Option<Arc<VirtualTime>>,
    /// The listener of the vendor's fault proxy.
    pub uts_proxy: Option<TcpListener>,
    /// The vendor's Control API, if it is wanted.
    pub control: Option<ControlSetup>,
    /// Rules of faults for all apps.
    pub faults: RulesForm,
    /// Told what the faults have done.
    pub fault_report: FaultReport,
    /// A seed that faults are drawn from, and how many.
    pub chaos: Option<(u64, ChaosProfile)>,
    /// Counts what its apps use, where there is an admin token.
    pub usage: Arc<UsageMeter>,
    /// Checks publishes before they are submitted.
    pub(crate) publish_hook: Option<Arc<dyn PublishHook>>,
    /// Calls endpoints of other programs; over HTTP unless given.
    pub(crate) outbound: Option<Arc<dyn Outbound>>,
    /// Learn of each event, beside the access log, the metrics and the log.
    pub(crate) observers: Vec<Arc<dyn Observer>>,
    /// Called between the verification of a credential of a connection and its registering.
    #[cfg(test)]
    pub(crate) on_verified: Option<super::core::state::OnVerified>,
    /// Gets the server once it is put together.
    #[cfg(test)]
    pub(crate) started: Option<oneshot::Sender<std::sync::Weak<ServerState>>>,
}

impl Setup {
    /// Sets the rules for all apps, and the seed.
    ///
    /// # Errors
    /// 40000 / 400 for a rule that is not valid.
    fn set_faults(&self, apps: &Apps) -> Result<()> {
        let invalid = |fault| ErrorInfo::new(40000, 400, fault);
        let faults = &apps.faults;
        if let Some((seed, profile)) = self.chaos {
            faults.begin_chaos(seed, profile);
        }
        let rules = self.faults.rules().map_err(invalid)?;
        if !rules.is_empty() {
            faults.add(rules, false).map_err(invalid)?;
        }
        let of_apps = apps.all().into_iter().map(|app| Arc::clone(&app.faults));
        self.fault_report
            .about(of_apps.chain([Arc::clone(faults)]).collect());
        Ok(())
    }

    /// What calls endpoints of other programs.
    fn outbound(&mut self) -> Arc<dyn Outbound> {
        let allowed = std::mem::take(&mut self.allowed_targets);
        let given = self.outbound.take();
        given.unwrap_or_else(|| Arc::new(HttpOutbound::new(allowed)))
    }

    /// The stream of events, with the observers that are wanted.
    fn events(&mut self, counters: &Arc<Metrics>, clock: &Arc<dyn Clock>) -> Events {
        let mut observers = std::mem::take(&mut self.observers);
        if let Some(log) = self.access_log.take() {
            observers.push(Arc::new(log));
        }
        if let Some(log) = self.request_log.take() {
            observers.push(Arc::new(log));
        }
        if self.admin_token.is_some() {
            observers.push(Arc::clone(&self.usage) as _);
        }
        if let Some(control) = &self.control {
            observers.push(Arc::clone(&control.statistics) as _);
        }
        if self.metrics.is_some() {
            observers.push(Arc::clone(counters) as _);
        }
        if tracing::enabled!(tracing::Level::INFO) {
            observers.push(Arc::new(ServerLog {
                has_requests: self.logs_requests,
            }));
        }
        Events::new(observers, Arc::clone(clock))
    }
}

impl Server {
    /// Serves the clients of `listener` until `shutdown` completes; then tells every client, and waits for them to go.
    ///
    /// # Errors
    /// A server that can't be put together; one that serves goes on.
    #[allow(clippy::too_many_lines)] // the one list of what a server is put together from
    pub async fn run<L>(mut self, listener: L, shutdown: impl Future<Output = ()>) -> Result<()>
    where
        L: Listener,
        L::Io: Socket,
    {
        // Long, since it is the one list of what a server is put together from, in its order.
        let (writers, writing) = Writers::new(self.writers);
        let tasks = TaskTracker::new();
        let deadlines = Arc::new(Deadlines::new(Arc::clone(&self.clock), tasks.clone()));
        let counters = Arc::new(Metrics::new(self.clock.moment()));
        let stopping = CancellationToken::new();
        let outbound = self.setup.outbound();
        let webhooks = Webhooks::new(
            (&self.clock, &deadlines),
            &outbound,
            self.setup.limits,
            &stopping,
        );
        self.setup.observers.push(Arc::clone(&webhooks) as _);
        let events = self.setup.events(&counters, &self.clock);
        let apps = Apps::new(
            self.keys,
            self.storage,
            &self.clock,
            &self.random,
            &deadlines,
            &events,
            self.setup.limits,
        )
        .await?;
        let sessions = Sessions::new(Arc::clone(&deadlines), self.random.clone());
        self.setup.set_faults(&apps)?;
        let quota = Arc::new(Quota::new(self.setup.limits, Arc::clone(&self.clock)));
        let moderator = Arc::new(Moderator {
            clock: Arc::clone(&self.clock),
            outbound,
        });
        let hook = self.setup.publish_hook.take();
        let hook = hook.unwrap_or_else(|| Arc::clone(&moderator) as _);
        let server = Arc::new(ServerState {
            apps,
            sessions: Arc::clone(&sessions),
            deadlines,
            connections: Connections::default(),
            publisher: Arc::new(Publisher {
                clock: Arc::clone(&self.clock),
                events: events.clone(),
                sessions,
                max_rate: self.publish_rate,
                quota: Arc::clone(&quota),
                hook: Some(hook),
                tasks: tasks.clone(),
            }),
            events,
            stopping,
            tasks,
            quota,
            continuity_window: self.setup.continuity_window.unwrap_or(CONTINUITY_WINDOW),
            #[cfg(test)]
            on_verified: self.setup.on_verified,
            server_id: format!("chatctl-{}", self.random.alphanumeric(8)),
            clock: self.clock,
            random: self.random,
        });
        connect(&server, &webhooks);
        server.apps.configure(self.setup.rules)?;
        let (seed, namespaces) = (self.setup.seed, self.setup.namespaces);
        server.apps.seed_own(seed, &namespaces).await?;
        registry::restore(&server).await?;
        let edge = Arc::new(EdgeState {
            server: Arc::clone(&server),
            writers,
            provisions_apps: self.provisions_apps,
            is_encrypted: self.setup.is_encrypted,
            boundary: self.setup.boundary.map(Arc::new),
            moderator,
            webhooks,
            leases: Leases::default(),
            usage: self.setup.usage,
            app_budget: Arc::default(),
            time: self.setup.virtual_time,
        });
        // These end when they are dropped, after everything that needs them.
        let mut upkeep: tokio::task::JoinSet<()> = writing.into_iter().collect();
        let deadlines = Arc::clone(&server.deadlines);
        upkeep.spawn(async move { deadlines.run().await });
        if let Some(listener) = self.setup.metrics {
            upkeep.spawn(metrics::serve(Arc::clone(&edge), counters, listener));
        }
        #[cfg(test)]
        send(self.setup.started, Arc::downgrade(&server));
        send(self.started, ());
        let admin_token = self.setup.admin_token.as_deref();
        let router = router(&edge, self.auth_endpoint, self.identity_probe, admin_token);
        if let Some(listener) = self.setup.uts_proxy {
            let proxy = uts_proxy::serve(Arc::clone(&edge), router.clone(), listener);
            upkeep.spawn(proxy);
        }
        if let Some(setup) = self.setup.control {
            upkeep.spawn(control::serve(Arc::clone(&edge), setup));
        }
        let lifetime = (server.stopping.clone(), server.tasks.clone());
        let accepting = http::run(lifetime, router, listener, AtEnd::Answer);
        tokio::pin!(accepting);
        tokio::select! {
            biased;
            () = &mut accepting => {}
            () = shutdown => {}
        }
        server.stopping.cancel();
        server.apps.end_faults();
        accepting.await;
        finish(&server).await;
        server.apps.engine.close().await
    }
}

/// Has the parts of a server that come first know it.
fn connect(server: &Arc<ServerState>, webhooks: &Webhooks) {
    webhooks.surround(Arc::downgrade(server) as _, &server.server_id);
    let revoking = Arc::downgrade(server);
    server.apps.on_revoked(move |revocation| {
        if let Some(server) = revoking.upgrade() {
            server.apply_revocation(revocation);
        }
    });
}

/// Disconnects every client, and waits until what is under way has ended.
async fn finish(server: &ServerState) {
    disconnect_all(server).await;
    server.tasks.close();
    let grace = server.clock.sleep_until(server.clock.moment() + GRACE);
    tokio::select! {
        biased;
        () = server.tasks.wait() => {}
        () = grace => tracing::warn!("some connections did not end in time"),
    }
    server.events.close();
}

/// Sends `value` to whoever waits for it.
fn send<T>(to: Option<oneshot::Sender<T>>, value: T) {
    if let Some(to) = to {
        // Nobody may wait for it any more.
        let _ = to.send(value);
    }
}

/// Disconnects every client, a few at a time, so that they do not all come back at once somewhere.
async fn disconnect_all(server: &ServerState) {
    for group in server.connections.all().chunks(DISCONNECT_BATCH) {
        for connection in group {
            connection.disconnect(ErrorInfo::new(80003, 503, "The server is shutting down"));
        }
        if group.len() == DISCONNECT_BATCH {
            let next = server.clock.moment() + DISCONNECT_PAUSE;
            server.clock.sleep_until(next).await;
        }
    }
}
