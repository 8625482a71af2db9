//! New messages, and new versions of them.

use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::{Data, Message, MessageAction, Version};
use crate::server::engine::serial;
use crate::server::engine::{Change, claimed};

/// Gives new messages what they get when they are kept: id, serial, version and time.
pub(crate) fn create(
    messages: &mut [Message],
    id: &str,
    connection_id: Option<&str>,
    channel_serial: Option<&str>,
    now: Timestamp,
) {
    for (index, message) in messages.iter_mut().enumerate() {
        message.id.get_or_insert_with(|| format!("{id}:{index}"));
        message.action = Some(MessageAction::Create);
        message.timestamp = Some(now.millis());
        message.connection_id = connection_id.map(str::to_owned);
        let Some(channel_serial) = channel_serial else {
            continue;
        };
        let serial = serial::of_message(channel_serial, index);
        message.version = Some(Version {
            serial: Some(serial.clone()),
            timestamp: Some(now.millis()),
            ..Version::default()
        });
        message.serial = Some(serial);
    }
}

/// The version that `change` makes of `current`. Identity, creator and creation time stay (TM2r, TM2k).
pub(crate) fn change(
    current: &Message,
    change: Change,
    version_serial: &str,
    now: Timestamp,
) -> Message {
    let Change {
        action,
        content,
        replaces,
        user_claim,
        version,
        ..
    } = change;
    let mut next = current.clone();
    let is_append = action == MessageAction::Append;
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
        serial: Some(version_serial.to_owned()),
        timestamp: Some(now.millis()),
        ..version
    });
    next
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
