//! The client: REST calls, and a realtime connection that is a pure state machine with a driver around it.
//!
//! It speaks to Ably, to any other Ably-compatible endpoint and to the embedded server alike.

pub mod call;
pub mod connection;
mod credential;
mod error;
mod hosts;
mod options;
pub mod rest;
pub mod retry;
pub mod room;
mod socket;
pub mod token_source;
mod transport;

pub use error::{Error, Result};
pub use options::Options;
pub use rest::Rest;
pub use room::Room;
pub use token_source::Authorizer;
pub use transport::AGENT;
