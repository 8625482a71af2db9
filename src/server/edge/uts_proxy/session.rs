//! A session: one port of the fault proxy with its own rules, log and connections. What it leads to is this server, so
//! that nothing is dialled: its clients are served by the same routes, under the session's rules.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::{Extension, Router};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::log::EventLog;
use crate::chat_core::clock::Moment;
use crate::server::core::faults::{Fault, FaultSet, Fired, Selector};
use crate::server::edge::EdgeState;
use crate::server::edge::http::socket::ClientListener;
use crate::server::edge::http::{self, AtEnd};

/// How often a free port is looked for that is free on both loopback addresses.
const ATTEMPTS: usize = 20;

/// A session of the fault proxy.
pub(super) struct Session {
    /// Its id: 8 hex digits.
    pub(super) id: String,
    /// Its port on the loopback addresses.
    pub(super) port: u16,
    /// What it was asked to lead to, given back as it is.
    pub(super) target: Value,
    /// Its rules.
    pub(super) rules: Arc<FaultSet>,
    /// Its log.
    pub(super) log: Arc<EventLog>,
    /// How long it lives without being used.
    pub(super) timeout: Duration,
    /// When it was used last.
    used: Mutex<Moment>,
    /// Cancelled at its end.
    ended: CancellationToken,
}

/// The sockets of a port: on the IPv4 loopback address, and on the IPv6 one if the machine has it.
pub(super) struct PortListeners {
    v4: TcpListener,
    v6: Option<TcpListener>,
    port: u16,
}

impl PortListeners {
    /// Listens on `port`, or on a free one for 0, on both loopback addresses: `localhost` may be either.
    ///
    /// # Errors
    /// The port can't be had.
    pub(super) async fn bind(port: u16) -> io::Result<Self> {
        for attempt in 1.. {
            let v4 = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
            let taken = v4.local_addr()?.port();
            let v6 = TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, taken))).await;
            match v6 {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                    if port != 0 || attempt >= ATTEMPTS {
                        return Err(error);
                    }
                }
                v6 => {
                    return Ok(Self {
                        v4,
                        v6: v6.ok(),
                        port: taken,
                    });
                }
            }
        }
        Err(io::ErrorKind::AddrInUse.into())
    }
}

impl Session {
    /// Begins a session on `listeners`, whose clients `router` serves.
    pub(super) fn begin(
        edge: &Arc<EdgeState>,
        router: &Router,
        listeners: PortListeners,
        target: Value,
        timeout: Duration,
    ) -> Arc<Self> {
        let server = &edge.server;
        let log = Arc::new(EventLog::new(Arc::clone(&server.clock)));
        let rules = Arc::new(FaultSet::new(
            Arc::clone(&server.clock),
            Some(Arc::clone(&log) as _),
        ));
        let session = Arc::new(Self {
            id: server.random.digits(8),
            port: listeners.port,
            target,
            rules: Arc::clone(&rules),
            log,
            timeout,
            used: Mutex::new(server.deadlines.now()),
            ended: server.stopping.child_token(),
        });
        let touched = Arc::downgrade(&session);
        let clock = Arc::clone(&server.clock);
        let router = router
            .clone()
            .layer(axum::middleware::map_request(move |request: Request| {
                if let Some(session) = touched.upgrade() {
                    session.touch(clock.moment());
                }
                std::future::ready(request)
            }))
            .layer(Extension(rules));
        for listener in [Some(listeners.v4), listeners.v6].into_iter().flatten() {
            let lifetime = (session.ended.clone(), server.tasks.clone());
            let accepting = http::run(
                lifetime,
                router.clone(),
                ClientListener::new(listener),
                AtEnd::Cut,
            );
            server.tasks.spawn(accepting);
        }
        session
    }

    /// Notes that it is used.
    pub(super) fn touch(&self, now: Moment) {
        *self.used.lock() = now;
    }

    /// Returns when it ends, unless it is used until then.
    pub(super) fn ends(&self) -> Moment {
        *self.used.lock() + self.timeout
    }

    /// Does a fault at once to the newest of its WebSockets that is open; returns whether there is one.
    pub(super) fn inflict(&self, edge: &EdgeState, fault: &Fault) -> bool {
        let connections = edge.server.connections.all();
        let newest = connections
            .iter()
            .rev()
            .find(|connection| connection.is_under(&self.rules));
        let Some(connection) = newest else {
            return false;
        };
        connection.suffer(&Fired {
            fault: fault.clone(),
            label: None,
            target: Selector::default(),
        });
        true
    }

    /// Ends it: its port is free, its connections and requests end at once.
    pub(super) fn end(&self, edge: &EdgeState) {
        self.ended.cancel();
        for connection in edge.server.connections.all() {
            if connection.is_under(&self.rules) {
                connection.suffer(&Fired {
                    fault: Fault::Cut,
                    label: None,
                    target: Selector::default(),
                });
            }
        }
    }
}
