//! HTTP to other hosts: a connector (address, proxy, TLS) that REST and WebSocket share, and one bounded request.
//!
//! Knows nothing of Ably, credentials or retries.

mod client;
mod connector;
mod error;
mod link;
mod peer;
mod proxy;
mod reach;
mod trust;

pub use client::Client;
pub use connector::Connector;
pub use error::{Error, other_scheme, root_cause};
pub use link::Link;
pub use proxy::Proxies;
pub use reach::{Reach, is_refused_address};
pub use trust::certificates;
