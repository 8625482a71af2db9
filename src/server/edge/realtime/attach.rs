//! ATTACH as a client sends it: from flags and parameters to a request that the hub understands.

use std::sync::Arc;

use crate::chat_core::auth::{Operation, identity};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::frame::Params;
use crate::chat_core::protocol::{Action, ProtocolMessage, flags, names};
use crate::server::core::hub::occupancy::Wanted;
use crate::server::core::hub::{AttachRequest, Rewind, Subscriber};
use crate::server::edge::realtime::connection::{Connection, Modes};

/// The most messages that a rewind gives.
const MAX_REWIND: usize = 100;

/// Attaches a connection, or tells it why not; the connection lives either way (RTL4).
pub(crate) async fn attach(connection: &Arc<Connection>, message: ProtocolMessage) {
    let channel = message.channel.clone().unwrap_or_default();
    let result = try_attach(connection, &channel, message).await;
    connection.record(result.as_ref().err());
    if let Some(metrics) = &connection.core().metrics {
        metrics.attached(result.as_ref().err());
    }
    if let Err(error) = result {
        connection.send(&ProtocolMessage {
            error: Some(error),
            ..ProtocolMessage::on(Action::Error, &channel)
        });
    }
}

async fn try_attach(
    connection: &Arc<Connection>,
    channel: &str,
    message: ProtocolMessage,
) -> Result<()> {
    names::check_channel(channel)?;
    let principal = connection.principal();
    let given = message.params.clone().unwrap_or_default();
    let asked = asked_modes(message.flags.unwrap_or(0), &given);
    let granted = principal.modes(channel, asked);
    principal.note_attach(channel, asked, granted);
    if granted == 0 {
        return Err(denied(channel));
    }
    if principal.wants_identity(channel) {
        identity::require_identified(&principal.identity)?;
    }
    let may_count = principal.may(channel, Operation::ChannelMetadata);
    let wanted = given.get("occupancy").and_then(|text| Wanted::parse(text));
    if wanted.is_some() {
        principal.note(channel, Operation::ChannelMetadata, may_count);
    }
    let occupancy = wanted.filter(|_| may_count);
    let from = message
        .channel_serial
        .clone()
        .filter(|serial| !serial.is_empty());
    let is_resume = from.is_some() || message.has(flags::ATTACH_RESUME);
    let now = connection.core().clock.now().millis();
    let rewind = given.get("rewind").and_then(|text| parse_rewind(text, now));
    let params = in_force(&given, granted, occupancy.is_some(), rewind.is_some());
    connection.note_attached(channel, Modes { asked, granted })?;
    let request = AttachRequest {
        channel: channel.to_owned(),
        modes: granted,
        params,
        from,
        rewind: rewind.filter(|_| !is_resume),
        occupancy,
    };
    let subscriber: Arc<dyn Subscriber> = Arc::clone(connection) as Arc<dyn Subscriber>;
    let result = principal.app.hub.attach(&subscriber, request).await;
    if result.is_err() {
        connection.note_detached(channel);
    } else if !connection.is_noted(channel) {
        // Another socket has taken the place of this one meanwhile, which had nothing to take away yet.
        principal.app.hub.detach(connection.as_ref(), channel);
    }
    result
}

/// The refusal of an attachment that would have no mode at all.
pub(crate) fn denied(channel: &str) -> ErrorInfo {
    ErrorInfo::new(
        40160,
        401,
        format!("Channel denied access based on given capability; channelId = {channel}"),
    )
}

/// The modes that a client asks for: the parameter `modes`, else flag bits, else the default ones.
fn asked_modes(bits: u64, given: &Params) -> u64 {
    let named = given.get("modes").map_or(0, |text| {
        named_modes(text).fold(0, |bits, (_, mode)| bits | mode)
    });
    match (named, bits & flags::MODES) {
        (0, 0) => flags::DEFAULT_MODES,
        (0, bits) => bits,
        (named, _) => named,
    }
}

/// The modes that a parameter names, in its order.
fn named_modes(text: &str) -> impl Iterator<Item = (&'static str, u64)> {
    text.split(',').filter_map(|name| {
        let is_it = |known: &&(&str, u64)| known.0.eq_ignore_ascii_case(name.trim());
        MODE_NAMES.iter().find(is_it).copied()
    })
}

const MODE_NAMES: [(&str, u64); 6] = [
    ("presence", flags::PRESENCE),
    ("publish", flags::PUBLISH),
    ("subscribe", flags::SUBSCRIBE),
    ("presence_subscribe", flags::PRESENCE_SUBSCRIBE),
    ("annotation_publish", flags::ANNOTATION_PUBLISH),
    ("annotation_subscribe", flags::ANNOTATION_SUBSCRIBE),
];

/// The parameters that this server puts in force, as they were given.
fn in_force(given: &Params, granted: u64, occupancy: bool, rewind: bool) -> Params {
    given
        .iter()
        .filter_map(|(name, value)| match name.as_str() {
            "occupancy" if occupancy => Some((name.clone(), value.clone())),
            "rewind" if rewind => Some((name.clone(), value.clone())),
            "modes" => {
                let names: Vec<&str> = named_modes(value)
                    .filter(|(_, mode)| granted & mode != 0)
                    .map(|(name, _)| name)
                    .collect();
                Some((name.clone(), names.join(",")))
            }
            // In force, and never used: each message comes whole.
            "delta" if value == "vcdiff" => Some((name.clone(), value.clone())),
            _ => None,
        })
        .collect()
}

/// Reads `N` messages, `Ns` seconds or `Nm` minutes.
fn parse_rewind(text: &str, now: i64) -> Option<Rewind> {
    let span = |digits: &str, millis: i64| {
        let count: i64 = digits.parse().ok().filter(|count| *count > 0)?;
        Some(Rewind::Since(
            now.saturating_sub(count.saturating_mul(millis)),
        ))
    };
    if let Some(digits) = text.strip_suffix('s') {
        return span(digits, 1000);
    }
    if let Some(digits) = text.strip_suffix('m') {
        return span(digits, 60_000);
    }
    let count: usize = text.parse().ok().filter(|count| *count > 0)?;
    Some(Rewind::Messages(count.min(MAX_REWIND)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewinds_and_modes() {
        assert_eq!(parse_rewind("5", 0), Some(Rewind::Messages(5)));
        assert_eq!(parse_rewind("5000", 0), Some(Rewind::Messages(MAX_REWIND)));
        assert_eq!(parse_rewind("15s", 100_000), Some(Rewind::Since(85_000)));
        assert_eq!(parse_rewind("1m", 100_000), Some(Rewind::Since(40_000)));
        for text in ["", "0", "-1", "s", "1h", "x"] {
            assert_eq!(parse_rewind(text, 0), None, "{text}");
        }
        let given: Params = [("modes".to_owned(), "subscribe, PRESENCE".to_owned())].into();
        assert_eq!(asked_modes(0, &given), flags::SUBSCRIBE | flags::PRESENCE);
        assert_eq!(
            asked_modes(flags::PUBLISH, &given),
            flags::SUBSCRIBE | flags::PRESENCE
        );
        assert_eq!(asked_modes(flags::PUBLISH, &Params::new()), flags::PUBLISH);
        assert_eq!(
            asked_modes(flags::ATTACH_RESUME, &Params::new()),
            flags::DEFAULT_MODES
        );
        assert_eq!(
            in_force(&given, flags::DEFAULT_MODES, false, false)["modes"],
            "subscribe,presence"
        );
    }
}
