//! `/channels/{channel}/messages`: publish, read, change, annotate.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::paging;
use crate::chat_core::auth::Operation;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::payload::Payload;
use crate::chat_core::protocol::{Annotation, Message, MessageAction, names};
use crate::server::core::gate::Principal;
use crate::server::core::publish::{self, PublishRequest};
use crate::server::edge::http::call::{Call, Reply};
use crate::server::engine::unknown_message;
use crate::server::engine::{Change, Page};

/// One, or several.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> OneOrMany<T> {
    pub(super) fn into_vec(self) -> Vec<T> {
        match self {
            Self::Many(items) => items,
            Self::One(item) => vec![item],
        }
    }
}

/// What a publish is answered with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Published {
    pub(super) channel: String,
    pub(super) message_id: String,
    pub(super) serials: Vec<Option<String>>,
}

/// `POST /channels/{channel}/messages`: publishes one message or several.
pub(crate) async fn publish(call: Call) -> Result<Reply> {
    let principal = call.principal()?;
    let channel = &call.path[0];
    let messages = read_items(&call)?;
    Ok(call.reply(
        201,
        &publish_to(&call, &principal, channel, messages).await?,
    ))
}

/// Publishes on one channel.
pub(super) async fn publish_to(
    call: &Call,
    principal: &Principal,
    channel: &str,
    messages: Vec<Message>,
) -> Result<Published> {
    let behalf = messages
        .first()
        .and_then(|message| message.connection_key.clone());
    // The connection that it is published for must be there.
    let session = behalf
        .map(|key| call.core.sessions.find_by_key(&key))
        .transpose()
        .map_err(|_| ErrorInfo::new(40006, 400, "Invalid connectionKey: no such connection"))?;
    let id = call.core.random.alphanumeric(16);
    let message_id = messages
        .first()
        .and_then(|message| message.id.clone())
        .unwrap_or_else(|| format!("{id}:0"));
    let asked = PublishRequest {
        principal,
        channel,
        id,
        connection_id: session.as_ref().map(|session| session.id.as_str()),
    };
    let operation = asked.publish(messages)?;
    let entry = call.submit(principal, channel, operation).await?;
    Ok(Published {
        channel: channel.to_owned(),
        message_id: message_id
            .rsplit_once(':')
            .map_or(message_id.clone(), |(base, _)| base.to_owned()),
        serials: entry.serials.clone(),
    })
}

/// `GET /channels/{channel}/messages`: a page of history.
pub(crate) async fn history(call: Call) -> Result<Reply> {
    history_as(&call, "messages").await
}

/// `GET /channels/{channel}/history`: the same by its older name, which SDKs use.
pub(crate) async fn history_alias(call: Call) -> Result<Reply> {
    history_as(&call, "history").await
}

async fn history_as(call: &Call, word: &str) -> Result<Reply> {
    let (principal, channel) = enter(call, Operation::History)?;
    let query = paging::history(&call.query)?;
    let Page { items, next } = principal.app.hub.store().history(channel, query).await?;
    Ok(call
        .reply(200, &call.format().outgoing(&items))
        .page(word, &call.query, next.as_deref()))
}

/// `GET /channels/{channel}/messages/{serial}`: the newest version of a message.
pub(crate) async fn get(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call, Operation::History)?;
    let found = principal
        .app
        .hub
        .store()
        .message(channel, &call.path[1])
        .await?;
    let message = [found.ok_or_else(unknown_message)?];
    Ok(call.reply(200, &call.format().outgoing(&message)[0]))
}

/// `GET /channels/{channel}/messages/{serial}/versions`: all versions, oldest first.
pub(crate) async fn versions(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call, Operation::History)?;
    let versions = principal
        .app
        .hub
        .store()
        .versions(channel, &call.path[1])
        .await?;
    if versions.is_empty() {
        return Err(unknown_message());
    }
    paging::reply(
        &call,
        call.format().outgoing(&versions).into_owned(),
        "versions",
    )
}

