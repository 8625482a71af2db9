//! The options of a client.

use std::sync::Arc;
use std::time::Duration;

use super::token_source::Authorizer;
use crate::chat_core::clock::Clock;
use crate::chat_core::http::Connector;
use crate::chat_core::protocol::Format;
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::chat_core::random::Random;

/// The options of a client.
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
