//! The edges: they translate between the wire and the core, nothing more.
//!
//! | module | owns |
//! | --- | --- |
//! | [`router`] | the routes, above their handlers |
//! | [`http`] | accepting connections, reading requests, answers |
//! | [`realtime`] | WebSocket connections |
//! | [`chat`], [`rest`], [`tokens`], [`provision`] | the REST APIs |
//! | [`auth_endpoint`] | the auth server of an app, for front-end work |
//! | [`admin`] | the server's own HTTP, for the one who started it |
//! | [`control`] | the vendor's Control API |
//! | [`outbound`] | calls to endpoints of other programs |
//! | [`uts_proxy`] | the control API of the vendor's fault proxy |
//! | [`access_log`], [`request_log`], [`metrics`], [`server_log`] | observers |
//! | [`welcome`] | the page for people who open the server's address |
//! | [`tls`] | certificates, and encrypted sockets |

pub(crate) mod access_log;
pub(crate) mod admin;
pub(crate) mod auth_endpoint;
pub(crate) mod chat;
pub(crate) mod control;
pub(crate) mod http;
pub(crate) mod metrics;
pub(crate) mod outbound;
pub(crate) mod provision;
pub(crate) mod realtime;
pub(crate) mod request_log;
pub(crate) mod rest;
pub(crate) mod router;
pub(crate) mod server_log;
pub mod tls;
pub(crate) mod tokens;
pub(crate) mod uts_proxy;
pub mod virtual_time;
pub(crate) mod welcome;

use std::sync::Arc;

use super::core::budget::AppBudget;
use super::core::moderation::Moderator;
use super::core::state::ServerState;
use super::core::usage::UsageMeter;
use super::core::webhooks::Webhooks;
use crate::server::edge::admin::leases::Leases;
use crate::server::edge::http::boundary::Boundary;
use crate::server::edge::virtual_time::VirtualTime;
use realtime::outbox::Writers;

/// The state that the edges of one server share.
pub(crate) struct EdgeState {
    /// The server.
    pub(crate) server: Arc<ServerState>,
    /// The tasks that write to sockets.
    pub(crate) writers: Writers,
    /// Whether clients may create apps without a key.
    pub(crate) provisions_apps: bool,
    /// Whether the listener speaks TLS.
    pub(crate) is_encrypted: bool,
    /// The Hosts and Origins that are taken; all of them unless given.
    pub(crate) boundary: Option<Arc<Boundary>>,
    /// Asks the rules that are asked before a message is published.
    pub(crate) moderator: Arc<Moderator>,
    /// Delivers what happens to webhooks.
    pub(crate) webhooks: Arc<Webhooks>,
    /// The webhooks that were added for a while.
    pub(crate) leases: Leases,
    /// What its apps use.
    pub(crate) usage: Arc<UsageMeter>,
    /// What is left for apps that are created.
    pub(crate) app_budget: Arc<AppBudget>,
    /// The virtual time that its clock shows, if it is not the machine's.
    pub(crate) time: Option<Arc<VirtualTime>>,
}
