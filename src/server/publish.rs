//! From what a client publishes to an operation: checked, stamped, forgeries dropped. One way for both edges.

use serde_json::{Map, Value};

use super::gate::Principal;
use super::limits::{MAX_MESSAGE_SIZE, MAX_MESSAGES};
use super::store::Operation;
use crate::chat_core::auth;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Json, Message, MessageAction, names};

/// The operation that these messages become if `principal` publishes them on `channel`.
///
/// # Errors
/// Why they may not, with Ably's code; nothing has happened then.
pub(super) fn operation(
    principal: &Principal,
    channel: &str,
    mut messages: Vec<Message>,
    id: String,
    connection_id: Option<&str>,
) -> Result<Operation> {
    names::check_channel(channel)?;
    principal.require(channel, auth::Operation::Publish)?;
    if messages.is_empty() {
        return Err(ErrorInfo::new(
            40000,
            400,
            "Nothing to publish: there is no message",
        ));
    }
    if messages.len() > MAX_MESSAGES {
        return Err(ErrorInfo::new(
            40000,
            400,
            format!("More than {MAX_MESSAGES} messages in one publish"),
        ));
    }
    let claim = principal.user_claim(channel);
    for message in &mut messages {
        if message.action() != MessageAction::Create {
            return Err(ErrorInfo::new(
                40000,
                400,
                "Only new messages can be published here",
            ));
        }
        stamp(principal, channel, message, claim.as_deref())?;
    }
    check_size(&messages)?;
    // Messages with ids of the publisher's own are idempotent.
    let repeat_key = messages[0].id.as_ref().map(|id| format!("id {id}"));
    Ok(Operation {
        is_ephemeral: messages.iter().all(Message::is_ephemeral),
        messages,
        id,
        connection_id: connection_id.map(str::to_owned),
        repeat_key,
    })
}

/// Refuses what is larger than a publish may be.
///
/// # Errors
/// 40009 / 413.
fn check_size(messages: &[Message]) -> Result<()> {
    let size: usize = messages.iter().map(Message::size).sum();
    if size > MAX_MESSAGE_SIZE {
        return Err(ErrorInfo::new(
            40009,
            413,
            format!("Maximum message length exceeded: {size} bytes, of {MAX_MESSAGE_SIZE} allowed"),
        ));
    }
    Ok(())
}

/// Writes who and with which claim; what only the server may write is dropped.
fn stamp(
    principal: &Principal,
    channel: &str,
    message: &mut Message,
    claim: Option<&str>,
) -> Result<()> {
    message.client_id = principal.stamp(channel, message.client_id.as_deref())?;
    message.connection_id = None;
    message.connection_key = None;
    message.serial = None;
    message.version = None;
    message.annotations = None;
    message.extras = claimed(message.extras.take(), claim);
    Ok(())
}

/// `extras` with the claim in the place of any that a client wrote itself.
fn claimed(extras: Option<Json>, claim: Option<&str>) -> Option<Json> {
    let mut members = match extras {
        Some(Json(Value::Object(members))) => members,
        _ => Map::new(),
    };
    members.shift_remove("userClaim");
    if let Some(claim) = claim {
        members.insert("userClaim".to_owned(), Value::String(claim.to_owned()));
    }
    (!members.is_empty()).then_some(Json(Value::Object(members)))
}
