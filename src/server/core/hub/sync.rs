//! The presence set as subscribers are told it: SYNC messages, in pages.

use std::sync::Arc;

use super::subscriber::Subscriber;
use crate::chat_core::protocol::{Action, PresenceMessage, ProtocolMessage};

/// The number of members in one SYNC message.
const MEMBERS_A_PAGE: usize = 100;

/// Tells a subscriber the whole presence set.
pub(super) fn send(
    subscriber: &Arc<dyn Subscriber>,
    channel: &str,
    serial: &str,
    members: &[PresenceMessage],
) {
    pages(channel, serial, members, |page| subscriber.send(&page));
}

/// Hands the whole presence set to `send`, in pages; the last one has an empty cursor (RTP18).
pub(super) fn pages(
    channel: &str,
    serial: &str,
    members: &[PresenceMessage],
    mut send: impl FnMut(ProtocolMessage),
) {
    let id = serial.split('@').next().unwrap_or_default();
    let mut pages = members.chunks(MEMBERS_A_PAGE).enumerate().peekable();
    if pages.peek().is_none() {
        send(page(channel, format!("{id}:"), &[]));
    }
    while let Some((number, members)) = pages.next() {
        let cursor = if pages.peek().is_some() {
            (number + 1).to_string()
        } else {
            String::new()
        };
        send(page(channel, format!("{id}:{cursor}"), members));
    }
}

fn page(channel: &str, cursor: String, members: &[PresenceMessage]) -> ProtocolMessage {
    ProtocolMessage {
        channel_serial: Some(cursor),
        presence: Some(members.to_vec()),
        ..ProtocolMessage::on(Action::Sync, channel)
    }
}
