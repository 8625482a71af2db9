//! A REST request as the server reads it, and an answer in the format that was asked for.

use axum::body::{Body, Bytes};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LINK};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::chat_core::auth::{KeyEntry, keys};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Format;
use crate::server::core::gate::{self, Credential, Principal};
use crate::server::core::state::ServerState;
use crate::server::edge::access_log::{Claimed, Transport};
use crate::server::engine::{ChannelCommand, Entry};
use std::sync::{Arc, OnceLock};

/// A REST request, read and bounded.
pub(crate) struct Call {
    /// The server.
    pub core: Arc<ServerState>,
    /// The decoded parts of the path that are not fixed, in their order.
    pub path: Vec<String>,
    /// The query's parameters, in their order.
    pub query: Query,
    /// The body.
    pub body: Bytes,
    headers: HeaderMap,
    /// Who turned out to call, where that is recorded.
    caller: Option<Arc<OnceLock<Principal>>>,
}

/// The parameters of a query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query of `uri`: form encoding, so that `+` is a space.
    pub(crate) fn of(uri: &Uri) -> Self {
        let text = uri.query().unwrap_or_default();
        Self(
            form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The last value of `name`, if it is there and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// A whole number.
    ///
    /// # Errors
    /// 40003 / 400 for anything else.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>> {
        self.get(name)
            .map(|text| {
                text.parse().map_err(|_| {
                    ErrorInfo::new(
                        40003,
                        400,
                        format!("Invalid {name}: '{text}' is no whole number"),
                    )
                })
            })
            .transpose()
    }

    /// One of two words: `true` for the first.
    ///
    /// # Errors
    /// 40003 / 400 for anything else.
    pub(crate) fn choice(&self, name: &str, yes: &str, no: &str) -> Result<Option<bool>> {
        match self.get(name) {
            None => Ok(None),
            Some(text) if text == yes => Ok(Some(true)),
            Some(text) if text == no => Ok(Some(false)),
            Some(text) => Err(ErrorInfo::new(
                40003,
                400,
                format!("Invalid {name}: '{text}' is neither {yes} nor {no}"),
            )),
        }
    }

    /// How many items a page may have: 1 to 1000, 100 unless told.
    ///
    /// # Errors
    /// 40003 / 400 outside that.
    pub(crate) fn limit(&self) -> Result<usize> {
        match self.number("limit")? {
            None => Ok(100),
            Some(limit @ 1..=1000) => Ok(usize::try_from(limit).unwrap_or(100)),
            Some(other) => Err(ErrorInfo::new(
                40003,
                400,
                format!("Invalid limit: {other} is not within 1 and 1000"),
            )),
        }
    }

    /// The query with each of `changes` in the place of its name, percent-encoded throughout.
    pub(crate) fn with(&self, changes: &[(&str, Option<&str>)]) -> String {
        let kept = self
            .0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name))
            // Credentials do not travel in links.
            .filter(|(name, _)| {
                !matches!(
                    *name,
                    "key" | "access_token" | "accessToken" | "rnd" | "envelope"
                )
            });
        let added = changes
            .iter()
            .filter_map(|(name, value)| value.map(|value| (*name, value)));
        let pairs: Vec<String> = kept
            .chain(added)
            .map(|(name, value)| {
                let encode = |text| {
                    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
                        .to_string()
                };
                format!("{}={}", encode(name), encode(value))
            })
            .collect();
        pairs.join("&")
    }
}

impl Call {
    pub(super) fn new(
        core: Arc<ServerState>,
        parts: &http::request::Parts,
        path: Vec<String>,
        body: Bytes,
    ) -> Self {
        let caller = core.access_log.as_ref().map(|_| Arc::default());
        Self {
            core,
            path,
            query: Query::of(&parts.uri),
            body,
            headers: parts.headers.clone(),
            caller,
        }
    }

    /// The credentials that the call shows, if it shows any.
    ///
    /// # Errors
    /// 40005 / 400 if they can't be read.
    pub(crate) fn shown(&self) -> Result<Option<Credential>> {
        match shown(&self.headers, &self.query) {
            Err(error) if error.code == NO_CREDENTIALS => Ok(None),
            result => result.map(Some),
        }
    }

