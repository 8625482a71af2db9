//! What happens in a room, in the Chat SDK's words and shapes.

use serde::Serialize;

use super::ChatMessage;
use crate::chat_core::protocol::Message;

/// An event of a room.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type")]
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
        /// What is left of it.
        message: ChatMessage,
    },
}

impl RoomEvent {
    /// Reads the event that a message of the room's channel stands for, if it is one.
    pub fn from_wire(message: &Message) -> Option<Self> {
        let message = ChatMessage::from_wire(message)?;
        Some(match message.action.as_str() {
            "message.update" => Self::Updated { message },
            "message.delete" => Self::Deleted { message },
            _ => Self::Created { message },
        })
    }
}
