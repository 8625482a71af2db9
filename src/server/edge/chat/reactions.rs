//! Message reactions: annotations by another name.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{idempotency_key, invalid};
use crate::chat_core::auth::Operation;
use crate::chat_core::chat::message::{REACTION_TYPES, annotation_type, reactions_of};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::{Annotation, Json};
use crate::server::core::publisher::Intent;
use crate::server::edge::http::reply::Answer;
use crate::server::edge::http::request::{Content, MessageSerial, Publish, RoomCall};
use crate::server::engine::unknown_message;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReactionBody {
    #[serde(rename = "type")]
    kind: Json,
    name: Json,
    count: Json,
}

/// `POST /chat/v4/rooms/{room}/messages/{serial}/reactions`: adds a reaction.
pub(crate) async fn add(
    call: RoomCall,
    serial: MessageSerial,
    Content(body): Content<ReactionBody>,
) -> Answer {
    let kind = match body.kind.0.as_str() {
        Some(kind) if REACTION_TYPES.contains(&kind) => kind.to_owned(),
        _ => return Err(invalid("'type' must be one of unique, distinct and multiple").into()),
    };
    let name = match body.name.0 {
        Value::String(name) if !name.is_empty() => name,
        _ => return Err(invalid("'name' must be a string that is not empty").into()),
    };
    let count = match (&*kind, &body.count.0) {
        ("multiple", Value::Null) => Some(1),
        ("multiple", count) => Some(
            count
                .as_i64()
                .or_else(|| {
                    count
                        .as_f64()
                        .filter(|count| count.fract() == 0.0)
                        .map(whole)
                })
                .filter(|count| *count >= 1)
                .ok_or_else(|| invalid("'count' must be a whole number of at least 1"))?,
        ),
        // The other types have none, whatever a client says.
        _ => None,
    };
    let annotation = Annotation {
        action: Some(0),
        kind: Some(annotation_type(&kind)),
        name: Some(name),
        count,
        ..Annotation::default()
    };
    annotate(&call, serial, annotation, 201).await
}

/// `DELETE /chat/v4/rooms/{room}/messages/{serial}/reactions`: takes the caller's reaction back.
pub(crate) async fn remove(call: RoomCall, serial: MessageSerial) -> Answer {
    let wrong = |what: &str| ErrorInfo::new(40003, 400, what);
    let kind = match call.query.get("type") {
        Some(kind) if REACTION_TYPES.contains(&kind) => kind.to_owned(),
        _ => {
            let what = "Invalid type: it must be one of unique, distinct and multiple";
            return Err(wrong(what).into());
        }
    };
    let name = call
        .query
        .get("name")
        .map(str::to_owned)
        .filter(|_| kind != "unique");
    if name.is_none() && kind != "unique" {
        return Err(wrong("Invalid name: it is missing").into());
    }
    let annotation = Annotation {
        action: Some(1),
        kind: Some(annotation_type(&kind)),
        name,
        ..Annotation::default()
    };
    annotate(&call, serial, annotation, 200).await
}

async fn annotate(
    call: &RoomCall,
    MessageSerial(serial): MessageSerial,
    annotation: Annotation,
    status: u16,
) -> Answer {
    let action = annotation.action.unwrap_or_default();
    let operation = match action {
        0 => "react",
        _ => "unreact",
    };
    let idempotency_key = idempotency_key(call, operation, Some(&serial));
    let annotation = Annotation {
        message_serial: Some(serial),
        ..annotation
    };
    let publish = Publish {
        idempotency_key,
        ..Publish::of(Intent::Annotate(vec![annotation]))
    };
    let entry = call.publish(&call.channel, publish).await?;
    Ok(call.reply(status, &json!({"serial": entry.serials.first()})))
}

/// `GET /chat/v4/rooms/{room}/messages/{serial}/client-reactions`: what one client reacted with.
pub(crate) async fn of_client(call: RoomCall, MessageSerial(serial): MessageSerial) -> Answer {
    let channel = &call.channel;
    call.require(channel, Operation::Subscribe)?;
    let client_id = call
        .query
        .get("forClientId")
        .unwrap_or_else(|| call.client_id());
    let store = call.principal.app.hub.engine();
    let summary = store
        .reactions_of(channel, &serial, client_id)
        .await?
        .ok_or_else(unknown_message)?;
    let mut reactions = reactions_of(&summary);
    // All three types are there, whether anything is in them or not.
    let all: Map<String, Value> = REACTION_TYPES
        .iter()
        .map(|kind| {
            (
                (*kind).to_owned(),
                reactions.remove(*kind).unwrap_or_else(|| json!({})),
            )
        })
        .collect();
    Ok(call.reply(200, &all))
}

#[allow(clippy::cast_possible_truncation)] // without a fraction, and compared with 1 next
fn whole(number: f64) -> i64 {
    number as i64
}
