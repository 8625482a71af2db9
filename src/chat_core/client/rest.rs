//! REST calls: credentials, format, fallback hosts, errors, pages.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, Request, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::error::{Error, Result};
use super::hosts::{self, Preferred};
use super::retry::{Deadline, Retry, RetryPolicy};
use super::token_source::ActiveCredential;
use super::{AGENT, Options};
use crate::chat_core::auth::Credential;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::http::{self as http_client, Client};
use crate::chat_core::protocol::Format;

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// The time within which other hosts are begun with (`httpMaxRetryDuration`).
const MAX_RETRY: Duration = Duration::from_secs(15);

/// A client of the REST API.
pub struct Rest {
    options: Options,
    http: Client,
    preferred: Preferred,
}

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
    fn is_repeatable(&self) -> bool {
        let has_key = || self.query.iter().any(|(name, _)| name == "idempotencyKey");
        matches!(self.method, Method::GET | Method::DELETE) || has_key()
    }
}

/// An answer.
pub struct Answer {
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

impl Answer {
    /// Reads the answer.
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

impl Rest {
    /// A client.
    pub fn new(options: Options) -> Self {
        Self {
            http: Client::new(options.connector.clone()),
            options,
            preferred: Preferred::default(),
        }
    }

    /// Returns the client's options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// `value` in the client's format.
    pub fn encode(&self, value: &impl Serialize) -> Vec<u8> {
        self.options.format.encode(value)
    }

    /// Makes a call within the time of an operation. A lost answer is asked for once more where the call may be made
    /// twice.
    ///
    /// # Errors
    /// The service's refusal, why it was not reached, or why no token could be got.
    pub async fn call(&self, call: &Call) -> Result<Answer> {
        self.call_with(call, RetryPolicy::Once, self.deadline())
            .await
    }

    /// Makes a call until `deadline`, again as `policy` says where the call may be made twice.
    ///
    /// # Errors
    /// As [`Rest::call`].
    pub(super) async fn call_with(
        &self,
        call: &Call,
        policy: RetryPolicy,
        deadline: Deadline,
    ) -> Result<Answer> {
        let mut retry = Retry::new(policy, deadline);
        loop {
            match self.attempt(call, retry.attempt()).await {
                Err(error) if call.is_repeatable() && retry.again(&error).await => {}
                result => return result,
            }
        }
    }

    /// The deadline of an operation that begins now.
    pub(super) fn deadline(&self) -> Deadline {
        Deadline::within(self.options.timeout)
    }

    /// Makes a call once; with a new token where the service refuses the present one and there can be another (RSA4b).
    pub(super) async fn attempt(&self, call: &Call, deadline: Deadline) -> Result<Answer> {
        let authorizer = &self.options.authorizer;
        let shown = authorizer.credential_by(deadline).await?;
        match self.call_as(&shown, call, deadline).await {
            Err(Error::Refused(error)) if error.is_token_error() && authorizer.refused(&shown) => {
                tracing::info!(%error, "the token was refused: another is fetched");
                let shown = authorizer.credential_by(deadline).await?;
                self.call_as(&shown, call, deadline).await
            }
            result => result,
        }
    }

