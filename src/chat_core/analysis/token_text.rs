//! Texts that are given as a token: the token itself, or something around it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::not_a_token::{self, fault};
use crate::chat_core::auth::jwt::Shape;
use crate::chat_core::auth::token_details::TokenDetails;
use crate::chat_core::auth::token_request::TokenRequest;
use crate::chat_core::error::Result;

/// A text that was given as a token.
#[derive(Clone, Debug)]
pub struct Handed {
    /// The content.
    pub content: Content,
    /// The wrappings, the outermost first.
    pub wrappings: Vec<Wrapping>,
}

/// A token, or a request for one.
#[derive(Clone)]
pub enum Content {
    /// A JWT.
    Jwt(String),
    /// An encrypted JWT.
    EncryptedJwt(String),
    /// An Ably token.
    AblyToken(String),
    /// A TokenRequest.
    Request(TokenRequest),
}

/// Something around a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// `Bearer …`, with or without `Authorization:` before it.
    Bearer,
    /// Base64, as in ably-js's Authorization header.
    Base64,
    /// A JSON string.
    JsonString,
    /// Quotes that no JSON has.
    Quotes,
    /// A list with one value.
    List,
    /// `NAME=…`.
    Assignment,
    /// TokenDetails.
    Details(Box<TokenDetails>),
    /// A URL with the token in this parameter.
    Url(String),
}

impl Content {
    /// The word for it in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Jwt(_) => "jwt",
            Self::EncryptedJwt(_) => "encrypted-jwt",
            Self::AblyToken(_) => "ably-token",
            Self::Request(_) => "token-request",
        }
    }

    /// The token, where it is one.
    pub fn token(&self) -> Option<&str> {
        match self {
            Self::Jwt(token) | Self::EncryptedJwt(token) | Self::AblyToken(token) => Some(token),
            Self::Request(_) => None,
        }
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Content({})", self.kind())
    }
}

impl Handed {
    /// The TokenDetails around it, if there are any.
    pub fn details(&self) -> Option<&TokenDetails> {
        self.wrappings.iter().find_map(|wrapping| match wrapping {
            Wrapping::Details(details) => Some(details.as_ref()),
            _ => None,
        })
    }
}

/// Recognises what `text` is.
///
/// # Errors
/// 40005 / 400 saying what it is instead, and never showing it.
pub fn read(text: &str) -> Result<Handed> {
    let mut wrappings = Vec::new();
    let mut text = text.trim().to_owned();
    // A token in a string in JSON in base64 behind `Bearer` is as deep as anybody goes.
    for _ in 0..6 {
        match unwrap(&text)? {
            Layer::Content(content) => return Ok(Handed { content, wrappings }),
            Layer::Wrapped(wrapping, inner) => {
                wrappings.push(wrapping);
                inner.trim().clone_into(&mut text);
            }
        }
    }
    Err(fault("it is wrapped too deeply", "give the token itself"))
}

/// The token in the value of a Bearer header or of a query parameter, where base64 around it is allowed (RSA3b).
pub fn of_bearer(value: &str) -> std::borrow::Cow<'_, str> {
    match base64(value) {
        Some(inner) => inner.into(),
        None => value.into(),
    }
}

enum Layer {
    Content(Content),
    Wrapped(Wrapping, String),
}

fn unwrap(text: &str) -> Result<Layer> {
    if let Some(inner) = quoted(text) {
        return Ok(Layer::Wrapped(Wrapping::Quotes, inner.to_owned()));
    }
    let is_json =
        text.starts_with(['{', '"']) || (text.starts_with('[') && !text.starts_with("[obj"));
    if is_json {
        return of_json(text);
    }
    if let Some((scheme, rest)) = authorization(text) {
        return if scheme.eq_ignore_ascii_case("bearer") {
            Ok(Layer::Wrapped(Wrapping::Bearer, rest.to_owned()))
        } else {
            Err(fault(
                "it is Basic authentication, which is an API key",
                "send a token as Bearer authentication",
            ))
        };
    }
    if text.contains("://") {
        return of_url(text);
    }
    if let Some(inner) = assigned(text) {
        return Ok(Layer::Wrapped(Wrapping::Assignment, inner.to_owned()));
    }
    if let Some(fault) = not_a_token::at_first_sight(text) {
        return Err(fault);
    }
    match Shape::of(text) {
        Some(Shape::Signed) => Ok(Layer::Content(Content::Jwt(text.to_owned()))),
        Some(Shape::Encrypted) => Ok(Layer::Content(Content::EncryptedJwt(text.to_owned()))),
        Some(Shape::AblyToken) => Ok(Layer::Content(Content::AblyToken(text.to_owned()))),
        None => match base64(text) {
            Some(inner) => Ok(Layer::Wrapped(Wrapping::Base64, inner)),
            None => Err(fault(
                "it is neither a JWT, nor an Ably token, nor anything that carries one",
                "a JWT has three parts with dots between them",
            )),
        },
    }
}

/// The text between quotes that no JSON has.
fn quoted(text: &str) -> Option<&str> {
    [('\'', '\''), ('`', '`'), ('“', '”')]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
}

/// The value of `NAME=VALUE`, as a shell or a `.env` file has it. What is padded has a `=` before a dot or at its end.
fn assigned(text: &str) -> Option<&str> {
    let (name, value) = text.split_once('=')?;
    let name = name.strip_prefix("export ").unwrap_or(name);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_assigned = !name.is_empty()
        && name.chars().all(is_name)
        && !name.starts_with("eyJ")
        && !value.is_empty()
        && !value.starts_with(['=', '.']);
    is_assigned.then_some(value)
}

