//! The parameters of a token request: in the query, in a form, or in a JSON object.

use std::time::Duration;

use axum::extract::Request;
use http::HeaderMap;
use http::header::ACCEPT;
use serde_json::Value;

use crate::chat_core::auth::capability::Grant;
use crate::chat_core::auth::{Capability, Feature, Resource};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::edge::http::body::{self, BodyLimit};

/// The form of an answer.
#[derive(Clone, Copy)]
pub(super) enum AnswerForm {
    /// The bare token, as text.
    Text,
    /// The bare token, as a JSON string.
    Jwt,
    /// TokenDetails.
    Details,
    /// A TokenRequest.
    Request,
}

/// The parameters of a token request.
pub(super) struct TokenQuery {
    parameters: Vec<(String, String)>,
    prefers_json: bool,
}

impl TokenQuery {
    /// Reads the query, and the body: a form or a JSON object.
    pub(super) async fn of(request: Request) -> Result<Self> {
        let (parts, unread) = request.into_parts();
        let body = body::read(unread, BodyLimit::OPEN).await?;
        let query = parts.uri.query().unwrap_or_default();
        let mut parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        match serde_json::from_slice(&body) {
            Ok(Value::Object(members)) => {
                parameters.extend(members.into_iter().map(|(name, value)| match value {
                    Value::String(text) => (name, text),
                    other => (name, other.to_string()),
                }));
            }
            _ => parameters.extend(form_urlencoded::parse(&body).into_owned()),
        }
        check_names(&parameters)?;
        Ok(Self {
            parameters,
            prefers_json: prefers_json(&parts.headers),
        })
    }

    /// The last value of `name` that is not empty.
    fn get(&self, name: &str) -> Option<&str> {
        self.all(name).last()
    }

    fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.parameters
            .iter()
            .filter(move |(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn user(&self) -> Option<&str> {
        self.get("user").or_else(|| self.get("clientId"))
    }

    /// Returns the operations of an ordinary user, in each room that is named.
    pub(super) fn rooms(&self) -> Result<Vec<Grant>> {
        self.all("room")
            .map(|room| {
                let resource = Resource::parse(room)
                    .ok_or_else(|| ErrorInfo::new(40003, 400, "a room is empty"))?;
                Ok(Grant::of(resource, Feature::ordinary_operations()))
            })
            .collect()
    }

    pub(super) fn claims(&self) -> Result<Vec<(String, String)>> {
        self.all("claim")
            .map(|pair| match pair.split_once('=') {
                Some((room, value)) => Ok((room.to_owned(), value.to_owned())),
                None => Err(ErrorInfo::new(40003, 400, "a claim is not ROOM=VALUE")),
            })
            .collect()
    }

    pub(super) fn capability(&self) -> Result<Option<Capability>> {
        self.get("capability").map(Capability::parse).transpose()
    }

    pub(super) fn ttl(&self) -> Result<Option<Duration>> {
        match self.get("ttl").map(str::parse) {
            None => Ok(None),
            Some(Ok(millis)) => Ok(Some(Duration::from_millis(millis))),
            Some(Err(_)) => Err(ErrorInfo::new(
                40003,
                400,
                "the ttl must be a whole number of milliseconds",
            )),
        }
    }

    /// Returns the form of the answer. A TokenRequest can carry no claims: where there are some, it is not the default.
    pub(super) fn form(&self, has_claims: bool) -> Result<AnswerForm> {
        match self.get("format") {
            Some("request") => Ok(AnswerForm::Request),
            Some("details") => Ok(AnswerForm::Details),
            Some("jwt") => Ok(AnswerForm::Jwt),
            Some(_) => Err(ErrorInfo::new(
                40003,
                400,
                "the format is none of request, details and jwt",
            )),
            None if !self.prefers_json => Ok(AnswerForm::Text),
            None if has_claims => Ok(AnswerForm::Details),
            None => Ok(AnswerForm::Request),
        }
    }
}

/// Checks that no parameter is a misspelling of a known one: a misspelt clientId would make everybody the same user. All
/// others are ignored: the authParams of an SDK may be anything.
fn check_names(parameters: &[(String, String)]) -> Result<()> {
    let is_known = |name: &str| NAMES.contains(&name) || IGNORED.contains(&name);
    let mut unknown = parameters.iter().map(|(name, _)| name.as_str());
    let meant = unknown
        .by_ref()
        .filter(|name| !is_known(name))
        .find_map(|name| Some((name, meant(name)?)));
    match meant {
        None => Ok(()),
        Some((name, meant)) => Err(ErrorInfo::new(
            40002,
            400,
            format!("unknown parameter '{name}': did you mean '{meant}'?"),
        )),
    }
}

/// The known name that `name` is a misspelling of: other letter case, `_` or `-` in it, or an edit away; two edits in a
/// long name.
fn meant(name: &str) -> Option<&'static str> {
    // The distance of a longer one need not be computed.
    if name.len() > MAX_MISSPELT {
        return None;
    }
    let plain = |name: &str| name.to_ascii_lowercase().replace(['_', '-'], "");
    let written = plain(name);
    NAMES.into_iter().find(|known| {
        let edits = if known.len() > 5 { 2 } else { 1 };
        strsim::osa_distance(&written, &plain(known)) <= edits
    })
}

/// The longest name that may be a misspelling, in bytes.
const MAX_MISSPELT: usize = 20;

const NAMES: [&str; 7] = [
    "clientId",
    "user",
    "room",
    "claim",
    "capability",
    "ttl",
    "format",
];

/// Other parameters of token requests, which SDKs may send, and those that make a URL unique for caches.
const IGNORED: [&str; 6] = ["keyName", "timestamp", "nonce", "mac", "rnd", "_"];

/// Returns whether a caller names JSON, and not text with more weight.
fn prefers_json(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let weight = |kind: &str| {
        accept.split(',').find_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            (parts.next()? == kind).then(|| {
                parts
                    .find_map(|part| part.strip_prefix("q=")?.parse().ok())
                    .unwrap_or(1.0_f32)
            })
        })
    };
    weight("application/json").is_some_and(|json| json >= weight("text/plain").unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn accepts(accept: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_str(accept).unwrap());
        prefers_json(&headers)
    }

    #[test]
    fn misspelt_names_are_told_from_others() {
        for (name, known) in [
            ("clientid", "clientId"),
            ("client_id", "clientId"),
            ("cleintId", "clientId"),
            ("client", "clientId"),
            ("users", "user"),
            ("ROOM", "room"),
            ("capabilty", "capability"),
        ] {
            assert_eq!(meant(name), Some(known), "{name}");
        }
        for name in ["tenant", "sessionToken", "v", "lang", "userId", "", "é"] {
            assert_eq!(meant(name), None, "{name}");
        }
    }

    #[test]
    fn json_is_for_those_who_name_it() {
        assert!(accepts("application/json"));
        assert!(accepts("application/json, text/plain"));
        assert!(accepts("text/plain;q=0.5, application/json;q=0.9"));
        for other in [
            "*/*",
            "text/plain",
            "text/plain, application/json;q=0.9",
            "",
        ] {
            assert!(!accepts(other), "{other}");
        }
    }
}
