//! The server's own HTTP beside the chat protocol, under `/chatctl/`: faults, the clock, moderation,
//! usage, webhooks.
//!
//! It is for the one who started the server and for nobody else: it takes only a random token that is made with the
//! server, a loopback Host, and the same Origin or none; no API key, no token in a query, and no CORS.

pub(crate) mod clock;
pub(crate) mod faults;
pub(crate) mod leases;
mod moderation;
pub(crate) mod request;
mod usage;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{delete, get, post};
use http::HeaderMap;
use http::header::{AUTHORIZATION, HOST, ORIGIN};
use subtle::ConstantTimeEq as _;

use super::EdgeState;
use super::http::boundary::Boundary;
use super::http::reply::refused;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Format;

/// Creates the routes, for those who have `token`.
pub(crate) fn router(token: &str) -> Router<Arc<EdgeState>> {
    let token: Arc<str> = token.into();
    Router::new()
        .route(
            "/chatctl/faults",
            get(faults::list).post(faults::add).delete(faults::clear),
        )
        .route("/chatctl/faults/actions", post(faults::act))
        .route("/chatctl/faults/log", get(faults::log))
        .route("/chatctl/faults/{rule}", delete(faults::remove))
        .route("/chatctl/clock", get(clock::show))
        .route("/chatctl/clock/advance", post(clock::advance))
        .route("/chatctl/clock/freeze", post(clock::freeze))
        .route("/chatctl/clock/run", post(clock::run))
        .route("/chatctl/moderation", get(moderation::list))
        .route("/chatctl/moderation/check", post(moderation::check))
        .route(
            "/chatctl/moderation/{message}/accept",
            post(moderation::accept),
        )
        .route(
            "/chatctl/moderation/{message}/reject",
            post(moderation::reject),
        )
        .route("/chatctl/usage", get(usage::get))
        .merge(webhooks())
        .route_layer(from_fn_with_state(token, guard))
}

fn webhooks() -> Router<Arc<EdgeState>> {
    Router::new()
        .route("/chatctl/webhooks", get(webhooks::rules))
        .route("/chatctl/webhooks/deliveries", get(webhooks::deliveries))
        .route(
            "/chatctl/webhooks/deliveries/{delivery}",
            get(webhooks::delivery),
        )
        .route(
            "/chatctl/webhooks/deliveries/{delivery}/resend",
            post(webhooks::resend),
        )
        .route("/chatctl/webhooks/trigger", post(webhooks::trigger))
        .route("/chatctl/webhooks/leases", post(webhooks::lease))
        .route(
            "/chatctl/webhooks/leases/{rule}",
            post(webhooks::renew).delete(webhooks::end),
        )
}

/// Lets in those who have the token, from this machine.
async fn guard(State(token): State<Arc<str>>, request: Request, next: Next) -> Response {
    if let Err(error) = check(&token, &request) {
        return refused(&error, Format::Json);
    }
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<ErrorInfo>() {
        Some(error) => refused(&error, Format::Json),
        None => response,
    }
}

fn check(token: &str, request: &Request) -> Result<()> {
    let headers = request.headers();
    Boundary::default().check(request.uri(), headers, None)?;
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(origin) = text(ORIGIN) {
        let host = text(HOST).unwrap_or_default();
        let own = [format!("http://{host}"), format!("https://{host}")];
        if !own.iter().any(|own| own.eq_ignore_ascii_case(origin)) {
            return Err(ErrorInfo::new(
                40300,
                403,
                "Other Origins than the server's own are not taken here",
            ));
        }
    }
    let shown = bearer(headers).unwrap_or_default();
    let is_right: bool = shown.as_bytes().ct_eq(token.as_bytes()).into();
    if !is_right {
        return Err(ErrorInfo::new(
            40101,
            401,
            "This takes the server's admin token and nothing else: Authorization: Bearer TOKEN, as the ready file and \
             CHATCTL_ADMIN_TOKEN have it",
        ));
    }
    Ok(())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
