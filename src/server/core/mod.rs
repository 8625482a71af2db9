//! The core of a chat server, without sockets and without a storage engine: apps, gate, publishing, fan-out.

pub(crate) mod app_keys;
pub(crate) mod app_profile;
pub(crate) mod apps;
pub(crate) mod budget;
#[cfg(test)]
pub(crate) mod census;
pub(crate) mod checks;
pub(crate) mod connections;
pub(crate) mod deadlines;
mod depth;
pub(crate) mod events;
pub mod faults;
mod faulty_store;
pub(crate) mod frame;
pub(crate) mod gate;
pub(crate) mod heartbeats;
pub(crate) mod hub;
pub mod integrations;
pub mod limits;
pub(crate) mod login;
pub(crate) mod meta;
pub(crate) mod moderation;
pub(crate) mod namespaces;
pub(crate) mod outbound;
pub mod plan;
pub(crate) mod publisher;
pub(crate) mod quota;
pub(crate) mod rates;
pub(crate) mod registry;
pub(crate) mod revoked;
pub(crate) mod seed;
pub(crate) mod sessions;
pub(crate) mod state;
pub(crate) mod statistics;
pub(crate) mod tally;
pub(crate) mod usage;
