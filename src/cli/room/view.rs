//! How messages and events look.

use serde_json::{Value, json};

use crate::chat_core::chat::{ChatMessage, RoomEvent};
use crate::chat_core::clock::Timestamp;
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
pub(super) struct Happened<'a> {
    pub(super) room: &'a str,
    pub(super) event: &'a RoomEvent,
    /// Whether the room must be named: there are several.
    pub(super) names_room: bool,
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
        let (RoomEvent::Created { message }
        | RoomEvent::Updated { message }
        | RoomEvent::Deleted { message }) = self.event;
        let time = time::show(Timestamp(message.timestamp));
        let room = if self.names_room {
            format!("{} ", plain(self.room))
        } else {
            String::new()
        };
        let who = plain(&message.client_id);
        let who = if look.color {
            format!("\u{1b}[1m{who}\u{1b}[0m")
        } else {
            who
        };
        format!("{time} {room}{who}: {}", plain(&text_of(message)))
    }
}

/// The text of a message, with what happened to it.
fn text_of(message: &ChatMessage) -> String {
    match message.action.as_str() {
        "message.update" => format!("{} (edited)", message.text),
        "message.delete" => "(deleted)".to_owned(),
        _ => message.text.clone(),
    }
}
