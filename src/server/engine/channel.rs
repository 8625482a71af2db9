//! One operation in one channel: its serial, what the fold makes of it, and what is to be told and kept. The same for
//! every engine; where the past is kept is the engine's.

use std::sync::Arc;

use super::unknown_message;
use super::{Change, ChannelCommand, CommandKind, Entry, EntryKind, Snapshot};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::message::MessageAnnotations;
use crate::chat_core::protocol::{
    Action, Annotation, Json, Message, MessageAction, PresenceMessage, ProtocolMessage, names,
};
use crate::server::engine::fold;
use crate::server::engine::fold::presence::Members;
use crate::server::engine::fold::summary::Annotations;
use crate::server::engine::serial::{self, Series};

/// What must be known of a channel to do the next operation in it.
#[derive(Clone)]
pub(super) struct Channel {
    name: String,
    pub(super) series: Series,
    pub(super) members: Members,
    max_members: usize,
}

/// What was kept of a channel's messages, as far as an operation touches it.
pub(super) trait PriorState {
    /// The newest version of a message, with the summary of its annotations.
    fn newest(&mut self, serial: &str) -> Result<Option<Message>>;

    /// What was attached to a message so far; the operation adds its own.
    fn attached(&mut self, serial: &str) -> Result<&mut Annotations>;
}

/// What an operation came to.
pub(super) struct Transition {
    /// What is told.
    pub(super) entry: Entry,
    /// What it adds to the past.
    pub(super) kept: Effect,
}

/// What is to be kept of an entry.
#[derive(Debug)]
pub(super) enum Effect {
    /// Nothing: it was for those who were there, or for nobody.
    Nothing,
    /// New messages, those of its frame.
    Messages,
    /// A version of a message, whole.
    Version(Box<Message>),
    /// Annotations, those of its first frame; each was added to [`PriorState::attached`].
    Annotations,
    /// Presence, that of its frame; the members have moved.
    Presence,
    /// The entry alone: it is from elsewhere, and the messages that it is about are not kept any more.
    Trace(EntryKind),
}

impl Channel {
    /// A channel as it was at the last serial of `series`.
    pub(super) fn new(name: &str, series: Series, members: Members, max_members: usize) -> Self {
        Self {
            name: name.to_owned(),
            series,
            members,
            max_members,
        }
    }

    /// Moves the position behind that of `earlier` and up to `now`: what takes its place must not go back.
    pub(super) fn go_on_after(&mut self, earlier: &Self, now: Timestamp) {
        let beyond = Timestamp(earlier.series.last_time().millis().saturating_add(1));
        self.series.advance(now.max(beyond));
    }

    /// Moves the position behind `serial`, which is from elsewhere.
    pub(super) fn stand_behind(&mut self, serial: &str) {
        if let Some(elsewhere) = Series::resumed(serial) {
            let beyond = elsewhere.last_time().millis().saturating_add(1);
            self.series.advance(Timestamp(beyond));
        }
    }

