//! The callback by which a dashboard of moderation deletes messages.

use std::borrow::Cow;

use super::invalid;
use super::messages;
use crate::chat_core::auth::identity;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::names::RoomName;
use crate::server::edge::http::body::{BodyLimit, UnreadBody};
use crate::server::edge::http::reply::Answer;
use crate::server::edge::http::request::CallbackCall;

/// `POST /chat/v4/moderation/hive/delete`: empties a message as the clientId that the query names. The body, JSON or a form,
/// has the message's serial and its room.
pub(crate) async fn delete(call: CallbackCall, body: UnreadBody) -> Answer {
    identity::require_identified(&call.principal.identity)?;
    let body = body.read(BodyLimit::AUTHENTICATED).await?;
    let (serial, room) = read(&body.bytes)?;
    let channel = RoomName::parse(room)?.channel();
    messages::delete_by(&call, &channel, serial).await
}

/// Reads the serial and the room.
///
/// # Errors
/// 40003 / 400 where one is missing.
fn read(body: &[u8]) -> Result<(String, String)> {
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let member = |name: &str| {
        let found = match &json {
            Some(value) => value.get(name)?.as_str().map(Cow::Borrowed),
            None => form_urlencoded::parse(body)
                .find(|(key, _)| key == name)
                .map(|(_, value)| value),
        };
        found.filter(|text| !text.is_empty()).map(Cow::into_owned)
    };
    let missing = |name: &str| ErrorInfo {
        code: 40003,
        ..invalid(&format!("'{name}' is missing"))
    };
    let serial = member("serial").ok_or_else(|| missing("serial"))?;
    let room = member("room").ok_or_else(|| missing("room"))?;
    Ok((serial, room))
}
