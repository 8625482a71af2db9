//! The objects that a command touches, as an engine reads them in advance.

use std::collections::HashMap;

use super::summary::Annotations;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::message::MessageAnnotations;
use crate::chat_core::protocol::{Json, Message, PresenceMessage};

/// The objects that a command touches, as they are before it; absent ones are not in it. The fold leaves them as they
/// are after it, so that the next command can be folded before this one is stamped.
///
/// The one thing that a stamp adds and a later fold reads is the version of a changed message: a summary of it is
/// folded after the change is stamped.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Messages by serial.
    pub(crate) messages: HashMap<String, HeldMessage>,
    /// PresenceSet by key.
    pub(crate) members: HashMap<String, PresenceMessage>,
    /// The number of members in the channel.
    pub(crate) member_count: usize,
    /// The size of all members, in bytes.
    pub(crate) members_size: usize,
}

/// A message as an engine holds it.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeldMessage {
    /// Its newest version. The summary of its annotations is in it unless the annotations themselves are given. To
    /// annotate it, [`HeldMessage::head`] is enough.
    pub(crate) newest: Message,
    /// Its annotations, where the command needs them: all, or those that [`Touches`] names.
    ///
    /// [`Touches`]: crate::server::engine::command::Touches
    pub(crate) annotations: Annotations,
    /// True if annotations were folded in, so that the summary in the newest version is an older one.
    pub(crate) is_annotated: bool,
}

impl HeldMessage {
    /// Returns the part of a message that its summaries tell.
    pub(crate) fn head(newest: &Message) -> Message {
        Message {
            serial: newest.serial.clone(),
            name: newest.name.clone(),
            timestamp: newest.timestamp,
            version: newest.version.clone(),
            ..Message::default()
        }
    }

    /// Returns the summary of its annotations.
    pub(super) fn summary(&self) -> Option<MessageAnnotations> {
        if self.is_annotated {
            let summary = Json(self.annotations.summary());
            return Some(MessageAnnotations { summary });
        }
        self.newest.annotations.clone()
    }
}

/// Returns the error of a command on a message that does not exist: 40400 / 404.
pub(crate) fn unknown_message() -> ErrorInfo {
    ErrorInfo::new(40400, 404, "No such message")
}
