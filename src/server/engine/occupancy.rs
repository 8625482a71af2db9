//! ChannelOccupancy metrics of channels, and the reports that they are summed up from.

use std::collections::HashMap;

use parking_lot::Mutex;
use serde::Serialize;

/// The occupancy metrics of a channel: attachments by what they may do there, and members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChannelOccupancy {
    /// Attached connections.
    pub(crate) connections: usize,
    /// Those that may publish.
    pub(crate) publishers: usize,
    /// Those that get messages.
    pub(crate) subscribers: usize,
    /// Those that may enter.
    pub(crate) presence_connections: usize,
    /// PresenceSet.
    pub(crate) presence_members: usize,
    /// Those that see members.
    pub(crate) presence_subscribers: usize,
    /// Always 0: there are no objects here.
    pub(crate) object_publishers: usize,
    /// Always 0.
    pub(crate) object_subscribers: usize,
}

/// The reports of one process, by channel.
#[derive(Default)]
pub(super) struct Reports(Mutex<HashMap<String, ChannelOccupancy>>);

impl Reports {
    /// Takes a report in the place of the earlier one, and returns whether it is another.
    pub(super) fn put(&self, channel: &str, here: &ChannelOccupancy) -> bool {
        let mut reports = self.0.lock();
        if *here == ChannelOccupancy::default() {
            return reports.remove(channel).is_some();
        }
        if reports.get(channel) == Some(here) {
            return false;
        }
        reports.insert(channel.to_owned(), here.clone());
        true
    }

    /// Returns the occupancy of a channel with so many members.
    pub(super) fn totals(&self, channel: &str, members: usize) -> ChannelOccupancy {
        let reported = self.0.lock().get(channel).cloned();
        ChannelOccupancy {
            presence_members: members,
            ..reported.unwrap_or_default()
        }
    }

    /// Returns how many channels are reported.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.0.lock().len()
    }
}
