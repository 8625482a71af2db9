//! REST requests, as their handlers see them: extractors whose rejections are Ably's errors.
//!
//! | extractor | takes from the request |
//! | --- | --- |
//! | [`Call`] | query, headers and the format of the answer |
//! | [`Caller`] | the same, and the authenticated client |
//! | [`ChannelCall`], [`RoomCall`] | the same, and the channel or room that the path names |
//! | [`MessageSerial`] | the message that the path names |
//!
//! Bodies are in [`super::body`]: they are read only once everything else was accepted.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::extract::{FromRequestParts, Path};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use parking_lot::Mutex;
use serde::Serialize;

use super::query::Query;
use super::reply::{Refusal, Reply, accepted};
use crate::chat_core::auth::{KeyEntry, Operation, identity, keys};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Format;
use crate::chat_core::protocol::names::{ChannelName, QualifiedName, RoomName};
use crate::server::core::checks::Checks;
use crate::server::core::events::Event;
use crate::server::core::gate::{self, Principal};
use crate::server::core::login::{ClaimedIdentity, Credential, Transport};
use crate::server::core::publisher::{Api, IdempotencyKey, Intent, PublishRequest, Source};
use crate::server::core::tally::{Direction, Tally};
use crate::server::edge::EdgeState;
use crate::server::engine::Entry;

/// A request, without the need for credentials.
pub(crate) struct Call {
    /// The server.
    pub(crate) edge: Arc<EdgeState>,
    /// The query's parameters, in their order.
    pub(crate) query: Query,
    /// The format of the answer.
    pub(crate) format: Format,
    headers: HeaderMap,
    record: Arc<RequestRecord>,
}

/// The facts of a request once it is answered; shared with [`super::answer`], which tells the observers.
#[derive(Default)]
pub(super) struct RequestRecord {
    /// The caller, once one was let in.
    pub(super) principal: OnceLock<Arc<Principal>>,
    /// The gate's checks, where somebody observes.
    pub(super) checks: Mutex<Checks>,
    /// Whether it has published.
    pub(super) has_published: AtomicBool,
}

impl Call {
    /// Returns the credential that the request shows, if it shows one.
    ///
    /// # Errors
    /// 40005 / 400 if it can't be read.
    pub(crate) fn credential(&self) -> Result<Option<Credential>> {
        match credential(&self.headers, &self.query) {
            Err(error) if error.code == NO_CREDENTIALS => Ok(None),
            result => result.map(Some),
        }
    }

    /// Authenticates the key in `credential`, `name:secret`.
    ///
    /// # Errors
    /// The fault of the key; the observers know.
    pub(crate) fn authenticate_key(&self, credential: &str) -> Result<Arc<KeyEntry>> {
        let apps = &self.edge.server.apps;
        keys::authenticate_basic(apps, credential).inspect_err(|error| {
            let shown = Credential::Key(credential.to_owned());
            let claimed = || ClaimedIdentity::by(Some(&shown), None, &apps.sealer);
            self.refuse_login(claimed, error);
        })
    }

    /// Tells the observers that a login was refused.
    pub(crate) fn refuse_login(
        &self,
        claimed: impl FnOnce() -> ClaimedIdentity,
        error: &ErrorInfo,
    ) {
        let events = &self.edge.server.events;
        if events.is_observed() {
            events.emit(Event::LoginRefused {
                transport: Transport::Rest,
                claimed: &claimed(),
                connection_id: None,
                error,
            });
        }
    }

    /// Returns the text of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns the protocol version that the caller speaks.
    pub(crate) fn version(&self) -> u32 {
        self.header("x-ably-version")
            .and_then(|text| text.split('.').next()?.parse().ok())
            .unwrap_or(1)
    }

    /// Creates an answer that carries `value`.
    pub(crate) fn reply(&self, status: u16, value: &impl Serialize) -> Reply {
        Reply::new(self.format, status, value)
    }

    /// Authenticates the caller as `client_id`.
    fn authenticate(&self, client_id: &Result<Option<String>>) -> Result<Arc<Principal>> {
        let server = &self.edge.server;
        let shown = credential(&self.headers, &self.query);
        let authenticated = (|| {
            let shown = shown.as_ref().map_err(ErrorInfo::clone)?;
            let client_id = client_id.as_ref().map_err(ErrorInfo::clone)?;
            gate::authenticate(
                &server.apps,
                shown,
                client_id.as_deref(),
                server.clock.now(),
            )
        })();
        let principal = authenticated.inspect_err(|error| {
            let client_id = client_id.as_ref().ok().and_then(Option::as_deref);
            let claimed =
                || ClaimedIdentity::by(shown.as_ref().ok(), client_id, &server.apps.sealer);
            self.refuse_login(claimed, error);
        })?;
        Ok(Arc::new(principal))
    }
}

