//! Figures of a running server in Prometheus' text format, on a listener of their own, and whether it is ready.
//!
//! What can be counted when somebody asks is counted then; the rest are counters that exist only where somebody may.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use tokio::net::TcpListener;

use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::error::catalogue::Class;
use crate::server::core::state::ServerState;

/// What is counted as it happens.
pub(crate) struct Metrics {
    started: Timestamp,
    publishes: Results,
    attaches: Results,
    requests: Results,
    connects: Results,
}

/// How often something was done, and how it ended.
#[derive(Default)]
struct Results {
    ok: AtomicU64,
    denied: AtomicU64,
    failed: AtomicU64,
}

impl Results {
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
    /// Counters of a server that starts at `now`.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            started: now,
            publishes: Results::default(),
            attaches: Results::default(),
            requests: Results::default(),
            connects: Results::default(),
        }
    }

    /// A REST call was answered.
    pub(crate) fn answered(&self, error: Option<&ErrorInfo>) {
        self.requests.count(error);
    }

    /// A connection's publish, of messages, presence or annotations, was answered.
    pub(crate) fn published(&self, error: Option<&ErrorInfo>) {
        self.publishes.count(error);
    }

    /// An attachment was made or refused.
    pub(crate) fn attached(&self, error: Option<&ErrorInfo>) {
        self.attaches.count(error);
    }

    /// A client was let in or not.
    pub(crate) fn connected(&self, error: Option<&ErrorInfo>) {
        self.connects.count(error);
    }
}

/// Answers `/metrics`, `/healthz` and `/readyz` on `listener` until `core` shuts down.
pub(crate) async fn serve(core: Arc<ServerState>, listener: TcpListener) {
    let stopping = core.stopping.clone().cancelled_owned();
    let router = Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(|| std::future::ready("ok\n")))
        .route("/readyz", get(readiness))
        .with_state(core);
    let served = axum::serve(listener, router).with_graceful_shutdown(stopping);
    if let Err(error) = served.await {
        tracing::error!(%error, "the figures can't be served any more");
    }
}

/// `GET /readyz`: whether new clients are welcome.
pub(crate) async fn readiness(State(core): State<Arc<ServerState>>) -> Response {
    if core.stopping.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response()
    } else {
        "ready\n".into_response()
    }
}

async fn metrics(State(core): State<Arc<ServerState>>) -> Response {
    let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    match &core.metrics {
        Some(metrics) => (kind, text(&core, metrics)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn text(core: &ServerState, metrics: &Metrics) -> String {
    let mut text = String::new();
    let apps = core.apps.all();
    let channels: usize = apps.iter().map(|app| app.hub.active().len()).sum();
    let up = core.clock.now().since(metrics.started).as_secs_f64();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX).to_string();
    for (name, what, value) in [
        (
            "connections",
            "Open connections.",
            count(core.connections.count()),
        ),
        (
            "sessions",
            "Connections that can be resumed, with a socket or without.",
            count(core.sessions.count()),
        ),
        (
            "channels",
            "Channels that somebody is attached to.",
            count(channels),
        ),
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
            "Clients that connected, by what came of it.",
            &metrics.connects,
        ),
        (
            "attaches_total",
            "Attachments that were asked for, by what came of it.",
            &metrics.attaches,
        ),
        (
            "publishes_total",
            "Publishes over connections, by what came of it.",
            &metrics.publishes,
        ),
        (
            "rest_calls_total",
            "REST calls, by what came of it.",
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

/// What this process takes of the memory, in bytes, where the system tells.
fn resident_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
