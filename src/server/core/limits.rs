//! The bounds of what a peer may do, as CONNECTED tells them (CD2).

use std::time::Duration;

/// The largest frame or body, in bytes.
pub(crate) const MAX_FRAME_SIZE: usize = 524_288;

/// The size of a page of history, in bytes, about: a page of large items has fewer than its `limit`, and a link to the
/// next one.
pub(crate) const MAX_PAGE_SIZE: usize = 4 * 1024 * 1024;

/// The size of the pieces in which an attachment is told what it missed or asked for, in bytes, about: the next one is read
/// once the subscriber has room.
pub(crate) const PIECE_SIZE: usize = 128 * 1024;

/// The most that an attachment is told of what it missed, in bytes, about. Beyond it continuity is lost: 90003 / 400.
pub(crate) const MAX_MISSED_SIZE: usize = 32 * 1024 * 1024;

/// The most messages of a rewind by time.
pub(crate) const MAX_REWOUND: usize = 1000;

/// The most members of one SYNC message, and the size of them that it is full with, in bytes.
pub(crate) const SYNC_PAGE_MEMBERS: usize = 100;
pub(crate) const SYNC_PAGE_SIZE: usize = 64 * 1024;

/// The most bytes of ephemeral messages that wait for an attachment that is catching up. Further ones are not delivered to
/// it.
pub(crate) const MAX_HELD_SIZE: usize = 256 * 1024;

/// The most that may wait for one connection, in bytes. A client that does not read is disconnected beyond it: 80003.
pub(crate) const MAX_WAITING: usize = 4 * 1024 * 1024;

/// What may wait for one connection before it is told more of what it asked for, in bytes.
pub(crate) const WAITING_LOW: usize = 256 * 1024;

/// The most that may wait for all connections of an app together, in bytes. Beyond it those that do not read are
/// disconnected, 80003, but for what each may have waiting anyhow.
pub(crate) const MAX_APP_WAITING: usize = 64 * 1024 * 1024;
pub(crate) const MIN_WAITING: usize = 64 * 1024;

/// How often in a row, at intervals of [`IDLE_CHECK`], a client may have taken nothing of what waits for it. It is
/// disconnected then: 80003.
pub(crate) const MAX_STALLS: u32 = 3;

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

/// The time that a client may be away and continue its attachments, where it does not continue its connection: SDKs ask
/// for that until the state of the connection is gone.
pub(crate) const CONTINUITY_WINDOW: Duration = CONNECTION_STATE_TTL;

pub(crate) use crate::server::engine::limits::{
    MAX_ANNOTATED_MESSAGES, MAX_ANNOTATION_COUNT, MAX_ANNOTATION_NAME_SIZE, MAX_MESSAGE_SIZE,
    REMAIN_PRESENT,
};

/// The time that a client has to read why its connection is closed.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The time for which changes of the occupancy are gathered before they are sent.
pub(crate) const OCCUPANCY_DELAY: Duration = Duration::from_millis(300);
