//! HTTP to other hosts: a connector (address, proxy, TLS) that REST and WebSocket share, and one bounded request.
//!
//! Knows nothing of Ably, credentials or retries.

mod client;
mod connector;
mod proxy;
mod trust;

pub use client::{Client, Error};
pub use connector::{Connector, Link};
pub use proxy::Proxies;
pub use trust::certificates;

/// Returns the text at the bottom of a chain of errors: what really happened.
pub fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
