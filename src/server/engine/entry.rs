//! Entries: what happened in a channel, stamped, as subscribers get it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::chat_core::protocol::{Message, ProtocolMessage};

/// A finished command: what subscribers get, in the order of their serials.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its position; an ephemeral one has that of the entry before it.
    pub(crate) channel_serial: String,
    /// The frames that subscribers get, by mode of the attachment.
    pub(crate) frames: Vec<Arc<ProtocolMessage>>,
    /// The connection that sent the command.
    pub(crate) connection_id: Option<String>,
    /// The serials for the caller, of messages, versions or annotations; `None` for those that have none.
    pub(crate) serials: Vec<Option<String>>,
    /// The newest version of the message that was changed.
    pub(crate) changed: Option<Message>,
}

impl Entry {
    /// Returns the part for subscribers, without what is for the caller alone.
    pub(super) fn told(&self) -> Self {
        Self {
            channel_serial: self.channel_serial.clone(),
            frames: self.frames.clone(),
            connection_id: self.connection_id.clone(),
            serials: Vec::new(),
            changed: None,
        }
    }

    /// Returns the message that was sent, or the newest version of the one that was changed.
    pub(crate) fn message(&self) -> Option<&Message> {
        self.changed
            .as_ref()
            .or_else(|| self.frames.first()?.messages.as_ref()?.first())
    }
}

/// The kinds of entries. The numbers are those of the SQLite file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EntryKind {
    /// New messages.
    #[default]
    Messages = 0,
    /// A version of a message.
    Version = 1,
    /// Annotations of messages.
    Annotations = 2,
    /// PresenceSet that entered, updated or left.
    Presence = 3,
}

impl EntryKind {
    /// Returns the kind with this number.
    pub(super) fn numbered(number: i64) -> Option<Self> {
        let all = [
            Self::Messages,
            Self::Version,
            Self::Annotations,
            Self::Presence,
        ];
        all.into_iter().find(|kind| *kind as i64 == number)
    }
}
