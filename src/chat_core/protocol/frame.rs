//! Protocol messages (TR4): what stands in one WebSocket frame.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::annotation::Annotation;
use super::json::Json;
use super::list::list;
use super::message::Message;
use super::number::whole;
use super::presence::PresenceMessage;
use crate::chat_core::error::ErrorInfo;

/// The action of a protocol message (TR2). Unknown ones are ignored (RSF1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "u8", into = "u8")]
#[allow(missing_docs)] // the names are the protocol's own
pub enum Action {
    #[default]
    Heartbeat,
    Ack,
    Nack,
    Connected,
    Disconnect,
    Disconnected,
    Close,
    Closed,
    Error,
    Attach,
    Attached,
    Detach,
    Detached,
    Presence,
    Message,
    Sync,
    Auth,
    Annotation,
    Other(u8),
}

const ACTIONS: [(u8, Action); 18] = [
    (0, Action::Heartbeat),
    (1, Action::Ack),
    (2, Action::Nack),
    (4, Action::Connected),
    (5, Action::Disconnect),
    (6, Action::Disconnected),
    (7, Action::Close),
    (8, Action::Closed),
    (9, Action::Error),
    (10, Action::Attach),
    (11, Action::Attached),
    (12, Action::Detach),
    (13, Action::Detached),
    (14, Action::Presence),
    (15, Action::Message),
    (16, Action::Sync),
    (17, Action::Auth),
    (21, Action::Annotation),
];

impl From<u8> for Action {
    fn from(number: u8) -> Self {
        ACTIONS
            .iter()
            .find(|(known, _)| *known == number)
            .map_or(Self::Other(number), |(_, action)| *action)
    }
}

impl From<Action> for u8 {
    fn from(action: Action) -> Self {
        if let Action::Other(number) = action {
            return number;
        }
        ACTIONS
            .iter()
            .find(|(_, known)| *known == action)
            .map_or(0, |(number, _)| *number)
    }
}

bitflags::bitflags! {
    /// The modes of an attachment (TB2d), at their places in the flags of ATTACH and ATTACHED.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct ChannelModes: u64 {
        /// Enter presence.
        const PRESENCE = 1 << 16;
        /// Publish messages.
        const PUBLISH = 1 << 17;
        /// Receive messages.
        const SUBSCRIBE = 1 << 18;
        /// Receive presence.
        const PRESENCE_SUBSCRIBE = 1 << 19;
        /// Annotate messages.
        const ANNOTATION_PUBLISH = 1 << 21;
        /// Receive annotations.
        const ANNOTATION_SUBSCRIBE = 1 << 22;
        /// The modes of an attachment that requests none.
        const DEFAULT = Self::PRESENCE.bits()
            | Self::PUBLISH.bits()
            | Self::SUBSCRIBE.bits()
            | Self::PRESENCE_SUBSCRIBE.bits()
            | Self::ANNOTATION_PUBLISH.bits();
    }
}

/// Bits of `flags` (TR3).
#[allow(missing_docs)] // the names are the protocol's own
pub mod flags {
    pub const HAS_PRESENCE: u64 = 1;
    pub const HAS_BACKLOG: u64 = 1 << 1;
    pub const RESUMED: u64 = 1 << 2;
    pub const ATTACH_RESUME: u64 = 1 << 5;
}

