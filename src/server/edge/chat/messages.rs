//! Messages: send, read, change.

use serde::Deserialize;
use serde_json::Value;

use super::{idempotency_key, invalid, object};
use crate::chat_core::auth::Operation;
use crate::chat_core::chat::ChatMessage;
use crate::chat_core::chat::message::{EVENT_NAME, NewMessage, is_flat};
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Data, Json, Message, MessageAction, Version};
use crate::server::core::limits::MAX_PAGE_SIZE;
use crate::server::core::publisher::Intent;
use crate::server::core::tally::Tally;
use crate::server::edge::http::body::{Body, Content};
use crate::server::edge::http::query::Query;
use crate::server::edge::http::reply::{Answer, Reply};
use crate::server::edge::http::request::{Call, Caller, MessageSerial, Publish, RoomCall};
use crate::server::edge::rest::paging;
use crate::server::engine::{Change, Page, PageQuery, unknown_message};

/// `POST /chat/v4/rooms/{room}/messages`: sends a message.
pub(crate) async fn send(call: RoomCall, Content(body): Content<MessageBody>) -> Answer {
    let message = read_message(body)?.to_wire(call.client_id(), None);
    let publish = Publish {
        idempotency_key: idempotency_key(&call, "send", None),
        is_chat: true,
        ..Publish::of(Intent::Publish(vec![message]))
    };
    let entry = call.publish(&call.channel, publish).await?;
    Ok(answer(&call, 201, entry.message())?)
}

/// `GET /chat/v4/rooms/{room}/messages`: a page of history.
pub(crate) async fn history(call: RoomCall) -> Answer {
    let channel = &call.channel;
    call.require(channel, Operation::History)?;
    let query = history_query(&call.query)?;
    let page = call
        .principal
        .app
        .hub
        .engine()
        .history(channel, query)
        .await?;
    call.count(|| Tally::of_messages(&page.items));
    let messages: Vec<ChatMessage> = page
        .items
        .iter()
        .filter_map(ChatMessage::from_wire)
        .collect();
    let reply = call.reply(200, &messages);
    Ok(reply.page("messages", &call.query, page.next.as_deref()))
}

/// `GET /chat/v4/rooms/{room}/messages/{serial}`: the newest version of a message.
pub(crate) async fn get(call: RoomCall, MessageSerial(serial): MessageSerial) -> Answer {
    let channel = &call.channel;
    call.require(channel, Operation::History)?;
    let found = call
        .principal
        .app
        .hub
        .engine()
        .message(channel, &serial)
        .await?;
    Ok(answer(&call, 200, found.as_ref())?)
}