impl FromRequestParts<Arc<EdgeState>> for Call {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        edge: &Arc<EdgeState>,
    ) -> std::result::Result<Self, Refusal> {
        let query = Query::of(&parts.uri);
        Ok(Self {
            edge: Arc::clone(edge),
            format: accepted(&parts.headers, &query),
            query,
            headers: parts.headers.clone(),
            record: parts.extensions.get().map(Arc::clone).unwrap_or_default(),
        })
    }
}

/// A request of an authenticated client.
pub(crate) struct Caller {
    call: Call,
    /// The client.
    pub(crate) principal: Arc<Principal>,
}

impl Caller {
    /// Authenticates the caller as `client_id`.
    fn authenticated(call: Call, client_id: &Result<Option<String>>) -> Result<Self> {
        let principal = call.authenticate(client_id)?;
        // A request has one caller.
        let _ = call.record.principal.set(Arc::clone(&principal));
        Ok(Self { call, principal })
    }

    /// Checks `operation` on `channel`.
    ///
    /// # Errors
    /// 40160 / 401.
    pub(crate) fn require(&self, channel: &str, operation: Operation) -> Result<()> {
        let mut checks = self.record.checks.lock();
        self.principal.require(channel, operation, &mut checks)
    }

    /// Counts what the answer carries of history or of members.
    pub(crate) fn count(&self, tally: impl FnOnce() -> Tally) {
        let events = &self.edge.server.events;
        events.count(&self.principal.app.id, Direction::Asked, tally);
    }

    /// Publishes on `channel`, and waits until the entry is on its way to every attachment: a client that acts on the
    /// answer must not be quicker than the event.
    ///
    /// # Errors
    /// Why it is refused; nothing has happened then.
    pub(crate) async fn publish(&self, channel: &str, publish: Publish<'_>) -> Result<Arc<Entry>> {
        let request = PublishRequest {
            principal: &self.principal,
            channel,
            intent: publish.intent,
            id: publish
                .id
                .unwrap_or_else(|| self.edge.server.random.alphanumeric(16)),
            source: Source::Rest {
                connection_id: publish.connection_id,
            },
            api: if publish.is_chat {
                Api::Chat
            } else {
                Api::PubSub
            },
            idempotency_key: publish.idempotency_key,
        };
        self.record.has_published.store(true, Ordering::Relaxed);
        let entry = self.edge.server.publisher.publish(request).await.await?;
        self.edge.writers.settle().await;
        Ok(entry)
    }
}

/// A publish of a REST caller.
pub(crate) struct Publish<'a> {
    /// The intent.
    pub(crate) intent: Intent,
    /// The operation's id; a random one unless given.
    pub(crate) id: Option<String>,
    /// The connection that it is for.
    pub(crate) connection_id: Option<&'a str>,
    /// Whether it came by the API of rooms.
    pub(crate) is_chat: bool,
    /// A repeat with the same key is answered as before.
    pub(crate) idempotency_key: Option<IdempotencyKey>,
}

impl Publish<'_> {
    /// Creates a publish of `intent`.
    pub(crate) fn of(intent: Intent) -> Self {
        Self {
            intent,
            id: None,
            connection_id: None,
            is_chat: false,
            idempotency_key: None,
        }
    }
}

impl Deref for Caller {
    type Target = Call;

    fn deref(&self) -> &Call {
        &self.call
    }
}

impl FromRequestParts<Arc<EdgeState>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        edge: &Arc<EdgeState>,
    ) -> std::result::Result<Self, Refusal> {
        let call = Call::from_request_parts(parts, edge).await?;
        let client_id = requested_client_id(&call.headers, &call.query);
        Ok(Self::authenticated(call, &client_id)?)
    }
}

/// A request of another service, which acts as the clientId that the query names in base64.
pub(crate) struct CallbackCall(Caller);

