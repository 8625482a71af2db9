//! `/channels/{channel}/messages`: publish, read, change, annotate.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::paging;
use crate::chat_core::auth::Operation;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::payload::{Data, Payload};
use crate::chat_core::protocol::{Annotation, Format, Json, Message, MessageAction};
use crate::server::core::limits::MAX_MESSAGES;
use crate::server::core::publisher::{self, Intent};
use crate::server::core::tally::Tally;
use crate::server::edge::http::body::{Body, Content, OneOrMany};
use crate::server::edge::http::reply::Answer;
use crate::server::edge::http::request::{Caller, ChannelCall, MessageSerial, Publish};
use crate::server::engine::{Change, Page, unknown_message};

/// The answer to a publish.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Published {
    pub(super) channel: String,
    pub(super) message_id: String,
    pub(super) serials: Vec<Option<String>>,
}

/// `POST /channels/{channel}/messages`: publishes one message or several; with `enveloped=false` one whose data is the
/// body itself.
pub(crate) async fn publish(call: ChannelCall, body: Body) -> Answer {
    publisher::check_params(call.query.get("_forceNack"))?;
    let messages = if call.query.get("enveloped") == Some("false") {
        vec![unenveloped(&call, &body)?]
    } else {
        read_items(&body)?
    };
    let published = publish_to(&call, &call.channel, messages).await?;
    Ok(call.reply(201, &published))
}

/// Publishes on one channel.
pub(super) async fn publish_to(
    caller: &Caller,
    channel: &str,
    messages: Vec<Message>,
) -> Result<Published> {
    let server = &caller.edge.server;
    let key = messages
        .first()
        .and_then(|message| message.connection_key.as_deref());
    // The connection that it is published for must be there.
    let session = key
        .map(|key| server.sessions.find_by_key(key))
        .transpose()
        .map_err(|_| ErrorInfo::new(40006, 400, "Invalid connectionKey: no such connection"))?;
    let id = server.random.alphanumeric(16);
    let message_id = messages
        .first()
        .and_then(|message| message.id.clone())
        .unwrap_or_else(|| format!("{id}:0"));
    let publish = Publish {
        id: Some(id),
        connection_id: session.as_ref().map(|session| session.id.as_str()),
        ..Publish::of(Intent::Publish(messages))
    };
    let entry = caller.publish(channel, publish).await?;
    Ok(Published {
        channel: channel.to_owned(),
        message_id: message_id
            .rsplit_once(':')
            .map_or(message_id.clone(), |(base, _)| base.to_owned()),
        serials: entry.serials.clone(),
    })
}

/// `GET /channels/{channel}/messages`: a page of history.
pub(crate) async fn history(call: ChannelCall) -> Answer {
    history_as(&call, "messages").await
}

/// `GET /channels/{channel}/history`: the same by its older name, which SDKs use.
pub(crate) async fn history_alias(call: ChannelCall) -> Answer {
    history_as(&call, "history").await
}

async fn history_as(call: &ChannelCall, word: &str) -> Answer {
    let channel = &call.channel;
    call.require(channel, Operation::History)?;
    let query = paging::history(&call.query)?;
    let store = call.principal.app.hub.engine();
    let Page { items, next } = store.history(channel, query).await?;
    call.count(|| Tally::of_messages(&items));
    let reply = call.reply(200, &call.format.outgoing(&items));
    Ok(reply.page(word, &call.query, next.as_deref()))
}

/// `GET /channels/{channel}/messages/{serial}`: the newest version of a message.
pub(crate) async fn get(call: ChannelCall, MessageSerial(serial): MessageSerial) -> Answer {
    let channel = &call.channel;
    call.require(channel, Operation::History)?;
    let found = call
        .principal
        .app
        .hub
        .engine()
        .message(channel, &serial)
        .await?;
    let message = [found.ok_or_else(unknown_message)?];
    Ok(call.reply(200, &call.format.outgoing(&message)[0]))
}

/// `GET /channels/{channel}/messages/{serial}/versions`: all versions, oldest first.
pub(crate) async fn versions(call: ChannelCall, MessageSerial(serial): MessageSerial) -> Answer {
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
    let reply = call.reply(200, &call.format.outgoing(&items));
    Ok(reply.page("versions", &call.query, next.as_deref()))
}

/// `PATCH /channels/{channel}/messages/{serial}`: a new version; what is left out is kept (RSL15).
pub(crate) async fn change(
    call: ChannelCall,
    MessageSerial(serial): MessageSerial,
    Content(mut message): Content<Message>,
) -> Answer {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct ChangeReply<'a> {
        version_serial: Option<&'a String>,
    }
    message.to_binary_form()?;
    if !matches!(
        message.action(),
        MessageAction::Update | MessageAction::Delete | MessageAction::Append
    ) {
        let what = "Invalid action: a message is updated, deleted or appended to";
        return Err(ErrorInfo::new(40003, 400, what).into());
    }
    message.serial = Some(serial);
    let change = Box::new(Change::of_message(message));
    let publish = Publish::of(Intent::Change(change));
    let entry = call.publish(&call.channel, publish).await?;
    let version_serial = entry.serials.first().and_then(Option::as_ref);
    Ok(call.reply(200, &ChangeReply { version_serial }))
}

