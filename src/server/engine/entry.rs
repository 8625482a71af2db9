//! Entries: what happened in a channel, stamped, as subscribers get it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::chat_core::protocol::{Action, Message, ProtocolMessage};

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
    /// Returns the part that is kept: what subscribers got, without summaries, which those who come later get as they
    /// are then, and without what is for the caller alone.
    pub(super) fn kept(&self) -> Self {
        let is_annotations = |frame: &Arc<ProtocolMessage>| frame.action == Action::Annotation;
        let frames = match self.frames.as_slice() {
            [first, ..] if is_annotations(first) => std::slice::from_ref(first),
            all => all,
        };
        Self {
            channel_serial: self.channel_serial.clone(),
            frames: frames.to_vec(),
            connection_id: self.connection_id.clone(),
            serials: Vec::new(),
            changed: None,
        }
    }

    /// Returns whether it is about members.
    pub(crate) fn is_presence(&self) -> bool {
        let first = self.frames.first();
        first.is_some_and(|frame| frame.action == Action::Presence)
    }

    /// Returns its size on the wire, in bytes, about.
    pub(crate) fn size(&self) -> usize {
        const OVERHEAD: usize = 200;
        let frames = self.frames.iter().map(|frame| {
            let messages = frame.messages.iter().flatten();
            let messages = messages.map(|message| OVERHEAD + message.size_of_version());
            let presence = frame.presence.iter().flatten();
            let presence = presence.map(|member| OVERHEAD + member.size());
            let annotations = frame.annotations.iter().flatten();
            let annotations = annotations.map(|annotation| OVERHEAD + annotation.size());
            OVERHEAD + messages.chain(presence).chain(annotations).sum::<usize>()
        });
        frames.sum()
    }

    /// Returns the part that answers a repeat.
    pub(super) fn answer(&self) -> Self {
        Self {
            serials: self.serials.clone(),
            changed: self.changed.clone(),
            ..self.kept()
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
