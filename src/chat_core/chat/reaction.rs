//! Reactions: to a message (CHA-MR) and to a room (CHA-ER).

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::message::{REACTION_TYPES, annotation_type};
use crate::chat_core::protocol::payload::Payload;
use crate::chat_core::protocol::{Annotation, Data, Json, Message};

/// The name of a room reaction on its channel.
pub const ROOM_REACTION: &str = "roomReaction";

/// One reaction to a message.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageReaction {
    /// The message.
    pub message_serial: String,
    /// `unique`, `distinct` or `multiple`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The emoji, or another text.
    pub name: String,
    /// The author.
    pub client_id: String,
    /// The claim of their token.
    pub user_claim: Option<String>,
    /// The count, for `multiple`.
    pub count: Option<i64>,
}

impl MessageReaction {
    /// Reads a reaction; `None` for annotations that are none.
    pub fn from_wire(annotation: &Annotation) -> Option<Self> {
        let kind = REACTION_TYPES
            .iter()
            .find(|kind| annotation.kind.as_deref() == Some(annotation_type(kind).as_str()))?;
        let count = annotation.count.filter(|count| *count != 0);
        let is_create = annotation.action.unwrap_or_default() == 0;
        Some(Self {
            message_serial: annotation.message_serial.clone().unwrap_or_default(),
            kind: (*kind).to_owned(),
            name: annotation.name.clone().unwrap_or_default(),
            client_id: annotation.client_id.clone().unwrap_or_default(),
            user_claim: claim_in(annotation.extras.as_ref()),
            count: count.or((is_create && *kind == "multiple").then_some(1)),
        })
    }
}

/// A reaction in a room, to no message.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomReaction {
    /// The emoji, or another text.
    pub name: String,
    /// The author.
    pub client_id: String,
    /// The time.
    pub created_at: i64,
    /// True if this client sent it.
    pub is_self: bool,
    /// The application's metadata.
    pub metadata: Map<String, Value>,
    /// Flat facts for rules.
    pub headers: Map<String, Value>,
    /// The claim of their token.
    pub user_claim: Option<String>,
}

impl RoomReaction {
    /// Reads a room reaction; `own` is the reader's clientId.
    pub fn from_wire(message: &Message, own: Option<&str>) -> Option<Self> {
        if message.name.as_deref() != Some(ROOM_REACTION) {
            return None;
        }
        let content = message.value();
        let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
        let client_id = message.client_id.clone().unwrap_or_default();
        Some(Self {
            name: content
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            created_at: message.timestamp.unwrap_or_default(),
            is_self: own == Some(client_id.as_str()),
            client_id,
            metadata: object(content.get("metadata")).unwrap_or_default(),
            headers: object(message.extra("headers")).unwrap_or_default(),
            user_claim: claim_in(message.extras.as_ref()),
        })
    }

    /// The message that a room reaction is on its channel.
    pub fn to_wire(
        name: &str,
        metadata: &Map<String, Value>,
        headers: &Map<String, Value>,
    ) -> Message {
        Message {
            name: Some(ROOM_REACTION.to_owned()),
            data: Some(Data::Text(
                json!({"name": name, "metadata": metadata}).to_string(),
            )),
            encoding: Some("json".to_owned()),
            extras: Some(Json(json!({"headers": headers, "ephemeral": true}))),
            ..Message::default()
        }
    }
}

/// The user claim in the extras of anything; only a text counts.
pub(super) fn claim_in(extras: Option<&Json>) -> Option<String> {
    extras?
        .get("userClaim")
        .and_then(Value::as_str)
        .map(str::to_owned)
}
