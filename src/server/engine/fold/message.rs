//! New messages, and new versions of them.

use serde_json::{Map, Value};

use crate::chat_core::protocol::{Data, Json, Message, MessageAction, Version, names};
use crate::server::engine::command::Change;

/// Gives new messages their ids and their author. Serial, version and time come with the stamp.
pub(crate) fn create(messages: &mut [Message], id: &str, connection_id: Option<&str>) {
    for (index, message) in messages.iter_mut().enumerate() {
        message.id.get_or_insert_with(|| format!("{id}:{index}"));
        message.action = Some(MessageAction::Create);
        message.connection_id = connection_id.map(str::to_owned);
    }
}

/// Returns the version that `change` makes of `current`: as subscribers of `channel` are told of it, and whole. Identity,
/// creator and creation time stay (TM2r, TM2k).
pub(super) fn change(channel: &str, current: &Message, change: Change) -> (Message, Message) {
    let Change {
        action,
        content,
        replaces,
        user_claim,
        version,
        ..
    } = change;
    let is_append = action == MessageAction::Append;
    // Chat has no word for an append: a room is told of an update.
    let is_told_as_append = is_append && names::room_of(channel).is_none();
    let delta = is_told_as_append.then(|| content.data.clone());
    let mut next = current.clone();
    if is_append {
        append(&mut next, content.data, content.encoding);
    } else if replaces || content.data.is_some() {
        next.data = content.data;
        next.encoding = content.encoding;
    }
    if replaces || content.name.is_some() {
        next.name = content.name.or(next.name);
    }
    if replaces || content.extras.is_some() {
        next.extras = content.extras;
    }
    next.extras = claimed(next.extras, user_claim.as_deref());
    next.action = Some(if is_append {
        MessageAction::Update
    } else {
        action
    });
    next.version = Some(Version {
        serial: None,
        timestamp: None,
        ..version
    });
    next.annotations = None;
    let mut told = next.clone();
    if let Some(data) = delta {
        // Subscribers get what was added.
        told.action = Some(MessageAction::Append);
        told.data = data;
    }
    (told, next)
}

fn append(message: &mut Message, more: Option<Data>, encoding: Option<String>) {
    let joins = message.encoding.is_none() && encoding.is_none();
    message.data = match (message.data.take(), more) {
        (Some(Data::Text(mut text)), Some(Data::Text(more))) if joins => {
            text.push_str(&more);
            Some(Data::Text(text))
        }
        (Some(Data::Binary(bytes)), Some(Data::Binary(more))) if joins => {
            Some(Data::Binary([bytes, more].concat().into()))
        }
        (data, None) => data,
        // Text, bytes and JSON do not join: the newer one stands.
        (_, newer) => {
            message.encoding = encoding;
            newer
        }
    };
}

/// Returns `extras` with the claim in the place of any earlier one.
pub(crate) fn claimed(extras: Option<Json>, claim: Option<&str>) -> Option<Json> {
    let mut members = match extras {
        Some(Json(Value::Object(members))) => members,
        _ => Map::new(),
    };
    members.shift_remove("userClaim");
    if let Some(claim) = claim {
        members.insert("userClaim".to_owned(), Value::String(claim.to_owned()));
    }
    (!members.is_empty()).then_some(Json(Value::Object(members)))
}
