//! The bounds of what a peer may do, as CONNECTED tells them (CD2).

use std::time::Duration;

/// The largest publish, in bytes, as [`crate::chat_core::protocol::Message::size`] counts it.
pub(crate) const MAX_MESSAGE_SIZE: usize = 65_536;

/// The largest frame or body, in bytes.
pub(crate) const MAX_FRAME_SIZE: usize = 524_288;

/// The most channels of one connection.
pub(crate) const MAX_CHANNELS: usize = 200;

/// The most messages of one publish.
pub(crate) const MAX_MESSAGES: usize = 1000;

/// The advertised publish rate, in messages a second. Not enforced.
pub(crate) const MAX_INBOUND_RATE: u64 = 1000;

/// The longest silence that a connection is promised.
pub(crate) const MAX_IDLE: Duration = Duration::from_secs(15);

/// The interval at which a silent connection gets a heartbeat: twice within the promise, so that it is kept
/// whenever the traffic fell.
pub(crate) const IDLE_CHECK: Duration = Duration::from_millis(7000);

/// The time for which a connection's state is kept after a drop.
pub(crate) const CONNECTION_STATE_TTL: Duration = Duration::from_mins(2);

pub(crate) use crate::server::engine::REMAIN_PRESENT;

/// The time that a client has to read why its connection is closed.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The time for which changes of the occupancy are gathered before they are sent.
pub(crate) const OCCUPANCY_DELAY: Duration = Duration::from_millis(300);
