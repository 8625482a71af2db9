//! What an app begins with and is reset to: rooms with messages and members, and channels as another store kept them.
//! Plain data here; whether it can be planted is said in [`check`], and what comes of it in [`plan`].

mod check;
mod plan;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::{Json, PresenceMessage, names};
use crate::server::core::namespaces::Namespaces;
use crate::server::engine::ChannelDump;

/// What an app begins with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Seed {
    /// Its rooms.
    pub rooms: Vec<SeedRoom>,
    /// Channels as another store kept them, serials, ids and times included.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ChannelDump>,
}

/// What an app of this server begins with: a seed, and members of channels that are no rooms.
#[derive(Debug, Default)]
pub(crate) struct AppTemplate {
    /// The seed.
    pub(crate) seed: Seed,
    /// Channels and who is there, ready to enter.
    pub(crate) members: Vec<(String, Vec<PresenceMessage>)>,
    /// Rules for its channels.
    pub(crate) namespaces: Namespaces,
}

/// A room.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeedRoom {
    /// Its name.
    pub name: String,
    /// What was sent.
    pub messages: Vec<SeedMessage>,
    /// Who is there, without a connection.
    pub members: Vec<SeedMember>,
}

/// When something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum When {
    /// At this time.
    At(Timestamp),
    /// This long before the seed is planted, in milliseconds.
    Age(u64),
}

/// A message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeedMessage {
    /// Who sent it.
    pub client_id: String,
    /// Text, metadata, headers.
    pub content: NewMessage,
    /// The claim of who acted last.
    pub user_claim: Option<String>,
    /// When; when the seed is planted unless told.
    pub when: Option<When>,
    /// What others reacted with.
    pub reactions: Vec<SeedReaction>,
    /// That it was changed after it was sent: it has this content since then.
    pub change: Option<SeedChange>,
}

/// That a message was changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeedChange {
    /// Deleted, not updated.
    pub is_delete: bool,
    /// By whom; the sender unless told.
    pub client_id: Option<String>,
    /// When; when it was sent unless told.
    pub when: Option<When>,
}

/// A reaction to a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeedReaction {
    /// `unique`, `distinct` or `multiple`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The emoji, most often.
    pub name: String,
    /// Whose.
    pub client_id: String,
    /// How many, for `multiple`.
    pub count: Option<i64>,
}

/// A member.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeedMember {
    /// Who.
    pub client_id: String,
    /// What the member says about itself.
    pub data: Option<Json>,
    /// The claim of the member's token.
    pub user_claim: Option<String>,
    /// Since when; since the seed is planted unless told.
    pub when: Option<When>,
}

impl Seed {
    /// The channels that it fills.
    pub fn channel_names(&self) -> impl Iterator<Item = String> {
        let rooms = self.rooms.iter().map(|room| names::channel_of(&room.name));
        let channels = self.channels.iter().map(|channel| channel.name.clone());
        rooms.chain(channels)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.rooms.is_empty() && self.channels.is_empty()
    }
}

impl When {
    fn moment(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(time) => time,
            Self::Age(millis) => now - Duration::from_millis(millis),
        }
    }
}

fn moment(when: Option<When>, now: Timestamp) -> Timestamp {
    when.map_or(now, |when| when.moment(now))
}

#[cfg(test)]
mod testing {
    use super::{NewMessage, SeedMessage, When};

    /// A message of Alice, sent `age` milliseconds before it is planted.
    pub(crate) fn message(text: &str, age: u64) -> SeedMessage {
        SeedMessage {
            client_id: "alice".to_owned(),
            content: NewMessage {
                text: text.to_owned(),
                ..NewMessage::default()
            },
            when: Some(When::Age(age)),
            ..SeedMessage::default()
        }
    }
}
