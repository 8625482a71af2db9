//! Metachannels: what the server itself tells an app, over channels that only it publishes on.

use serde_json::{Value, json};

use super::apps::App;
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::{Data, Message};
use crate::server::engine::{ChannelCommand, CommandKind};

/// The most events of one metachannel a second: those beyond are dropped.
const MAX_RATE: f64 = 50.0;

/// The channel of errors that no client is told of.
pub(crate) const LOG: &str = "[meta]log";

/// Tells an app of an error that no client is told of: that of a rule about a channel or room.
pub(crate) fn log_error(
    app: &App,
    (rule_id, channel): (&str, &str),
    error: &ErrorInfo,
    clock: &dyn Clock,
) {
    let (now, moment) = (clock.now(), clock.moment());
    let is_within_rate = app.rest_rates.lock().try_take(LOG, MAX_RATE, 1, moment);
    if !is_within_rate {
        return;
    }
    let data = json!({
        "tag": "reactor.generic.http",
        "ruleId": rule_id,
        "channel": channel,
        "error": error,
    });
    tell(app, LOG, "error", &data, now);
}

/// Publishes an event of the server itself.
fn tell(app: &App, channel: &str, name: &str, data: &Value, now: Timestamp) {
    let message = Message {
        name: Some(name.to_owned()),
        data: Some(Data::Text(data.to_string())),
        encoding: Some("json".to_owned()),
        ..Message::default()
    };
    let command = ChannelCommand {
        kind: CommandKind::Publish {
            messages: vec![message],
            is_ephemeral: false,
        },
        id: format!("meta-{now}-{}", app.integrations.next_event()),
        connection_id: None,
        repeat_key: None,
    };
    // Done without being waited for: whoever is told of the error is not to wait for the telling.
    drop(app.hub.submit(channel, command));
}