/// A protocol message (TR4). Absent fields are not written.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProtocolMessage {
    /// The action.
    pub action: Action,
    /// A heartbeat's id; of publishes `connectionId:msgSerial`.
    pub id: Option<String>,
    /// Bits of [`flags`].
    #[serde(deserialize_with = "whole")]
    pub flags: Option<u64>,
    /// ACK and NACK: how many protocol messages.
    #[serde(deserialize_with = "whole")]
    pub count: Option<u64>,
    /// The error.
    pub error: Option<ErrorInfo>,
    /// The connection.
    pub connection_id: Option<String>,
    /// CONNECTED: the connection's terms.
    pub connection_details: Option<ConnectionDetails>,
    /// The channel; an ERROR without it is about the connection.
    pub channel: Option<String>,
    /// A position in the channel; of SYNC the cursor.
    pub channel_serial: Option<String>,
    /// Counts the client's publishes from 0; 0 is written out.
    #[serde(deserialize_with = "whole")]
    pub msg_serial: Option<u64>,
    /// The time, in epoch milliseconds.
    #[serde(deserialize_with = "whole")]
    pub timestamp: Option<i64>,
    /// MESSAGE.
    #[serde(deserialize_with = "list")]
    pub messages: Option<Vec<Message>>,
    /// PRESENCE and SYNC.
    #[serde(deserialize_with = "list")]
    pub presence: Option<Vec<PresenceMessage>>,
    /// ANNOTATION.
    #[serde(deserialize_with = "list")]
    pub annotations: Option<Vec<Annotation>>,
    /// AUTH.
    pub auth: Option<AuthDetails>,
    /// Channel parameters, or those of a publish.
    #[serde(deserialize_with = "params")]
    pub params: Option<Params>,
    /// ACK: the serials that were given, one item a protocol message (TR4s).
    pub res: Option<Vec<PublishResult>>,
}

/// Parameters, text to text.
pub type Params = BTreeMap<String, String>;

/// The serials of one publish, in its order; `None` where a message got none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PublishResult {
    /// One a message. An update or delete has its version's serial here.
    pub serials: Vec<Option<String>>,
}

/// The terms of a connection (CD2). Spans in milliseconds, sizes in bytes.
#[serde_with::skip_serializing_none]
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs)] // the names are the protocol's own
pub struct ConnectionDetails {
    pub client_id: Option<String>,
    pub connection_key: String,
    pub connection_state_ttl: u64,
    pub max_idle_interval: u64,
    pub max_message_size: u64,
    pub max_frame_size: u64,
    pub max_inbound_rate: u64,
    pub server_id: String,
    pub site_code: Option<String>,
}

/// The token of an AUTH message.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthDetails {
    /// The token.
    pub access_token: String,
}

impl fmt::Debug for AuthDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthDetails(***)")
    }
}

impl fmt::Debug for ConnectionDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key is worth as much as the connection.
        f.debug_struct("ConnectionDetails")
            .field("client_id", &self.client_id)
            .field("server_id", &self.server_id)
            .finish_non_exhaustive()
    }
}

impl ProtocolMessage {
    /// A message about `action` and nothing else yet.
    pub fn new(action: Action) -> Self {
        Self {
            action,
            ..Self::default()
        }
    }

    /// A message about a channel.
    pub fn on(action: Action, channel: &str) -> Self {
        Self {
            channel: Some(channel.to_owned()),
            ..Self::new(action)
        }
    }

    /// A message that carries an error.
    pub fn failed(action: Action, error: ErrorInfo) -> Self {
        Self {
            error: Some(error),
            ..Self::new(action)
        }
    }

    /// Returns whether the flag bits `bits` are all set.
    pub fn has(&self, bits: u64) -> bool {
        self.flags.unwrap_or(0) & bits == bits
    }
}

/// Parameters whose values may be any scalar; `null` is an absent one.
fn params<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Params>, D::Error> {
    struct ParamsVisitor;

    impl<'de> Visitor<'de> for ParamsVisitor {
        type Value = Option<Params>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of texts")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
            let mut map = Params::new();
            while let Some((name, Json(value))) = members.next_entry::<String, Json>()? {
                match value {
                    Value::Null => {}
                    Value::String(text) => {
                        map.insert(name, text);
                    }
                    other => {
                        map.insert(name, other.to_string());
                    }
                }
            }
            Ok(Some(map))
        }
    }

    deserializer.deserialize_any(ParamsVisitor)
}
