//! The control API of the vendor's fault proxy (`ably/uts-proxy`), so that test suites which drive that proxy drive this
//! server. A session is a port in front of this server, with rules in the proxy's own form.
//!
//! It has no credential: it refuses what a page of a browser sends, and listens on loopback only.

mod log;
mod session;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::header::{CONTENT_TYPE, ORIGIN};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::EdgeState;
use super::http::boundary::Boundary;
use super::http::socket::ClientListener;
use super::http::{AtEnd, run};
use crate::chat_core::error::ErrorInfo;
use crate::server::core::faults::{AnyRule, Fault, MAX_RULES, Point, UtsAction, UtsRule};
use session::{PortListeners, Session};

/// The most sessions at a time.
const MAX_SESSIONS: usize = 100;

/// The longest body that is read, in bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// The actions that are done at once.
const KINDS: [&str; 4] = [
    "disconnect",
    "close",
    "inject_to_client",
    "inject_to_client_and_close",
];

/// How long a session lives without being used, unless it says so.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How often sessions that are not used any more are looked for.
const SWEEP: Duration = Duration::from_secs(1);

/// The fault proxy of a server.
struct Proxy {
    edge: Arc<EdgeState>,
    /// The routes of the server, for the clients of sessions.
    router: Router,
    sessions: Mutex<BTreeMap<String, Arc<Session>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateBody {
    target: Value,
    #[serde(default)]
    port: i64,
    #[serde(default)]
    rules: Vec<UtsRule>,
    timeout_ms: Option<u64>,
}

#[derive(Deserialize)]
struct RulesBody {
    rules: Vec<UtsRule>,
    #[serde(default)]
    position: String,
}

/// An answer in JSON.
struct Json(Value);

impl axum::response::IntoResponse for Json {
    fn into_response(self) -> Response {
        let json = [(CONTENT_TYPE, "application/json")];
        (json, self.0.to_string()).into_response()
    }
}

/// A refusal: the status, and why.
struct Refused(StatusCode, String);

impl axum::response::IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

/// Serves the control API at `listener` for as long as the server runs; clients of its sessions get `router`.
pub(crate) async fn serve(edge: Arc<EdgeState>, router: Router, listener: TcpListener) {
    let lifetime = (edge.server.stopping.clone(), edge.server.tasks.clone());
    let proxy = Arc::new(Proxy {
        edge,
        router,
        sessions: Mutex::default(),
    });
    let control = Router::new()
        .route("/health", get(|| async { Json(json!({"ok": true})) }))
        .route("/sessions", post(create))
        .route("/sessions/{id}", get(show).delete(remove))
        .route("/sessions/{id}/rules", post(add_rules))
        .route("/sessions/{id}/actions", post(act))
        .route("/sessions/{id}/log", get(log))
        .layer(from_fn(guard))
        .with_state(Arc::clone(&proxy));
    let accepting = run(
        lifetime,
        control,
        ClientListener::new(listener),
        AtEnd::Answer,
    );
    tokio::select! {
        biased;
        () = accepting => {}
        () = sweep(&proxy) => {}
    }
}

/// Refuses pages of browsers.
async fn guard(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let checked = Boundary::default().check(request.uri(), headers, None);
    if let Err(ErrorInfo { message, .. }) = checked {
        return Refused(StatusCode::FORBIDDEN, message).into_response();
    }
    if headers.contains_key(ORIGIN) {
        let why = "requests with an Origin are not taken here".to_owned();
        return Refused(StatusCode::FORBIDDEN, why).into_response();
    }
    next.run(request).await
}

/// Ends the sessions that are not used any more, for ever.
async fn sweep(proxy: &Proxy) {
    let clock = &proxy.edge.server.clock;
    loop {
        clock.sleep_until(clock.moment() + SWEEP).await;
        let now = clock.moment();
        let ended: Vec<Arc<Session>> = {
            let mut sessions = proxy.sessions.lock();
            let over: Vec<String> = sessions
                .values()
                .filter(|session| session.ends() <= now)
                .map(|session| session.id.clone())
                .collect();
            over.iter().filter_map(|id| sessions.remove(id)).collect()
        };
        for session in ended {
            session.end(&proxy.edge);
        }
    }
}

impl Proxy {
    fn session(&self, id: &str) -> Result<Arc<Session>, Refused> {
        let session = self.sessions.lock().get(id).map(Arc::clone);
        let session = session
            .ok_or_else(|| Refused(StatusCode::NOT_FOUND, "session not found".to_owned()))?;
        session.touch(self.edge.server.clock.moment());
        Ok(session)
    }
}

async fn body<T: serde::de::DeserializeOwned>(request: Request) -> Result<T, Refused> {
    let invalid = |why: String| Refused(StatusCode::BAD_REQUEST, why);
    let bytes = axum::body::to_bytes(request.into_body(), MAX_BODY).await;
    let bytes = bytes.map_err(|_| invalid(format!("the body is over {MAX_BODY} bytes")))?;
    serde_json::from_slice(&bytes).map_err(|error| invalid(format!("invalid body: {error}")))
}

async fn create(
    State(proxy): State<Arc<Proxy>>,
    request: Request,
) -> Result<(StatusCode, Json), Refused> {
    let invalid = |why: &str| Refused(StatusCode::BAD_REQUEST, why.to_owned());
    let asked: CreateBody = body(request).await?;
    let port = u16::try_from(asked.port).map_err(|_| invalid("invalid port"))?;
    let has_host = ["realtimeHost", "restHost"].iter().any(|name| {
        asked.target[*name]
            .as_str()
            .is_some_and(|host| !host.is_empty())
    });
    if !has_host {
        return Err(invalid("target: realtimeHost or restHost is required"));
    }
    if asked.rules.len() > MAX_RULES {
        return Err(invalid("too many rules"));
    }
    if proxy.sessions.lock().len() >= MAX_SESSIONS {
        return Err(Refused(
            StatusCode::CONFLICT,
            format!("there are {MAX_SESSIONS} sessions: delete some"),
        ));
    }
    let listeners = PortListeners::bind(port)
        .await
        .map_err(|error| Refused(StatusCode::CONFLICT, format!("port {port}: {error}")))?;
    let timeout = asked.timeout_ms.filter(|millis| *millis > 0);
    let timeout = timeout.map_or(TIMEOUT, Duration::from_millis);
    let session = Session::begin(&proxy.edge, &proxy.router, listeners, asked.target, timeout);
    // Few enough, as was checked.
    let _ = session
        .rules
        .add(asked.rules.into_iter().map(AnyRule::Uts).collect(), false);
    let answer = json!({
        "sessionId": session.id,
        "proxy": {"host": format!("localhost:{}", session.port), "port": session.port},
    });
    proxy.sessions.lock().insert(session.id.clone(), session);
    Ok((StatusCode::CREATED, Json(answer)))
}

async fn show(State(proxy): State<Arc<Proxy>>, Path(id): Path<String>) -> Result<Json, Refused> {
    let session = proxy.session(&id)?;
    Ok(Json(json!({
        "sessionId": session.id,
        "port": session.port,
        "target": session.target,
        "ruleCount": session.rules.count(),
    })))
}

async fn add_rules(
    State(proxy): State<Arc<Proxy>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json, Refused> {
    let session = proxy.session(&id)?;
    let asked: RulesBody = body(request).await?;
    let before = asked.position.eq_ignore_ascii_case("prepend");
    let rules = asked.rules.into_iter().map(AnyRule::Uts).collect();
    let added = session.rules.add(rules, before);
    added.map_err(|why| Refused(StatusCode::BAD_REQUEST, why))?;
    Ok(Json(json!({"ruleCount": session.rules.count()})))
}

async fn act(
    State(proxy): State<Arc<Proxy>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json, Refused> {
    let session = proxy.session(&id)?;
    let asked: Value = body(request).await?;
    let conflict = |why: &str| Refused(StatusCode::CONFLICT, why.to_owned());
    let action: UtsAction = serde_json::from_value(asked.clone())
        .map_err(|error| Refused(StatusCode::BAD_REQUEST, format!("invalid body: {error}")))?;
    let fault = action
        .fault(Point::Timer)
        .filter(|_| KINDS.contains(&action.kind.as_str()))
        .ok_or_else(|| conflict("unknown action type"))?;
    session.log.note_action(&asked);
    if !session.inflict(&proxy.edge, &fault) {
        return Err(conflict("no open WebSocket connection"));
    }
    // Who waits for the end of a connection must not find that it has come back already.
    if matches!(fault, Fault::Inject(_, None)) {
        proxy.edge.writers.settle().await;
    }
    Ok(Json(json!({"ok": true})))
}

async fn log(State(proxy): State<Arc<Proxy>>, Path(id): Path<String>) -> Result<Json, Refused> {
    let session = proxy.session(&id)?;
    Ok(Json(json!({"events": session.log.events()})))
}

async fn remove(State(proxy): State<Arc<Proxy>>, Path(id): Path<String>) -> Result<Json, Refused> {
    let session = proxy.session(&id)?;
    proxy.sessions.lock().remove(&id);
    session.end(&proxy.edge);
    Ok(Json(json!({"events": session.log.events()})))
}
