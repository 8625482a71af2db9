//! Occupancy of a room (CHA-O).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::chat_core::protocol::Message;
use crate::chat_core::protocol::payload::Payload;

/// The occupancy of a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Occupancy {
    /// Connections that are attached.
    pub connections: i64,
    /// Members of the presence set.
    pub presence_members: i64,
}

impl Occupancy {
    /// Reads the event that tells it; a number that is missing reads as 0.
    pub fn from_wire(message: &Message) -> Option<Self> {
        if message.name.as_deref() != Some("[meta]occupancy") {
            return None;
        }
        Some(Self::from_metrics(
            message.value().get("metrics").unwrap_or(&Value::Null),
        ))
    }

    /// Reads the two numbers out of a channel's metrics.
    pub fn from_metrics(metrics: &Value) -> Self {
        let number = |name: &str| metrics.get(name).and_then(Value::as_i64);
        Self {
            connections: number("connections").unwrap_or_default(),
            presence_members: number("presenceMembers").unwrap_or_default(),
        }
    }
}
