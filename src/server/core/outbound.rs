//! Calls to endpoints of other programs: what a caller of the core asks for. The edge does it, for the core opens no
//! socket.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Uri};

/// Which addresses a call may lead to. Link-local and unspecified ones are never called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Any: the owner of the server chose it.
    Owner,
    /// Those of this machine, and hosts that the owner allows.
    Guest,
}

/// A POST to an endpoint. Redirects are not followed.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The URL.
    pub(crate) url: Uri,
    /// Which addresses it may lead to.
    pub(crate) trust: Trust,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Bytes,
    /// The longest time for it all, of the real clock.
    pub(crate) timeout: Duration,
    /// The most bytes of the answer's body that are read.
    pub(crate) max_answer: usize,
}

/// The answer of an endpoint.
#[derive(Clone, Debug)]
pub(crate) struct EndpointAnswer {
    /// The status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Bytes,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallFault {
    /// No connection, or one that broke.
    #[error("{0}")]
    Unreachable(String),
    /// None within the time.
    #[error("no answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// A body that is longer than it may be.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// An address that must not be called.
    #[error("{0}")]
    Forbidden(String),
}

/// An answer, once it is there.
pub(crate) type Calling = Pin<Box<dyn Future<Output = Result<EndpointAnswer, CallFault>> + Send>>;

/// Calls endpoints.
pub(crate) trait Outbound: Send + Sync {
    /// Sends `call`, and waits for the answer.
    fn post(&self, call: Call) -> Calling;
}
