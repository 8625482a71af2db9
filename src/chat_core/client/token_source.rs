//! Credentials over time: what a client shows now, and where it gets the next token from. REST and realtime share it.

use std::pin::Pin;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use tokio::io::AsyncReadExt;

use super::dial::Dialer;
use super::error::Result;
use super::rest::{Call, Rest, innermost, segment};
use super::{AGENT, Options};
use crate::chat_core::auth::token_source::{
    AuthMethod, AuthUrl, Bearer, Given, MAX_ANSWER, TokenSource, expiry, failure, too_long,
};
use crate::chat_core::auth::{Credential, Secret, TokenDetails, TokenRequest};
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::Format;
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::chat_core::random::Random;

/// How long before a token ends another is fetched; half of what is left where that is less.
const LEAD: Duration = Duration::from_secs(30);

/// The shortest time between two fetches that nobody asked for.
const PAUSE: Duration = Duration::from_secs(1);

/// What a client shows, and as whom it acts.
pub struct Shown {
    /// The credential; none where a call needs none.
    pub credential: Option<Credential>,
    /// The clientId to ask for beside it; `None` where the token says it.
    pub client_id: Option<String>,
    expires: Option<Timestamp>,
    renew_at: Option<Timestamp>,
}

impl Shown {
    /// The token, where the credential is one.
    pub fn token(&self) -> Option<&Secret> {
        match &self.credential {
            Some(Credential::Token(token)) => Some(token),
            _ => None,
        }
    }

    /// When the token ends, where that is known.
    pub fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// When another token should be fetched; never for what does not end, or does not say when.
    pub fn renew_at(&self) -> Option<Timestamp> {
        self.renew_at
    }
}

/// What a client is let in with, now and later. Clones share it.
#[derive(Clone)]
pub struct Authorizer(Arc<Inner>);

struct Inner {
    held: Mutex<Option<Arc<Shown>>>,
    fetcher: Option<Fetcher>,
    /// One fetch at a time, whose result everybody takes.
    turn: tokio::sync::Mutex<()>,
}

/// What fetching tokens needs.
pub struct Fetching {
    /// Where they come from.
    pub source: TokenSource,
    /// Whom they are to be for, if anybody was asked for.
    pub client_id: Option<String>,
    /// Where TokenRequests are exchanged.
    pub endpoint: Endpoint,
    /// The longest time for one.
    pub timeout: Duration,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// What the client of the exchange needs.
    pub random: Random,
}

struct Fetcher {
    with: Fetching,
    http: Client<Dialer, Full<Bytes>>,
}

impl Authorizer {
    /// One credential for ever, with the clientId to ask for beside it.
    pub fn fixed(credential: Credential, client_id: Option<String>) -> Self {
        Self::holding(Some(credential), client_id)
    }

    /// Nothing, for calls that prove by themselves who makes them.
    pub fn nobody() -> Self {
        Self::holding(None, None)
    }

    fn holding(credential: Option<Credential>, client_id: Option<String>) -> Self {
        let shown = Shown {
            credential,
            client_id,
            expires: None,
            renew_at: None,
        };
        Self::new(Some(Arc::new(shown)), None)
    }

    /// Tokens of a source: fetched when one is needed first, and again before it ends.
    pub fn fetching(with: Fetching) -> Self {
        let http = Client::builder(TokioExecutor::new()).build(Dialer::default());
        Self::new(None, Some(Fetcher { with, http }))
    }

    fn new(held: Option<Arc<Shown>>, fetcher: Option<Fetcher>) -> Self {
        Self(Arc::new(Inner {
            held: Mutex::new(held),
            fetcher,
            turn: tokio::sync::Mutex::default(),
        }))
    }

    /// Whether there can be another token than the present one.
    pub fn can_renew(&self) -> bool {
        self.0.fetcher.is_some()
    }

    /// What to show now. A token that ends soon is replaced first, if another can be had.
    ///
    /// # Errors
    /// Why no token could be got: 40170 / 401, 40300 / 403 for an auth server that refuses for good, 40161 or 40012
    /// for a token that is for nobody or anybody, and the service's own errors of the exchange.
    pub async fn shown(&self) -> Result<Arc<Shown>> {
        let held = self.held();
        let Some(fetcher) = &self.0.fetcher else {
            return held.ok_or_else(|| failure("there is no credential").into());
        };
        let now = fetcher.with.clock.now();
        match held {
            Some(held) if held.renew_at.is_none_or(|at| at > now) => Ok(held),
            Some(held) => match self.renew(&held).await {
                Err(error) if held.expires.is_some_and(|end| end > now) => {
                    tracing::warn!(%error, "no new token could be got: the present one is used while it lasts");
                    Ok(held)
                }
                result => result,
            },
            None => self.fetch_after(None).await,
        }
    }

    /// Another token than `old`. The present one stays in force if none can be had.
    ///
    /// # Errors
    /// As [`Authorizer::shown`].
    pub async fn renew(&self, old: &Arc<Shown>) -> Result<Arc<Shown>> {
        self.fetch_after(Some(old)).await
    }

