//! The Control API: apps, keys, namespaces, rules and statistics in the vendor's shape, so that its CLI and its Terraform
//! provider work with this server. Under `/v1` and `/api/v1`, as the CLI chooses by the host.
//!
//! Its answers contain secrets: it listens on loopback only, takes loopback Hosts and no Origin, and asks for a bearer. What
//! the configuration of the server states is read here and changed there.

mod apps;
mod keys;
mod me;
mod namespaces;
mod request;
mod rules;
mod stats;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, patch, post};
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN};
use subtle::ConstantTimeEq as _;
use tokio::net::TcpListener;

use super::EdgeState;
use super::http::boundary::Boundary;
use super::http::socket::ClientListener;
use super::http::{AtEnd, run};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::core::statistics::Statistics;
use request::{BaseUrl, Control, Refusal};

/// The prefixes of all paths. The longer one first: a path begins with one of them.
const PREFIXES: [&str; 2] = ["/api/v1", "/v1"];

/// Where the Control API listens, and whom it lets in.
pub struct ControlSetup {
    /// The listeners, all of them on loopback.
    listeners: Vec<TcpListener>,
    /// The token that it takes; any that is not empty where there is none.
    token: Option<String>,
    /// What it answers about the use of the server.
    pub(crate) statistics: Arc<Statistics>,
}

impl ControlSetup {
    /// Serves at `listeners`, which are on loopback, those who have `token`; without one, those who have any.
    pub fn new(listeners: Vec<TcpListener>, token: Option<String>) -> Self {
        Self {
            listeners,
            token,
            statistics: Arc::default(),
        }
    }
}

/// Serves the Control API for as long as the server runs.
pub(crate) async fn serve(edge: Arc<EdgeState>, setup: ControlSetup) {
    let lifetime = (edge.server.stopping.clone(), edge.server.tasks.clone());
    let router = router(Control {
        edge,
        statistics: setup.statistics,
        token: setup.token,
    });
    let serving = setup.listeners.into_iter().map(|listener| {
        run(
            lifetime.clone(),
            router.clone(),
            ClientListener::new(listener),
            AtEnd::Answer,
        )
    });
    futures_util::future::join_all(serving).await;
}

fn router(control: Control) -> Router {
    let control = Arc::new(control);
    let app = "/apps/{app}";
    let api = Router::new()
        .route("/me", get(me::show))
        .route("/me/accounts", get(me::accounts))
        .route(
            "/accounts/{account}/apps",
            get(apps::list).post(apps::create),
        )
        .route("/accounts/{account}/stats", get(stats::of_account))
        .route(app, patch(apps::update).delete(apps::remove))
        .route(&format!("{app}/stats"), get(stats::of_app))
        .route(&format!("{app}/keys"), get(keys::list).post(keys::create))
        .route(&format!("{app}/keys/{{key}}"), patch(keys::update))
        .route(&format!("{app}/keys/{{key}}/revoke"), post(keys::revoke))
        .route(
            &format!("{app}/namespaces"),
            get(namespaces::list).post(namespaces::create),
        )
        .route(
            &format!("{app}/namespaces/{{namespace}}"),
            patch(namespaces::update).delete(namespaces::remove),
        )
        .route(
            &format!("{app}/rules"),
            get(rules::list).post(rules::create),
        )
        .route(
            &format!("{app}/rules/{{rule}}"),
            get(rules::show).patch(rules::update).delete(rules::remove),
        );
    let mut router = Router::new();
    for prefix in PREFIXES {
        router = router.nest(prefix, api.clone());
    }
    router
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(from_fn_with_state(Arc::clone(&control), guard))
        .with_state(control)
}

async fn not_found(request: Request) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    let why = format!("The local Control API has no {method} {path}");
    Refusal::from(ErrorInfo::new(40400, 404, why)).into_response()
}

/// Lets in those who have the token, from this machine, and has every refusal answered in JSON.
async fn guard(State(control): State<Arc<Control>>, mut request: Request, next: Next) -> Response {
    if let Err(error) = check(control.token.as_deref(), &request) {
        return Refusal::from(error).into_response();
    }
    let base = base_url(&request);
    request.extensions_mut().insert(base);
    let response = next.run(request).await;
    let status = response.status();
    // Of paths that are not UTF-8, which no handler sees.
    if status.is_client_error() && !is_json(response.headers()) {
        let why = "The request can't be read: its path is invalid";
        return Refusal::from(ErrorInfo::new(40000, status.as_u16(), why)).into_response();
    }
    response
}

fn check(token: Option<&str>, request: &Request) -> Result<()> {
    let headers = request.headers();
    if headers.contains_key(ORIGIN) {
        let why = "Requests with an Origin are not taken here";
        return Err(ErrorInfo::new(40300, 403, why));
    }
    Boundary::default().check(request.uri(), headers, None)?;
    let shown = bearer(headers).unwrap_or_default();
    let (is_let_in, needed) = match token {
        None => (!shown.is_empty(), "any token that is not empty"),
        Some(token) => (
            shown.as_bytes().ct_eq(token.as_bytes()).into(),
            "the server's control token: controlToken of its ready file, or CHATCTL_CONTROL_TOKEN",
        ),
    };
    if !is_let_in {
        let why = format!("Invalid access token: this takes Authorization: Bearer with {needed}");
        return Err(ErrorInfo::new(40100, 401, why));
    }
    Ok(())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Returns the URL that the caller used, up to the prefix.
fn base_url(request: &Request) -> BaseUrl {
    let host = request.headers().get(HOST);
    let host = host.and_then(|host| host.to_str().ok());
    let path = request.uri().path();
    let prefix = PREFIXES.iter().find(|prefix| path.starts_with(**prefix));
    BaseUrl(format!(
        "http://{}{}",
        host.unwrap_or("localhost"),
        prefix.copied().unwrap_or_default()
    ))
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}
