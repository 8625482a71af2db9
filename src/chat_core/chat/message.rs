//! Chat messages as the Chat REST API gives them (CHA-M2), and their form on a room's channel.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::chat_core::protocol::payload::Payload;
use crate::chat_core::protocol::{Data, Json, Message, MessageAction, Version};

/// The name of a chat message on its channel.
pub const EVENT_NAME: &str = "chat.message";

/// A chat message. Times are epoch milliseconds.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ChatMessage {
    /// Its identity: the same in all versions.
    pub serial: String,
    /// The author; the same in later versions.
    pub client_id: String,
    /// The text; empty after a delete.
    pub text: String,
    /// The application's metadata.
    pub metadata: Map<String, Value>,
    /// Flat facts for the service's rules.
    pub headers: Map<String, Value>,
    /// The claim of whoever acted last, from their token.
    pub user_claim: Option<String>,
    /// `message.create`, `message.update` or `message.delete`.
    pub action: String,
    /// This version.
    pub version: Version,
    /// The time of creation.
    pub timestamp: i64,
    /// The summary of its reactions: `unique`, `distinct`, `multiple` to names to counts.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub reactions: Map<String, Value>,
}

/// The types of message reactions, as Chat names them.
pub const REACTION_TYPES: [&str; 3] = ["unique", "distinct", "multiple"];

/// The annotation type that reactions of a Chat type are on the wire.
pub fn annotation_type(reaction_type: &str) -> String {
    format!("reaction:{reaction_type}.v1")
}

/// The reactions in a summary of annotations, by Chat's types; types without any are left out.
pub fn reactions_of(summary: &Value) -> Map<String, Value> {
    REACTION_TYPES
        .iter()
        .filter_map(|kind| {
            let counts = summary.get(annotation_type(kind))?;
            let has_any = counts.as_object().is_some_and(|counts| !counts.is_empty());
            has_any.then(|| ((*kind).to_owned(), counts.clone()))
        })
        .collect()
}

/// A message to be sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewMessage {
    /// The text, not empty.
    pub text: String,
    /// The application's metadata.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// Flat facts for the service's rules.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub headers: Map<String, Value>,
}

/// Returns whether headers are what the service's rules can look at: none is an array or an object.
pub fn is_flat(headers: &Map<String, Value>) -> bool {
    !headers
        .values()
        .any(|value| value.is_object() || value.is_array())
}

impl NewMessage {
    /// The message on its channel, for the service to stamp.
    pub fn to_wire(&self, client_id: &str, user_claim: Option<String>) -> Message {
        let mut extras = Map::new();
        if !self.headers.is_empty() {
            extras.insert("headers".to_owned(), Value::Object(self.headers.clone()));
        }
        if let Some(claim) = user_claim {
            extras.insert("userClaim".to_owned(), Value::String(claim));
        }
        Message {
            name: Some(EVENT_NAME.to_owned()),
            data: Some(Data::Text(
                json!({"text": self.text, "metadata": self.metadata}).to_string(),
            )),
            encoding: Some("json".to_owned()),
            extras: Some(Json(Value::Object(extras)))
                .filter(|extras| extras.object().is_some_and(|map| !map.is_empty())),
            client_id: Some(client_id.to_owned()),
            ..Message::default()
        }
    }
}

impl ChatMessage {
    /// Reads a chat message off its channel; `None` for anything else that a channel carries.
    ///
    /// A wrong field becomes an empty one, as the Chat SDK reads it.
    pub fn from_wire(message: &Message) -> Option<Self> {
        let action = match message.action() {
            MessageAction::Create => "message.create",
            MessageAction::Update => "message.update",
            MessageAction::Delete => "message.delete",
            _ => return None,
        };
        if message.name.as_deref() != Some(EVENT_NAME) {
            return None;
        }
        let content = message.value();
        let object = |value: Option<&Value>| {
            value
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default()
        };
        let serial = message.serial.clone().unwrap_or_default();
        let timestamp = message.timestamp.unwrap_or_default();
        let mut version = message.version.clone().unwrap_or_default();
        version.serial.get_or_insert_with(|| serial.clone());
        version.timestamp.get_or_insert(timestamp);
        Some(Self {
            client_id: message.client_id.clone().unwrap_or_default(),
            text: content
                .get("text")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            metadata: object(content.get("metadata")),
            headers: object(message.extra("headers")),
            user_claim: message
                .extra("userClaim")
                .and_then(Value::as_str)
                .map(str::to_owned),
            action: action.to_owned(),
            serial,
            version,
            timestamp,
            reactions: message
                .annotations
                .as_ref()
                .map(|annotations| reactions_of(&annotations.summary.0))
                .unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_reads_back_as_it_was_sent() {
        let new = NewMessage {
            text: "hi".to_owned(),
            metadata: json!({"z": {"a": 1}, "b": 2}).as_object().unwrap().clone(),
            headers: json!({"n": 22}).as_object().unwrap().clone(),
        };
        let mut wire = new.to_wire("alice", Some("{}".to_owned()));
        wire.serial = Some("s".to_owned());
        wire.timestamp = Some(5);
        let read = ChatMessage::from_wire(&wire).unwrap();
        assert_eq!(
            (read.text, read.metadata, read.headers),
            (new.text, new.metadata, new.headers)
        );
        assert_eq!(
            (read.client_id.as_str(), read.user_claim.as_deref()),
            ("alice", Some("{}"))
        );
        assert_eq!(read.action, "message.create");
        assert_eq!(
            (read.version.serial.as_deref(), read.version.timestamp),
            (Some("s"), Some(5))
        );
    }

    #[test]
    fn other_traffic_of_the_channel_is_no_message() {
        let typing = Message {
            name: Some("typing.started".to_owned()),
            ..Message::default()
        };
        assert_eq!(ChatMessage::from_wire(&typing), None);
        let summary = Message {
            name: Some(EVENT_NAME.to_owned()),
            action: Some(MessageAction::Summary),
            ..Message::default()
        };
        assert_eq!(ChatMessage::from_wire(&summary), None);
    }
}
