//! The Chat REST API, version 4, on top of channels.

pub(crate) mod callback;
pub(crate) mod messages;
pub(crate) mod reactions;

use serde_json::{Map, Value};

use super::http::reply::Answer;
use super::http::request::{Call, RoomCall};
use crate::chat_core::auth::Operation;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::core::publisher::IdempotencyKey;

/// `GET /chat/v4/rooms/{room}/occupancy`: the number of connections and members.
pub(crate) async fn occupancy(call: RoomCall) -> Answer {
    let channel = &call.channel;
    call.require(channel, Operation::ChannelMetadata)?;
    let occupancy = call.principal.app.hub.occupancy(channel).await?;
    Ok(call.reply(
        200,
        &serde_json::json!({
            "connections": occupancy.connections,
            "presenceMembers": occupancy.presence_members,
        }),
    ))
}

/// Returns the caller's `idempotencyKey` for `operation` on the message `target`, if there is one.
fn idempotency_key(
    call: &Call,
    operation: &'static str,
    target: Option<&str>,
) -> Option<IdempotencyKey> {
    Some(IdempotencyKey {
        operation,
        target: target.map(str::to_owned),
        key: call.query.get("idempotencyKey")?.to_owned(),
    })
}

/// Returns the error of an invalid body.
fn invalid(what: &str) -> ErrorInfo {
    ErrorInfo::new(40001, 400, format!("Invalid request payload: {what}"))
}

/// Returns the members of an object; none for `null`.
fn object(value: Value, name: &str) -> Result<Map<String, Value>> {
    match value {
        Value::Null => Ok(Map::new()),
        Value::Object(members) if members.keys().all(|key| !key.is_empty()) => Ok(members),
        _ => Err(invalid(&format!(
            "'{name}' must be an object whose keys are not empty"
        ))),
    }
}
