//! What a rule sees of a message, and what it may put in its place.

use serde_json::{Map, Value, json};

use super::judgement::{Content, Subject};
use crate::chat_core::protocol::payload::Payload as _;
use crate::chat_core::protocol::{Data, Json, Message};
use crate::server::engine::CommandKind;

/// Returns the number of messages in a publish.
pub(super) fn count(kind: &CommandKind) -> usize {
    match kind {
        CommandKind::Publish { messages, .. } => messages.len(),
        CommandKind::Change(_) => 1,
        _ => 0,
    }
}

/// Returns the content and the author of the message at `place`; `None` for one without a text.
pub(super) fn read(kind: &CommandKind, place: usize) -> Option<(Content, Subject)> {
    let (message, client_id, claim) = match kind {
        CommandKind::Publish { messages, .. } => {
            let message = messages.get(place)?;
            let claim = message.extra("userClaim").and_then(Value::as_str);
            (message, message.client_id.clone(), claim.map(str::to_owned))
        }
        CommandKind::Change(change) => (
            &change.content,
            change.version.client_id.clone(),
            change.user_claim.clone(),
        ),
        _ => return None,
    };
    let author = Subject {
        client_id: client_id.unwrap_or_default(),
        user_claim: claim,
        ..Subject::default()
    };
    Some((content_of(message)?, author))
}

fn content_of(message: &Message) -> Option<Content> {
    let object = |value: Option<&Value>| {
        value
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    };
    let value = message.value();
    let text = match &value {
        Value::Object(members) => members.get("text").and_then(Value::as_str)?.to_owned(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    Some(Content {
        text,
        metadata: object(value.get("metadata")),
        headers: object(message.extra("headers")),
    })
}

/// Puts another content into the message at `place`.
pub(super) fn write(kind: &mut CommandKind, place: usize, new: Content) {
    let message = match kind {
        CommandKind::Publish { messages, .. } => messages.get_mut(place),
        CommandKind::Change(change) => Some(&mut change.content),
        _ => None,
    };
    let Some(message) = message else {
        return;
    };
    let is_bare_text = message.value().is_string();
    if is_bare_text {
        (message.data, message.encoding) = (Some(Data::Text(new.text)), None);
    } else {
        let content = json!({"text": new.text, "metadata": new.metadata});
        message.data = Some(Data::Text(content.to_string()));
        message.encoding = Some("json".to_owned());
    }
    let mut extras = match message.extras.take() {
        Some(Json(Value::Object(extras))) => extras,
        _ => Map::new(),
    };
    extras.shift_remove("headers");
    if !new.headers.is_empty() {
        extras.insert("headers".to_owned(), Value::Object(new.headers));
    }
    message.extras = (!extras.is_empty()).then(|| Json(Value::Object(extras)));
}

/// Returns whether no message of a publish has another content than before.
pub(super) fn is_same(one: &CommandKind, other: &CommandKind) -> bool {
    let of = |kind: &CommandKind| -> Vec<_> {
        let all = (0..count(kind)).map(|place| read(kind, place).map(|(content, _)| content));
        all.collect()
    };
    of(one) == of(other)
}
