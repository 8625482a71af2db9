//! Members of a room (CHA-PR).

use serde::Serialize;
use serde_json::{Map, Value};

use crate::chat_core::protocol::PresenceMessage;
use crate::chat_core::protocol::payload::Payload;

/// A member of a room's presence set.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The member.
    pub client_id: String,
    /// Over which connection.
    pub connection_id: String,
    /// The member's data.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub data: Value,
    /// Headers and the user claim.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extras: Map<String, Value>,
    /// The time of its enter or last update, in epoch milliseconds.
    pub updated_at: i64,
    /// The claim of the member's token.
    pub user_claim: Option<String>,
}

impl Member {
    /// Reads a member off its channel.
    pub fn from_wire(message: &PresenceMessage) -> Self {
        let extras = message
            .extras
            .as_ref()
            .and_then(|extras| extras.object())
            .cloned()
            .unwrap_or_default();
        Self {
            client_id: message.client_id.clone().unwrap_or_default(),
            connection_id: message.connection_id.clone().unwrap_or_default(),
            data: message.value(),
            user_claim: extras
                .get("userClaim")
                .and_then(Value::as_str)
                .map(str::to_owned),
            extras,
            updated_at: message.timestamp.unwrap_or_default(),
        }
    }
}
