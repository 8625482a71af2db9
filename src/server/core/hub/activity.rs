//! What is known of the channels of an app that are active, where somebody wants to be told of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use parking_lot::Mutex;

use crate::chat_core::clock::Moment;
use crate::server::core::rates::Rates;
use crate::server::engine::ChannelOccupancy;

/// What is known of the active channels of an app.
#[derive(Default)]
pub(super) struct Activity {
    pub(super) state: Mutex<ActivityState>,
    /// Whether anybody ever wanted to know.
    pub(super) is_kept: AtomicBool,
    /// The occupancy that followers were told last, of channels where it is not zero.
    pub(super) told: Mutex<HashMap<String, ChannelOccupancy>>,
    /// The number of events on metachannels.
    pub(super) events: AtomicU64,
    /// How fast they come.
    pub(super) rates: Mutex<Rates>,
}

/// The channels.
#[derive(Default)]
pub(super) struct ActivityState {
    /// The watch that the channels were noted for.
    pub(super) watch: u32,
    pub(super) channels: HashMap<Arc<str>, ActiveChannel>,
}

/// A channel that is active.
pub(super) struct ActiveChannel {
    pub(super) is_attached: bool,
    /// The last publish or detach.
    pub(super) last: Moment,
    /// Whether its end is scheduled.
    pub(super) is_scheduled: bool,
}
