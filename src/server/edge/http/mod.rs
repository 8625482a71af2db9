//! The HTTP edge: accepting connections, reading requests, answering in the format that was asked for, CORS.
//!
//! | module | owns |
//! | --- | --- |
//! | [`socket`], [`lobby`] | sockets: accepting, the time to read an answer, and peers that ask for nothing |
//! | [`boundary`] | the Hosts and Origins that are taken where the credential is public |
//! | [`body`], [`query`], [`request`] | what is read from a request |
//! | [`reply`], [`cors`] | answers |
//! | [`faults`] | what rules do to requests |
//!
//! Each phase of a request has a bound that does not depend on the peer: its head, its body, reading the answer, and
//! the time between two requests.

pub(crate) mod body;
pub(crate) mod boundary;
pub(crate) mod cors;
pub(crate) mod faults;
pub(crate) mod lobby;
pub(crate) mod query;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod socket;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use rustix::process::{Resource, getrlimit};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_service::Service as _;

use super::EdgeState;
use crate::chat_core::error::ErrorInfo;
use crate::server::core::checks::Checks;
use crate::server::core::events::Event;
use crate::server::core::limits::{HEAD_TIMEOUT, MAX_HEAD, MAX_WAITING_PEERS};
use boundary::Boundary;
use lobby::{Lobby, Seat};
use query::Query;
use reply::{Refusal, accepted, refused};
use request::RequestRecord;
use socket::{Peer, Socket, TimedSocket};

/// What becomes of the requests under way when serving ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AtEnd {
    /// They are answered.
    Answer,
    /// Their connections end.
    Cut,
}

/// Serves `router` to those who connect to `listener`, until `stopping`; each connection is one of `tasks`.
pub(crate) async fn run<L>(
    (stopping, tasks): (CancellationToken, TaskTracker),
    router: Router,
    mut listener: L,
    at_end: AtEnd,
) where
    L: Listener,
    L::Io: Socket,
{
    let lobby = Lobby::new(waiting_peers());
    loop {
        let accepted = async {
            let (io, _) = listener.accept().await;
            (io, lobby.admit().await)
        };
        let (io, seat) = tokio::select! {
            biased;
            accepted = accepted => accepted,
            () = stopping.cancelled() => break,
        };
        let serving = serve(stopping.clone(), router.clone(), io, seat);
        match at_end {
            AtEnd::Answer => tasks.spawn(serving),
            AtEnd::Cut => {
                let stopping = stopping.clone();
                tasks.spawn(async move {
                    let _ = stopping.run_until_cancelled(serving).await;
                })
            }
        };
    }
}

/// Serves the requests of one connection.
async fn serve(stopping: CancellationToken, router: Router, io: impl Socket, seat: Seat) {
    let (io, peer) = TimedSocket::new(io);
    let seat = Arc::new(seat);
    let service = {
        let seat = Arc::clone(&seat);
        service_fn(move |request| {
            answer_one(router.clone(), Arc::clone(&seat), peer.clone(), request)
        })
    };
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        // Who has sent all and says so still reads.
        .half_close(true)
        .serve_connection(TokioIo::new(io), service)
        .with_upgrades();
    tokio::pin!(connection);
    let result = tokio::select! {
        biased;
        result = &mut connection => result,
        () = seat.evicted() => {
            tracing::debug!("an HTTP connection that asked for nothing made room for others");
            return;
        }
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "an HTTP connection ended early");
    }
}

async fn answer_one(
    mut router: Router,
    seat: Arc<Seat>,
    peer: Peer,
    request: hyper::Request<Incoming>,
) -> Result<Response, CutOff> {
    seat.leave();
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(peer);
    let response = router.call(request).await;
    seat.wait();
    let response = response.unwrap_or_else(|never| match never {});
    match response.extensions().get() {
        Some(CutOff) => Err(CutOff),
        None => Ok(response),
    }
}

/// Marks an answer that is not given: the connection ends instead.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a rule ended the connection without an answer")]
struct CutOff;

/// Returns the answer that is not given.
pub(crate) fn cut_off() -> Response {
    let mut response = Response::default();
    response.extensions_mut().insert(CutOff);
    response
}

/// Returns how many peers may wait: half of the descriptors that this process may have, within a bound.
fn waiting_peers() -> usize {
    let descriptors = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(descriptors / 2).map_or(MAX_WAITING_PEERS, |half| half.min(MAX_WAITING_PEERS))
}

/// Refuses requests from beyond `boundary`, if there is one: before any route, so that nothing of it is done.
pub(crate) async fn enforce_boundary(
    State(boundary): State<Option<Arc<Boundary>>>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(boundary) = boundary {
        let peer = request.extensions().get::<Peer>();
        let local = peer.and_then(|peer| peer.local);
        if let Err(error) = boundary.check(request.uri(), request.headers(), local) {
            tracing::warn!(%error, "a request was refused");
            return refuse(&request, &error);
        }
    }
    next.run(request).await
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
    let is_content_known = match edge.boundary {
        Some(_) => boundary::check_content_type(&request, &query),
        None => Ok(()),
    };
    let is_within_rate = if is_counted(&path) {
        edge.server.quota.take_request()
    } else {
        Ok(())
    };
    let mut response = match is_content_known.and(is_within_rate) {
        Ok(()) => next.run(request).await,
        Err(error) => Refusal(error).into_response(),
    };
    let error = response.extensions_mut().remove::<ErrorInfo>();
    if let Some(error) = &error {
        response = refused(error, format);
    }
    tracing::debug!(%method, path, failed = error.as_ref().map(ToString::to_string), "request");
    if events.is_observed() {
        let principal = record.principal.get();
        let actor = principal.map(|principal| principal.actor(None));
        events.emit(Event::RequestAnswered {
            method: method.as_str(),
            path: &path,
            actor,
            checks: record.checks.lock().list(),
            has_published: record.has_published.load(Ordering::Relaxed),
            error: error.as_ref(),
        });
    }
    response
}

/// Returns whether a request counts against the rate of REST requests: those for tokens have a rate of their own, and
/// those about apps are not Ably's.
fn is_counted(path: &str) -> bool {
    !path.ends_with("/requestToken") && path != "/apps" && !path.starts_with("/apps/")
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
    let mut response = refused(error, accepted(request.headers(), &query));
    response.extensions_mut().insert(Unrouted(error.clone()));
    response
}

/// Why a request was refused before a route read it, on the way to [`observe_unrouted`].
#[derive(Clone)]
struct Unrouted(ErrorInfo);

/// Tells the observers of requests that are refused before a route reads them.
pub(crate) async fn observe_unrouted(
    State(edge): State<Arc<EdgeState>>,
    request: Request,
    next: Next,
) -> Response {
    let events = &edge.server.events;
    if !events.is_observed() {
        return next.run(request).await;
    }
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let mut response = next.run(request).await;
    if let Some(Unrouted(error)) = response.extensions_mut().remove() {
        events.emit(Event::RequestAnswered {
            method: method.as_str(),
            path: uri.path(),
            actor: None,
            checks: &[],
            has_published: false,
            error: Some(&error),
        });
    }
    response
}
