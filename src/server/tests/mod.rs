//! The whole server in one thread, over in-memory streams, with time that passes only when everybody waits.

mod apps;
mod bounds;
mod harness;
mod identity;
mod model;
mod publishing;
mod qualifiers;

mod continuity;
mod durable;
mod protocol;
mod recovery;
mod reset;
mod rights;
mod time;
mod tokens;
