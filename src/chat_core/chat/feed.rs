//! A room's subscription: from wire messages to events, each once.

use std::collections::{HashMap, HashSet, VecDeque};

use super::event::{RoomEvent, all_types};
use super::members::PresenceSet;
use super::message::{ChatMessage, reactions_of};
use super::occupancy::Occupancy;
use super::reaction::{MessageReaction, RoomReaction};
use super::typing::Typing;
use crate::chat_core::clock::Moment;
use crate::chat_core::protocol::{Annotation, Message, MessageAction, PresenceMessage};

/// The number of identities that are remembered to tell a repeat from news.
const REMEMBERED: usize = 10_000;

/// A subscriber's view of a room.
#[derive(Debug, Default)]
pub struct Feed {
    seen: RecentIds,
    /// Messages that were read elsewhere in a later version than their first, with that version; the newest ones.
    read: HashMap<String, String>,
    read_in_order: VecDeque<String>,
    typing: Typing,
    members: PresenceSet,
}

impl Feed {
    /// Takes a message that was read elsewhere: it and its earlier versions are no news any more.
    pub fn mark_seen(&mut self, message: &ChatMessage) {
        self.seen.is_new(identity_of(message));
        if message.action != "message.create" {
            let version = version_of(message).to_owned();
            let serial = message.serial.clone();
            if self.read.insert(serial.clone(), version).is_none() {
                self.read_in_order.push_back(serial);
            }
            if self.read_in_order.len() > REMEMBERED
                && let Some(oldest) = self.read_in_order.pop_front()
            {
                self.read.remove(&oldest);
            }
        }
    }

    fn is_news(&mut self, message: &ChatMessage) -> bool {
        let is_read = self
            .read
            .get(&message.serial)
            .is_some_and(|version| version_of(message) <= version.as_str());
        !is_read && self.seen.is_new(identity_of(message))
    }

    /// The room was attached, or attached again.
    pub fn attached(&mut self, has_presence: bool) -> Vec<RoomEvent> {
        self.members.attached(has_presence)
    }

    /// The event of one message of the channel; `own` is the reader's clientId.
    pub fn message(
        &mut self,
        message: &Message,
        own: Option<&str>,
        now: Moment,
    ) -> Option<RoomEvent> {
        if let Some(chat) = ChatMessage::from_wire(message) {
            return self.is_news(&chat).then(|| RoomEvent::of_history(chat));
        }
        if let Some(occupancy) = Occupancy::from_wire(message) {
            return Some(RoomEvent::Occupancy { occupancy });
        }
        if let Some(id) = &message.id
            && !self.seen.is_new(format!("message {id}"))
        {
            return None;
        }
        if message.action() == MessageAction::Summary {
            let summary = &message.annotations.as_ref()?.summary;
            return Some(RoomEvent::Summary {
                message_serial: message.serial.clone().unwrap_or_default(),
                reactions: all_types(reactions_of(&summary.0)),
            });
        }
        if let Some(reaction) = RoomReaction::from_wire(message, own) {
            return Some(RoomEvent::RoomReaction { reaction });
        }
        self.typing.on(message, now)
    }

    /// The event of one presence message.
    pub fn member(&mut self, message: &PresenceMessage) -> Option<RoomEvent> {
        self.members.on(message)
    }

    /// The whole presence set has been told.
    pub fn synced(&mut self) -> Vec<RoomEvent> {
        self.members.synced()
    }

    /// The event of one annotation.
    pub fn annotation(&mut self, annotation: &Annotation) -> Option<RoomEvent> {
        if let Some(serial) = &annotation.serial
            && !self.seen.is_new(format!("annotation {serial}"))
        {
            return None;
        }
        let reaction = MessageReaction::from_wire(annotation)?;
        let timestamp = annotation.timestamp.unwrap_or_default();
        match annotation.action.unwrap_or_default() {
            0 => Some(RoomEvent::ReactionAdded {
                timestamp,
                reaction,
            }),
            1 => Some(RoomEvent::ReactionRemoved {
                timestamp,
                reaction,
            }),
            _ => None,
        }
    }

    /// Returns the time at which [`Feed::woken`] is to be called next.
    pub fn deadline(&self) -> Option<Moment> {
        self.typing.deadline()
    }

