//! Describes events for people.

use serde_json::{Map, Value};

use crate::chat_core::chat::{ChatMessage, Member, RoomEvent};
use crate::chat_core::clock::Timestamp;

/// Returns the time of an event (where it has one), the client, and a description that follows the client's name.
// Long: one arm per event.
pub(super) fn describe(event: &RoomEvent) -> (Option<Timestamp>, &str, String) {
    let at = |millis: i64| Some(Timestamp(millis));
    match event {
        RoomEvent::Created { message }
        | RoomEvent::Updated { message }
        | RoomEvent::Deleted { message } => (
            at(message.timestamp),
            &message.client_id,
            format!(": {}", text_of(message)),
        ),
        RoomEvent::Summary {
            message_serial,
            reactions,
        } => (
            None,
            "",
            format!("* reactions to {message_serial}: {}", counts(reactions)),
        ),
        RoomEvent::ReactionAdded {
            timestamp,
            reaction,
        } => (
            at(*timestamp),
            &reaction.client_id,
            format!(" reacted {} to {}", reaction.name, reaction.message_serial),
        ),
        RoomEvent::ReactionRemoved {
            timestamp,
            reaction,
        } => (
            at(*timestamp),
            &reaction.client_id,
            format!(
                " took {} back from {}",
                reaction.name, reaction.message_serial
            ),
        ),
        RoomEvent::RoomReaction { reaction } => (
            at(reaction.created_at),
            &reaction.client_id,
            format!(" reacted {}", reaction.name),
        ),
        RoomEvent::TypingStarted { change } => {
            (None, &change.typer.client_id, " is typing".to_owned())
        }
        RoomEvent::TypingStopped { change } => {
            (None, &change.typer.client_id, " stopped typing".to_owned())
        }
        RoomEvent::Enter { member } => of_member(member, " entered"),
        RoomEvent::Leave { member } => of_member(member, " left"),
        RoomEvent::Update { member } => of_member(member, " updated"),
        RoomEvent::Present { member } => of_member(member, " is present"),
        RoomEvent::Occupancy { occupancy } => (
            None,
            "",
            format!(
                "* connections: {}, members: {}",
                occupancy.connections, occupancy.presence_members
            ),
        ),
    }
}

fn of_member<'a>(member: &'a Member, what: &str) -> (Option<Timestamp>, &'a str, String) {
    let data = match &member.data {
        Value::Null => String::new(),
        data => format!(" {data}"),
    };
    let time = Some(Timestamp(member.updated_at));
    (time, &member.client_id, format!("{what}{data}"))
}

/// The names of reactions with their counts: `👍 2, 🚀 13`.
pub(in crate::cli) fn counts(reactions: &Map<String, Value>) -> String {
    let counted: Vec<String> = reactions
        .values()
        .filter_map(Value::as_object)
        .flatten()
        .map(|(name, count)| format!("{name} {}", count["total"]))
        .collect();
    if counted.is_empty() {
        "none".to_owned()
    } else {
        counted.join(", ")
    }
}

/// The text of a message, marked where it was edited or deleted.
pub(super) fn text_of(message: &ChatMessage) -> String {
    match message.action.as_str() {
        "message.update" => format!("{} (edited)", message.text),
        "message.delete" => "(deleted)".to_owned(),
        _ => message.text.clone(),
    }
}
