//! Requests to the service: the hosts that are tried, the headers, and the reading of responses.
//!
//! Holds no credentials: each request is given its own.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, header};
use tokio::time::Instant;

use super::call::{Call, Response};
use super::credential::ActiveCredential;
use super::error::{Error, Result};
use super::hosts::{self, Preferred};
use super::retry::Deadline;
use crate::chat_core::auth::Credential;
use crate::chat_core::clock::Clock;
use crate::chat_core::http::{self as http_client, Client, Connector};
use crate::chat_core::protocol::Format;
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::chat_core::random::Random;

/// The `agent` of requests and connections.
pub const AGENT: &str = concat!("chatctl/", env!("CARGO_PKG_VERSION"));

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// The time within which other hosts are begun with (`httpMaxRetryDuration`).
const MAX_RETRY: Duration = Duration::from_secs(15);

/// The way to the hosts of one service.
pub(super) struct Transport {
    endpoint: Endpoint,
    format: Format,
    clock: Arc<dyn Clock>,
    random: Random,
    http: Client,
    preferred: Preferred,
}

impl Transport {
    /// A transport to `endpoint` that has asked nobody yet.
    pub(super) fn new(
        endpoint: Endpoint,
        format: Format,
        connector: Connector,
        clock: Arc<dyn Clock>,
        random: Random,
    ) -> Self {
        Self {
            endpoint,
            format,
            clock,
            random,
            http: Client::new(connector),
            preferred: Preferred::default(),
        }
    }

    /// Makes a call until `deadline`. Fallback hosts are tried where the first can't be reached or is in trouble (RSC15).
    pub(super) async fn call(
        &self,
        credential: &ActiveCredential,
        call: &Call,
        deadline: Deadline,
    ) -> Result<Response> {
        let Self {
            endpoint,
            clock,
            random,
            ..
        } = self;
        let hosts = hosts::candidates(endpoint, random);
        let hosts = self.preferred.first_of(hosts, clock.moment());
        let began = Instant::now();
        let mut last: Option<Error> = None;
        for (index, host) in hosts.iter().enumerate() {
            let attempt = deadline.attempt(index + 1 < hosts.len());
            // Boxed: an exchange is large, and whatever waits for a call would carry it.
            match Box::pin(self.call_host(host, credential, call, attempt)).await {
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
                    self.preferred.worked(host, endpoint, clock.moment());
                    return Ok(answer);
                }
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or_else(|| Error::Unreachable {
            address: self.endpoint.http_base(),
            reason: "it has no hosts".to_owned(),
        }))
    }

    async fn call_host(
        &self,
        host: &str,
        credential: &ActiveCredential,
        call: &Call,
        deadline: Deadline,
    ) -> Result<Response> {
        let base = self.endpoint.http_base_of(host);
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
            .request(&base, credential, call)
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
        let (status, bytes) = (answer.status().as_u16(), answer.body().len());
        tracing::debug!(status, bytes, "answer");
        Response::of(base, answer)
    }

    fn request(
        &self,
        base: &str,
        credential: &ActiveCredential,
        call: &Call,
    ) -> std::result::Result<Request<Bytes>, http::Error> {
        let mut uri = format!("{base}{}", call.path);
        if !call.query.is_empty() {
            let query: String = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&call.query)
                .finish();
            uri = format!("{uri}?{query}");
        }
        let media_type = self.format.media_type();
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(uri)
            .header(header::ACCEPT, media_type)
            .header("X-Ably-Version", call.version.to_string())
            .header("Ably-Agent", AGENT);
        let authorization = credential
            .credential
            .as_ref()
            .map(|credential| match credential {
                Credential::Key(key) => format!("Basic {}", STANDARD.encode(key.reveal())),
                Credential::Token(token) => format!("Bearer {}", STANDARD.encode(token.reveal())),
            });
        if let Some(value) = authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        if let Some(client_id) = &credential.client_id {
            request = request.header("X-Ably-ClientId", STANDARD.encode(client_id));
        }
        if call.body.is_some() {
            request = request.header(header::CONTENT_TYPE, media_type);
        }
        request.body(call.body.clone().unwrap_or_default().into())
    }
}

/// Returns whether another host may do better.
fn is_hosts_fault(error: &Error) -> bool {
    match error {
        Error::Unreachable { .. } | Error::Unanswered { .. } | Error::TimedOut { .. } => true,
        Error::Refused(error) => (500..=504).contains(&error.status_code),
        Error::NotUnderstood { .. } => false,
    }
}
