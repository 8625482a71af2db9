//! Messages and events as they are printed.

use serde::Serialize;
use serde_json::{Value, json};

use super::describe::{describe, text_of};
use crate::chat_core::chat::{ChatMessage, RoomEvent};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::ErrorInfo;
use crate::cli::time;
use crate::output::table::{Columns, plain};
use crate::output::{Look, Render, to_json};

/// A message that was sent: its serial for people, all of it for programs.
pub(super) struct SentMessage(pub(super) ChatMessage);

impl Render for SentMessage {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, _: Look) -> String {
        self.0.serial.clone()
    }
}

/// A message that was changed: the serial of its new version for people, all of it for programs.
pub(super) struct ChangedMessage(pub(super) ChatMessage);

impl Render for ChangedMessage {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, _: Look) -> String {
        self.0.version.serial.clone().unwrap_or_default()
    }
}

/// Messages, one per row.
pub(super) struct MessageTable<'a> {
    pub(super) room: &'a str,
    pub(super) messages: Vec<ChatMessage>,
    /// The present moment.
    pub(super) now: Timestamp,
}

impl Render for MessageTable<'_> {
    fn json(&self) -> Value {
        to_json(&self.messages)
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["when", "who", "text", "serial"]);
        for message in &self.messages {
            table.row([
                time::display(Timestamp(message.timestamp), look, self.now),
                message.client_id.clone(),
                text_of(message),
                message.serial.clone(),
            ]);
        }
        table.finish()
    }

    fn absence(&self) -> Option<String> {
        self.messages
            .is_empty()
            .then(|| format!("no messages in {}", self.room))
    }
}

/// An event of a room, on one line.
pub(in crate::cli) struct EventLine<'a> {
    pub(in crate::cli) room: &'a str,
    pub(in crate::cli) event: &'a RoomEvent,
    /// True if the room is named, since there are several.
    pub(in crate::cli) names_room: bool,
    /// The present moment, for events without a time.
    pub(in crate::cli) now: Timestamp,
}

impl Render for EventLine<'_> {
    fn json(&self) -> Value {
        let mut value = to_json(self.event);
        if let Value::Object(members) = &mut value {
            // `{type, roomName, …}`: type and room come first.
            members.shift_insert(1, "roomName".to_owned(), json!(self.room));
        }
        value
    }

    fn table(&self, look: Look) -> String {
        let (time, who, what) = describe(self.event);
        let time = time::display(time.unwrap_or(self.now), look, self.now);
        let room = if self.names_room {
            format!("{} ", plain(self.room))
        } else {
            String::new()
        };
        let who = plain(who);
        let who = if who.is_empty() { who } else { look.name(&who) };
        format!("{time} {room}{who}{}", plain(&what))
    }
}

/// A change of the connection, on one line.
#[derive(Serialize)]
#[serde(
    tag = "type",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
pub(in crate::cli) enum ConnectionChange {
    /// Every room is attached.
    Listening {
        /// The rooms.
        room_names: Vec<String>,
    },
    /// Connected again.
    Connected {
        /// True if the earlier connection was resumed.
        resumed: bool,
    },
    /// The connection is lost; reconnecting.
    Disconnected {
        /// The reason.
        error: ErrorInfo,
    },
    /// Events may have been missed.
    Discontinuity {
        /// The room.
        room_name: String,
        /// The reason.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<ErrorInfo>,
    },
}

impl Render for ConnectionChange {
    fn json(&self) -> Value {
        to_json(self)
    }

    fn table(&self, _: Look) -> String {
        let text = match self {
            Self::Listening { room_names } => format!("* listening to {}", room_names.join(", ")),
            Self::Connected { resumed: true } => "* connected again".to_owned(),
            Self::Connected { resumed: false } => {
                "* connected again, as a new connection".to_owned()
            }
            Self::Disconnected { error } => format!("* disconnected: {}", error.message),
            Self::Discontinuity { room_name, .. } => {
                format!("* discontinuity in {room_name}: events may have been missed")
            }
        };
        plain(&text)
    }
}
