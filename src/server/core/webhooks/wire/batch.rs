//! Many events in one body.

use serde::Serialize;

use super::sender::{SITE, Sender};
use crate::chat_core::protocol::{Format, Message, PresenceMessage};
use crate::server::core::webhooks::event::{HookEvent, StateData, Told};

#[derive(Serialize)]
struct Batch<'a> {
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    webhook_id: &'a str,
    source: &'static str,
    serial: String,
    timestamp: i64,
    name: &'static str,
    data: ItemData<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ItemData<'a> {
    Content(Content<'a>),
    State(StateData<'a>),
}

#[serde_with::skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    channel_id: &'a str,
    site: &'static str,
    messages: Option<Vec<Message>>,
    presence: Option<Vec<PresenceMessage>>,
}

/// Returns the body: the events in their order.
pub(super) fn body<'a>(
    sender: &Sender<'_>,
    events: impl IntoIterator<Item = &'a HookEvent>,
    format: Format,
) -> Vec<u8> {
    let items = events.into_iter().map(|event| item(sender, event, format));
    format.encode(&Batch {
        items: items.collect(),
    })
}

fn item<'a>(sender: &Sender<'a>, event: &'a HookEvent, format: Format) -> Item<'a> {
    let content = Content {
        channel_id: &event.channel,
        site: SITE,
        messages: None,
        presence: None,
    };
    let (name, data) = match event.told() {
        Told::Messages(messages) => {
            let messages = Some(format.outgoing(&messages).into_owned());
            let content = Content {
                messages,
                ..content
            };
            ("channel.message", ItemData::Content(content))
        }
        Told::Presence(members) => {
            let presence = Some(format.outgoing(&members).into_owned());
            let content = Content {
                presence,
                ..content
            };
            ("presence.message", ItemData::Content(content))
        }
        Told::State(name, data) => (name, ItemData::State(data)),
    };
    Item {
        webhook_id: sender.rule_id,
        source: sender.source.name(),
        serial: format!("{}:{}", sender.instance, event.number),
        timestamp: event.at.millis(),
        name,
        data,
    }
}
