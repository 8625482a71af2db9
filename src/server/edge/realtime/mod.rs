//! The realtime edge: WebSocket connections, the frames that they send and the frames that wait for them.

pub(crate) mod connection;
pub(crate) mod outbox;
pub(crate) mod preface;
pub(crate) mod upgrade;
