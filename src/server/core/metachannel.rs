//! Metachannels: channels that only the server itself publishes on, about an app.

use serde_json::{Value, json};

use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::{Data, Message};
use crate::server::engine::{ChannelCommand, ChannelOccupancy, CommandKind};

/// The channel of errors that no client is told of.
pub(crate) const LOG: &str = "[meta]log";

/// The channel of channels that become active and inactive.
pub(crate) const CHANNELS: &str = "[meta]channel.lifecycle";

/// The channel of connections that open and close.
pub(crate) const CONNECTIONS: &str = "[meta]connection.lifecycle";

/// The most events of one metachannel a second: those beyond are dropped.
pub(crate) const MAX_RATE: usize = 50;

/// Returns the publish of an event of the server itself; `number` makes its id unique.
pub(crate) fn command(name: &str, data: &Value, (now, number): (Timestamp, u64)) -> ChannelCommand {
    let message = Message {
        name: Some(name.to_owned()),
        data: Some(Data::Text(data.to_string())),
        encoding: Some("json".to_owned()),
        ..Message::default()
    };
    ChannelCommand {
        kind: CommandKind::Publish {
            messages: vec![message],
            is_ephemeral: false,
        },
        id: format!("meta-{now}-{number}"),
        connection_id: None,
        repeat_key: None,
    }
}

/// Returns the name of the event that a channel became active or inactive.
pub(crate) fn lifecycle_event(is_active: bool) -> &'static str {
    if is_active {
        "channel.opened"
    } else {
        "channel.closed"
    }
}

/// Returns what is told of a channel that becomes active or inactive.
pub(crate) fn channel_details(
    channel: &str,
    is_active: bool,
    occupancy: &ChannelOccupancy,
) -> Value {
    json!({
        "channelId": channel,
        "name": channel,
        "status": {"isActive": is_active, "occupancy": {"metrics": occupancy}},
    })
}
