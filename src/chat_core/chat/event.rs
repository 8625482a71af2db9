//! Events of a room, in the Chat SDK's words and shapes. Times are epoch milliseconds.

use serde::Serialize;
use serde_json::{Map, Value};

use super::message::{ChatMessage, REACTION_TYPES};
use super::occupancy::Occupancy;
use super::presence::Member;
use super::reaction::{MessageReaction, RoomReaction};

/// An event of a room.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum RoomEvent {
    /// A message was sent.
    #[serde(rename = "message.created")]
    Created {
        /// The message.
        message: ChatMessage,
    },
    /// A message has a new content.
    #[serde(rename = "message.updated")]
    Updated {
        /// Its newest version.
        message: ChatMessage,
    },
    /// A message was deleted.
    #[serde(rename = "message.deleted")]
    Deleted {
        /// The message, without its content.
        message: ChatMessage,
    },
    /// The reactions to a message, all of them, after a change.
    #[serde(rename = "reaction.summary")]
    Summary {
        /// The message.
        message_serial: String,
        /// `unique`, `distinct` and `multiple` to names to counts.
        reactions: Map<String, Value>,
    },
    /// Somebody reacted to a message.
    #[serde(rename = "reaction.create")]
    ReactionAdded {
        /// The time.
        timestamp: i64,
        /// The reaction.
        reaction: MessageReaction,
    },
    /// Somebody took a reaction back.
    #[serde(rename = "reaction.delete")]
    ReactionRemoved {
        /// The time.
        timestamp: i64,
        /// The reaction.
        reaction: MessageReaction,
    },
    /// Somebody reacted in the room, to no message.
    #[serde(rename = "reaction")]
    RoomReaction {
        /// The reaction.
        reaction: RoomReaction,
    },
    /// Somebody began to type.
    #[serde(rename = "typing.started")]
    TypingStarted {
        /// The change, and the set of those who type.
        #[serde(flatten)]
        change: TypingChange,
    },
    /// Somebody stopped typing.
    #[serde(rename = "typing.stopped")]
    TypingStopped {
        /// The change, and the set of those who type.
        #[serde(flatten)]
        change: TypingChange,
    },
    /// Somebody became a member.
    #[serde(rename = "enter")]
    Enter {
        /// The member.
        member: Member,
    },
    /// A member left.
    #[serde(rename = "leave")]
    Leave {
        /// The member.
        member: Member,
    },
    /// A member has new data.
    #[serde(rename = "update")]
    Update {
        /// The member.
        member: Member,
    },
    /// Somebody was a member before this subscription began.
    #[serde(rename = "present")]
    Present {
        /// The member.
        member: Member,
    },
    /// More or fewer are in the room.
    #[serde(rename = "occupancy.updated")]
    Occupancy {
        /// The counts.
        occupancy: Occupancy,
    },
}

/// The client that began or stopped typing.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TypingChange {
    /// The clientId, with the claim of their token.
    #[serde(flatten)]
    pub typer: Typer,
    /// The clients that type, in the order in which they began.
    pub current_typers: Vec<Typer>,
}

/// A client that types.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Typer {
    /// The clientId.
    pub client_id: String,
    /// The claim of their token.
    pub user_claim: Option<String>,
}

/// The topic of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// Messages.
    Messages,
    /// The summaries of message reactions.
    Reactions,
    /// Each message reaction.
    RawReactions,
    /// Room reactions.
    RoomReactions,
    /// Typing.
    Typing,
    /// Members.
    Presence,
    /// Occupancy.
    Occupancy,
}

impl RoomEvent {
    /// The event that a message of a room's history stands for: its newest version.
    pub fn of_history(message: ChatMessage) -> Self {
        match message.action.as_str() {
            "message.update" => Self::Updated { message },
            "message.delete" => Self::Deleted { message },
            _ => Self::Created { message },
        }
    }

    /// Returns the topic.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Created { .. } | Self::Updated { .. } | Self::Deleted { .. } => {
                EventKind::Messages
            }
            Self::Summary { .. } => EventKind::Reactions,
            Self::ReactionAdded { .. } | Self::ReactionRemoved { .. } => EventKind::RawReactions,
            Self::RoomReaction { .. } => EventKind::RoomReactions,
            Self::TypingStarted { .. } | Self::TypingStopped { .. } => EventKind::Typing,
            Self::Enter { .. }
            | Self::Leave { .. }
            | Self::Update { .. }
            | Self::Present { .. } => EventKind::Presence,
            Self::Occupancy { .. } => EventKind::Occupancy,
        }
    }

    /// The message, where it is about one.
    pub fn message(&self) -> Option<&ChatMessage> {
        match self {
            Self::Created { message } | Self::Updated { message } | Self::Deleted { message } => {
                Some(message)
            }
            _ => None,
        }
    }
}

/// Reactions with all three types, whether anything is in them or not, as the SDK gives them.
pub(super) fn all_types(mut reactions: Map<String, Value>) -> Map<String, Value> {
    REACTION_TYPES
        .iter()
        .map(|kind| {
            let counts = reactions.remove(*kind);
            let counts = counts.unwrap_or_else(|| Value::Object(Map::new()));
            ((*kind).to_owned(), counts)
        })
        .collect()
}