fn authorization(text: &str) -> Option<(&str, &str)> {
    let text = match text.split_once(':') {
        Some((name, rest)) if name.eq_ignore_ascii_case("authorization") => rest.trim_start(),
        _ => text,
    };
    let (scheme, rest) = text.split_once(' ')?;
    let scheme = scheme.strip_suffix(':').unwrap_or(scheme);
    (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("basic"))
        .then_some((scheme, rest))
}

fn of_json(text: &str) -> Result<Layer> {
    let value: Value = serde_json::from_str(text).map_err(|_| {
        fault(
            "it begins like JSON, but is not valid JSON",
            "copy it whole, from the first brace or quote to the last",
        )
    })?;
    match value {
        Value::String(inner) => Ok(Layer::Wrapped(Wrapping::JsonString, inner)),
        Value::Array(mut items) => match (items.pop(), items.len()) {
            (Some(item), 0) => Ok(Layer::Wrapped(Wrapping::List, item.to_string())),
            (None, _) => Err(not_a_token::list(0)),
            (Some(_), others) => Err(not_a_token::list(others + 1)),
        },
        Value::Object(members) if members.get("token").is_some_and(Value::is_string) => {
            let details: TokenDetails =
                serde_json::from_value(Value::Object(members)).map_err(|_| {
                    fault(
                        "it looks like TokenDetails, but a member has the wrong type",
                        "issued and expires are numbers, all others strings",
                    )
                })?;
            let token = details.token.clone();
            Ok(Layer::Wrapped(Wrapping::Details(Box::new(details)), token))
        }
        Value::Object(members) if members.contains_key("keyName") => {
            TokenRequest::from_json(&Value::Object(members))
                .map(|request| Layer::Content(Content::Request(request)))
        }
        Value::Object(members) => Err(not_a_token::object(&members)),
        // No text begins like that here but those.
        Value::Null | Value::Bool(_) | Value::Number(_) => Err(not_a_token::object(&Map::new())),
    }
}

fn of_url(text: &str) -> Result<Layer> {
    // Some put the token behind '#', where servers do not see it.
    let parameters = text.split_once(['?', '#']).map_or("", |(_, rest)| rest);
    let mut has_key = false;
    for (name, value) in parameters
        .split('#')
        .flat_map(|part| form_urlencoded::parse(part.as_bytes()))
    {
        if matches!(
            name.as_ref(),
            "access_token" | "accessToken" | "token" | "jwt"
        ) {
            return Ok(Layer::Wrapped(
                Wrapping::Url(name.into_owned()),
                value.into_owned(),
            ));
        }
        has_key |= name == "key";
    }
    Err(if has_key {
        fault(
            "it is a URL with an API key in it, and no token",
            "pass a token as access_token, and keep keys out of URLs",
        )
    } else {
        fault(
            "it is a URL without a token (access_token, accessToken, token)",
            "give the token that it answers; `chatctl auth check URL` tries an auth server",
        )
    })
}

/// Decodes base64 that hides a token or JSON.
fn base64(text: &str) -> Option<String> {
    if text.contains('.') {
        return None;
    }
    let bytes = STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')))
        .ok()?;
    let inner = String::from_utf8(bytes).ok()?;
    let is_plausible = inner.contains('.') || inner.starts_with('{');
    (is_plausible && !inner.chars().any(char::is_control)).then_some(inner)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.e30.c2ln";

    fn token(text: &str) -> String {
        read(text).unwrap().content.token().unwrap().to_owned()
    }

    #[test]
    fn a_token_is_found_in_whatever_is_around_it() {
        let encoded = STANDARD.encode(JWT);
        for text in [
            JWT.to_owned(),
            format!("  {JWT}\n"),
            format!("Bearer {JWT}"),
            format!("authorization: bearer {encoded}"),
            encoded,
            format!("\"{JWT}\""),
            format!(r#"{{"token":"{JWT}","issued":1,"expires":2}}"#),
            format!("wss://main.realtime.ably.net/?v=5&access_token={JWT}&format=json"),
            format!("https://x/#accessToken={JWT}"),
            STANDARD.encode(format!(r#"{{"token":"{JWT}"}}"#)),
        ] {
            assert_eq!(token(&text), JWT, "{text}");
        }
        assert_eq!(read("app.text").unwrap().content.kind(), "ably-token");
        assert_eq!(read("a.b.c.d.e").unwrap().content.kind(), "encrypted-jwt");
        let request = r#"{"keyName":"a.b","timestamp":1,"nonce":"n","mac":"m"}"#;
        assert_eq!(read(request).unwrap().content.kind(), "token-request");
    }

    #[test]
    fn base64_is_looked_through_only_where_there_is_no_dot() {
        assert_eq!(of_bearer(JWT), JWT);
        assert_eq!(of_bearer(&STANDARD.encode(JWT)), JWT);
        assert_eq!(of_bearer("nonsense"), "nonsense");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*", wrapped in "(Bearer |\"|\\{|https://x/\\?token=)?[A-Za-z0-9.%:={}\"]{0,20}") {
            let _ = read(&text);
            let _ = read(&wrapped);
        }
    }
}