    /// Who calls; it is recorded who was not let in.
    ///
    /// # Errors
    /// What is wrong with the credentials, or with the clientId beside them.
    pub(crate) fn principal(&self) -> Result<Principal> {
        let shown = shown(&self.headers, &self.query);
        let asked = self.asked_client_id();
        let admitted = (|| {
            let shown = shown.as_ref().map_err(ErrorInfo::clone)?;
            let asked = asked.as_ref().map_err(ErrorInfo::clone)?;
            let now = self.core.clock.now();
            gate::admit(&self.core.apps, shown, asked.as_deref(), now)
        })();
        let principal = admitted.inspect_err(|error| {
            let asked = asked.as_ref().ok().and_then(Option::as_deref);
            self.record_refusal(
                || Claimed::by(shown.as_ref().ok(), asked, &self.core.apps.sealer),
                error,
            );
        })?;
        if let Some(caller) = &self.caller {
            // A call has one caller.
            let _ = caller.set(principal.clone());
        }
        Ok(principal)
    }

    /// The key that `credential`, `name:secret`, is; it is recorded who was not let in.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn key(&self, credential: &str) -> Result<Arc<KeyEntry>> {
        keys::authenticate_basic(&self.core.apps, credential).inspect_err(|error| {
            let shown = Credential::Key(credential.to_owned());
            self.record_refusal(
                || Claimed::by(Some(&shown), None, &self.core.apps.sealer),
                error,
            );
        })
    }

    /// Has it recorded, where that is wanted, that somebody was not let in.
    pub(crate) fn record_refusal(&self, claimed: impl FnOnce() -> Claimed, error: &ErrorInfo) {
        if let Some(log) = &self.core.access_log {
            log.refused(
                Transport::Rest,
                claimed(),
                None,
                error,
                self.core.clock.now(),
            );
        }
    }

    /// Where it will stand who calls, where that is recorded.
    pub(super) fn caller(&self) -> Option<Arc<OnceLock<Principal>>> {
        self.caller.clone()
    }

    /// Does an operation, and waits until it is on its way to everybody who is attached: a client that acts on the
    /// answer must not be quicker than the event.
    ///
    /// # Errors
    /// The store's; nothing has happened then.
    pub(crate) async fn submit(
        &self,
        principal: &Principal,
        channel: &str,
        operation: ChannelCommand,
    ) -> Result<Arc<Entry>> {
        let entry = principal.app.hub.submit(channel, operation).await?;
        self.core.writers.settle().await;
        Ok(entry)
    }

    /// The body, read in the format that its Content-Type says; JSON if it says nothing.
    ///
    /// # Errors
    /// 40001 / 400.
    pub(crate) fn content<T: DeserializeOwned>(&self) -> Result<T> {
        self.body_format().decode(&self.body)
    }

    /// The format of the body.
    pub(crate) fn body_format(&self) -> Format {
        let is_packed = self
            .header(CONTENT_TYPE.as_str())
            .is_some_and(|value| value.starts_with(Format::MessagePack.media_type()));
        if is_packed {
            Format::MessagePack
        } else {
            Format::Json
        }
    }

    /// The format of the answer.
    pub(crate) fn format(&self) -> Format {
        accepted(&self.headers, &self.query)
    }

    /// The text of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The protocol version that the caller speaks.
    pub(crate) fn version(&self) -> u32 {
        self.header("x-ably-version")
            .and_then(|text| text.split('.').next()?.parse().ok())
            .unwrap_or(1)
    }

    /// An answer that carries `value`.
    pub(crate) fn reply(&self, status: u16, value: &impl Serialize) -> Reply {
        Reply {
            status,
            body: self.format().encode(value),
            link: None,
        }
    }

    /// The clientId that the caller asks for, by header (base64) or query (RSA7e2).
    fn asked_client_id(&self) -> Result<Option<String>> {
        let Some(encoded) = self.header("x-ably-clientid") else {
            return Ok(self.query.get("clientId").map(str::to_owned));
        };
        STANDARD
            .decode(encoded)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .map(|text| Some(text).filter(|text| !text.is_empty()))
            .ok_or_else(|| {
                ErrorInfo::new(
                    40012,
                    400,
                    "Invalid X-Ably-ClientId: it is not base64 of UTF-8 text",
                )
            })
    }
}

