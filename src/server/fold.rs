//! What an operation makes of what was there: one pure function for every engine.

use std::sync::Arc;

use super::serial;
use super::store::{Entry, Operation};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::{Action, MessageAction, ProtocolMessage, Version};

/// The entry that `operation` becomes at the position `channel_serial` and the time `now`.
pub(super) fn publish(
    channel: &str,
    operation: Operation,
    channel_serial: String,
    now: Timestamp,
) -> Entry {
    let Operation {
        mut messages,
        id,
        connection_id,
        is_ephemeral,
        ..
    } = operation;
    for (index, message) in messages.iter_mut().enumerate() {
        message.id.get_or_insert_with(|| format!("{id}:{index}"));
        message.action = Some(MessageAction::Create);
        message.timestamp = Some(now.millis());
        message.connection_id.clone_from(&connection_id);
        if is_ephemeral {
            continue;
        }
        let serial = serial::of_message(&channel_serial, index);
        message.version = Some(Version {
            serial: Some(serial.clone()),
            timestamp: Some(now.millis()),
            ..Version::default()
        });
        message.serial = Some(serial);
    }
    let message = ProtocolMessage {
        id: Some(id),
        channel_serial: Some(channel_serial.clone()),
        connection_id: connection_id.clone(),
        timestamp: Some(now.millis()),
        messages: Some(messages),
        ..ProtocolMessage::on(Action::Message, channel)
    };
    Entry {
        channel_serial,
        message: Arc::new(message),
        connection_id,
    }
}
