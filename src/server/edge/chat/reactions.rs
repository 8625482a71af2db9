//! Message reactions: annotations by another name.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::messages::{asked, repeat_key};
use super::{bad, enter};
use crate::chat_core::auth::{Operation, identity};
use crate::chat_core::chat::message::{REACTION_TYPES, annotation_type, reactions_of};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Annotation, Json};
use crate::server::core::gate::Principal;
use crate::server::edge::http::call::{Call, Reply};
use crate::server::engine::unknown_message;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reaction {
    #[serde(rename = "type")]
    kind: Json,
    name: Json,
    count: Json,
}

/// `POST /chat/v4/rooms/{room}/messages/{serial}/reactions`: adds a reaction.
pub(crate) async fn add(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call)?;
    principal.require(&channel, Operation::AnnotationPublish)?;
    let body: Reaction = call.content()?;
    let kind = match body.kind.0.as_str() {
        Some(kind) if REACTION_TYPES.contains(&kind) => kind.to_owned(),
        _ => return Err(bad("'type' must be one of unique, distinct and multiple")),
    };
    let name = match body.name.0 {
        Value::String(name) if !name.is_empty() => name,
        _ => return Err(bad("'name' must be a string that is not empty")),
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
                .ok_or_else(|| bad("'count' must be a whole number of at least 1"))?,
        ),
        // The other types have none, whatever a client says.
        _ => None,
    };
    annotate(
        &call,
        &principal,
        &channel,
        0,
        &kind,
        Some(name),
        count,
        201,
    )
    .await
}

/// `DELETE /chat/v4/rooms/{room}/messages/{serial}/reactions`: takes the caller's reaction back.
pub(crate) async fn remove(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call)?;
    principal.require(&channel, Operation::AnnotationPublish)?;
    let wrong = |what: &str| ErrorInfo::new(40003, 400, what);
    let kind = match call.query.get("type") {
        Some(kind) if REACTION_TYPES.contains(&kind) => kind.to_owned(),
        _ => {
            return Err(wrong(
                "Invalid type: it must be one of unique, distinct and multiple",
            ));
        }
    };
    let name = call
        .query
        .get("name")
        .map(str::to_owned)
        .filter(|_| kind != "unique");
    if name.is_none() && kind != "unique" {
        return Err(wrong("Invalid name: it is missing"));
    }
    annotate(&call, &principal, &channel, 1, &kind, name, None, 200).await
}

#[allow(clippy::too_many_arguments)] // each is a part of what is asked for
async fn annotate(
    call: &Call,
    principal: &Principal,
    channel: &str,
    action: u8,
    kind: &str,
    name: Option<String>,
    count: Option<i64>,
    status: u16,
) -> Result<Reply> {
    let annotation = Annotation {
        action: Some(action),
        message_serial: Some(call.path[1].clone()),
        kind: Some(annotation_type(kind)),
        name,
        count,
        ..Annotation::default()
    };
    let mut operation = asked(call, principal, channel).annotate(vec![annotation])?;
    let caller = identity::require_identified(&principal.identity)?;
    operation.repeat_key = repeat_key(call, caller, &format!("reaction {action} {}", call.path[1]));
    let entry = call.submit(principal, channel, operation).await?;
    Ok(call.reply(status, &json!({"serial": entry.serials.first()})))
}

/// `GET /chat/v4/rooms/{room}/messages/{serial}/client-reactions`: what one client reacted with.
pub(crate) async fn of_client(call: Call) -> Result<Reply> {
    let (principal, channel) = enter(&call)?;
    principal.require(&channel, Operation::Subscribe)?;
    let client_id = match call.query.get("forClientId") {
        Some(client_id) => client_id,
        None => identity::require_identified(&principal.identity)?,
    };
    let store = principal.app.hub.store();
    let summary = store
        .reactions_of(&channel, &call.path[1], client_id)
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
