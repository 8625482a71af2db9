//! The client: REST calls, and a realtime connection that is a pure state machine with a driver around it.
//!
//! It speaks to Ably, to any other Ably-compatible endpoint and to the embedded server alike.

pub mod connection;
mod error;
mod hosts;
pub mod rest;
pub mod retry;
pub mod room;
mod socket;
pub mod token_source;

use std::sync::Arc;
use std::time::Duration;

use crate::chat_core::clock::Clock;
use crate::chat_core::http::Connector;
use crate::chat_core::protocol::Format;
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::chat_core::random::Random;

pub use error::{Error, Result};
pub use rest::Rest;
pub use room::Room;
pub use token_source::Authorizer;

/// The parts of a client.
#[derive(Clone)]
pub struct Options {
    /// The service.
    pub endpoint: Endpoint,
    /// The credentials and the clientId.
    pub authorizer: Authorizer,
    /// The format on the wire.
    pub format: Format,
    /// The connector.
    pub connector: Connector,
    /// The longest time for one operation with all its attempts: a request, a send, an attach.
    pub timeout: Duration,
    /// The base of the waits between attempts to reconnect (the SDKs' `disconnectedRetryTimeout`).
    pub retry: Duration,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Retry jitter and idempotency keys.
    pub random: Random,
}

/// The `agent` of requests and connections.
pub const AGENT: &str = concat!("chatctl/", env!("CARGO_PKG_VERSION"));
