//! Calls of the REST API and their responses, as data.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::{Error, Result};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::Format;

/// A call, before it is sent.
#[derive(Clone, Debug)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path, its parts already encoded by [`segment`].
    pub path: String,
    /// The query's parameters.
    pub query: Vec<(String, String)>,
    /// The body, in the client's format.
    pub body: Option<Vec<u8>>,
    /// The protocol version: 4 for Chat, 6 for Pub/Sub.
    pub version: u8,
}

impl Call {
    /// Returns whether it does no more when it is made twice: it reads, or takes away, or has a key that tells it.
    pub(super) fn is_repeatable(&self) -> bool {
        let has_key = || self.query.iter().any(|(name, _)| name == "idempotencyKey");
        matches!(self.method, Method::GET | Method::DELETE) || has_key()
    }
}

/// The response to a call that succeeded.
pub struct Response {
    format: Format,
    address: String,
    body: Bytes,
    /// The query of the next page, if there is one.
    pub next: Option<String>,
}

/// The body of a refusal.
#[derive(Deserialize)]
struct Refusal {
    error: ErrorInfo,
}

impl Response {
    /// Reads the HTTP response of the host at `address`.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub(super) fn of(address: String, response: http::Response<Bytes>) -> Result<Self> {
        let (head, body) = response.into_parts();
        let format = if is_packed(&head.headers) {
            Format::MessagePack
        } else {
            Format::Json
        };
        if !head.status.is_success() {
            return Err(Error::Refused(refusal(
                format,
                &address,
                head.status,
                &body,
            )));
        }
        let links = head.headers.get(header::LINK);
        let next = links
            .and_then(|value| value.to_str().ok())
            .and_then(next_query);
        Ok(Self {
            format,
            address,
            body,
            next,
        })
    }

    /// Reads the body.
    ///
    /// # Errors
    /// [`Error::NotUnderstood`].
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        self.format
            .decode(&self.body)
            .map_err(|error| Error::NotUnderstood {
                address: self.address.clone(),
                reason: error.message,
            })
    }
}

fn is_packed(headers: &HeaderMap) -> bool {
    let media_type = Format::MessagePack.media_type().as_bytes();
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(media_type))
}

/// The error of the service, or one without a code where the body holds none.
fn refusal(format: Format, address: &str, status: StatusCode, body: &[u8]) -> ErrorInfo {
    match format.decode::<Refusal>(body) {
        Ok(Refusal { error }) if error.code != 0 => error,
        _ => ErrorInfo {
            href: None,
            ..ErrorInfo::new(
                0,
                status.as_u16(),
                format!("{address} answered with HTTP status {status}"),
            )
            .with_hint(format!(
                "{address} does not answer as Ably does: check that it is the endpoint that you mean, or the proxy before it"
            ))
        },
    }
}

/// A part of a path, as `encodeURIComponent` writes it.
pub fn segment(text: &str) -> String {
    const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'!')
        .remove(b'~')
        .remove(b'*')
        .remove(b'\'')
        .remove(b'(')
        .remove(b')');
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// The query of the link to the next page, as in `<./messages?cursor=x>; rel="next"`.
fn next_query(links: &str) -> Option<String> {
    links.split(',').find_map(|link| {
        let (target, rel) = link.split_once(';')?;
        if !rel.contains("rel=\"next\"") {
            return None;
        }
        let target = target.trim().strip_prefix('<')?.strip_suffix('>')?;
        target.split_once('?').map(|(_, query)| query.to_owned())
    })
}

/// The query of a link as parameters.
pub(super) fn parameters(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_escaped_as_the_sdk_does() {
        assert_eq!(segment("a::$chat/b@c d"), "a%3A%3A%24chat%2Fb%40c%20d");
        assert_eq!(segment("A-z_0.9!~*'()"), "A-z_0.9!~*'()");
    }

    #[test]
    fn the_next_page_is_found_among_the_links() {
        let links =
            r#"<./messages?limit=2>; rel="first", <./messages?limit=2&cursor=a%3Ab>; rel="next""#;
        assert_eq!(next_query(links).as_deref(), Some("limit=2&cursor=a%3Ab"));
        assert_eq!(next_query(r#"<./messages?limit=2>; rel="first""#), None);
    }
}
