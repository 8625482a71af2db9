//! The embedded server: an Ably-compatible realtime and Chat server in one process.
//!
//! | module | owns |
//! | --- | --- |
//! | [`hub`] | channels, attachments, fan-out: no sockets, no storage engine |
//! | [`store`], [`fold`], [`serial`] | the engine seam, what operations make, and their order |
//! | [`outbox`], [`wire`] | what waits for a connection, and its bytes |
//! | [`timers`] | the one queue of deadlines |

pub mod fold;
pub mod hub;
pub mod outbox;
pub mod serial;
pub mod store;
pub mod timers;
pub mod wire;
