//! Presence messages (TP2).

use serde::{Deserialize, Serialize};

use super::json::Json;
use super::number;
use super::payload::{Data, Payload, size_of_item};

/// The action of a presence message (TP2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "u8", into = "u8")]
pub enum PresenceAction {
    /// Not a member.
    Absent,
    /// A member, told to somebody who came later.
    #[default]
    Present,
    /// Became a member.
    Enter,
    /// Is no longer a member.
    Leave,
    /// A member with new data.
    Update,
    /// A newer protocol's word.
    Unknown(u8),
}

impl From<u8> for PresenceAction {
    fn from(number: u8) -> Self {
        match number {
            0 => Self::Absent,
            1 => Self::Present,
            2 => Self::Enter,
            3 => Self::Leave,
            4 => Self::Update,
            other => Self::Unknown(other),
        }
    }
}

impl From<PresenceAction> for u8 {
    fn from(action: PresenceAction) -> Self {
        match action {
            PresenceAction::Absent => 0,
            PresenceAction::Present => 1,
            PresenceAction::Enter => 2,
            PresenceAction::Leave => 3,
            PresenceAction::Update => 4,
            PresenceAction::Unknown(other) => other,
        }
    }
}

/// A presence message (TP3). A member's key is `connectionId:clientId`.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PresenceMessage {
    /// Genuine ones begin with the connectionId, made-up leaves do not (RTP2b).
    pub id: Option<String>,
    /// The action.
    pub action: Option<PresenceAction>,
    /// The member.
    pub client_id: Option<String>,
    /// Over which connection.
    pub connection_id: Option<String>,
    /// The time, in epoch milliseconds.
    #[serde(deserialize_with = "number::whole")]
    pub timestamp: Option<i64>,
    /// The data of the member. Absent, never null.
    pub data: Option<Data>,
    /// The steps that were applied to the data.
    pub encoding: Option<String>,
    /// Headers and the user claim.
    pub extras: Option<Json>,
}

impl PresenceMessage {
    /// The size that counts against the limit, in bytes, as that of a message is counted.
    pub fn size(&self) -> usize {
        size_of_item(
            &[&self.client_id],
            self.data.as_ref(),
            self.extras.as_ref(),
            [&self.id, &self.encoding],
        )
    }
}

impl Payload for PresenceMessage {
    fn parts(&mut self) -> (&mut Option<Data>, &mut Option<String>) {
        (&mut self.data, &mut self.encoding)
    }

    fn is_binary(&self) -> bool {
        matches!(self.data, Some(Data::Binary(_)))
    }
}
