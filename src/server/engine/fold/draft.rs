//! Drafts: the result of a fold without serial and time, and the stamp that writes both.

use std::sync::Arc;

use super::summary::SummaryRow;
use crate::chat_core::protocol::message::MessageAnnotations;
use crate::chat_core::protocol::{Message, MessageAction, ProtocolMessage, Version};
use crate::server::engine::entry::{Entry, EntryKind};
use crate::server::engine::serial::{self, Position};

/// The result of a fold: everything but serial and time, which no rule reads.
#[derive(Debug)]
pub(crate) struct Draft {
    frames: Vec<ProtocolMessage>,
    connection_id: Option<String>,
    /// The summary of the message that is changed.
    summary: Option<MessageAnnotations>,
    effect: Effect,
}

/// A stamped draft: the entry to be told, and the effect to be kept.
#[derive(Debug)]
pub(crate) struct Transition {
    /// The entry.
    pub(crate) entry: Entry,
    /// Its effect on what is kept.
    pub(crate) effect: Effect,
}

/// The effect of an entry on what is kept of a channel.
#[derive(Debug)]
pub(crate) enum Effect {
    /// None: there is nothing to keep.
    Nothing,
    /// New messages, those of its frame.
    Messages,
    /// A version of a message, whole.
    Version(Box<Message>),
    /// Annotations, those of its first frame, and what they change of the summary of each message that they are about,
    /// by serial.
    Annotations(Vec<(String, Vec<SummaryRow>)>),
    /// Presence, that of its frame: the members follow it.
    Presence,
    /// The entry alone: it is imported, and the messages that it is about are not kept any more.
    Trace(EntryKind),
}

impl Effect {
    /// Returns the kind of the entry that is kept, if it is kept.
    pub(crate) fn kind(&self) -> Option<EntryKind> {
        match self {
            Self::Nothing => None,
            Self::Messages => Some(EntryKind::Messages),
            Self::Version(_) => Some(EntryKind::Version),
            Self::Annotations(_) => Some(EntryKind::Annotations),
            Self::Presence => Some(EntryKind::Presence),
            Self::Trace(kind) => Some(*kind),
        }
    }
}

impl Draft {
    pub(super) fn new(
        frames: Vec<ProtocolMessage>,
        connection_id: Option<String>,
        effect: Effect,
    ) -> Self {
        Self {
            frames,
            connection_id,
            summary: None,
            effect,
        }
    }

    /// Returns the draft of a change of a message that has this summary.
    pub(super) fn with_summary(self, summary: Option<MessageAnnotations>) -> Self {
        Self { summary, ..self }
    }

    /// Returns whether it tells and keeps nothing: it takes no position of its own, and is stamped with the head.
    pub(crate) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Writes the serials and times of the position.
    pub(crate) fn stamp(mut self, at: &Position) -> Transition {
        let (serial, time) = (at.to_string(), at.time().millis());
        let has_summary = self.frames.len() > 1;
        for (index, frame) in self.frames.iter_mut().enumerate() {
            frame.timestamp = Some(time);
            if has_summary && index == 0 {
                // The position moves on with the last of the two, so that a link that is cut between them loses
                // neither.
                continue;
            }
            frame.channel_serial = Some(serial.clone());
            if index > 0 {
                frame.id = Some(format!("{serial}:summary"));
            }
        }
        let serials = stamp_content(&mut self.frames, &serial, time);
        let changed = match &mut self.effect {
            Effect::Version(message) => {
                stamp_version(message, &serial, time);
                Some(Message {
                    annotations: self.summary,
                    ..Message::clone(message)
                })
            }
            _ => None,
        };
        Transition {
            entry: Entry {
                channel_serial: serial,
                frames: self.frames.into_iter().map(Arc::new).collect(),
                connection_id: self.connection_id,
                serials,
                changed,
            },
            effect: self.effect,
        }
    }
}

/// Stamps what is in the frames, and returns the serials for the caller: those of the first frame.
fn stamp_content(frames: &mut [ProtocolMessage], serial: &str, time: i64) -> Vec<Option<String>> {
    let mut serials = Vec::new();
    for (number, frame) in frames.iter_mut().enumerate() {
        for (index, message) in frame.messages.iter_mut().flatten().enumerate() {
            match message.action() {
                MessageAction::Create => {
                    let own = serial::of_message(serial, index);
                    message.timestamp = Some(time);
                    message.version = Some(Version {
                        serial: Some(own.clone()),
                        timestamp: Some(time),
                        ..Version::default()
                    });
                    message.serial = Some(own);
                    serials.push(message.serial.clone());
                }
                MessageAction::Summary if number > 0 => {
                    message.timestamp.get_or_insert(time);
                }
                _ => serials.push(stamp_version(message, serial, time)),
            }
        }
        for (index, annotation) in frame.annotations.iter_mut().flatten().enumerate() {
            annotation.serial = Some(serial::of_message(serial, index));
            annotation.timestamp = Some(time);
            serials.push(annotation.serial.clone());
        }
        for member in frame.presence.iter_mut().flatten() {
            member.timestamp = Some(time);
        }
    }
    serials
}

/// Stamps a new version of a message, and returns its serial.
fn stamp_version(message: &mut Message, serial: &str, time: i64) -> Option<String> {
    let version = message.version.get_or_insert_default();
    version.serial = Some(serial::of_message(serial, 0));
    version.timestamp = Some(time);
    version.serial.clone()
}
