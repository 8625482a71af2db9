//! The routes of a server.

use std::future::ready;
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, delete, get, post};

use super::auth_endpoint::{AuthEndpoint, observe_answer};
use super::http::{answer, cors, enforce_boundary, faults, not_found, observe_unrouted};
use super::realtime::upgrade;
use super::{EdgeState, admin, chat, metrics, provision, rest, tokens};

/// A path that answers a fixed text, by which other programs of the same user recognise the server. It lets nobody in.
#[derive(Clone, Debug)]
pub struct IdentityProbe {
    /// The path, as in `/local/a-long-random-word`.
    pub path: String,
    /// The body that is answered.
    pub answer: String,
}

/// Creates the routes of a server.
pub(crate) fn router(
    edge: &Arc<EdgeState>,
    auth_endpoint: Option<AuthEndpoint>,
    probe: Option<IdentityProbe>,
    admin_token: Option<&str>,
) -> Router {
    let api = Router::new()
        .merge(pubsub())
        .nest("/chat/v4/rooms/{room}", chat())
        .route(
            "/chat/v4/moderation/hive/delete",
            post(chat::callback::delete),
        )
        .merge(apps())
        .route_layer(from_fn_with_state(Arc::clone(edge), answer))
        .route_layer(from_fn_with_state(Arc::clone(edge), faults::interfere));
    Router::new()
        .route("/", any(upgrade::connect))
        .route("/healthz", get(|| ready("ok\n")))
        .route("/readyz", get(metrics::readiness))
        .merge(api)
        .merge(auth_endpoint.map_or_else(Router::new, |endpoint| {
            let observe = from_fn_with_state(Arc::clone(edge), observe_answer);
            let interfere = from_fn_with_state(Arc::clone(edge), faults::interfere);
            let router = endpoint.router().route_layer(observe);
            router.route_layer(interfere).with_state(())
        }))
        .merge(probe.map_or_else(Router::new, |probe| {
            Router::new().route(&probe.path, get(move || ready(probe.answer.clone())))
        }))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(from_fn(cors::apply))
        .merge(admin_token.map_or_else(Router::new, admin::router))
        .layer(from_fn_with_state(edge.boundary.clone(), enforce_boundary))
        .layer(from_fn_with_state(Arc::clone(edge), observe_unrouted))
        .with_state(Arc::clone(edge))
}

fn pubsub() -> Router<Arc<EdgeState>> {
    use rest::{batch, channels, messages, presence};
    let message = "/channels/{channel}/messages/{serial}";
    Router::new()
        .route("/time", get(rest::time))
        .route("/channels", get(channels::list))
        .route("/channels/{channel}", get(channels::status))
        .route("/channels/{channel}/history", get(messages::history_alias))
        .route(
            "/channels/{channel}/messages",
            get(messages::history).post(messages::publish),
        )
        .route(message, get(messages::get).patch(messages::change))
        .route(&format!("{message}/versions"), get(messages::versions))
        .route(
            &format!("{message}/annotations"),
            get(messages::annotations).post(messages::annotate),
        )
        .route(
            &format!("{message}/client-summary"),
            get(messages::client_summary),
        )
        .route("/channels/{channel}/presence", get(presence::members))
        .route(
            "/channels/{channel}/presence/history",
            get(presence::history),
        )
        .route("/stats", get(rest::stats))
        .route("/messages", post(batch::publish))
        .route("/presence", get(batch::presence))
        .route("/keys/{key}/requestToken", post(tokens::request))
        .route("/keys/{key}/revokeTokens", post(tokens::revoke))
}

/// The routes of apps that test suites create for themselves.
fn apps() -> Router<Arc<EdgeState>> {
    use provision::manage;
    Router::new()
        .route("/apps", post(provision::create))
        .route("/apps/{app}", delete(manage::delete))
        .route("/apps/{app}/reset", post(manage::reset))
}

/// The Chat API below a room.
fn chat() -> Router<Arc<EdgeState>> {
    use chat::{messages, reactions};
    let message = "/messages/{serial}";
    Router::new()
        .route("/messages", get(messages::history).post(messages::send))
        .route(message, get(messages::get).put(messages::update))
        .route(&format!("{message}/versions"), get(messages::versions))
        .route(&format!("{message}/delete"), post(messages::delete))
        .route(
            &format!("{message}/reactions"),
            post(reactions::add).delete(reactions::remove),
        )
        .route(
            &format!("{message}/client-reactions"),
            get(reactions::of_client),
        )
        .route("/occupancy", get(chat::occupancy))
}