impl Deref for CallbackCall {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl FromRequestParts<Arc<EdgeState>> for CallbackCall {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        edge: &Arc<EdgeState>,
    ) -> std::result::Result<Self, Refusal> {
        let call = Call::from_request_parts(parts, edge).await?;
        let given = call.query.get("clientId").unwrap_or_default();
        let client_id = any_base64(given).filter(|text| !text.is_empty());
        let wrong = |why| ErrorInfo::new(40012, 400, format!("Invalid clientId: {why}"));
        let client_id = client_id.ok_or_else(|| wrong("it is not base64 of UTF-8 text"))?;
        let caller = Caller::authenticated(call, &Ok(Some(client_id)));
        Ok(Self(caller.map_err(|error| match error.code {
            40102 => wrong("the token is another client's"),
            _ => error,
        })?))
    }
}

/// Reads text in base64 of either alphabet, with or without padding.
fn any_base64(text: &str) -> Option<String> {
    let text = text
        .trim_end_matches('=')
        .replace('-', "+")
        .replace('_', "/");
    let bytes = STANDARD_NO_PAD.decode(text).ok()?;
    String::from_utf8(bytes).ok()
}

/// A request of an authenticated client about the channel that the path names.
pub(crate) struct ChannelCall {
    caller: Caller,
    /// The channel.
    pub(crate) channel: ChannelName,
}

impl Deref for ChannelCall {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl FromRequestParts<Arc<EdgeState>> for ChannelCall {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        edge: &Arc<EdgeState>,
    ) -> std::result::Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, edge).await?;
        // Parameters before the name are for attachments: the channel is the same.
        let QualifiedName { name: channel, .. } =
            QualifiedName::parse(&parameter(parts, "channel").await)?;
        Ok(Self { caller, channel })
    }
}

/// A request of an authenticated and identified client about the room that the path names. Chat is for identified
/// clients.
pub(crate) struct RoomCall {
    caller: Caller,
    /// The room's channel.
    pub(crate) channel: ChannelName,
}

impl RoomCall {
    /// Returns the caller's clientId.
    pub(crate) fn client_id(&self) -> &str {
        self.principal.identity.client_id().unwrap_or_default()
    }
}

impl Deref for RoomCall {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl FromRequestParts<Arc<EdgeState>> for RoomCall {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        edge: &Arc<EdgeState>,
    ) -> std::result::Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, edge).await?;
        let room = RoomName::parse(parameter(parts, "room").await)?;
        identity::require_identified(&caller.principal.identity)?;
        let channel = room.channel();
        Ok(Self { caller, channel })
    }
}

/// Defines the extractor of one part of the path, by its name in the route.
macro_rules! path_part {
    ($(#[$doc:meta])* $name:ident, $part:literal) => {
        $(#[$doc])*
        pub(crate) struct $name(pub(crate) String);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Refusal;

            async fn from_request_parts(
                parts: &mut Parts,
                _: &S,
            ) -> std::result::Result<Self, Refusal> {
                Ok(Self(parameter(parts, $part).await))
            }
        }
    };
}

path_part!(
    /// The serial of the message that the path names; whether there is such a message is not known yet.
    MessageSerial,
    "serial"
);
path_part!(
    /// The name of the key that the path names.
    KeyName,
    "key"
);
path_part!(
    /// The id of the app that the path names.
    AppId,
    "app"
);

/// Returns a decoded part of the path, by its name in the route.
async fn parameter(parts: &mut Parts, name: &str) -> String {
    type Parameters = Path<HashMap<String, String>>;
    match Parameters::from_request_parts(parts, &()).await {
        Ok(Path(mut parameters)) => parameters.remove(name).unwrap_or_default(),
        // A path that is not UTF-8 names nothing.
        Err(_) => String::new(),
    }
}

/// Returns the clientId that a caller asks for, by header (base64) or query (RSA7e2).
///
/// # Errors
/// 40012 / 400 for a header that is not base64 of a text.
pub(super) fn requested_client_id(headers: &HeaderMap, query: &Query) -> Result<Option<String>> {
    let header = headers.get("x-ably-clientid");
    let Some(encoded) = header.and_then(|value| value.to_str().ok()) else {
        return Ok(query.get("clientId").map(str::to_owned));
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

/// Returns the credential that a request shows: a header before the query, a token before a key.
///
/// # Errors
/// 40101 / 401 if there are none, 40005 / 400 if they can't be read.
pub(crate) fn credential(headers: &HeaderMap, query: &Query) -> Result<Credential> {
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

/// Reads the token of a Bearer header: raw, or base64 of it (RSA3b). Every token has a dot, and base64 has none.
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
