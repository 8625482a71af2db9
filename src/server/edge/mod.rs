//! The edges: they translate between the wire and the core, nothing more.

pub(crate) mod access_log;
pub(crate) mod auth_endpoint;
pub(crate) mod chat;
pub(crate) mod http;
pub(crate) mod metrics;
pub(crate) mod provision;
pub(crate) mod realtime;
pub(crate) mod rest;
pub mod tls;
pub(crate) mod tokens;