/// `PATCH /channels/{channel}/messages/{serial}`: a new version; what is left out is kept (RSL15).
pub(crate) async fn change(call: Call) -> Result<Reply> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Changed<'a> {
        version_serial: Option<&'a String>,
    }
    let principal = call.principal()?;
    let channel = &call.path[0];
    let mut message: Message = call.content()?;
    message.to_binary_form()?;
    let action = message.action();
    if !matches!(
        action,
        MessageAction::Update | MessageAction::Delete | MessageAction::Append
    ) {
        return Err(ErrorInfo::new(
            40003,
            400,
            "Invalid action: a message is updated, deleted or appended to",
        ));
    }
    let reach = publish::reach(&principal, channel, action)?;
    message.serial = Some(call.path[1].clone());
    let current = principal
        .app
        .hub
        .store()
        .message(channel, &call.path[1])
        .await?;
    let current = current.ok_or_else(unknown_message)?;
    let asked = PublishRequest {
        principal: &principal,
        channel,
        id: call.core.random.alphanumeric(16),
        connection_id: None,
    };
    let operation = asked.change(
        Change::of_message(message),
        reach,
        current.client_id.as_deref(),
    )?;
    let entry = call.submit(&principal, channel, operation).await?;
    let version_serial = entry.serials.first().and_then(Option::as_ref);
    Ok(call.reply(200, &Changed { version_serial }))
}

/// `POST /channels/{channel}/messages/{serial}/annotations`: annotates a message.
pub(crate) async fn annotate(call: Call) -> Result<Reply> {
    let principal = call.principal()?;
    let channel = &call.path[0];
    let mut annotations: Vec<Annotation> = read_items(&call)?;
    for annotation in &mut annotations {
        annotation.message_serial = Some(call.path[1].clone());
    }
    let asked = PublishRequest {
        principal: &principal,
        channel,
        id: call.core.random.alphanumeric(16),
        connection_id: None,
    };
    let operation = asked.annotate(annotations)?;
    let entry = call.submit(&principal, channel, operation).await?;
    Ok(call.reply(
        201,
        &serde_json::json!({"channel": channel, "serials": entry.serials}),
    ))
}

/// `GET /channels/{channel}/messages/{serial}/annotations`: what was annotated, oldest first.
pub(crate) async fn annotations(call: Call) -> Result<Reply> {
    let principal = call.principal()?;
    let channel = &call.path[0];
    names::check_channel(channel)?;
    let either = if principal.may(channel, Operation::AnnotationSubscribe) {
        Operation::AnnotationSubscribe
    } else {
        Operation::History
    };
    principal.require(channel, either)?;
    let annotations = principal
        .app
        .hub
        .store()
        .annotations(channel, &call.path[1])
        .await?;
    paging::reply(
        &call,
        call.format().outgoing(&annotations).into_owned(),
        "annotations",
    )
}

/// Who calls, and on which channel, if they may do `operation` there.
fn enter(call: &Call, operation: Operation) -> Result<(Principal, &str)> {
    let principal = call.principal()?;
    let channel = &call.path[0];
    names::check_channel(channel)?;
    principal.require(channel, operation)?;
    Ok((principal, channel))
}

/// One item or several, in the form of the memory.
fn read_items<T: DeserializeOwned + Payload>(call: &Call) -> Result<Vec<T>> {
    let first = call.body.iter().find(|byte| !byte.is_ascii_whitespace());
    let is_list = match (call.body_format(), first) {
        (crate::chat_core::protocol::Format::Json, first) => first == Some(&b'['),
        (_, first) => matches!(first, Some(0x90..=0x9f | 0xdc | 0xdd)),
    };
    let mut items: Vec<T> = if is_list {
        call.content()?
    } else {
        vec![call.content()?]
    };
    for item in &mut items {
        item.to_binary_form()?;
    }
    Ok(items)
}
