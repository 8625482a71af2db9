//! The headers of requests: those of the protocol in the place of equal ones of the rule.

use std::fmt::Write as _;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::sender::{SITE, Sender, VERSION};
use super::signature;
use crate::chat_core::auth::ApiKey;
use crate::chat_core::protocol::{Format, PresenceAction};
use crate::server::core::webhooks::event::{HookEvent, Told};

/// Returns the headers of a request whose body says all.
pub(super) fn of_json(own: &HeaderMap, format: Format) -> HeaderMap {
    common(own, format.media_type())
}

fn common(own: &HeaderMap, content_type: &'static str) -> HeaderMap {
    let mut headers = own.clone();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    put(&mut headers, "x-ably-version", VERSION);
    headers
}

/// Returns the headers of a request whose body is data alone: they say what it is about.
pub(super) fn of_raw(
    own: &HeaderMap,
    content_type: &'static str,
    (sender, event): (&Sender<'_>, &HookEvent),
) -> HeaderMap {
    let mut headers = common(own, content_type);
    for (name, value) in [
        ("x-ably-envelope-appid", sender.app_id),
        ("x-ably-envelope-channel", &*event.channel),
        ("x-ably-envelope-rule-id", sender.rule_id),
        ("x-ably-envelope-site", SITE),
        ("x-ably-envelope-source", sender.source.name()),
    ] {
        put(&mut headers, name, value);
    }
    let facts = match event.told() {
        Told::Messages(messages) => {
            let first = messages.into_iter().next().unwrap_or_default();
            Facts {
                id: first.id,
                timestamp: first.timestamp,
                client_id: first.client_id,
                connection_id: first.connection_id,
                encoding: first.encoding,
                name: first.name,
                action: None,
            }
        }
        Told::Presence(members) => {
            let first = members.into_iter().next().unwrap_or_default();
            Facts {
                id: first.id,
                timestamp: first.timestamp,
                client_id: first.client_id,
                connection_id: first.connection_id,
                encoding: first.encoding,
                name: None,
                action: first.action.map(word_of),
            }
        }
        Told::State(name, _) => Facts {
            timestamp: Some(event.at.millis()),
            name: Some(name.to_owned()),
            ..Facts::default()
        },
    };
    facts.put_into(&mut headers);
    headers
}

#[derive(Default)]
struct Facts {
    id: Option<String>,
    timestamp: Option<i64>,
    client_id: Option<String>,
    connection_id: Option<String>,
    encoding: Option<String>,
    name: Option<String>,
    action: Option<&'static str>,
}

impl Facts {
    fn put_into(self, headers: &mut HeaderMap) {
        for (name, value) in [
            ("x-ably-message-id", self.id),
            (
                "x-ably-message-timestamp",
                self.timestamp.map(|it| it.to_string()),
            ),
            ("x-ably-message-client-id", self.client_id),
            ("x-ably-message-connection-id", self.connection_id),
            ("x-ably-message-name", self.name),
            ("x-ably-message-action", self.action.map(str::to_owned)),
            ("x-ably-message-encoding", self.encoding),
        ] {
            if let Some(value) = value {
                put(headers, name, &value);
            }
        }
    }
}

fn word_of(action: PresenceAction) -> &'static str {
    match action {
        PresenceAction::Enter => "enter",
        PresenceAction::Leave => "leave",
        PresenceAction::Update => "update",
        PresenceAction::Present => "present",
        PresenceAction::Absent | PresenceAction::Unknown(_) => "absent",
    }
}

/// Adds the name of `key`, and the signature of `body` by it.
pub(super) fn sign(headers: &mut HeaderMap, key: &ApiKey, body: &[u8]) {
    put(headers, "x-ably-key", key.name());
    put(headers, "x-ably-signature", &signature::sign(key, body));
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::try_from(encoded(value)) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// Returns a text as a header can carry it: what is not visible ASCII, and the percent sign, as `%XX` of its UTF-8.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if matches!(byte, b' '..=b'~') && byte != b'%' {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beyond_ascii_are_encoded() {
        for (name, value) in [
            ("arena:eu::$chat", "arena:eu::$chat"),
            ("grün 50%", "gr%C3%BCn 50%25"),
            ("a\u{7f}b", "a%7Fb"),
        ] {
            assert_eq!(encoded(name), value);
        }
    }
}
