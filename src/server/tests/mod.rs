//! The whole server in one thread, over in-memory streams, with time that passes only when everybody waits.

mod harness;

mod durable;
mod protocol;
mod recovery;
mod tokens;
