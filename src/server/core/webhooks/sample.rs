//! Events that did not happen, to try an endpoint with.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;

use super::event::{Content, HookEvent};
use super::wire::{self, Sender};
use crate::chat_core::auth::ApiKey;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::{
    Action, Data, Json, Message, MessageAction, PresenceAction, PresenceMessage, ProtocolMessage,
    Version, names,
};
use crate::server::core::integrations::{Origin, Rule, RuleFault, RuleForm, Source};
use crate::server::engine::{ChannelOccupancy, Entry};

/// The connection and the client that samples are of.
const CONNECTION: &str = "k3Jf0aPq";
const CLIENT: &str = "mika";

/// An event that did not happen.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    source: Source,
    room: &'a str,
    text: &'a str,
}

impl<'a> Sample<'a> {
    /// Creates one of the source called `source`, in `room`; a message says `text`.
    pub fn new(source: &str, room: &'a str, text: &'a str) -> Option<Self> {
        let known = Source::ALL.iter().find(|(name, _)| *name == source);
        known.map(|(_, source)| Self {
            source: *source,
            room,
            text,
        })
    }

    /// The names of all sources.
    pub fn sources() -> [&'static str; 4] {
        Source::ALL.map(|(name, _)| name)
    }

    pub(super) fn source(&self) -> Source {
        self.source
    }

    pub(super) fn event(&self, number: u64, now: Timestamp) -> HookEvent {
        let channel: Arc<str> = names::channel_of(self.room).into();
        let content = match self.source {
            Source::Message | Source::Presence => self.entry(&channel, number, now),
            Source::Lifecycle => Content::of_lifecycle(true, &occupancy()),
            Source::Occupancy => Content::of_occupancy(&occupancy()),
        };
        HookEvent::new(number, now, &channel, content)
    }

    fn entry(&self, channel: &str, number: u64, now: Timestamp) -> Content {
        let serial = format!("{:014}-{number:03}@sample", now.millis());
        let frame = match self.source {
            Source::Presence => ProtocolMessage {
                presence: Some(vec![self.member(number, now)]),
                ..ProtocolMessage::on(Action::Presence, channel)
            },
            _ => ProtocolMessage {
                messages: Some(vec![self.message(&serial, number, now)]),
                ..ProtocolMessage::on(Action::Message, channel)
            },
        };
        let entry = Arc::new(Entry {
            channel_serial: serial,
            frames: vec![Arc::new(frame)],
            connection_id: Some(CONNECTION.to_owned()),
            serials: Vec::new(),
            changed: None,
        });
        let mut contents = Content::of_entry(&entry, self.source, false);
        contents.remove(0)
    }

    fn message(&self, serial: &str, number: u64, now: Timestamp) -> Message {
        let serial = format!("{serial}:000");
        Message {
            id: Some(format!("{CONNECTION}:{number}:0")),
            name: Some("chat.message".to_owned()),
            data: Some(Data::Text(
                serde_json::json!({"text": self.text, "metadata": {}}).to_string(),
            )),
            encoding: Some("json".to_owned()),
            extras: Some(Json(serde_json::json!({"headers": {}}))),
            client_id: Some(CLIENT.to_owned()),
            connection_id: Some(CONNECTION.to_owned()),
            timestamp: Some(now.millis()),
            action: Some(MessageAction::Create),
            version: Some(Version {
                serial: Some(serial.clone()),
                timestamp: Some(now.millis()),
                ..Version::default()
            }),
            serial: Some(serial),
            ..Message::default()
        }
    }

    fn member(&self, number: u64, now: Timestamp) -> PresenceMessage {
        PresenceMessage {
            id: Some(format!("{CONNECTION}:{number}:0")),
            action: Some(PresenceAction::Enter),
            client_id: Some(CLIENT.to_owned()),
            connection_id: Some(CONNECTION.to_owned()),
            timestamp: Some(now.millis()),
            data: Some(Data::Text(
                serde_json::json!({"status": self.text}).to_string(),
            )),
            encoding: Some("json".to_owned()),
            ..PresenceMessage::default()
        }
    }
}

fn occupancy() -> ChannelOccupancy {
    ChannelOccupancy {
        connections: 1,
        publishers: 1,
        subscribers: 1,
        presence_connections: 1,
        presence_subscribers: 1,
        ..ChannelOccupancy::default()
    }
}

/// Returns the headers and the body that the webhook which `form` describes would send of a sample, signed with `key` if it
/// is a batch and one is given.
///
/// # Errors
/// A form that is not valid.
pub fn sample(
    form: RuleForm,
    sample: &Sample<'_>,
    (app_id, key): (&str, Option<&ApiKey>),
    now: Timestamp,
) -> Result<(HeaderMap, Bytes), RuleFault> {
    let rule = Rule::new("sample".to_owned(), form, Origin::Config, now)?;
    let Some(webhook) = rule.webhook() else {
        return Ok((HeaderMap::new(), Bytes::new()));
    };
    let sender = Sender {
        app_id,
        rule_id: &rule.id,
        source: webhook.source,
        instance: "sample",
    };
    let event = sample.event(1, now);
    Ok(if webhook.is_batch {
        wire::batch(webhook, &sender, [&event], key)
    } else {
        wire::single(webhook, &sender, &event)
    })
}
