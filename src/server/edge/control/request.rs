//! What all calls have in common: the state, the members of a body, answers and refusals.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use tokio::sync::MutexGuard;

use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::core::apps::App;
use crate::server::core::integrations::Origin;
use crate::server::core::state::ServerState;
use crate::server::core::statistics::Statistics;
use crate::server::edge::EdgeState;

/// The one account, to which all apps belong.
pub(super) const ACCOUNT: &str = "local";

/// The longest body that is read, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// The state of the Control API.
pub(super) struct Control {
    pub(super) edge: Arc<EdgeState>,
    pub(super) statistics: Arc<Statistics>,
    /// The token that it takes; any where there is none.
    pub(super) token: Option<String>,
}

/// The URL that the caller used, up to the prefix: `http://localhost:9081/v1`.
#[derive(Clone)]
pub(super) struct BaseUrl(pub(super) String);

/// The members of a body.
pub(super) struct Members(pub(super) Map<String, Value>);

/// A refusal: Ably's error as the Control API has it, not under `error`.
#[derive(Debug)]
pub(super) struct Refusal(ErrorInfo);

/// The result of a handler.
pub(super) type Answer = std::result::Result<Response, Refusal>;

impl Control {
    /// Returns the server.
    pub(super) fn server(&self) -> &ServerState {
        &self.edge.server
    }

    /// Returns an app.
    ///
    /// # Errors
    /// 40400 / 404.
    pub(super) fn app(&self, id: &str) -> Result<Arc<App>> {
        self.server().apps.get(id).map_err(|_| not_found("app", id))
    }

    /// Waits for the turn to change something: what is read from then on is not changed by others.
    pub(super) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.server().apps.changes.lock().await
    }
}

impl<S: Sync> FromRequestParts<S> for BaseUrl {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Infallible> {
        let base = parts.extensions.get::<Self>().cloned();
        Ok(base.unwrap_or_else(|| Self(String::new())))
    }
}

impl Members {
    /// Reads a body, which may have the members in `allowed`.
    ///
    /// # Errors
    /// 40000 / 400 for what is no JSON object, or another member; 40009 / 413 for too much.
    pub(super) async fn read(request: Request, allowed: &[&str]) -> Result<Self> {
        let bytes = axum::body::to_bytes(request.into_body(), MAX_BODY).await;
        let bytes = bytes.map_err(|_| {
            ErrorInfo::new(40009, 413, format!("The body is over {MAX_BODY} bytes"))
        })?;
        let members = serde_json::from_slice(&bytes)
            .map_err(|_| malformed("Invalid body: must be a JSON object"))?;
        require_defined(&members, allowed, "")?;
        Ok(Self(members))
    }

    /// Returns a member, `None` where it is not given or null.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Returns a text.
    ///
    /// # Errors
    /// 40000 / 400 for another value.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>> {
        self.typed(name, "a string", Value::as_str)
    }

    /// Returns a boolean.
    ///
    /// # Errors
    /// 40000 / 400 for another value.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>> {
        self.typed(name, "true or false", Value::as_bool)
    }

    /// Returns a whole number.
    ///
    /// # Errors
    /// 40000 / 400 for another value.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>> {
        self.typed(name, "a whole number", Value::as_u64)
    }

    fn typed<'a, T>(
        &'a self,
        name: &str,
        kind: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let read = read(value).ok_or_else(|| malformed(&format!("'{name}' must be {kind}")));
        read.map(Some)
    }
}

/// Refuses members that are not in `allowed`; `place` is what they are members of, as in `target.`.
///
/// # Errors
/// 40000 / 400, in the vendor's words.
pub(super) fn require_defined(
    members: &Map<String, Value>,
    allowed: &[&str],
    place: &str,
) -> Result<()> {
    let odd = members
        .keys()
        .find(|name| !allowed.contains(&name.as_str()));
    match odd {
        None => Ok(()),
        Some(name) => Err(malformed(&format!("{place}{name} Property Not Defined"))),
    }
}

impl From<ErrorInfo> for Refusal {
    fn from(error: ErrorInfo) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let ErrorInfo {
            code,
            status_code,
            message,
            href,
            ..
        } = self.0;
        let body = json!({
            "message": message,
            "code": code,
            "statusCode": status_code,
            "href": href,
        });
        answer(status_code, &body)
    }
}

/// Returns an answer in JSON.
pub(super) fn answer(status: u16, body: &Value) -> Response {
    let mut response = empty(status);
    *response.body_mut() = Body::from(body.to_string());
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// Returns an answer without a body.
pub(super) fn empty(status: u16) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    response
}

/// Returns the refusal of a body that has another shape than it must have.
pub(super) fn malformed(why: &str) -> ErrorInfo {
    ErrorInfo::new(40000, 400, why)
}

/// Returns the refusal of a body that has the right shape and can't be taken.
pub(super) fn invalid(why: &str) -> ErrorInfo {
    ErrorInfo::new(42200, 422, why)
}

/// Returns the refusal of something that does not exist.
pub(super) fn not_found(what: &str, id: &str) -> ErrorInfo {
    ErrorInfo::new(40400, 404, format!("No {what} '{id}'"))
}

/// Refuses to change what the configuration states.
///
/// # Errors
/// 40300 / 403.
pub(super) fn require_made_here(origin: Origin, what: &str, id: &str) -> Result<()> {
    match origin {
        Origin::Http | Origin::Lease => Ok(()),
        Origin::Config => Err(configured(what, id)),
    }
}

/// Returns the refusal to change what the configuration states.
pub(super) fn configured(what: &str, id: &str) -> ErrorInfo {
    let why = format!(
        "The {what} '{id}' is in the server's configuration: change it there and start the server again"
    );
    ErrorInfo::new(40300, 403, why)
}
