//! Sources of tokens: an auth server's URL or a command, and the meaning of their answers (RSA4c–f, RSA8c).
//!
//! Plain data and its reading; the requests are made in `chat_core::client`.

use std::fmt;

use serde_json::Value;

use super::credential::Secret;
use super::identity::{ClientIdentity, check_client_id};
use super::jwt;
use super::key::ApiKey;
use super::token_details::TokenDetails;
use super::token_request::TokenRequest;
use super::verify::claim_time;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::text;

/// The longest answer that is read, in bytes (RSA4f).
pub const MAX_ANSWER: usize = 128 * 1024;

/// A source of tokens.
#[derive(Clone, Debug)]
pub enum TokenSource {
    /// An auth server (the SDKs' `authUrl`).
    Url(AuthUrl),
    /// A command for the shell, which prints one (the SDKs' `authCallback`).
    Command(String),
}

/// The HTTP method of a request to an auth server.
#[derive(Clone)]
pub struct AuthUrl {
    /// Its `http://` or `https://` URL.
    pub url: String,
    /// The method.
    pub method: AuthMethod,
    /// Headers of the request, each a name and a value.
    pub headers: Vec<(String, String)>,
    /// Parameters, in the query of GET and in the form of POST.
    pub params: Vec<(String, String)>,
}

/// A method that an auth server is asked with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuthMethod {
    /// With parameters in the query.
    #[default]
    Get,
    /// With parameters as a form.
    Post,
}

impl AuthMethod {
    /// Reads `GET` or `POST`, in any case.
    pub fn parse(word: &str) -> Option<Self> {
        match word.to_ascii_uppercase().as_str() {
            "GET" => Some(Self::Get),
            "POST" => Some(Self::Post),
            _ => None,
        }
    }
}

impl fmt::Debug for AuthUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthUrl({})", self.spoken())
    }
}

impl AuthUrl {
    /// The URL without its query, which may hold secrets.
    pub fn spoken(&self) -> &str {
        self.url.split(['?', '#']).next().unwrap_or_default()
    }

    /// The URL and the form to ask with. `wishes` are the client's own parameters; they win over the
    /// parameters, and those over the URL's own query.
    pub fn request(&self, wishes: &[(&str, &str)]) -> (String, Option<String>) {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut set = |name: &str, value: &str| {
            pairs.retain(|(known, _)| known != name);
            pairs.push((name.to_owned(), value.to_owned()));
        };
        let without_fragment = self.url.split('#').next().unwrap_or_default();
        let (base, own) = without_fragment
            .split_once('?')
            .unwrap_or((without_fragment, ""));
        if self.method == AuthMethod::Get {
            for (name, value) in form_urlencoded::parse(own.as_bytes()) {
                set(&name, &value);
            }
        }
        for (name, value) in &self.params {
            set(name, value);
        }
        for (name, value) in wishes {
            set(name, value);
        }
        let encoded = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&pairs)
            .finish();
        match self.method {
            AuthMethod::Get if encoded.is_empty() => (base.to_owned(), None),
            AuthMethod::Get => (format!("{base}?{encoded}"), None),
            AuthMethod::Post => (without_fragment.to_owned(), Some(encoded)),
        }
    }
}

/// The answer of a source.
#[derive(Clone, Debug)]
pub enum TokenResponse {
    /// A bare token.
    Token(Secret),
    /// A token with what it says.
    Details(TokenDetails),
    /// A TokenRequest, to be exchanged at the service.
    Request(TokenRequest),
}

/// The answer of a source, as it was read.
#[derive(Clone, Debug)]
pub struct SourceAnswer {
    /// The token or TokenRequest.
    pub given: TokenResponse,
    /// The fault of an answer that can be read, and that the SDKs refuse or pass on to a service that does.
    pub slip: Option<ErrorInfo>,
}

impl SourceAnswer {
    /// Reads the body of an auth server's answer, of the kind that `content_type` says.
    ///
    /// # Errors
    /// 40170 / 401 saying what it is instead, and never showing it.
    pub fn read(content_type: Option<&str>, body: &[u8]) -> Result<Self> {
        let Some(content_type) = content_type else {
            return Err(failure(
                "the auth server's answer is missing a Content-Type header",
            ));
        };
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        let whole = text_of(body)?;
        let text = text::without_mark(whole).trim();
        let (given, slip) = match media_type.to_ascii_lowercase().as_str() {
            "application/jwt" => (token(text)?, padding(whole)),
            "text/plain" => (of_text(text)?, padding(whole)),
            "application/json" => {
                let (given, slip) = of_json(text)?;
                let has_mark = text::without_mark(whole).len() < whole.len();
                let mark = has_mark.then(|| failure("there is a byte order mark before the JSON"));
                (given, mark.or(slip))
            }
            _ => {
                return Err(failure(format!(
                    "the auth server answered with the unacceptable Content-Type '{media_type}': \
                     it must be application/jwt, text/plain or application/json"
                )));
            }
        };
        Ok(Self { given, slip })
    }
}

