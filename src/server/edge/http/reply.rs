//! Answers: in the format that was asked for, and with Ably's errors.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, CONTENT_TYPE, LINK};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;

use super::query::Query;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::Format;
use crate::server::core::limits::MAX_ERROR_MESSAGE;

/// Returns the format that a caller accepts: the first of the two that it names; JSON if it names none.
pub(crate) fn accepted(headers: &HeaderMap, query: &Query) -> Format {
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

/// An answer that carries a value, already encoded.
pub(crate) struct Reply {
    status: u16,
    format: Format,
    body: Vec<u8>,
    link: Option<String>,
}

impl Reply {
    /// Creates an answer that carries `value` in `format`.
    pub(crate) fn new(format: Format, status: u16, value: &impl Serialize) -> Self {
        Self {
            status,
            format,
            body: format.encode(value),
            link: None,
        }
    }

    /// Adds the links of a page to the answer. `word` is the last part of the path (TG4).
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
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let headers = response.headers_mut();
        let media_type = HeaderValue::from_static(self.format.media_type());
        headers.insert(CONTENT_TYPE, media_type);
        if let Some(value) = self.link.and_then(|link| HeaderValue::from_str(&link).ok()) {
            headers.insert(LINK, value);
        }
        response
    }
}

/// A refusal on its way out of a handler or an extractor: [`super::answer`] writes it in the caller's format.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) ErrorInfo);

impl From<ErrorInfo> for Refusal {
    fn from(error: ErrorInfo) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self.0);
        response
    }
}

/// The result of a handler.
pub(crate) type Answer = Result<Reply, Refusal>;

/// Returns the answer to a request that failed, with the headers that SDKs read before the body. What the message
/// quotes of the request is cut: the answer does not grow with it.
pub(crate) fn refused(error: &ErrorInfo, format: Format) -> Response {
    #[derive(Serialize)]
    struct ErrorPayload<'a> {
        error: &'a ErrorInfo,
    }
    if error.message.len() > MAX_ERROR_MESSAGE {
        let end = error
            .message
            .floor_char_boundary(MAX_ERROR_MESSAGE - '…'.len_utf8());
        let cut = ErrorInfo {
            message: format!("{}…", &error.message[..end]),
            ..error.clone()
        };
        return refused(&cut, format);
    }
    let reply = Reply::new(format, error.status_code, &ErrorPayload { error });
    let mut response = reply.into_response();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_does_not_grow_with_what_it_quotes() {
        let error = ErrorInfo::new(
            40003,
            400,
            format!("Invalid limit: '{}'", "ä".repeat(100_000)),
        );
        let response = refused(&error, Format::Json);
        let message = response.headers().get("x-ably-errormessage").unwrap();
        assert!(message.len() <= MAX_ERROR_MESSAGE && message.len() > MAX_ERROR_MESSAGE - 4);
        assert_eq!(response.headers()["x-ably-errorcode"], "40003");
    }
}
