//! How messages and events look.

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
pub(super) struct Sent(pub(super) ChatMessage);

impl Render for Sent {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, _: Look) -> String {
        self.0.serial.clone()
    }
}

/// A message that was changed: the serial of its new version for people, all of it for programs.
pub(super) struct Changed(pub(super) ChatMessage);

impl Render for Changed {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, _: Look) -> String {
        self.0.version.serial.clone().unwrap_or_default()
    }
}

/// Messages, one a row.
pub(super) struct Messages(pub(super) Vec<ChatMessage>);

impl Render for Messages {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, look: Look) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut table = Columns::new(look, &["time", "clientId", "text", "serial"]);
        for message in &self.0 {
            table.row([
                time::show(Timestamp(message.timestamp)),
                message.client_id.clone(),
                text_of(message),
                message.serial.clone(),
            ]);
        }
        table.finish()
    }
}

/// An event of a room, on one line.
pub(in crate::cli) struct Happened<'a> {
    pub(in crate::cli) room: &'a str,
    pub(in crate::cli) event: &'a RoomEvent,
    /// Whether the room must be named: there are several.
    pub(in crate::cli) names_room: bool,
    /// When it is printed, for those that carry no time.
    pub(in crate::cli) now: Timestamp,
}

impl Render for Happened<'_> {
    fn json(&self) -> Value {
        let mut value = to_json(self.event);
        if let Value::Object(members) = &mut value {
            // `{type, roomName, …}`: what it is and where come first.
            members.shift_insert(1, "roomName".to_owned(), json!(self.room));
        }
        value
    }

    fn table(&self, look: Look) -> String {
        let (time, who, what) = describe(self.event);
        let time = time::show(time.unwrap_or(self.now));
        let room = if self.names_room {
            format!("{} ", plain(self.room))
        } else {
            String::new()
        };
        let who = plain(who);
        let who = if who.is_empty() {
            who
        } else {
            look.paint(&who, "1")
        };
        format!("{time} {room}{who}{}", plain(&what))
    }
}

/// News of the connection, on one line.
#[derive(Serialize)]
#[serde(
    tag = "type",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
pub(in crate::cli) enum Link {
    /// Every room is attached.
    Listening {
        /// The rooms.
        room_names: Vec<String>,
    },
    /// Connected again.
    Connected {
        /// Whether the earlier connection goes on.
        resumed: bool,
    },
    /// The connection is gone; it is tried again.
    Disconnected {
        /// Why.
        error: ErrorInfo,
    },
    /// Events may have been missed.
    Discontinuity {
        /// The room.
        room_name: String,
        /// Why.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<ErrorInfo>,
    },
}

impl Render for Link {
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