/// `POST /channels/{channel}/messages/{serial}/annotations`: annotates a message.
pub(crate) async fn annotate(
    call: ChannelCall,
    MessageSerial(serial): MessageSerial,
    body: Body,
) -> Answer {
    let channel: &str = &call.channel;
    let mut annotations: Vec<Annotation> = read_items(&body)?;
    for annotation in &mut annotations {
        annotation.message_serial = Some(serial.clone());
    }
    let publish = Publish::of(Intent::Annotate(annotations));
    let entry = call.publish(channel, publish).await?;
    Ok(call.reply(
        201,
        &serde_json::json!({"channel": channel, "serials": entry.serials}),
    ))
}

/// `GET /channels/{channel}/messages/{serial}/annotations`: the annotations of a message, oldest first.
pub(crate) async fn annotations(call: ChannelCall, MessageSerial(serial): MessageSerial) -> Answer {
    let channel = &call.channel;
    let is_subscriber = call
        .principal
        .allows(channel, Operation::AnnotationSubscribe);
    let either = if is_subscriber {
        Operation::AnnotationSubscribe
    } else {
        Operation::History
    };
    call.require(channel, either)?;
    let store = call.principal.app.hub.engine();
    let query = paging::items(&call.query)?;
    let Page { items, next } = store.annotations(channel, &serial, query).await?;
    call.count(|| Tally::of_annotations(&items));
    let reply = call.reply(200, &call.format.outgoing(&items));
    Ok(reply.page("annotations", &call.query, next.as_deref()))
}

/// `GET /channels/{channel}/messages/{serial}/client-summary`: what one client contributed to the summary of a message's
/// annotations, the caller unless `forClientId` names another.
pub(crate) async fn client_summary(
    call: ChannelCall,
    MessageSerial(serial): MessageSerial,
) -> Answer {
    let channel = &call.channel;
    call.require(channel, Operation::Subscribe)?;
    let caller = call.principal.identity.client_id();
    let client_id = call.query.get("forClientId").or(caller);
    let client_id = client_id.filter(|client_id| !matches!(*client_id, "" | "*"));
    let client_id = client_id
        .ok_or_else(|| ErrorInfo::new(40003, 400, "Invalid forClientId: it must be a clientId"))?;
    let store = call.principal.app.hub.engine();
    let summary = store.reactions_of(channel, &serial, client_id).await?;
    Ok(call.reply(200, &summary.ok_or_else(unknown_message)?))
}

/// Returns the message whose data is the body: a value where it is JSON or MessagePack, text where it is text, else
/// bytes. The other attributes are headers, or parameters of the query.
fn unenveloped(call: &ChannelCall, body: &Body) -> Result<Message> {
    let essence = body.content_type.as_deref().unwrap_or_default();
    let essence = essence.split(';').next().unwrap_or_default().trim();
    let is = |format: Format| essence.eq_ignore_ascii_case(format.media_type());
    let attribute = |header: &str, name: &str| {
        let given = call.header(header).filter(|text| !text.is_empty());
        given.or_else(|| call.query.get(name)).map(str::to_owned)
    };
    let is_value = is(Format::Json) || is(Format::MessagePack);
    let mut encoding = attribute("x-ably-encoding", "encoding");
    let data = if !is_value {
        match std::str::from_utf8(&body.bytes) {
            Ok(text) if essence != "application/octet-stream" => Data::Text(text.to_owned()),
            _ => Data::Binary(body.bytes.clone()),
        }
    } else if let Ok(data) = body.decode::<Data>() {
        data
    } else {
        // What is neither text nor bytes travels as JSON.
        let Json(value) = body.decode()?;
        encoding = Some(encoding.map_or("json".to_owned(), |steps| format!("{steps}/json")));
        Data::Text(value.to_string())
    };
    let mut message = Message {
        id: attribute("x-ably-messageid", "messageId"),
        name: attribute("x-ably-name", "name"),
        connection_key: attribute("x-ably-connectionkey", "connectionKey"),
        encoding,
        data: Some(data),
        ..Message::default()
    };
    message.to_binary_form()?;
    Ok(message)
}

/// Reads one item or several.
fn read_items<T: DeserializeOwned + Payload>(body: &Body) -> Result<Vec<T>> {
    let mut items = body.decode::<OneOrMany<T, MAX_MESSAGES>>()?.items;
    for item in &mut items {
        item.to_binary_form()?;
    }
    Ok(items)
}
