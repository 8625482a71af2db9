//! The topics that a tail can print, and the modes and events that each needs.

use clap::ValueEnum;

use super::Watch;
use crate::chat_core::chat::event::EventKind;
use crate::chat_core::client::connection::RoomAttach;
use crate::chat_core::protocol::ChannelModes;

/// A kind of events, as the user names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Topic {
    /// Messages sent, updated and deleted
    Messages,
    /// Summaries of the reactions to messages
    Reactions,
    /// Room reactions
    RoomReactions,
    /// Typing started and stopped
    Typing,
    /// Members entering, updating and leaving
    Presence,
    /// Occupancy metrics
    Occupancy,
    /// Listening, connected, disconnected, discontinuity
    Connection,
}

impl Watch<'_> {
    /// Returns whether events of this kind are printed.
    pub(in crate::cli::room) fn prints(&self, kind: EventKind) -> bool {
        let topic = match kind {
            EventKind::Messages => Topic::Messages,
            EventKind::Reactions if self.raw_reactions => return false,
            EventKind::RawReactions if !self.raw_reactions => return false,
            EventKind::Reactions | EventKind::RawReactions => Topic::Reactions,
            EventKind::RoomReactions => Topic::RoomReactions,
            EventKind::Typing => Topic::Typing,
            EventKind::Presence => Topic::Presence,
            EventKind::Occupancy => Topic::Occupancy,
        };
        self.topics.contains(&topic)
    }

    /// Returns whether changes of the connection are events, and not notices.
    pub(super) fn prints_connection(&self) -> bool {
        self.topics.contains(&Topic::Connection)
    }

    /// The options for attaching `room`.
    pub(in crate::cli::room) fn plan(&self, room: &str, from: Option<String>) -> RoomAttach {
        let modes = self
            .topics
            .iter()
            .map(|topic| match topic {
                Topic::Presence => ChannelModes::PRESENCE_SUBSCRIBE,
                Topic::Reactions if self.raw_reactions => ChannelModes::ANNOTATION_SUBSCRIBE,
                _ => ChannelModes::SUBSCRIBE,
            })
            .collect();
        RoomAttach {
            room: room.to_owned(),
            modes,
            occupancy: self.topics.contains(&Topic::Occupancy),
            from,
            ..RoomAttach::default()
        }
    }
}