impl TokenResponse {
    /// Reads what a command printed: JSON if it begins like it, a bare token otherwise.
    ///
    /// # Errors
    /// 40170 / 401 saying what it is instead, and never showing it.
    pub fn of_output(output: &[u8]) -> Result<Self> {
        let text = text::without_mark(text_of(output)?).trim();
        if text.starts_with(['{', '"']) {
            of_json(text).map(|(given, _)| given)
        } else {
            of_text(text)
        }
    }
}

/// The fault of a token with something around it, which SDKs send along with it.
fn padding(whole: &str) -> Option<ErrorInfo> {
    let token = text::without_mark(whole).trim();
    let what = if token.len() == whole.len() {
        return None;
    } else if whole.starts_with('\u{feff}') {
        "a byte order mark before"
    } else if whole.ends_with('\n') {
        "a line break behind"
    } else {
        "white space around"
    };
    Some(ErrorInfo::new(
        40005,
        400,
        format!("there is {what} the token: SDKs send it along, and the service refuses that"),
    ))
}

/// The error of a token that could not be got (RSA4e).
pub fn failure(what: impl Into<String>) -> ErrorInfo {
    ErrorInfo::new(40170, 401, what)
}

fn text_of(bytes: &[u8]) -> Result<&str> {
    if bytes.len() > MAX_ANSWER {
        return Err(too_long());
    }
    text::beginning(bytes).map_err(|error| failure(error.to_string()))?;
    std::str::from_utf8(bytes).map_err(|_| failure("the token is not valid UTF-8"))
}

/// The error of an answer that is longer than [`MAX_ANSWER`].
pub fn too_long() -> ErrorInfo {
    failure(format!(
        "the token exceeds the maximum size of {MAX_ANSWER} bytes"
    ))
}

fn of_text(text: &str) -> Result<TokenResponse> {
    if text.starts_with('{') {
        return Err(failure(
            "the token was double-encoded: it is JSON, which must be answered as application/json",
        ));
    }
    token(text)
}

/// Reads JSON, and the slip in it.
fn of_json(text: &str) -> Result<(TokenResponse, Option<ErrorInfo>)> {
    let value: Value = serde_json::from_str(text)
        .map_err(|_| failure("the answer was to be JSON, and can't be read"))?;
    match &value {
        Value::String(text) => Ok((of_text(text.trim())?, padding(text))),
        Value::Object(fields) if fields.contains_key("token") => {
            let details: TokenDetails = serde_json::from_value(value)
                .map_err(|_| failure("a field of the TokenDetails is of the wrong kind"))?;
            token(&details.token)?;
            // SDKs tell TokenDetails by this field alone.
            let is_known = details.issued.is_some();
            let slip = (!is_known).then(|| {
                failure("there is a token in the object and no 'issued', by which SDKs know TokenDetails")
            });
            Ok((TokenResponse::Details(details), slip))
        }
        Value::Object(fields) if fields.contains_key("keyName") => TokenRequest::from_json(&value)
            .map(|request| (TokenResponse::Request(request), None))
            .map_err(|error| {
                failure("the TokenRequest that was answered can't be read").with_cause(error)
            }),
        _ => Err(failure(
            "the answer is neither a token, nor TokenDetails, nor a TokenRequest",
        )),
    }
}

fn token(text: &str) -> Result<TokenResponse> {
    if text.is_empty() {
        return Err(failure("the token is empty"));
    }
    if matches!(text, "null" | "undefined") {
        return Err(failure(format!("the token is the literal '{text}'")));
    }
    if ApiKey::parse(text).is_ok() {
        return Err(failure("the answer is an API key, not a token"));
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(failure(
            "the answer is not a token: there is white space in it",
        ));
    }
    Ok(TokenResponse::Token(Secret::new(text)))
}

/// The clientId of a token, as far as it can be told without the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// Named in the token.
    Known(ClientIdentity),
    /// Its text does not say.
    Unknown,
}