    /// Notes that the service refused `shown`, and says whether there can be another.
    pub fn refused(&self, shown: &Arc<Shown>) -> bool {
        if !self.can_renew() {
            return false;
        }
        let mut held = self.lock();
        if held.as_ref().is_some_and(|held| Arc::ptr_eq(held, shown)) {
            *held = None;
        }
        true
    }

    async fn fetch_after(&self, old: Option<&Arc<Shown>>) -> Result<Arc<Shown>> {
        let Some(fetcher) = &self.0.fetcher else {
            return Err(failure("there is no way to get another token").into());
        };
        let _turn = self.0.turn.lock().await;
        if let Some(held) = self.held()
            && old.is_none_or(|old| !Arc::ptr_eq(old, &held))
        {
            // Somebody else fetched it meanwhile.
            return Ok(held);
        }
        let shown = Arc::new(fetcher.fetch().await?);
        *self.lock() = Some(Arc::clone(&shown));
        Ok(shown)
    }

    fn held(&self) -> Option<Arc<Shown>> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<Shown>>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When to fetch again at the time `now`, for a token that ends at `expires`.
pub(super) fn renewal_time(now: Timestamp, expires: Timestamp) -> Timestamp {
    let lead = LEAD.min(expires.since(now) / 2);
    (expires - lead).max(now + PAUSE)
}

/// Whether an error is the last word: asking again would be answered alike.
pub(super) fn is_final(error: &ErrorInfo) -> bool {
    error.status_code == 403 || matches!(error.code, 40161 | 40012)
}

impl Fetcher {
    async fn fetch(&self) -> Result<Shown> {
        let after = self.with.timeout;
        let given = match tokio::time::timeout(after, self.ask()).await {
            Ok(given) => given?,
            Err(_) => {
                return Err(failure(format!(
                    "the token request to {} did not complete within the configured timeout ({} ms)",
                    self.name(),
                    after.as_millis()
                ))
                .into());
            }
        };
        let details = match given {
            Given::Token(token) => {
                return self.shown(token.reveal(), &Bearer::of(token.reveal()), None);
            }
            Given::Details(details) => details,
            Given::Request(request) => self.exchange(&request).await?,
        };
        self.shown(
            &details.token,
            &Bearer::of_details(&details),
            details.expires,
        )
    }

    fn shown(&self, token: &str, bearer: &Bearer, expires: Option<Timestamp>) -> Result<Shown> {
        let client_id = bearer
            .acting_as(self.with.client_id.as_deref())
            .map_err(|error| ErrorInfo {
                message: format!("{} (from {})", error.message, self.name()),
                ..error
            })?;
        let now = self.with.clock.now();
        let expires = expires.or_else(|| expiry(token));
        tracing::info!(
            source = self.name(),
            lives_for_s = expires.map(|end| end.since(now).as_secs()),
            "got a token"
        );
        Ok(Shown {
            credential: Some(Credential::Token(Secret::new(token))),
            client_id,
            expires,
            renew_at: expires.map(|expires| renewal_time(now, expires)),
        })
    }

    /// The source in messages: without queries, arguments and headers, which may hold secrets.
    fn name(&self) -> String {
        match &self.with.source {
            TokenSource::Url(url) => url.spoken().to_owned(),
            TokenSource::Command(_) => "the auth command".to_owned(),
        }
    }

    async fn ask(&self) -> Result<Given> {
        match &self.with.source {
            TokenSource::Url(url) => self.ask_server(url).await,
            TokenSource::Command(command) => self.ask_command(command).await,
        }
    }

    async fn ask_server(&self, url: &AuthUrl) -> Result<Given> {
        let broken = |reason: String| failure(format!("can't ask {}: {reason}", url.spoken()));
        let request = self
            .request(url)
            .map_err(|reason| broken(reason.to_string()))?;
        let answer = self
            .http
            .request(request)
            .await
            .map_err(|error| broken(innermost(&error)))?;
        let status = answer.status();
        let content_type = answer
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let body = Limited::new(answer.into_body(), MAX_ANSWER)
            .collect()
            .await
            .map_err(|error| {
                if error.is::<LengthLimitError>() {
                    too_long()
                } else {
                    broken(error.to_string())
                }
            })?
            .to_bytes();
        tracing::debug!(url = url.spoken(), status = status.as_u16(), "auth server");
        if status.is_success() {
            return Ok(Given::of_answer(content_type.as_deref(), &body)?);
        }
        Err(refusal(url, status.as_u16(), &body).into())
    }