/// `GET /chat/v4/rooms/{room}/messages/{serial}/versions`: all versions of a message, oldest first by default.
pub(crate) async fn versions(call: RoomCall, MessageSerial(serial): MessageSerial) -> Answer {
    let channel = &call.channel;
    call.require(channel, Operation::History)?;
    let store = call.principal.app.hub.engine();
    let query = paging::items(&call.query)?;
    let is_first = query.after.is_none();
    let Page { items, next } = store.versions(channel, &serial, query).await?;
    if items.is_empty() && is_first {
        return Err(unknown_message().into());
    }
    call.count(|| Tally::of_messages(&items));
    let versions: Vec<ChatMessage> = items.iter().filter_map(ChatMessage::from_wire).collect();
    let reply = call.reply(200, &versions);
    Ok(reply.page("versions", &call.query, next.as_deref()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct UpdateBody {
    message: Option<MessageBody>,
    description: Json,
    metadata: Json,
}

/// `PUT /chat/v4/rooms/{room}/messages/{serial}`: replaces the content of a message.
pub(crate) async fn update(
    call: RoomCall,
    serial: MessageSerial,
    Content(body): Content<UpdateBody>,
) -> Answer {
    let content = body
        .message
        .ok_or_else(|| invalid("'message' is missing"))?;
    let content = read_message(content)?.to_wire("", None);
    let version = version(body.description, body.metadata)?;
    let update = (MessageAction::Update, content, version);
    change(&call, &call.channel, serial, update).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DeleteBody {
    description: Json,
    metadata: Json,
}

/// `POST /chat/v4/rooms/{room}/messages/{serial}/delete`: empties a message.
pub(crate) async fn delete(call: RoomCall, serial: MessageSerial, body: Body) -> Answer {
    let body: DeleteBody = body.decode_or_default()?;
    let version = version(body.description, body.metadata)?;
    let change = (MessageAction::Delete, emptied(), version);
    self::change(&call, &call.channel, serial, change).await
}

/// Empties a message for a caller of another API.
pub(super) async fn delete_by(call: &Caller, channel: &str, serial: String) -> Answer {
    let delete = (MessageAction::Delete, emptied(), Version::default());
    change(call, channel, MessageSerial(serial), delete).await
}

/// The content of a message that was deleted.
fn emptied() -> Message {
    Message {
        name: Some(EVENT_NAME.to_owned()),
        data: Some(Data::Text("{}".to_owned())),
        encoding: Some("json".to_owned()),
        ..Message::default()
    }
}

async fn change(
    call: &Caller,
    channel: &str,
    MessageSerial(serial): MessageSerial,
    (action, content, version): (MessageAction, Message, Version),
) -> Answer {
    let operation = match action {
        MessageAction::Delete => "delete",
        _ => "update",
    };
    let idempotency_key = idempotency_key(call, operation, Some(&serial));
    let change = Change {
        serial,
        action,
        content,
        replaces: true,
        user_claim: None,
        version,
    };
    let publish = Publish {
        idempotency_key,
        is_chat: true,
        ..Publish::of(Intent::Change(Box::new(change)))
    };
    let entry = call.publish(channel, publish).await?;
    Ok(answer(call, 200, entry.message())?)
}

fn answer(call: &Call, status: u16, message: Option<&Message>) -> Result<Reply> {
    let message = message
        .and_then(ChatMessage::from_wire)
        .ok_or_else(unknown_message)?;
    Ok(call.reply(status, &message))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct MessageBody {
    text: Json,
    metadata: Json,
    headers: Json,
}

fn read_message(content: MessageBody) -> Result<NewMessage> {
    let text = match content.text.0 {
        Value::String(text) if !text.is_empty() => text,
        _ => return Err(invalid("'text' must be a string that is not empty")),
    };
    let metadata = object(content.metadata.0, "metadata")?;
    let headers = object(content.headers.0, "headers")?;
    if !is_flat(&headers) {
        return Err(invalid("'headers' must be flat"));
    }
    Ok(NewMessage {
        text,
        metadata,
        headers,
    })
}

/// Reads the description and metadata of a change.
fn version(description: Json, metadata: Json) -> Result<Version> {
    let description = match description.0 {
        Value::Null => None,
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        _ => return Err(invalid("'description' must be a string")),
    };
    let metadata = object(metadata.0, "metadata")?;
    if !metadata.values().all(Value::is_string) {
        return Err(invalid(
            "'metadata' of the operation must be an object of strings",
        ));
    }
    Ok(Version {
        description,
        metadata: (!metadata.is_empty()).then_some(Json(Value::Object(metadata))),
        ..Version::default()
    })
}

fn history_query(query: &Query) -> Result<PageQuery> {
    let direction = query.choice("direction", "forwards", "backwards")?;
    let order = query.choice("orderBy", "oldestFirst", "newestFirst")?;
    Ok(PageQuery {
        start: query.number("start")?,
        // Chat's end is exclusive.
        end: query.number("end")?.map(|end| end.saturating_sub(1)),
        forwards: direction.or(order).unwrap_or(false),
        limit: query.limit()?,
        size: MAX_PAGE_SIZE,
        from_serial: paging::serial(query, "fromSerial")?,
        after: paging::serial(query, "cursor")?,
    })
}
