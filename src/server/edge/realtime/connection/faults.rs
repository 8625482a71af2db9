//! The faults of one connection: the rules that are asked about it, and whether they are asked at all.

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use super::line::Line;
use crate::chat_core::protocol::ProtocolMessage;
use crate::server::core::faults::journal::Noted;
use crate::server::core::faults::{Ending, FaultClient, Faults, Fired, Occurrence, Point};

/// The faults of a connection.
pub(super) struct ConnectionFaults {
    /// Those that are asked.
    pub(super) faults: Faults,
    /// The client, as rules see it.
    pub(super) client: FaultClient,
    /// Whether something stands in the line or is to be done to frames, whatever the rules are.
    is_armed: AtomicBool,
    pub(super) line: Mutex<Line>,
    /// Its end, as what is held for it sees it.
    pub(super) ending: Ending,
}

impl ConnectionFaults {
    /// The faults of `client`.
    pub(super) fn new(faults: Faults, client: FaultClient) -> Self {
        Self {
            faults,
            client,
            is_armed: AtomicBool::new(false),
            line: Mutex::default(),
            ending: Ending::default(),
        }
    }

    /// Returns whether a frame has to go this way.
    pub(super) fn is_active(&self) -> bool {
        self.faults.is_active() || self.is_armed.load(Ordering::Relaxed)
    }

    /// Has frames go this way from now on, whatever the rules are.
    pub(super) fn arm(&self) {
        self.is_armed.store(true, Ordering::Relaxed);
    }

    /// Asks the rules about a frame, and tells those who hear of everything.
    pub(super) fn ask(&self, at: Point, message: &ProtocolMessage) -> Option<Fired> {
        let fired = self
            .faults
            .fire(&Occurrence::frame(at, &self.client, message));
        self.faults.note(Noted::Frame {
            to_client: at == Point::Out,
            message,
            label: fired.as_ref().and_then(|fired| fired.label.as_deref()),
        });
        fired
    }
}
