//! Messages (TM2) and their versions.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json::Json;
use super::number;
use super::payload::{Data, Payload, size_of_item};

/// The action of a message (TM5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "u8", into = "u8")]
pub enum MessageAction {
    /// Created.
    #[default]
    Create,
    /// Updated: the content is replaced.
    Update,
    /// Deleted.
    Delete,
    /// About the channel, not in it.
    Meta,
    /// Its annotations have a new summary.
    Summary,
    /// Its content grew.
    Append,
    /// A newer protocol's word.
    Unknown(u8),
}

impl From<u8> for MessageAction {
    fn from(number: u8) -> Self {
        match number {
            0 => Self::Create,
            1 => Self::Update,
            2 => Self::Delete,
            3 => Self::Meta,
            4 => Self::Summary,
            5 => Self::Append,
            other => Self::Unknown(other),
        }
    }
}

impl From<MessageAction> for u8 {
    fn from(action: MessageAction) -> Self {
        match action {
            MessageAction::Create => 0,
            MessageAction::Update => 1,
            MessageAction::Delete => 2,
            MessageAction::Meta => 3,
            MessageAction::Summary => 4,
            MessageAction::Append => 5,
            MessageAction::Unknown(other) => other,
        }
    }
}

/// A message (TM2). Times are epoch milliseconds.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Message {
    /// Unique for idempotency: `connectionId:msgSerial:index` unless the publisher chose one.
    pub id: Option<String>,
    /// The event's name.
    pub name: Option<String>,
    /// The content.
    pub data: Option<Data>,
    /// The steps that were applied to the content.
    pub encoding: Option<String>,
    /// Headers, the user claim, flags such as `ephemeral`.
    pub extras: Option<Json>,
    /// The publisher.
    pub client_id: Option<String>,
    /// Over which connection; absent for REST.
    pub connection_id: Option<String>,
    /// REST only: publish on behalf of the connection with this key.
    #[serde(skip_serializing)]
    pub connection_key: Option<String>,
    /// The time of creation; the same in later versions.
    #[serde(deserialize_with = "number::whole")]
    pub timestamp: Option<i64>,
    /// The action; absent reads as create.
    pub action: Option<MessageAction>,
    /// Its identity: the same in all versions.
    pub serial: Option<String>,
    /// This version.
    pub version: Option<Version>,
    /// The summary of its annotations.
    pub annotations: Option<MessageAnnotations>,
}

/// The summary of a message's annotations (TM2u).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MessageAnnotations {
    /// Annotation type to its summary.
    pub summary: Json,
}

/// A version of a message (TM2s). For a create its serial and time are the message's own.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Version {
    /// Its identity; greater in later versions, compared as text.
    pub serial: Option<String>,
    /// The time, in epoch milliseconds.
    #[serde(deserialize_with = "number::whole")]
    pub timestamp: Option<i64>,
    /// The author; absent for a create.
    pub client_id: Option<String>,
    /// The reason, in words.
    pub description: Option<String>,
    /// Facts about the act, text to text.
    pub metadata: Option<Json>,
}

impl Version {
    /// The size that counts against the limit, in bytes: author, reason, and metadata as JSON.
    pub fn size(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        text(&self.client_id)
            + text(&self.description)
            + self.metadata.as_ref().map_or(0, Json::size)
    }
}

impl Message {
    /// Returns the action; absent reads as create.
    pub fn action(&self) -> MessageAction {
        self.action.unwrap_or_default()
    }

    /// A member of `extras`.
    pub fn extra(&self, name: &str) -> Option<&Value> {
        self.extras.as_ref().and_then(|extras| extras.get(name))
    }

    /// Returns whether it is delivered and never stored.
    pub fn is_ephemeral(&self) -> bool {
        self.extra("ephemeral") == Some(&Value::Bool(true))
    }

    /// The size that counts against the limit, in bytes: name, clientId, extras as JSON, data (TM6), and what id and
    /// encoding have beyond any that an SDK makes.
    pub fn size(&self) -> usize {
        size_of_item(
            &[&self.name, &self.client_id],
            self.data.as_ref(),
            self.extras.as_ref(),
            [&self.id, &self.encoding],
        )
    }
}

impl Message {
    /// The size of all that it carries, in bytes, about: that of its version and of its summary are in it.
    pub fn size_of_version(&self) -> usize {
        self.size()
            + self.version.as_ref().map_or(0, Version::size)
            + self
                .annotations
                .as_ref()
                .map_or(0, |annotations| annotations.summary.size())
    }
}

impl Payload for Message {
    fn parts(&mut self) -> (&mut Option<Data>, &mut Option<String>) {
        (&mut self.data, &mut self.encoding)
    }

    fn is_binary(&self) -> bool {
        matches!(self.data, Some(Data::Binary(_)))
    }
}