impl Bearer {
    /// Reads the clientId of `token`.
    pub fn of(token: &str) -> Self {
        let Ok(decoded) = jwt::decode(token) else {
            return Self::Unknown;
        };
        if decoded.embedded().is_some() {
            return Self::Unknown;
        }
        match decoded
            .readable_claims()
            .map(|claims| claims.get(jwt::CLIENT_ID))
        {
            Some(Some(Value::String(id))) => Self::Known(ClientIdentity::of_claim(Some(id))),
            Some(None) => Self::Known(ClientIdentity::Anonymous),
            // Anything else is for the service to refuse.
            Some(Some(_)) | None => Self::Unknown,
        }
    }

    /// Reads the clientId of the token in `details`.
    pub fn of_details(details: &TokenDetails) -> Self {
        match Self::of(&details.token) {
            Self::Unknown if details.client_id.is_some() || details.issued.is_some() => {
                Self::Known(ClientIdentity::of_claim(details.client_id.as_deref()))
            }
            bearer => bearer,
        }
    }

    /// The clientId to ask for beside the token, if any has to be, where the user asked for `asked`.
    ///
    /// # Errors
    /// 40161 / 401 for a token for nobody, 40012 / 400 for one for anybody where nobody was asked for.
    pub fn acting_as(&self, asked: Option<&str>) -> Result<Option<String>> {
        match self {
            Self::Known(ClientIdentity::Anonymous) => Err(ErrorInfo::new(
                40161,
                401,
                "the token names no clientId, which every Chat client must have",
            )
            .with_hint("have it made with one: chatctl token mint --client-id NAME")),
            Self::Known(ClientIdentity::Wildcard) => match asked {
                Some(asked) => Ok(Some(asked.to_owned())),
                None => Err(ErrorInfo::new(40012, 400, "the token is for any clientId")
                    .with_hint("say which one: --client-id NAME")),
            },
            // The token's own one always wins.
            Self::Known(ClientIdentity::Fixed(_)) => Ok(None),
            Self::Unknown => Ok(asked.map(str::to_owned)),
        }
    }
}

/// Checks that the clientId in `token` can be a client's, as far as its text says.
///
/// # Errors
/// 40012 / 400 for another kind of value, and for one that no client can have.
pub fn check_client(token: &str) -> Result<()> {
    let decoded = jwt::decode(token).ok();
    let claims = decoded
        .as_ref()
        .filter(|token| token.embedded().is_none())
        .and_then(|token| token.readable_claims());
    let fault = match claims.and_then(|claims| claims.get(jwt::CLIENT_ID)) {
        None => return Ok(()),
        Some(Value::String(id)) if id == "*" => return Ok(()),
        Some(Value::String(id)) => match check_client_id(id) {
            Ok(()) => return Ok(()),
            Err(error) => error.message,
        },
        Some(Value::Number(_)) => "x-ably-clientId is a number, and must be a string".to_owned(),
        Some(_) => "x-ably-clientId must be a string".to_owned(),
    };
    let error = ErrorInfo::new(40012, 400, format!("the token is not valid: {fault}"));
    Err(error.with_hint(
        "have it made with another clientId, as text: chatctl token mint --client-id NAME",
    ))
}

/// Returns the expiry of `token`, where its text says so.
pub fn expiry(token: &str) -> Option<Timestamp> {
    let decoded = jwt::decode(token).ok()?;
    claim_time(decoded.readable_claims()?, "exp")
}

#[cfg(test)]
mod tests {
    use super::*;

    const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.e30.c2ln";

    fn auth_url(url: &str, method: AuthMethod) -> AuthUrl {
        AuthUrl {
            url: url.to_owned(),
            method,
            headers: Vec::new(),
            params: vec![
                ("a".to_owned(), "2".to_owned()),
                ("b".to_owned(), "3 4".to_owned()),
            ],
        }
    }

    #[test]
    fn wishes_win_over_parameters_and_those_over_the_urls_own() {
        let get = auth_url("http://x/y?a=1&c=5#z", AuthMethod::Get);
        assert_eq!(
            get.request(&[("b", "9")]),
            ("http://x/y?c=5&a=2&b=9".to_owned(), None)
        );
        let post = auth_url("http://x/y?a=1", AuthMethod::Post);
        assert_eq!(
            post.request(&[("clientId", "me")]),
            (
                "http://x/y?a=1".to_owned(),
                Some("a=2&b=3+4&clientId=me".to_owned())
            )
        );
        assert_eq!(get.spoken(), "http://x/y");
    }

