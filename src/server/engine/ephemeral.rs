//! Ephemeral messages: delivered to those who are attached, and never kept.

use std::sync::Arc;

use super::entry::Entry;
use super::fold;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::{Action, Message, ProtocolMessage};

/// A publish of messages that are not kept.
#[derive(Clone, Debug)]
pub(crate) struct Ephemeral {
    /// The messages.
    pub(crate) messages: Vec<Message>,
    /// The id of the publish.
    pub(crate) id: String,
    /// The connection that sent it.
    pub(crate) connection_id: Option<String>,
}

impl Ephemeral {
    /// Returns the entry that subscribers of `channel` get at `time`. Its position is `head`: it has none of its own.
    pub(crate) fn entry(self, channel: &str, head: String, time: Timestamp) -> Entry {
        let Self {
            mut messages,
            id,
            connection_id,
        } = self;
        fold::message::create(&mut messages, &id, connection_id.as_deref());
        for message in &mut messages {
            message.timestamp = Some(time.millis());
        }
        let serials = vec![None; messages.len()];
        let frame = ProtocolMessage {
            id: Some(id),
            channel_serial: Some(head.clone()),
            connection_id: connection_id.clone(),
            timestamp: Some(time.millis()),
            messages: Some(messages),
            ..ProtocolMessage::on(Action::Message, channel)
        };
        Entry {
            channel_serial: head,
            frames: vec![Arc::new(frame)],
            connection_id,
            serials,
            changed: None,
        }
    }
}
