//! A single event, with what it is about around it.

use serde::Serialize;

use super::sender::{SITE, Sender};
use crate::chat_core::protocol::{Format, Message, PresenceMessage};
use crate::server::core::webhooks::event::{HookEvent, StateData, Told};

#[serde_with::skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    source: &'static str,
    app_id: &'a str,
    channel: &'a str,
    site: &'static str,
    rule_id: &'a str,
    timestamp: i64,
    messages: Option<&'a [Message]>,
    presence: Option<&'a [PresenceMessage]>,
    name: Option<&'static str>,
    data: Option<StateData<'a>>,
}

/// Returns the body.
pub(super) fn body(sender: &Sender<'_>, event: &HookEvent, format: Format) -> Vec<u8> {
    let bare = Envelope {
        source: sender.source.name(),
        app_id: sender.app_id,
        channel: &event.channel,
        site: SITE,
        rule_id: sender.rule_id,
        timestamp: event.at.millis(),
        messages: None,
        presence: None,
        name: None,
        data: None,
    };
    match event.told() {
        Told::Messages(messages) => format.encode(&Envelope {
            messages: Some(&format.outgoing(&messages)),
            ..bare
        }),
        Told::Presence(members) => format.encode(&Envelope {
            presence: Some(&format.outgoing(&members)),
            ..bare
        }),
        Told::State(name, data) => format.encode(&Envelope {
            name: Some(name),
            data: Some(data),
            ..bare
        }),
    }
}
