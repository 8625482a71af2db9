//! An event that a webhook is told of.

use std::sync::Arc;

use serde::Serialize;

use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::{
    Action, Message, MessageAction, PresenceAction, PresenceMessage, ProtocolMessage,
};
use crate::server::core::integrations::Source;
use crate::server::core::metachannel::lifecycle_event;
use crate::server::engine::{ChannelOccupancy, Entry};

/// The size of an event beside its content, in bytes, about.
const OVERHEAD: usize = 256;

/// An event that a webhook is told of.
#[derive(Debug)]
pub(super) struct HookEvent {
    /// Its number: each event of a server has another one.
    pub(super) number: u64,
    /// When it happened.
    pub(super) at: Timestamp,
    /// The channel.
    pub(super) channel: Arc<str>,
    content: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Messages or members of an entry.
    Entry(EntryPart),
    /// The state of a channel.
    State {
        name: &'static str,
        is_active: bool,
        occupancy: ChannelOccupancy,
    },
}

/// A frame of an entry, or one item of it.
#[derive(Clone, Debug)]
pub(super) struct EntryPart {
    entry: Arc<Entry>,
    frame: usize,
    only: Option<usize>,
}

/// What an event tells.
pub(super) enum Told<'a> {
    /// Messages, as subscribers get them.
    Messages(Vec<Message>),
    /// Members that entered, left or were updated.
    Presence(Vec<PresenceMessage>),
    /// The state of a channel, with the name of the event.
    State(&'static str, StateData<'a>),
}

/// The state of a channel, as it is told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StateData<'a> {
    channel_id: &'a str,
    name: &'a str,
    status: Status<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    is_active: bool,
    occupancy: Occupancy<'a>,
}

#[derive(Serialize)]
struct Occupancy<'a> {
    metrics: &'a ChannelOccupancy,
}

impl Content {
    /// Returns what an entry has for a source: of each frame one event, or of each of its items, where each is told alone.
    pub(super) fn of_entry(entry: &Arc<Entry>, source: Source, is_single: bool) -> Vec<Self> {
        let part = |frame, only| {
            Self::Entry(EntryPart {
                entry: Arc::clone(entry),
                frame,
                only,
            })
        };
        let mut contents = Vec::new();
        for (place, frame) in entry.frames.iter().enumerate() {
            let count = count(frame, source);
            if count > 0 && is_single {
                contents.extend((0..count).map(|item| part(place, Some(item))));
            } else if count > 0 {
                contents.push(part(place, None));
            }
        }
        contents
    }

    /// Returns that a channel became active or inactive.
    pub(super) fn of_lifecycle(is_active: bool, occupancy: &ChannelOccupancy) -> Self {
        Self::State {
            name: lifecycle_event(is_active),
            is_active,
            occupancy: occupancy.clone(),
        }
    }

    /// Returns that the occupancy of a channel is another.
    pub(super) fn of_occupancy(occupancy: &ChannelOccupancy) -> Self {
        Self::State {
            name: "channel.occupancy",
            is_active: true,
            occupancy: occupancy.clone(),
        }
    }
}

/// Returns how many items of a frame a source has.
fn count(frame: &ProtocolMessage, source: Source) -> usize {
    match (source, frame.action) {
        (Source::Message, Action::Message) => frame.messages.as_ref().map_or(0, Vec::len),
        (Source::Presence, Action::Presence) => members(frame).count(),
        _ => 0,
    }
}

/// The members of a frame that did something: that one is there is not told.
fn members(frame: &ProtocolMessage) -> impl Iterator<Item = &PresenceMessage> {
    let all = frame.presence.iter().flatten();
    all.filter(|member| {
        matches!(
            member.action,
            Some(PresenceAction::Enter | PresenceAction::Leave | PresenceAction::Update)
        )
    })
}

impl HookEvent {
    pub(super) fn new(number: u64, at: Timestamp, channel: &Arc<str>, content: Content) -> Self {
        let channel = Arc::clone(channel);
        Self {
            number,
            at,
            channel,
            content,
        }
    }

    /// Returns its size, in bytes, about.
    pub(super) fn size(&self) -> usize {
        match &self.content {
            Content::Entry(part) => OVERHEAD + part.entry.size(),
            Content::State { .. } => OVERHEAD + self.channel.len(),
        }
    }

    /// Returns what it tells.
    pub(super) fn told(&self) -> Told<'_> {
        match &self.content {
            Content::Entry(part) => part.told(),
            Content::State {
                name,
                is_active,
                occupancy,
            } => Told::State(
                name,
                StateData {
                    channel_id: &self.channel,
                    name: &self.channel,
                    status: Status {
                        is_active: *is_active,
                        occupancy: Occupancy { metrics: occupancy },
                    },
                },
            ),
        }
    }
}

impl EntryPart {
    fn told(&self) -> Told<'static> {
        let Some(frame) = self.entry.frames.get(self.frame) else {
            return Told::Messages(Vec::new());
        };
        let is_meant = |place: &usize| self.only.is_none_or(|only| only == *place);
        if frame.action == Action::Presence {
            let members = members(frame).enumerate();
            let members = members.filter(|(place, _)| is_meant(place));
            return Told::Presence(
                members
                    .map(|(place, it)| filled(frame, place, it))
                    .collect(),
            );
        }
        let messages = frame.messages.iter().flatten().enumerate();
        let messages = messages.filter(|(place, _)| is_meant(place));
        Told::Messages(
            messages
                .map(|(place, it)| self.message(frame, place, it))
                .collect(),
        )
    }

    /// Returns a message with what the frame around it says, and the summary of its reactions.
    fn message(&self, frame: &ProtocolMessage, place: usize, message: &Message) -> Message {
        let mut message = message.clone();
        message.id = message.id.or_else(|| id_in(frame, place));
        message.timestamp = message.timestamp.or(frame.timestamp);
        message.action = Some(message.action());
        if message.action() == MessageAction::Update && message.annotations.is_none() {
            let newest = self.entry.changed.as_ref();
            let summary = newest.and_then(|newest| newest.annotations.clone());
            message.annotations =
                summary.filter(|it| it.summary.object().is_some_and(|it| !it.is_empty()));
        }
        message
    }
}

fn filled(frame: &ProtocolMessage, place: usize, member: &PresenceMessage) -> PresenceMessage {
    let mut member = member.clone();
    member.id = member.id.or_else(|| id_in(frame, place));
    member.timestamp = member.timestamp.or(frame.timestamp);
    member.connection_id = member.connection_id.or_else(|| frame.connection_id.clone());
    member
}

fn id_in(frame: &ProtocolMessage, place: usize) -> Option<String> {
    frame.id.as_ref().map(|id| format!("{id}:{place}"))
}
