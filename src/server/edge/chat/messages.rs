//! Messages: send, read, change.

use serde::Deserialize;
use serde_json::Value;

use super::{bad, enter, object};
use crate::chat_core::auth::{Operation, identity};
use crate::chat_core::chat::ChatMessage;
use crate::chat_core::chat::message::{EVENT_NAME, NewMessage, is_flat};
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Data, Json, Message, MessageAction, Version};
use crate::server::core::gate::Principal;
use crate::server::core::publish::{self, PublishRequest};
use crate::server::edge::http::call::{Call, Query, Reply};
use crate::server::edge::rest::paging;
use crate::server::engine::unknown_message;

use crate::server::engine::{Change, HistoryQuery};

/// `POST /chat/v4/rooms/{room}/messages`: sends a message.
pub(crate) async fn send(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call)?;
    principal.require(&channel, Operation::Publish)?;
    let client_id = identity::require_identified(&principal.identity)?;
    let message = read_message(call.content()?)?.to_wire(client_id, None);
    let asked = asked(&call, &principal, &channel);
    let mut operation = asked.publish(vec![message])?;
    operation.repeat_key = repeat_key(&call, client_id, "send");
    let entry = call.submit(&principal, &channel, operation).await?;
    answer(&call, 201, entry.message())
}

/// `GET /chat/v4/rooms/{room}/messages`: a page of history.
pub(crate) async fn history(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call)?;
    principal.require(&channel, Operation::History)?;
    let query = history_query(&call.query)?;
    let page = principal.app.hub.store().history(&channel, query).await?;
    let messages: Vec<ChatMessage> = page
        .items
        .iter()
        .filter_map(ChatMessage::from_wire)
        .collect();
    Ok(call
        .reply(200, &messages)
        .page("messages", &call.query, page.next.as_deref()))
}

/// `GET /chat/v4/rooms/{room}/messages/{serial}`: the newest version of a message.
pub(crate) async fn get(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call)?;
    principal.require(&channel, Operation::History)?;
    let found = principal
        .app
        .hub
        .store()
        .message(&channel, &call.path[1])
        .await?;
    answer(&call, 200, found.as_ref())
}

/// `GET /chat/v4/rooms/{room}/messages/{serial}/versions`: all versions of a message, oldest first unless told.
pub(crate) async fn versions(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call)?;
    principal.require(&channel, Operation::History)?;
    let versions = principal
        .app
        .hub
        .store()
        .versions(&channel, &call.path[1])
        .await?;
    if versions.is_empty() {
        return Err(unknown_message());
    }
    let versions: Vec<ChatMessage> = versions.iter().filter_map(ChatMessage::from_wire).collect();
    paging::reply(&call, versions, "versions")
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Update {
    message: Option<Content>,
    description: Json,
    metadata: Json,
}

/// `PUT /chat/v4/rooms/{room}/messages/{serial}`: replaces the content of a message.
pub(crate) async fn update(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call)?;
    let reach = publish::reach(&principal, &channel, MessageAction::Update)?;
    let body: Update = call.content()?;
    let content = body.message.ok_or_else(|| bad("'message' is missing"))?;
    let content = read_message(content)?.to_wire("", None);
    let version = version(body.description, body.metadata)?;
    change(
        &call,
        &principal,
        &channel,
        MessageAction::Update,
        content,
        version,
        reach,
    )
    .await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Delete {
    description: Json,
    metadata: Json,
}

/// `POST /chat/v4/rooms/{room}/messages/{serial}/delete`: empties a message.
pub(crate) async fn delete(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call)?;
    let reach = publish::reach(&principal, &channel, MessageAction::Delete)?;
    let body: Delete = if call.body.is_empty() {
        Delete::default()
    } else {
        call.content()?
    };
    let content = Message {
        name: Some(EVENT_NAME.to_owned()),
        data: Some(Data::Text("{}".to_owned())),
        encoding: Some("json".to_owned()),
        ..Message::default()
    };
    let version = version(body.description, body.metadata)?;
    change(
        &call,
        &principal,
        &channel,
        MessageAction::Delete,
        content,
        version,
        reach,
    )
    .await
}

async fn change(
    call: &Call,
    principal: &Principal,
    channel: &str,
    action: MessageAction,
    content: Message,
    version: Version,
    reach: crate::chat_core::auth::access::Reach,
) -> Result<Reply> {
    let serial = &call.path[1];
    let current = principal.app.hub.store().message(channel, serial).await?;
    let current = current.ok_or_else(unknown_message)?;
    let change = Change {
        serial: serial.clone(),
        action,
        content,
        replaces: true,
        user_claim: None,
        version,
    };
    let mut operation =
        asked(call, principal, channel).change(change, reach, current.client_id.as_deref())?;
    let caller = identity::require_identified(&principal.identity)?;
    operation.repeat_key = repeat_key(call, caller, &format!("{action:?} {serial}"));
    let entry = call.submit(principal, channel, operation).await?;
    answer(call, 200, entry.message())
}

/// What is done at most once with the caller's `idempotencyKey`.
pub(super) fn repeat_key(call: &Call, client_id: &str, what: &str) -> Option<String> {
    let key = call.query.get("idempotencyKey")?;
    Some(format!("chat {client_id} {what} {key}"))
}

pub(super) fn asked<'a>(
    call: &Call,
    principal: &'a Principal,
    channel: &'a str,
) -> PublishRequest<'a> {
    PublishRequest {
        principal,
        channel,
        id: call.core.random.alphanumeric(16),
        connection_id: None,
    }
}

fn answer(call: &Call, status: u16, message: Option<&Message>) -> Result<Reply> {
    let message = message
        .and_then(ChatMessage::from_wire)
        .ok_or_else(unknown_message)?;
    Ok(call.reply(status, &message))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Content {
    text: Json,
    metadata: Json,
    headers: Json,
}

fn read_message(content: Content) -> Result<NewMessage> {
    let text = match content.text.0 {
        Value::String(text) if !text.is_empty() => text,
        _ => return Err(bad("'text' must be a string that is not empty")),
    };
    let metadata = object(content.metadata.0, "metadata")?;
    let headers = object(content.headers.0, "headers")?;
    if !is_flat(&headers) {
        return Err(bad("'headers' must be flat"));
    }
    Ok(NewMessage {
        text,
        metadata,
        headers,
    })
}

/// Who and why; absent where nothing was said.
fn version(description: Json, metadata: Json) -> Result<Version> {
    let description = match description.0 {
        Value::Null => None,
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        _ => return Err(bad("'description' must be a string")),
    };
    let metadata = object(metadata.0, "metadata")?;
    if !metadata.values().all(Value::is_string) {
        return Err(bad(
            "'metadata' of the operation must be an object of strings",
        ));
    }
    Ok(Version {
        description,
        metadata: (!metadata.is_empty()).then_some(Json(Value::Object(metadata))),
        ..Version::default()
    })
}

fn history_query(query: &Query) -> Result<HistoryQuery> {
    let direction = query.choice("direction", "forwards", "backwards")?;
    let order = query.choice("orderBy", "oldestFirst", "newestFirst")?;
    Ok(HistoryQuery {
        start: query.number("start")?,
        // Chat's end is exclusive.
        end: query.number("end")?.map(|end| end.saturating_sub(1)),
        forwards: direction.or(order).unwrap_or(false),
        limit: query.limit()?,
        from_serial: paging::serial(query, "fromSerial")?,
        after: paging::serial(query, "cursor")?,
    })
}
