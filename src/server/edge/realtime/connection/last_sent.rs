//! When a client was sent something last.

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use crate::chat_core::clock::{Clock, Moment};

/// When the client was sent something last.
pub(super) enum LastSent {
    /// By the machine's clock, which is not read for each frame: whether anything was sent since it was looked at.
    Checked(AtomicBool),
    /// By a virtual clock.
    At(Mutex<Moment>),
}

impl LastSent {
    /// Nothing yet but what opens the connection.
    pub(super) fn by(clock: &dyn Clock) -> Self {
        if clock.is_virtual() {
            Self::At(Mutex::new(clock.moment()))
        } else {
            Self::Checked(AtomicBool::new(false))
        }
    }

    /// Notes that something is sent.
    pub(super) fn note(&self, clock: &dyn Clock) {
        match self {
            Self::Checked(spoke) => spoke.store(true, Ordering::Relaxed),
            Self::At(at) => *at.lock() = clock.moment(),
        }
    }

    /// Returns the moment, where that is known.
    pub(super) fn moment(&self) -> Option<Moment> {
        match self {
            Self::Checked(_) => None,
            Self::At(at) => Some(*at.lock()),
        }
    }
}
