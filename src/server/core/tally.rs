//! Messages, as Ably counts them (docs platform/pricing/message-counting): one each, and one more for each 5 KiB begun.

use serde_json::{Value, json};

use crate::chat_core::protocol::{Annotation, Message, PresenceMessage, ProtocolMessage};

/// The bytes that count as one message.
const UNIT: usize = 5 * 1024;

/// What messages are counted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// A client published them.
    In,
    /// They were delivered as they came.
    Out,
    /// They were sent because a client asked: history, members, rewind, what was missed.
    Asked,
}

/// Messages by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Messages, and their versions and summaries.
    pub(crate) messages: u64,
    /// Presence events and members.
    pub(crate) presence: u64,
    /// Annotations.
    pub(crate) annotations: u64,
    /// Occupancy events.
    pub(crate) occupancy: u64,
}

impl Tally {
    /// Counts messages.
    pub(crate) fn of_messages(messages: &[Message]) -> Self {
        Self {
            messages: messages.iter().map(|it| units(it.size())).sum(),
            ..Self::default()
        }
    }

    /// Counts presence events or members.
    pub(crate) fn of_presence(members: &[PresenceMessage]) -> Self {
        Self {
            presence: members.iter().map(|it| units(it.size())).sum(),
            ..Self::default()
        }
    }

    /// Counts annotations.
    pub(crate) fn of_annotations(annotations: &[Annotation]) -> Self {
        Self {
            annotations: annotations.iter().map(|it| units(it.size())).sum(),
            ..Self::default()
        }
    }

    /// Counts what is in a frame.
    pub(crate) fn of_frame(frame: &ProtocolMessage) -> Self {
        let mut tally = Self::of_messages(frame.messages.as_deref().unwrap_or_default());
        tally.add(
            Self::of_presence(frame.presence.as_deref().unwrap_or_default()),
            1,
        );
        tally.add(
            Self::of_annotations(frame.annotations.as_deref().unwrap_or_default()),
            1,
        );
        tally
    }

    /// Adds `other`, so many times.
    pub(crate) fn add(&mut self, other: Self, times: u64) {
        self.messages += other.messages * times;
        self.presence += other.presence * times;
        self.annotations += other.annotations * times;
        self.occupancy += other.occupancy * times;
    }

    /// Returns the number of all of them.
    pub(crate) fn total(self) -> u64 {
        self.messages + self.presence + self.annotations + self.occupancy
    }

    /// Returns it as JSON.
    pub(crate) fn json(self) -> Value {
        json!({
            "total": self.total(),
            "messages": self.messages,
            "presence": self.presence,
            "annotations": self.annotations,
            "occupancy": self.occupancy,
        })
    }
}

/// Returns the number of messages that one of `size` bytes counts as.
pub(crate) fn units(size: usize) -> u64 {
    u64::try_from(size.div_ceil(UNIT).max(1)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_begun_unit_counts() {
        for (size, count) in [(0, 1), (UNIT, 1), (UNIT + 1, 2), (10 * UNIT, 10)] {
            assert_eq!(units(size), count, "{size}");
        }
    }
}