    /// Fallback hosts are tried where the first can't be reached or is in trouble (RSC15).
    async fn call_as(
        &self,
        shown: &ActiveCredential,
        call: &Call,
        deadline: Deadline,
    ) -> Result<Answer> {
        let Options {
            endpoint,
            clock,
            random,
            ..
        } = &self.options;
        let hosts = hosts::candidates(endpoint, random);
        let hosts = self.preferred.first_of(hosts, clock.now());
        let began = Instant::now();
        let mut last: Option<Error> = None;
        for (index, host) in hosts.iter().enumerate() {
            let attempt = deadline.attempt(index + 1 < hosts.len());
            match self.call_host(host, shown, call, attempt).await {
                Err(error) if is_hosts_fault(&error) => {
                    tracing::info!(host, %error, "this host does not do");
                    self.preferred.failed(host);
                    // What may have been done stays so, whatever the next hosts are like.
                    last = Some(last.filter(Error::outcome_unknown).unwrap_or(error));
                    if began.elapsed() > MAX_RETRY || Instant::now() >= deadline.at() {
                        break;
                    }
                }
                Ok(answer) => {
                    self.preferred.worked(host, endpoint, clock.now());
                    return Ok(answer);
                }
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or_else(|| Error::Unreachable {
            address: self.options.endpoint.http_base(),
            reason: "it has no hosts".to_owned(),
        }))
    }

    async fn call_host(
        &self,
        host: &str,
        shown: &ActiveCredential,
        call: &Call,
        deadline: Deadline,
    ) -> Result<Answer> {
        let base = self.options.endpoint.http_base_of(host);
        let what = format!("{} {}{}", call.method, base, call.path);
        let unreachable = |reason: String| Error::Unreachable {
            address: base.clone(),
            reason,
        };
        let unanswered = |reason: String| Error::Unanswered {
            address: base.clone(),
            reason,
        };
        let request = self
            .request(&base, shown, call)
            .map_err(|error| unreachable(error.to_string()))?;
        tracing::debug!(call = what, "request");
        let answer = self.http.send(request, MAX_ANSWER, deadline.at()).await;
        let answer = answer.map_err(|error| match error {
            http_client::Error::Unreachable(reason) => unreachable(reason),
            http_client::Error::Interrupted(reason) => unanswered(reason),
            error @ http_client::Error::TooLong => unanswered(error.to_string()),
            http_client::Error::TimedOut => Error::TimedOut {
                what,
                after: deadline.span(),
            },
        })?;
        let status = answer.status();
        let next = answer
            .headers()
            .get(header::LINK)
            .and_then(|value| value.to_str().ok())
            .and_then(next_query);
        let is_packed = answer
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| {
                value
                    .as_bytes()
                    .starts_with(Format::MessagePack.media_type().as_bytes())
            });
        let format = if is_packed {
            Format::MessagePack
        } else {
            Format::Json
        };
        let body = answer.into_body();
        tracing::debug!(status = status.as_u16(), bytes = body.len(), "answer");
        if status.is_success() {
            return Ok(Answer {
                format,
                address: base,
                body,
                next,
            });
        }
        match format.decode::<Refusal>(&body) {
            Ok(Refusal { error }) if error.code != 0 => Err(Error::Refused(error)),
            _ => Err(Error::Refused(ErrorInfo {
                href: None,
                ..ErrorInfo::new(
                    0,
                    status.as_u16(),
                    format!("{base} answered with HTTP status {status}"),
                )
            })),
        }
    }

    fn request(
        &self,
        base: &str,
        shown: &ActiveCredential,
        call: &Call,
    ) -> std::result::Result<Request<Bytes>, http::Error> {
        let mut uri = format!("{base}{}", call.path);
        if !call.query.is_empty() {
            let query: String = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&call.query)
                .finish();
            uri = format!("{uri}?{query}");
        }
        let media_type = self.options.format.media_type();
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(uri)
            .header(header::ACCEPT, media_type)
            .header("X-Ably-Version", call.version.to_string())
            .header("Ably-Agent", AGENT);
        let authorization = shown
            .credential
            .as_ref()
            .map(|credential| match credential {
                Credential::Key(key) => format!("Basic {}", STANDARD.encode(key.reveal())),
                Credential::Token(token) => format!("Bearer {}", STANDARD.encode(token.reveal())),
            });
        if let Some(value) = authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        if let Some(client_id) = &shown.client_id {
            request = request.header("X-Ably-ClientId", STANDARD.encode(client_id));
        }
        if call.body.is_some() {
            request = request.header(header::CONTENT_TYPE, media_type);
        }
        request.body(call.body.clone().unwrap_or_default().into())
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

/// Returns whether another host may do better.
fn is_hosts_fault(error: &Error) -> bool {
    match error {
        Error::Unreachable { .. } | Error::Unanswered { .. } | Error::TimedOut { .. } => true,
        Error::Refused(error) => (500..=504).contains(&error.status_code),
        Error::NotUnderstood { .. } => false,
    }
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
