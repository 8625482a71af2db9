//! The whole server in one thread, over in-memory streams, with time that passes only when everybody waits.

mod apps;
mod bounds;
mod harness;
mod identity;
mod model;
mod moderation;
mod publishing;
mod qualifiers;

mod continuity;
mod control;
mod durable;
mod endpoint;
mod faults;
mod heartbeats;
mod holds;
mod limits;
mod plans;
mod protocol;
mod recovery;
mod replay;
mod requests;
mod reset;
mod rights;
mod time;
mod tokens;
mod usage;
mod webhook_sources;
mod webhooks;
