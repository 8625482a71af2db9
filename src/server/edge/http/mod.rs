//! The HTTP edge: accepting connections, reading requests, answering in the format that was asked for, CORS.

pub(crate) mod cors;
pub(crate) mod query;
pub(crate) mod reply;
pub(crate) mod request;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::Listener;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use parking_lot::Mutex;

use super::EdgeState;
use crate::chat_core::error::ErrorInfo;
use crate::server::core::checks::Checks;
use crate::server::core::events::Event;
use crate::server::core::state::ServerState;
use query::Query;
use reply::{accepted, refused};
use request::RequestRecord;

/// The time that a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(20);

/// The largest head of a request, in bytes: tokens of up to 128 KiB travel there.
const MAX_HEAD: usize = 192 * 1024;

/// Serves `router` to those who connect to `listener`, until `server` is to stop.
pub(crate) async fn run<L: Listener>(server: Arc<ServerState>, router: Router, mut listener: L) {
    loop {
        let io = tokio::select! {
            (io, _) = listener.accept() => io,
            () = server.stopping.cancelled() => break,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(io), service)
            .with_upgrades();
        let stopping = server.stopping.clone();
        server.tasks.spawn(async move {
            tokio::pin!(connection);
            let result = tokio::select! {
                result = &mut connection => result,
                () = stopping.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = result {
                tracing::debug!(%error, "an HTTP connection ended early");
            }
        });
    }
}

/// Answers a REST request: a refusal in the caller's format, and the observers told how it ended.
pub(crate) async fn answer(
    State(edge): State<Arc<EdgeState>>,
    mut request: Request,
    next: Next,
) -> Response {
    let query = Query::of(request.uri());
    let format = accepted(request.headers(), &query);
    let events = &edge.server.events;
    let record = Arc::new(RequestRecord {
        checks: Mutex::new(Checks::new(events.is_observed())),
        ..RequestRecord::default()
    });
    request.extensions_mut().insert(Arc::clone(&record));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = next.run(request).await;
    let error = response.extensions_mut().remove::<ErrorInfo>();
    if let Some(error) = &error {
        response = refused(error, format);
    }
    tracing::debug!(%method, path, failed = error.as_ref().map(ToString::to_string), "request");
    if events.is_observed() {
        let principal = record.principal.get();
        let actor = principal.map(|principal| principal.actor(None));
        events.emit(Event::RequestAnswered {
            actor,
            checks: record.checks.lock().list(),
            error: error.as_ref(),
        });
    }
    response
}

/// Answers a path or method that leads nowhere: 404 with a body that SDKs can read.
pub(crate) async fn not_found(request: Request) -> Response {
    let error = ErrorInfo::new(
        40400,
        404,
        format!(
            "No such resource: {} {}",
            request.method(),
            request.uri().path()
        ),
    );
    refuse(&request, &error)
}

/// Returns the answer to a request that is refused before a route reads it.
pub(crate) fn refuse(request: &Request, error: &ErrorInfo) -> Response {
    let query = Query::of(request.uri());
    refused(error, accepted(request.headers(), &query))
}