    #[test]
    fn answers_are_what_their_content_type_says() {
        let kind = |content_type: &str, body: &str| match SourceAnswer::read(
            Some(content_type),
            body.as_bytes(),
        ) {
            Ok(SourceAnswer {
                slip: Some(slip), ..
            }) => format!("slip {}: {}", slip.code, slip.message),
            Ok(answer) => match answer.given {
                TokenResponse::Token(_) => "token".to_owned(),
                TokenResponse::Details(_) => "details".to_owned(),
                TokenResponse::Request(_) => "request".to_owned(),
            },
            Err(error) => {
                assert_eq!((error.code, error.status_code), (40170, 401));
                error.message
            }
        };
        let quoted = format!("\"{JWT}\"");
        let details = format!(r#"{{"token":"{JWT}","issued":"1","expires":2}}"#);
        for (content_type, body, expected) in [
            ("application/jwt", JWT, "token"),
            ("text/plain; charset=utf-8", JWT, "token"),
            (
                "text/plain",
                &format!("{JWT}\n"),
                "slip 40005: there is a line break",
            ),
            (
                "application/jwt",
                &format!(" {JWT}"),
                "slip 40005: there is white space",
            ),
            (
                "application/jwt",
                &format!("\u{feff}{JWT}"),
                "slip 40005: there is a byte order",
            ),
            ("application/json", &format!("{quoted}\n"), "token"),
            (
                "application/json",
                &format!("\u{feff}{quoted}"),
                "slip 40170: there is a byte order",
            ),
            (
                "application/json",
                &format!(r#"{{"token":"{JWT}"}}"#),
                "slip 40170: there is a token in the object",
            ),
            ("application/json", &quoted, "token"),
            ("application/json", &details, "details"),
            (
                "application/json",
                r#"{"keyName":"a.b","mac":"m"}"#,
                "request",
            ),
            ("text/plain", "{}", "double-encoded"),
            ("text/plain", "", "empty"),
            ("text/plain", "null", "literal 'null'"),
            ("text/plain", "a.b:hidden", "API key"),
            ("text/plain", "a b", "white space"),
            ("application/json", "{}", "neither a token"),
            ("application/json", "{", "can't be read"),
            ("text/html", JWT, "unacceptable Content-Type 'text/html'"),
        ] {
            let kind = kind(content_type, body);
            assert!(kind.contains(expected), "{content_type} {body}: {kind}");
            assert!(!kind.contains("hidden"));
        }
        assert!(SourceAnswer::read(None, b"x").is_err());
        let long = "x".repeat(MAX_ANSWER + 1);
        assert!(TokenResponse::of_output(long.as_bytes()).is_err());
        assert!(matches!(
            TokenResponse::of_output(details.as_bytes()),
            Ok(TokenResponse::Details(_))
        ));
    }

    #[test]
    fn a_token_for_nobody_that_can_be_is_named() {
        use base64::Engine as _;
        let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        let check = |claims: &str| {
            let token = format!("{}.{}.x", encode("{}"), encode(claims));
            check_client(&token).map_err(|error| error.message)
        };
        for good in [
            "{}",
            r#"{"x-ably-clientId":"a"}"#,
            r#"{"x-ably-clientId":"*"}"#,
        ] {
            assert_eq!(check(good), Ok(()));
        }
        for (bad, words) in [
            (r#"{"x-ably-clientId":5}"#, "is a number"),
            (r#"{"x-ably-clientId":["a"]}"#, "must be a string"),
            (r#"{"x-ably-clientId":"a\n"}"#, "control characters"),
        ] {
            assert!(check(bad).unwrap_err().contains(words), "{bad}");
        }
        assert!(check_client("app.opaque").is_ok());
    }

    #[test]
    fn the_tokens_own_client_always_wins() {
        let acting = |bearer: &Bearer, asked| bearer.acting_as(asked).map_err(|error| error.code);
        let known = |id| Bearer::Known(ClientIdentity::of_claim(id));
        assert_eq!(acting(&known(Some("a")), Some("b")), Ok(None));
        assert_eq!(
            acting(&known(Some("*")), Some("b")),
            Ok(Some("b".to_owned()))
        );
        assert_eq!(acting(&known(Some("*")), None), Err(40012));
        assert_eq!(acting(&known(None), Some("b")), Err(40161));
        assert_eq!(
            acting(&Bearer::Unknown, Some("b")),
            Ok(Some("b".to_owned()))
        );
        let details = TokenDetails {
            issued: Some(Timestamp(1)),
            ..serde_json::from_str(r#"{"token":"app.x"}"#).unwrap()
        };
        assert_eq!(Bearer::of_details(&details), known(None));
    }
}
