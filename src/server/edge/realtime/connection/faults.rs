//! The faults of one connection: the rules that are asked about it, and the line of what they let wait.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use parking_lot::Mutex;

use crate::chat_core::clock::Moment;
use crate::chat_core::protocol::ProtocolMessage;
use crate::server::core::deadlines::Deadline;
use crate::server::core::faults::journal::Noted;
use crate::server::core::faults::{Ending, FaultClient, Faults, Fired, Hold, Occurrence, Point};

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

/// What stands between the server and the outbox.
#[derive(Default)]
pub(super) struct Line {
    /// Frames that wait, in their order.
    pub(super) waiting: VecDeque<WaitingFrame>,
    /// Their size, in bytes.
    pub(super) size: usize,
    pub(super) release: Option<Deadline>,
    /// The frame that goes after the next one.
    pub(super) overtaken: Option<Bytes>,
    pub(super) overtaken_until: Option<Deadline>,
    pub(super) timers: Vec<Deadline>,
    /// Whether nothing goes to the client any more, or comes from it.
    pub(super) is_silent: bool,
    pub(super) is_deaf: bool,
    /// How the socket ended, where a fault ended it.
    pub(super) ended: Option<(Option<u16>, Option<String>)>,
}

/// A frame that waits.
pub(super) struct WaitingFrame {
    pub(super) until: Until,
    pub(super) bytes: Bytes,
}

/// What a frame at the head of the line waits for.
#[derive(Clone)]
pub(super) enum Until {
    /// A moment; one that has been where it waits for those before it alone.
    Due(Moment),
    /// The end of a rule.
    Released(Hold),
}

impl Until {
    /// Returns whether that has come by `now`.
    pub(super) fn is_over(&self, now: Moment) -> bool {
        match self {
            Self::Due(due) => *due <= now,
            Self::Released(hold) => hold.is_over(),
        }
    }
}

impl Line {
    /// Drops the frames that wait.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        self.size = 0;
    }
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
