//! Heartbeats of one connection: what it hears while nothing else is sent (RTN23).

use std::sync::atomic::Ordering;

use super::Connection;
use super::last_sent::LastSent;
use super::liveness::{MAX_SILENCE, Verdict};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::{Action, ProtocolMessage};
use crate::server::core::connections::LiveConnection as _;
use crate::server::core::frame;
use crate::server::core::heartbeats;
use crate::server::core::limits::IDLE_CHECK;

impl Connection {
    /// Has the client hear a heartbeat whenever nothing else was sent for long.
    pub(super) fn begin_heartbeats(&self) {
        match self.last_sent {
            LastSent::Checked(_) => self.schedule_check(),
            // Nobody vanishes there: the time stands while a process does not answer, and a socket says when it ends.
            LastSent::At(_) => heartbeats::begin(&self.server),
        }
    }

    /// Sends a heartbeat in a while, if nothing else is sent until then, looks for the client, and so on.
    fn schedule_check(&self) {
        let at = self.server.deadlines.now() + IDLE_CHECK;
        self.schedule(
            |deadlines| &mut deadlines.heartbeat,
            at,
            |connection| {
                connection.outbox.check_progress();
                connection.check_peer();
                if let LastSent::Checked(spoke) = &connection.last_sent
                    && !spoke.swap(false, Ordering::Relaxed)
                {
                    connection.put_heartbeat();
                }
                connection.schedule_check();
            },
        );
    }

    /// Sends a heartbeat, as far as the rules let it through.
    pub(super) fn put_heartbeat(&self) {
        let heartbeat = ProtocolMessage::new(Action::Heartbeat);
        self.put(&heartbeat, || frame::frame(&heartbeat, self.format));
    }

    /// Asks a silent client for a sign of life, and ends its connection if none came for too long; it may come back.
    fn check_peer(&self) {
        // A ping behind what waits for the client has not reached it: such a client is the outbox's to judge.
        match self.liveness.check(self.outbox.is_empty()) {
            Verdict::Alive => {}
            Verdict::Ask => self.outbox.push(frame::PING),
            Verdict::Gone => self.disconnect(ErrorInfo::new(
                80003,
                408,
                format!("Disconnected: nothing came from the client for {MAX_SILENCE} s"),
            )),
        }
    }
}