    /// The channel as it is now.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            head: self.series.last(),
            members: self.members.present(),
        }
    }

    /// Does `operation`.
    ///
    /// # Errors
    /// What the fold refuses, or what the past fails with; nothing has happened then.
    pub(super) fn apply(
        &mut self,
        operation: ChannelCommand,
        past: &mut impl PriorState,
        now: Timestamp,
    ) -> Result<Transition> {
        let ChannelCommand {
            act,
            id,
            connection_id,
            ..
        } = operation;
        match act {
            CommandKind::Publish {
                messages,
                is_ephemeral: true,
            } => Ok(self.pass_on(messages, id, connection_id, now)),
            CommandKind::Publish { messages, .. } => {
                Ok(self.create(messages, id, connection_id, now))
            }
            CommandKind::Change(change) => self.change(*change, past, id, connection_id, now),
            CommandKind::Annotate(annotations) => {
                self.annotate(annotations, past, &id, connection_id, now)
            }
            CommandKind::Presence(messages) => {
                let time = now.max(self.series.last_time());
                let told = self.members.apply(
                    messages,
                    &id,
                    connection_id.as_deref(),
                    time,
                    self.max_members,
                )?;
                Ok(self.tell_members(told, id, connection_id, now))
            }
            CommandKind::Leave { client_ids } => {
                let time = now.max(self.series.last_time());
                let told = self.members.let_go(
                    &client_ids,
                    connection_id.as_deref().unwrap_or_default(),
                    &id,
                    time,
                );
                Ok(self.tell_members(told, id, connection_id, now))
            }
        }
    }

    /// Delivers messages that are not kept.
    fn pass_on(
        &self,
        mut messages: Vec<Message>,
        id: String,
        connection_id: Option<String>,
        now: Timestamp,
    ) -> Transition {
        let time = now.max(self.series.last_time());
        fold::message::create(&mut messages, &id, connection_id.as_deref(), None, time);
        let serials = vec![None; messages.len()];
        let frame = ProtocolMessage {
            messages: Some(messages),
            ..self.frame(Action::Message, id, connection_id.as_deref(), time)
        };
        let entry = Entry {
            serials,
            ..entry(self.series.last(), connection_id, frame)
        };
        Transition {
            entry,
            kept: Effect::Nothing,
        }
    }

    fn create(
        &mut self,
        mut messages: Vec<Message>,
        id: String,
        connection_id: Option<String>,
        now: Timestamp,
    ) -> Transition {
        let channel_serial = self.series.next(now);
        let time = self.series.last_time();
        fold::message::create(
            &mut messages,
            &id,
            connection_id.as_deref(),
            Some(&channel_serial),
            time,
        );
        let serials = messages
            .iter()
            .map(|message| message.serial.clone())
            .collect();
        let frame = ProtocolMessage {
            messages: Some(messages),
            ..self.frame(Action::Message, id, connection_id.as_deref(), time)
        };
        let entry = Entry {
            serials,
            ..entry(channel_serial, connection_id, frame)
        };
        Transition {
            entry,
            kept: Effect::Messages,
        }
    }

    fn change(
        &mut self,
        change: Change,
        past: &mut impl PriorState,
        id: String,
        connection_id: Option<String>,
        now: Timestamp,
    ) -> Result<Transition> {
        let current = past.newest(&change.serial)?.ok_or_else(unknown_message)?;
        let channel_serial = self.series.next(now);
        let time = self.series.last_time();
        let version_serial = serial::of_message(&channel_serial, 0);
        // Chat has no word for an append: a room is told of an update.
        let is_told_as_append =
            change.action == MessageAction::Append && names::room_of(&self.name).is_none();
        let delta = is_told_as_append.then(|| change.content.data.clone());
        let mut next = fold::message::change(&current, change, &version_serial, time);
        next.annotations = None;
        let mut told = next.clone();
        if let Some(data) = delta {
            // Subscribers get what was added.
            told.action = Some(MessageAction::Append);
            told.data = data;
        }
        let with_summary = Message {
            annotations: current.annotations,
            ..next.clone()
        };
        let frame = ProtocolMessage {
            messages: Some(vec![told]),
            ..self.frame(Action::Message, id, connection_id.as_deref(), time)
        };
        let entry = Entry {
            serials: vec![Some(version_serial)],
            changed: Some(with_summary),
            ..entry(channel_serial, connection_id, frame)
        };
        Ok(Transition {
            entry,
            kept: Effect::Version(Box::new(next)),
        })
    }

    fn annotate(
        &mut self,
        annotations: Vec<Annotation>,
        past: &mut impl PriorState,
        id: &str,
        connection_id: Option<String>,
        now: Timestamp,
    ) -> Result<Transition> {
        // All or nothing: each must be about a message that there is.
        let mut about = Vec::with_capacity(annotations.len());
        for annotation in &annotations {
            let serial = annotation.message_serial.as_deref().unwrap_or_default();
            about.push(past.newest(serial)?.ok_or_else(unknown_message)?);
            // What can't be read is known before anything happens.
            past.attached(serial)?;
        }
        let channel_serial = self.series.next(now);
        let time = self.series.last_time();
        let mut told = Vec::new();
        let mut summaries: Vec<Message> = Vec::new();
        for (index, (mut annotation, current)) in annotations.into_iter().zip(about).enumerate() {
            annotation.id.get_or_insert_with(|| format!("{id}:{index}"));
            annotation.serial = Some(serial::of_message(&channel_serial, index));
            annotation.timestamp = Some(time.millis());
            annotation.connection_id.clone_from(&connection_id);
            let attached = past.attached(current.serial.as_deref().unwrap_or_default())?;
            if attached.apply(&mut annotation) {
                summaries.retain(|message| message.serial != current.serial);
                summaries.push(summary_message(current, attached.summary(), time));
            }
            told.push(annotation);
        }
        let serials = told
            .iter()
            .map(|annotation| annotation.serial.clone())
            .collect();
        let mut frame = ProtocolMessage {
            annotations: Some(told),
            ..self.frame(
                Action::Annotation,
                id.to_owned(),
                connection_id.as_deref(),
                time,
            )
        };
        let summary = (!summaries.is_empty()).then(|| ProtocolMessage {
            messages: Some(summaries),
            ..self.frame(
                Action::Message,
                format!("{channel_serial}:summary"),
                None,
                time,
            )
        });
        if summary.is_some() {
            // The position moves on with the last of the two, so that a link that is cut between them loses neither.
            frame.channel_serial = None;
        }
        let mut entry = Entry {
            serials,
            ..entry(channel_serial, connection_id, frame)
        };
        entry.frames.extend(summary.map(Arc::new));
        Ok(Transition {
            entry,
            kept: Effect::Annotations,
        })
    }

    fn tell_members(
        &mut self,
        told: Vec<PresenceMessage>,
        id: String,
        connection_id: Option<String>,
        now: Timestamp,
    ) -> Transition {
        let time = now.max(self.series.last_time());
        if told.is_empty() {
            // Nobody was there to leave: nothing is to be told.
            let entry = Entry {
                channel_serial: self.series.last(),
                frames: Vec::new(),
                connection_id,
                serials: Vec::new(),
                changed: None,
            };
            return Transition {
                entry,
                kept: Effect::Nothing,
            };
        }
        let channel_serial = self.series.next(now);
        let frame = ProtocolMessage {
            presence: Some(told),
            ..self.frame(Action::Presence, id, connection_id.as_deref(), time)
        };
        Transition {
            entry: entry(channel_serial, connection_id, frame),
            kept: Effect::Presence,
        }
    }

    fn frame(
        &self,
        action: Action,
        id: String,
        connection_id: Option<&str>,
        time: Timestamp,
    ) -> ProtocolMessage {
        ProtocolMessage {
            id: Some(id),
            channel_serial: Some(self.series.last()),
            connection_id: connection_id.map(str::to_owned),
            timestamp: Some(time.millis()),
            ..ProtocolMessage::on(action, &self.name)
        }
    }
}

/// What tells subscribers that a message's annotations add up to something else now (TM5, summary).
fn summary_message(current: Message, summary: serde_json::Value, now: Timestamp) -> Message {
    Message {
        action: Some(MessageAction::Summary),
        serial: current.serial,
        name: current.name,
        timestamp: Some(current.timestamp.unwrap_or(now.millis())),
        version: current.version,
        annotations: Some(MessageAnnotations {
            summary: Json(summary),
        }),
        ..Message::default()
    }
}

fn entry(channel_serial: String, connection_id: Option<String>, frame: ProtocolMessage) -> Entry {
    Entry {
        channel_serial,
        frames: vec![Arc::new(frame)],
        connection_id,
        serials: Vec::new(),
        changed: None,
    }
}