    fn request(&self, url: &AuthUrl) -> std::result::Result<Request<Full<Bytes>>, http::Error> {
        let wishes: Vec<(&str, &str)> = self
            .with
            .client_id
            .iter()
            .map(|id| ("clientId", id.as_str()))
            .collect();
        let (uri, form) = url.request(&wishes);
        let method = match url.method {
            AuthMethod::Get => Method::GET,
            AuthMethod::Post => Method::POST,
        };
        let mut request = Request::builder()
            .method(method)
            .uri(uri)
            .body(Full::new(Bytes::from(form.clone().unwrap_or_default())))?;
        let headers = request.headers_mut();
        headers.insert(
            header::ACCEPT,
            HeaderValue::from_static("application/json, text/plain"),
        );
        headers.insert(header::USER_AGENT, HeaderValue::from_static(AGENT));
        if form.is_some() {
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/x-www-form-urlencoded"),
            );
        }
        for (name, value) in &url.headers {
            let mut value = HeaderValue::from_str(value)?;
            value.set_sensitive(true);
            headers.insert(HeaderName::try_from(name.as_str())?, value);
        }
        Ok(request)
    }

    /// Runs the command, which talks to the user's terminal as this one does.
    async fn ask_command(&self, command: &str) -> Result<Given> {
        let broken = |reason: String| failure(format!("the auth command failed: {reason}"));
        let mut shell = tokio::process::Command::new("sh");
        shell
            .args(["-c", command])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        if let Some(client_id) = &self.with.client_id {
            // The wish of the SDKs' authCallback, in the form that such commands read.
            shell.env("ABLY_CLIENT_ID", client_id);
        }
        let mut child = shell.spawn().map_err(|error| broken(error.to_string()))?;
        let mut output = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            stdout
                .take(MAX_ANSWER as u64 + 1)
                .read_to_end(&mut output)
                .await
                .map_err(|error| broken(error.to_string()))?;
        }
        if output.len() > MAX_ANSWER {
            return Err(too_long().into());
        }
        let status = child
            .wait()
            .await
            .map_err(|error| broken(error.to_string()))?;
        if !status.success() {
            return Err(broken(status.to_string()).into());
        }
        Ok(Given::of_output(&output)?)
    }

    /// Exchanges a TokenRequest at the service.
    // Boxed: the call is made by a client that could have a source itself.
    fn exchange<'a>(
        &'a self,
        request: &'a TokenRequest,
    ) -> Pin<Box<dyn Future<Output = Result<TokenDetails>> + Send + 'a>> {
        Box::pin(async move {
            let rest = Rest::new(Options {
                endpoint: self.with.endpoint.clone(),
                authorizer: Authorizer::nobody(),
                format: Format::Json,
                timeout: self.with.timeout,
                clock: Arc::clone(&self.with.clock),
                random: self.with.random.clone(),
            });
            exchange(&rest, request).await
        })
    }
}

/// Exchanges a signed TokenRequest for a token (RSA8).
///
/// # Errors
/// The service's refusal, or why it was not reached.
pub async fn exchange(rest: &Rest, request: &TokenRequest) -> Result<TokenDetails> {
    let call = Call {
        method: Method::POST,
        path: format!("/keys/{}/requestToken", segment(&request.key_name)),
        query: Vec::new(),
        body: Some(rest.encode(request)),
        version: 6,
    };
    rest.call(&call).await?.read()
}

/// Why an auth server gave no token: what it says, if it says it in Ably's words. 403 is its last word (RSA4d).
fn refusal(url: &AuthUrl, status: u16, body: &[u8]) -> ErrorInfo {
    #[derive(Deserialize)]
    struct Body {
        error: ErrorInfo,
    }
    let said = serde_json::from_slice::<Body>(body)
        .map(|body| body.error)
        .ok();
    let what = format!("{} answered with HTTP status {status}", url.spoken());
    if status == 403 || said.as_ref().is_some_and(|said| said.status_code == 403) {
        let code = said.as_ref().map_or(0, |said| said.code);
        let mut error = ErrorInfo::new(if code == 0 { 40300 } else { code }, 403, what);
        if let Some(said) = said.filter(|said| !said.message.is_empty()) {
            error.message = format!("{}: {}", error.message, said.message);
        }
        return error;
    }
    match said {
        Some(said) => failure(what).with_cause(said),
        None => failure(what),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewal_is_half_a_minute_before_the_end_or_at_half_of_a_short_life() {
        let now = Timestamp(1_700_000_000_000);
        let at = |seconds: u64| renewal_time(now, now + Duration::from_secs(seconds)).since(now);
        assert_eq!(at(3600), Duration::from_secs(3570));
        assert_eq!(at(8), Duration::from_secs(4));
        assert_eq!(at(0), PAUSE, "never in a hurry");
    }

    #[test]
    fn a_server_that_forbids_has_the_last_word() {
        let url = AuthUrl {
            url: "http://x/auth?secret=hidden".to_owned(),
            method: AuthMethod::Get,
            headers: Vec::new(),
            params: Vec::new(),
        };
        let error = refusal(&url, 403, b"no");
        assert_eq!((error.code, is_final(&error)), (40300, true));
        assert!(!error.message.contains("hidden"));
        let error = refusal(&url, 500, b"{}");
        assert_eq!((error.code, is_final(&error)), (40170, false));
        let body = br#"{"error":{"code":40101,"statusCode":401,"message":"who?"}}"#;
        let error = refusal(&url, 401, body);
        assert_eq!(error.cause.unwrap().message, "who?");
    }
}