    /// Time has passed.
    pub fn woken(&mut self, now: Moment) -> Vec<RoomEvent> {
        self.typing.expire(now)
    }
}

fn version_of(message: &ChatMessage) -> &str {
    message.version.serial.as_deref().unwrap_or_default()
}

/// The identity of a version of a message.
fn identity_of(message: &ChatMessage) -> String {
    format!("{} {}", message.serial, version_of(message))
}

/// The newest identities.
#[derive(Debug, Default)]
struct RecentIds {
    set: HashSet<String>,
    order: VecDeque<String>,
}

impl RecentIds {
    fn is_new(&mut self, identity: String) -> bool {
        if !self.set.insert(identity.clone()) {
            return false;
        }
        self.order.push_back(identity);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.set.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::chat::message::NewMessage;
    use crate::chat_core::protocol::message::MessageAnnotations;
    use crate::chat_core::protocol::{Json, Version};
    use serde_json::{json, to_value};
    use std::time::Duration;

    const NOW: Moment = Moment::after_beginning(Duration::from_millis(5));

    fn message(action: MessageAction, version: &str) -> Message {
        let new = NewMessage {
            text: "hi".to_owned(),
            ..NewMessage::default()
        };
        Message {
            action: Some(action),
            serial: Some("s".to_owned()),
            version: Some(Version {
                serial: Some(version.to_owned()),
                ..Version::default()
            }),
            ..new.to_wire("alice", None)
        }
    }

    #[test]
    fn each_version_is_told_once() {
        let mut feed = Feed::default();
        let create = message(MessageAction::Create, "s");
        let update = message(MessageAction::Update, "v1");
        assert!(matches!(
            feed.message(&create, None, NOW),
            Some(RoomEvent::Created { .. })
        ));
        assert_eq!(feed.message(&create, None, NOW), None);
        assert!(matches!(
            feed.message(&update, None, NOW),
            Some(RoomEvent::Updated { .. })
        ));
        let delete = message(MessageAction::Delete, "v2");
        feed.mark_seen(&ChatMessage::from_wire(&delete).unwrap());
        assert_eq!(feed.message(&delete, None, NOW), None, "read from history");
        let between = message(MessageAction::Update, "v15");
        assert_eq!(feed.message(&between, None, NOW), None, "older than that");
    }

    #[test]
    fn events_have_the_shapes_of_the_sdk() {
        let mut feed = Feed::default();
        let summary = json!({"reaction:distinct.v1": {"👍": {"total": 1, "clientIds": ["a"], "clipped": false}}});
        let summary = Message {
            action: Some(MessageAction::Summary),
            serial: Some("s".to_owned()),
            annotations: Some(MessageAnnotations {
                summary: Json(summary),
            }),
            ..Message::default()
        };
        let event = feed.message(&summary, None, NOW).unwrap();
        assert_eq!(
            to_value(&event).unwrap(),
            json!({"type": "reaction.summary", "messageSerial": "s", "reactions": {
                "unique": {}, "distinct": {"👍": {"total": 1, "clientIds": ["a"], "clipped": false}}, "multiple": {}}})
        );
        let reaction = Message {
            client_id: Some("alice".to_owned()),
            timestamp: Some(7),
            ..RoomReaction::to_wire("like", &serde_json::Map::new(), &serde_json::Map::new())
        };
        let event = feed.message(&reaction, Some("alice"), NOW).unwrap();
        assert_eq!(
            to_value(&event).unwrap(),
            json!({"type": "reaction", "reaction": {"name": "like", "clientId": "alice", "createdAt": 7,
                "isSelf": true, "metadata": {}, "headers": {}}})
        );
        let raw = Annotation {
            action: Some(0),
            kind: Some("reaction:multiple.v1".to_owned()),
            name: Some("👍".to_owned()),
            message_serial: Some("s".to_owned()),
            client_id: Some("bob".to_owned()),
            timestamp: Some(8),
            ..Annotation::default()
        };
        assert_eq!(
            to_value(feed.annotation(&raw)).unwrap(),
            json!({"type": "reaction.create", "timestamp": 8, "reaction": {"messageSerial": "s",
                "type": "multiple", "name": "👍", "clientId": "bob", "count": 1}})
        );
    }
}