/// The credentials that a request shows: a header before the query, a token before a key.
///
/// # Errors
/// 40101 / 401 if there are none, 40005 / 400 if they can't be read.
pub(crate) fn shown(headers: &HeaderMap, query: &Query) -> Result<Credential> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        let unreadable = || {
            ErrorInfo::new(
                40005,
                400,
                "Invalid Authorization header: it is neither Basic nor Bearer",
            )
        };
        let value = value.to_str().map_err(|_| unreadable())?.trim();
        let (scheme, credential) = value.split_once(' ').ok_or_else(unreadable)?;
        let credential = credential.trim();
        if scheme.eq_ignore_ascii_case("basic") {
            return STANDARD
                .decode(credential)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .map(Credential::Key)
                .ok_or_else(|| {
                    ErrorInfo::new(40005, 400, "Invalid key in request: it is not base64")
                });
        }
        if scheme.eq_ignore_ascii_case("bearer") {
            return bearer(credential).map(Credential::Token);
        }
        return Err(unreadable());
    }
    if let Some(token) = query
        .get("access_token")
        .or_else(|| query.get("accessToken"))
    {
        return Ok(Credential::Token(token.to_owned()));
    }
    if let Some(key) = query.get("key") {
        return Ok(Credential::Key(key.to_owned()));
    }
    Err(ErrorInfo::new(
        NO_CREDENTIALS,
        401,
        "No authentication information provided",
    ))
}

/// The code of a request without credentials.
const NO_CREDENTIALS: u32 = 40101;

/// The token of a Bearer header: raw, or base64 of it (RSA3b). Every token has a dot, and base64 has none.
fn bearer(credential: &str) -> Result<String> {
    if credential.contains('.') {
        return Ok(credential.to_owned());
    }
    STANDARD
        .decode(credential)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| {
            ErrorInfo::new(
                40005,
                400,
                "Invalid accessToken in request: it is neither a token nor base64",
            )
        })
}

/// The format that a caller accepts: the first of the two that it names; JSON if it names none.
pub(super) fn accepted(headers: &HeaderMap, query: &Query) -> Format {
    let Some(accept) = headers.get(ACCEPT).and_then(|value| value.to_str().ok()) else {
        return match query.get("format") {
            Some("msgpack") => Format::MessagePack,
            _ => Format::Json,
        };
    };
    let place = |format: Format| accept.find(format.media_type()).unwrap_or(usize::MAX);
    if place(Format::MessagePack) < place(Format::Json) {
        Format::MessagePack
    } else {
        Format::Json
    }
}

/// An answer.
pub(crate) struct Reply {
    status: u16,
    body: Vec<u8>,
    link: Option<String>,
}

impl Reply {
    /// The same answer as a page: with the links that lead to others. `word` is the last part of the path (TG4).
    pub(crate) fn page(mut self, word: &str, query: &Query, next: Option<&str>) -> Self {
        let link = |rel: &str, query: String| format!("<./{word}?{query}>; rel=\"{rel}\"");
        let mut links = vec![
            link("first", query.with(&[("cursor", None)])),
            link("current", query.with(&[])),
        ];
        if let Some(cursor) = next {
            links.push(link("next", query.with(&[("cursor", Some(cursor))])));
        }
        self.link = Some(links.join(", "));
        self
    }

    pub(super) fn into_response(self, format: Format) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
        if let Some(value) = self.link.and_then(|link| HeaderValue::from_str(&link).ok()) {
            headers.insert(LINK, value);
        }
        response
    }
}

/// The answer to a request that failed, with the headers that SDKs read before the body.
pub(crate) fn refusal(error: &ErrorInfo, format: Format) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        error: &'a ErrorInfo,
    }
    let reply = Reply {
        status: error.status_code,
        body: format.encode(&Body { error }),
        link: None,
    };
    let mut response = reply.into_response(format);
    if let Ok(code) = HeaderValue::from_str(&error.code.to_string()) {
        response.headers_mut().insert("x-ably-errorcode", code);
    }
    let message: String = error
        .message
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if let Ok(message) = HeaderValue::from_bytes(message.as_bytes()) {
        response
            .headers_mut()
            .insert("x-ably-errormessage", message);
    }
    response
}
