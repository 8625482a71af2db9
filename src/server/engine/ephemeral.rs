//! Ephemeral messages: delivered to those who are attached, and never kept.

use std::sync::Arc;

use super::command::{ChannelCommand, CommandKind};
use super::entry::Entry;
use super::fold;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::{Action, Message, ProtocolMessage};

/// A publish of messages that are not kept, without time and position: the hub that delivers them stamps them.
#[derive(Clone, Debug)]
pub(crate) struct Ephemeral {
    /// The messages.
    pub(crate) messages: Vec<Message>,
    /// The id of the publish.
    pub(crate) id: String,
    /// The connection that sent it.
    pub(crate) connection_id: Option<String>,
    /// A repeat with this key is acknowledged and not delivered again.
    pub(crate) repeat_key: Option<String>,
}

impl Ephemeral {
    /// Returns the ephemeral publish that a command asks for.
    ///
    /// # Errors
    /// Returns the command back if it is to be kept.
    pub(crate) fn of(command: ChannelCommand) -> Result<Self, ChannelCommand> {
        match command {
            ChannelCommand {
                kind:
                    CommandKind::Publish {
                        messages,
                        is_ephemeral: true,
                    },
                id,
                connection_id,
                repeat_key,
            } => Ok(Self {
                messages,
                id,
                connection_id,
                repeat_key,
            }),
            command => Err(command),
        }
    }

    /// Returns the answer to its caller: an entry at `head` without content, as nothing is kept.
    pub(crate) fn answer(&self, head: String) -> Entry {
        Entry {
            channel_serial: head,
            frames: Vec::new(),
            connection_id: None,
            serials: vec![None; self.messages.len()],
            changed: None,
        }
    }

    /// Returns the entry that subscribers of `channel` get at `time`. Its position is `head`: it has none of its own.
    pub(crate) fn entry(self, channel: &str, head: String, time: Timestamp) -> Entry {
        let Self {
            mut messages,
            id,
            connection_id,
            ..
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
