//! What the server itself tells an app of errors, over a metachannel.

use serde_json::json;

use super::apps::App;
use super::metachannel::{LOG, MAX_RATE, command};
use crate::chat_core::clock::Clock;
use crate::chat_core::error::ErrorInfo;

/// Tells an app of an error that no client is told of: that of a rule about a channel or room.
pub(crate) fn log_error(
    app: &App,
    (rule_id, channel): (&str, &str),
    error: &ErrorInfo,
    clock: &dyn Clock,
) {
    let (now, moment) = (clock.now(), clock.moment());
    let rate = MAX_RATE as f64;
    let is_within_rate = app.rest_rates.lock().try_take(LOG, rate, 1, moment);
    if !is_within_rate {
        return;
    }
    let number = app.integrations.next_event();
    let data = json!({
        "tag": "reactor.generic.http",
        "requestId": format!("{rule_id}-{number}"),
        "ruleId": rule_id,
        "channel": channel,
        "error": error,
    });
    let event = command("error", &data, (now, number));
    // Done without being waited for: whoever is told of the error is not to wait for the telling.
    drop(app.hub.submit(LOG, event));
}
