//! The whole server in one thread, over in-memory streams, with time that passes only when everybody waits.

mod apps;
mod bounds;
mod harness;
mod model;
mod publishing;

mod durable;
mod protocol;
mod recovery;
mod reset;
mod tokens;
