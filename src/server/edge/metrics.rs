//! Metrics of a running server in Prometheus' text format, on a listener of their own, and whether it is ready.
//!
//! Gauges are read when they are asked for; the rest are counters, which observe the server where somebody may ask.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::http::StatusCode;
use ::http::header::CONTENT_TYPE;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use super::http::socket::ClientListener;
use super::{EdgeState, http};
use crate::chat_core::clock::{Moment, Timestamp};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::error::catalogue::Class;
use crate::server::core::events::{Event, Observer};
use crate::server::core::login::Transport;
use crate::server::core::state::ServerState;
use crate::server::engine::Health;

/// The counters of a server.
pub(crate) struct Metrics {
    started: Moment,
    publishes: ResultCounters,
    attaches: ResultCounters,
    requests: ResultCounters,
    connects: ResultCounters,
}

/// The counters of one kind of operation, by result.
#[derive(Default)]
struct ResultCounters {
    ok: AtomicU64,
    denied: AtomicU64,
    failed: AtomicU64,
}

impl ResultCounters {
    fn count(&self, error: Option<&ErrorInfo>) {
        let counter = match error.map(ErrorInfo::class) {
            None => &self.ok,
            Some(Class::NotPermitted | Class::Credentials) => &self.denied,
            Some(_) => &self.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Creates the counters of a server that starts at `now`.
    pub(crate) fn new(now: Moment) -> Self {
        Self {
            started: now,
            publishes: ResultCounters::default(),
            attaches: ResultCounters::default(),
            requests: ResultCounters::default(),
            connects: ResultCounters::default(),
        }
    }
}

impl Observer for Metrics {
    fn observe(&self, event: &Event<'_>, _: Timestamp) {
        match *event {
            Event::ConnectionOpened { .. } => self.connects.count(None),
            Event::ConnectionRefused { error, .. } => self.connects.count(Some(error)),
            Event::Attach(attempt) => self.attaches.count(attempt.error),
            Event::Publish {
                attempt,
                transport: Transport::Realtime,
            } => self.publishes.count(attempt.error),
            Event::RequestAnswered { error, .. } => self.requests.count(error),
            _ => {}
        }
    }
}

/// Answers `/metrics`, `/healthz` and `/readyz` on `listener` until the server stops.
pub(crate) async fn serve(edge: Arc<EdgeState>, metrics: Arc<Metrics>, listener: TcpListener) {
    let lifetime = (edge.server.stopping.clone(), edge.server.tasks.clone());
    let figures = {
        let edge = Arc::clone(&edge);
        move || {
            let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            let text = text(&edge.server, &metrics);
            async move { (kind, text) }
        }
    };
    let router = Router::new()
        .route("/metrics", get(figures))
        .route("/healthz", get(|| std::future::ready("ok\n")))
        .route("/readyz", get(readiness))
        .with_state(edge);
    http::run(
        lifetime,
        router,
        ClientListener::new(listener),
        http::AtEnd::Answer,
    )
    .await;
}

/// `GET /readyz`: whether the server takes new clients, and whether it fails on purpose.
pub(crate) async fn readiness(State(edge): State<Arc<EdgeState>>) -> Response {
    if edge.server.stopping.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response()
    } else if *edge.server.apps.engine.health().borrow() == Health::Down {
        (StatusCode::SERVICE_UNAVAILABLE, "the store is down\n").into_response()
    } else if edge.server.fails_on_purpose() {
        "ready\nfaults: this server fails on purpose\n".into_response()
    } else {
        "ready\n".into_response()
    }
}

fn text(server: &ServerState, metrics: &Metrics) -> String {
    // Long, since it is a table of names and texts.
    let mut text = String::new();
    let apps = server.apps.all();
    let channels: usize = apps.iter().map(|app| app.hub.active_count()).sum();
    let up = server.clock.moment().since(metrics.started).as_secs_f64();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX).to_string();
    for (name, what, value) in [
        (
            "connections",
            "Open connections.",
            count(server.connections.count()),
        ),
        (
            "sessions",
            "Connections that can be resumed, with a socket or without.",
            count(server.sessions.count()),
        ),
        ("channels", "Channels with attachments.", count(channels)),
        ("apps", "Apps.", count(apps.len())),
        ("uptime_seconds", "Time since the start.", up.to_string()),
    ] {
        head(&mut text, name, what, "gauge");
        line(&mut text, name, "", &value);
    }
    if let Some(bytes) = resident_memory() {
        text.push_str("# HELP process_resident_memory_bytes Resident memory size in bytes.\n");
        text.push_str("# TYPE process_resident_memory_bytes gauge\n");
        let _ = writeln!(text, "process_resident_memory_bytes {bytes}");
    }
    for (name, what, results) in [
        (
            "connects_total",
            "Clients that connected or were refused, by result.",
            &metrics.connects,
        ),
        (
            "attaches_total",
            "Attachments that were requested, by result.",
            &metrics.attaches,
        ),
        (
            "publishes_total",
            "Publishes over connections, by result.",
            &metrics.publishes,
        ),
        (
            "rest_calls_total",
            "REST requests, by result.",
            &metrics.requests,
        ),
    ] {
        head(&mut text, name, what, "counter");
        for (result, counter) in [
            ("ok", &results.ok),
            ("denied", &results.denied),
            ("failed", &results.failed),
        ] {
            let value = counter.load(Ordering::Relaxed).to_string();
            line(&mut text, name, &format!("{{result=\"{result}\"}}"), &value);
        }
    }
    text
}

fn head(text: &mut String, name: &str, what: &str, kind: &str) {
    // Writing to a text does not fail.
    let _ = writeln!(
        text,
        "# HELP chatctl_{name} {what}\n# TYPE chatctl_{name} {kind}"
    );
}

fn line(text: &mut String, name: &str, labels: &str, value: &str) {
    let _ = writeln!(text, "chatctl_{name}{labels} {value}");
}

/// Returns the resident memory of this process, in bytes, where the system tells.
fn resident_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
