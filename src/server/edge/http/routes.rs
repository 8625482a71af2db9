//! Which path leads where.

use std::future::ready;
use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get};
use http::Method;

use super::{cors, only, unknown};
use crate::server::IdentityProbe;
use crate::server::core::state::ServerState;
use crate::server::edge::auth_endpoint::AuthEndpoint;
use crate::server::edge::realtime::upgrade;
use crate::server::edge::{chat, metrics, provision, rest, tokens};

pub(super) fn router(
    core: &Arc<ServerState>,
    auth_endpoint: Option<AuthEndpoint>,
    greeting: Option<IdentityProbe>,
) -> Router {
    Router::new()
        .route("/", any(upgrade::connect))
        .route("/healthz", get(|| ready("ok\n")))
        .route("/readyz", get(metrics::readiness))
        .merge(pubsub())
        .nest("/chat/v4/rooms/{room}", chat())
        .merge(apps())
        .merge(auth_endpoint.map_or_else(Router::new, |endpoint| endpoint.router().with_state(())))
        .merge(greeting.map_or_else(Router::new, |greeting| {
            Router::new().route(&greeting.path, get(move || ready(greeting.answer.clone())))
        }))
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .layer(axum::middleware::from_fn(cors::apply))
        .with_state(Arc::clone(core))
}

fn pubsub() -> Router<Arc<ServerState>> {
    use rest::{batch, channels, messages, presence};
    let message = "/channels/{channel}/messages/{serial}";
    Router::new()
        .route("/time", only(Method::GET, rest::time))
        .route("/channels", only(Method::GET, channels::list))
        .route("/channels/{channel}", only(Method::GET, channels::status))
        .route(
            "/channels/{channel}/history",
            only(Method::GET, messages::history_alias),
        )
        .route(
            "/channels/{channel}/messages",
            only(Method::GET, messages::history),
        )
        .route(
            "/channels/{channel}/messages",
            only(Method::POST, messages::publish),
        )
        .route(message, only(Method::GET, messages::get))
        .route(message, only(Method::PATCH, messages::change))
        .route(
            &format!("{message}/versions"),
            only(Method::GET, messages::versions),
        )
        .route(
            &format!("{message}/annotations"),
            only(Method::GET, messages::annotations),
        )
        .route(
            &format!("{message}/annotations"),
            only(Method::POST, messages::annotate),
        )
        .route(
            "/channels/{channel}/presence",
            only(Method::GET, presence::members),
        )
        .route(
            "/channels/{channel}/presence/history",
            only(Method::GET, presence::history),
        )
        .route("/stats", only(Method::GET, rest::stats))
        .route("/messages", only(Method::POST, batch::publish))
        .route("/presence", only(Method::GET, batch::presence))
        .route(
            "/keys/{key}/requestToken",
            only(Method::POST, tokens::request),
        )
        .route(
            "/keys/{key}/revokeTokens",
            only(Method::POST, tokens::revoke),
        )
}

/// Apps that test suites make for themselves.
fn apps() -> Router<Arc<ServerState>> {
    use provision::manage;
    Router::new()
        .route("/apps", only(Method::POST, provision::create))
        .route("/apps/{app}", only(Method::DELETE, manage::delete))
        .route("/apps/{app}/reset", only(Method::POST, manage::reset))
}

/// The Chat API below a room.
fn chat() -> Router<Arc<ServerState>> {
    use chat::{messages, reactions};
    let message = "/messages/{serial}";
    Router::new()
        .route("/messages", only(Method::GET, messages::history))
        .route("/messages", only(Method::POST, messages::send))
        .route(message, only(Method::GET, messages::get))
        .route(message, only(Method::PUT, messages::update))
        .route(
            &format!("{message}/versions"),
            only(Method::GET, messages::versions),
        )
        .route(
            &format!("{message}/delete"),
            only(Method::POST, messages::delete),
        )
        .route(
            &format!("{message}/reactions"),
            only(Method::POST, reactions::add),
        )
        .route(
            &format!("{message}/reactions"),
            only(Method::DELETE, reactions::remove),
        )
        .route(
            &format!("{message}/client-reactions"),
            only(Method::GET, reactions::of_client),
        )
        .route("/occupancy", only(Method::GET, chat::occupancy))
}
