//! The Chat REST API, version 4, on top of channels.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::gate::Principal;
use super::http::call::{Call, Query, Reply};
use super::publish;
use super::store::HistoryQuery;
use crate::chat_core::auth::{Operation, identity};
use crate::chat_core::chat::ChatMessage;
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Json, names};
use crate::server::serial;

/// `POST /chat/v4/rooms/{room}/messages`: sends a message.
pub(super) async fn send(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call)?;
    principal.require(&channel, Operation::Publish)?;
    let client_id = identity::require_identified(&principal.identity)?;
    let message = read_message(&call)?.to_wire(client_id, None);
    let id = call.core.random.alphanumeric(16);
    let mut operation = publish::operation(&principal, &channel, vec![message], id, None)?;
    operation.repeat_key = call
        .query
        .get("idempotencyKey")
        .map(|key| format!("chat {client_id} send {key}"));
    let entry = principal.app.hub.submit(&channel, operation).await?;
    let sent = entry.messages().first().and_then(ChatMessage::from_wire);
    Ok(call.reply(201, &sent))
}

/// `GET /chat/v4/rooms/{room}/messages`: a page of history.
pub(super) async fn history(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call)?;
    principal.require(&channel, Operation::History)?;
    let query = history_query(&call.query)?;
    let page = principal.app.hub.store().history(&channel, query).await?;
    let messages: Vec<ChatMessage> = page
        .messages
        .iter()
        .filter_map(ChatMessage::from_wire)
        .collect();
    let last = page
        .messages
        .last()
        .and_then(|message| message.serial.as_deref());
    let next = last.filter(|_| page.has_more);
    Ok(call
        .reply(200, &messages)
        .page("messages", &call.query, next))
}

/// `GET /chat/v4/rooms/{room}/messages/{serial}`: the newest version of a message.
pub(super) async fn message(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call)?;
    principal.require(&channel, Operation::History)?;
    let serial = &call.path[1];
    let found = principal.app.hub.store().message(&channel, serial).await?;
    match found.as_ref().and_then(ChatMessage::from_wire) {
        Some(message) => Ok(call.reply(200, &message)),
        None => Err(ErrorInfo::new(40400, 404, "No such message in this room")),
    }
}

/// Who calls, and the channel of the room that they speak of.
fn enter(call: &Call) -> Result<(Principal, String)> {
    let principal = call.principal()?;
    let room = &call.path[0];
    names::check_room(room)?;
    identity::require_identified(&principal.identity)?;
    Ok((principal, names::channel_of(room)))
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Body {
    text: Json,
    metadata: Json,
    headers: Json,
}

fn read_message(call: &Call) -> Result<NewMessage> {
    let body: Body = call.content()?;
    let bad = |what: &str| ErrorInfo::new(40001, 400, format!("Invalid request payload: {what}"));
    let text = match body.text.0 {
        Value::String(text) if !text.is_empty() => text,
        _ => return Err(bad("'text' must be a string that is not empty")),
    };
    let object = |value: Value, name: &str| match value {
        Value::Null => Ok(Map::new()),
        Value::Object(members) if members.keys().all(|key| !key.is_empty()) => Ok(members),
        _ => Err(bad(&format!(
            "'{name}' must be an object whose keys are not empty"
        ))),
    };
    let metadata = object(body.metadata.0, "metadata")?;
    let headers = object(body.headers.0, "headers")?;
    if headers
        .values()
        .any(|value| value.is_object() || value.is_array())
    {
        return Err(bad("'headers' must be flat"));
    }
    Ok(NewMessage {
        text,
        metadata,
        headers,
    })
}

fn history_query(query: &Query) -> Result<HistoryQuery> {
    let word = |name: &str, forwards: &str, backwards: &str| match query.get(name) {
        None => Ok(None),
        Some(text) if text == forwards => Ok(Some(true)),
        Some(text) if text == backwards => Ok(Some(false)),
        Some(text) => Err(ErrorInfo::new(
            40003,
            400,
            format!("Invalid {name}: '{text}' is neither {forwards} nor {backwards}"),
        )),
    };
    let position = |name: &str| match query.get(name) {
        Some(text) if !serial::is_serial(text) => Err(ErrorInfo::new(
            40003,
            400,
            format!("Invalid {name}: it is no serial"),
        )),
        text => Ok(text.map(str::to_owned)),
    };
    let direction = word("direction", "forwards", "backwards")?;
    let order = word("orderBy", "oldestFirst", "newestFirst")?;
    Ok(HistoryQuery {
        start: query.number("start")?,
        // Chat's end is exclusive.
        end: query.number("end")?.map(|end| end.saturating_sub(1)),
        forwards: direction.or(order).unwrap_or(false),
        limit: query.limit()?,
        from_serial: position("fromSerial")?,
        after: position("cursor")?,
    })
}
