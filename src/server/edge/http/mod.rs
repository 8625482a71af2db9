//! The HTTP edge: accepting connections, the routes, content negotiation, CORS. It translates, nothing more.

pub(crate) mod call;
pub(crate) mod cors;
mod routes;

use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::MethodFilter;
use axum::routing::{MethodRouter, on};
use axum::serve::Listener;
use http::Method;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;

use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::IdentityProbe;
use crate::server::core::state::ServerState;
use crate::server::edge::auth_endpoint::AuthEndpoint;
use call::{Call, Query, Reply, accepted, refusal};

/// The largest body, in bytes: a frame of the largest size is one too.
const MAX_BODY: usize = crate::server::core::limits::MAX_FRAME_SIZE;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(20);

/// The largest head of a request, in bytes: tokens of up to 128 KiB travel there.
const MAX_HEAD: usize = 192 * 1024;

/// Accepts connections until `core` shuts down.
pub(crate) async fn run<L: Listener>(
    core: Arc<ServerState>,
    auth_endpoint: Option<AuthEndpoint>,
    greeting: Option<IdentityProbe>,
    mut listener: L,
) {
    let router = routes::router(&core, auth_endpoint, greeting);
    loop {
        let io = tokio::select! {
            (io, _) = listener.accept() => io,
            () = core.stopping.cancelled() => break,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(io), service)
            .with_upgrades();
        let stopping = core.stopping.clone();
        core.tasks.spawn(async move {
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

/// A route: reads the call, does `handler`, and answers in the format that was asked for.
fn only<F, Answer>(method: Method, handler: F) -> MethodRouter<Arc<ServerState>>
where
    F: Fn(Call) -> Answer + Clone + Send + Sync + 'static,
    Answer: Future<Output = Result<Reply>> + Send + 'static,
{
    let filter = MethodFilter::try_from(method).unwrap_or(MethodFilter::GET);
    on(
        filter,
        move |State(core): State<Arc<ServerState>>,
              path: Option<Path<Vec<(String, String)>>>,
              request: Request| async move {
            let query = Query::of(request.uri());
            let format = accepted(request.headers(), &query);
            let (parts, body) = request.into_parts();
            let mut caller = None;
            let result = async {
                let body = axum::body::to_bytes(body, MAX_BODY).await.map_err(|_| {
                    ErrorInfo::new(
                        40009,
                        413,
                        format!("The body is larger than {MAX_BODY} bytes, or was cut short"),
                    )
                })?;
                let path = path.map(|Path(path)| path).unwrap_or_default();
                let path = path.into_iter().map(|(_, value)| value).collect();
                let call = Call::new(Arc::clone(&core), &parts, path, body);
                caller = call.caller();
                handler(call).await
            }
            .await;
            let error = result.as_ref().err();
            if let (Some(log), Some(caller)) =
                (&core.access_log, caller.as_deref().and_then(OnceLock::get))
            {
                caller.record(log, None, error, core.clock.now());
            }
            if let Some(metrics) = &core.metrics {
                metrics.answered(error);
            }
            tracing::debug!(
                method = %parts.method,
                path = parts.uri.path(),
                failed = result.as_ref().err().map(ToString::to_string),
                "request"
            );
            match result {
                Ok(reply) => reply.into_response(format),
                Err(error) => refusal(&error, format),
            }
        },
    )
}

/// What is not there, whatever the method: 404 with a body that SDKs can read.
async fn unknown(request: Request) -> Response {
    refuse(&request, &not_found(&request))
}

/// The answer to a request that is refused before its route reads it.
pub(crate) fn refuse(request: &Request, error: &ErrorInfo) -> Response {
    refusal(
        error,
        accepted(request.headers(), &Query::of(request.uri())),
    )
}

fn not_found(request: &Request) -> ErrorInfo {
    ErrorInfo::new(
        40400,
        404,
        format!(
            "No such resource: {} {}",
            request.method(),
            request.uri().path()
        ),
    )
}
