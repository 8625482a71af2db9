//! The Chat REST API, version 4, on top of channels.

pub(crate) mod messages;
pub(crate) mod reactions;

use serde_json::{Map, Value};

use crate::chat_core::auth::{Operation, identity};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::names;
use crate::server::core::gate::Principal;
use crate::server::edge::http::call::{Call, Reply};

/// `GET /chat/v4/rooms/{room}/occupancy`: how many are in the room.
pub(crate) async fn occupancy(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call)?;
    principal.require(&channel, Operation::ChannelMetadata)?;
    let occupancy = principal.app.hub.occupancy(&channel).await?;
    Ok(call.reply(
        200,
        &serde_json::json!({
            "connections": occupancy.connections,
            "presenceMembers": occupancy.presence_members,
        }),
    ))
}

/// Who calls, and the channel of the room that they speak of. Chat is for identified clients.
fn enter(call: &Call) -> Result<(Principal, String)> {
    let principal = call.principal()?;
    let room = &call.path[0];
    names::check_room(room)?;
    identity::require_identified(&principal.identity)?;
    Ok((principal, names::channel_of(room)))
}

/// What is wrong with a body.
fn bad(what: &str) -> ErrorInfo {
    ErrorInfo::new(40001, 400, format!("Invalid request payload: {what}"))
}

/// An object, or nothing.
fn object(value: Value, name: &str) -> Result<Map<String, Value>> {
    match value {
        Value::Null => Ok(Map::new()),
        Value::Object(members) if members.keys().all(|key| !key.is_empty()) => Ok(members),
        _ => Err(bad(&format!(
            "'{name}' must be an object whose keys are not empty"
        ))),
    }
}
