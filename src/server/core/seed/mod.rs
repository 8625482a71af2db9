//! Seeds: the rooms, messages and members that an app starts with and is reset to, and channels dumped from another
//! store. Plain data here; [`check`] checks it, and [`plan`] turns it into commands.

mod check;
mod plan;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::{Json, PresenceMessage, names};
use crate::server::core::budget::AppShare;
use crate::server::engine::ChannelDump;

/// The state that an app starts with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Seed {
    /// Its rooms.
    pub rooms: Vec<SeedRoom>,
    /// Channels as another store kept them, serials, ids and times included.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ChannelDump>,
}

/// The template of an app: its seed, and members of channels that are not rooms.
#[derive(Debug, Default)]
pub(crate) struct AppTemplate {
    /// The seed.
    pub(crate) seed: Seed,
    /// The members of channels, ready to enter.
    pub(crate) members: Vec<(String, Vec<PresenceMessage>)>,
    /// The share of the budget that it takes until it is dropped, if somebody created it.
    pub(crate) _share: Option<AppShare>,
}

/// A room.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeedRoom {
    /// Its name.
    pub name: String,
    /// The messages.
    pub messages: Vec<SeedMessage>,
    /// The members, without a connection.
    pub members: Vec<SeedMember>,
}

/// A point in time.
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
    /// The sender.
    pub client_id: String,
    /// Text, metadata, headers.
    pub content: NewMessage,
    /// The user claim of the client that acted last.
    pub user_claim: Option<String>,
    /// The time; by default that of the seeding.
    pub when: Option<When>,
    /// The reactions to it.
    pub reactions: Vec<SeedReaction>,
    /// The change since which it has this content.
    pub change: Option<SeedChange>,
}

/// A change of a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeedChange {
    /// Deleted, not updated.
    pub is_delete: bool,
    /// The client that changed it; by default the sender.
    pub client_id: Option<String>,
    /// The time; by default that of the message.
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
    /// The client that reacted.
    pub client_id: String,
    /// The count, for `multiple`.
    pub count: Option<i64>,
}

/// A member.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeedMember {
    /// The clientId.
    pub client_id: String,
    /// The member's data.
    pub data: Option<Json>,
    /// The claim of the member's token.
    pub user_claim: Option<String>,
    /// The time of the enter; by default that of the seeding.
    pub when: Option<When>,
}

impl Seed {
    /// The channels that it fills.
    pub fn channel_names(&self) -> impl Iterator<Item = String> {
        let rooms = self.rooms.iter().map(|room| names::channel_of(&room.name));
        let channels = self.channels.iter().map(|channel| channel.name.clone());
        rooms.chain(channels)
    }

    /// Returns whether nothing is in it.
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
