//! Fetching one token: from an auth server, from a command, and by exchanging a TokenRequest at the service.

use std::process::Stdio;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use serde::Deserialize;
use tokio::io::AsyncReadExt;

use super::{Fetching, exchange_call, renewal_time};
use crate::chat_core::auth::token_source::{
    AuthMethod, AuthUrl, Bearer, MAX_ANSWER, SourceAnswer, TokenResponse, TokenSource,
    check_client, expiry, failure, too_long,
};
use crate::chat_core::auth::{Credential, Secret, TokenDetails, TokenRequest};
use crate::chat_core::client::credential::ActiveCredential;
use crate::chat_core::client::error::Result;
use crate::chat_core::client::retry::Deadline;
use crate::chat_core::client::transport::{AGENT, Transport};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::http::{self as http_client, Client};
use crate::chat_core::protocol::Format;

/// The most redirects that are followed, as many as `got` and `fetch` follow at least.
const MAX_REDIRECTS: usize = 10;

/// The codes of the causes that a script may wait out: nobody was there, or nobody answered.
const NOT_REACHED: u32 = 80003;
const TIMED_OUT: u32 = 50003;

/// Fetches tokens.
pub(super) struct Fetcher {
    pub(super) with: Fetching,
    /// The way to the auth server.
    http: Client,
    /// The way to the service that exchanges TokenRequests.
    service: Transport,
}

impl Fetcher {
    /// A fetcher that has asked nobody yet.
    pub(super) fn new(with: Fetching) -> Self {
        let service = Transport::new(
            with.endpoint.clone(),
            Format::Json,
            with.connector.clone(),
            Arc::clone(&with.clock),
            with.random.clone(),
        );
        Self {
            http: Client::new(with.connector.clone()),
            with,
            service,
        }
    }

    /// Fetches a token.
    ///
    /// # Errors
    /// Why none could be got.
    pub(super) async fn fetch(&self, deadline: Deadline) -> Result<ActiveCredential> {
        let details = match self.given(deadline).await?.given {
            TokenResponse::Token(token) => {
                return self.shown(token.reveal(), &Bearer::of(token.reveal()), None);
            }
            TokenResponse::Details(details) => details,
            TokenResponse::Request(request) => self.exchange(&request, deadline).await?,
        };
        self.shown(
            &details.token,
            &Bearer::of_details(&details),
            details.expires,
        )
    }

    /// Asks the source and returns its answer.
    ///
    /// # Errors
    /// Why it gave nothing that a client can use.
    pub(super) async fn given(&self, deadline: Deadline) -> Result<SourceAnswer> {
        let asking = self.ask(deadline);
        match tokio::time::timeout_at(deadline.at(), asking).await {
            Ok(given) => given,
            Err(_) => Err(self.too_late(deadline).into()),
        }
    }

    /// The error where no token came until `deadline`.
    pub(super) fn too_late(&self, deadline: Deadline) -> ErrorInfo {
        let after = deadline.span().as_millis();
        let why = format!("the answer took longer than {after} ms");
        failure(format!("no token came from {}", self.name()))
            .with_cause(ErrorInfo::new(TIMED_OUT, 504, why))
    }

    fn shown(
        &self,
        token: &str,
        bearer: &Bearer,
        expires: Option<Timestamp>,
    ) -> Result<ActiveCredential> {
        check_client(token).map_err(|error| {
            let what = format!("{} (from {})", error.message, self.name());
            let failure = failure(what);
            match error.hint.clone() {
                Some(hint) => failure.with_cause(error).with_hint(hint),
                None => failure.with_cause(error),
            }
        })?;
        let client_id = bearer
            .acting_as(self.with.client_id.as_deref())
            .map_err(|error| ErrorInfo {
                message: format!("{} (from {})", error.message, self.name()),
                ..error
            })?;
        let clock = &self.with.clock;
        let now = clock.moment();
        let expires = expires.or_else(|| expiry(token));
        let expires = expires.map(|date| clock.moment_of(date));
        tracing::info!(
            source = self.name(),
            lives_for_s = expires.map(|end| end.since(now).as_secs()),
            "got a token"
        );
        Ok(ActiveCredential {
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

    async fn ask(&self, deadline: Deadline) -> Result<SourceAnswer> {
        match &self.with.source {
            TokenSource::Url(url) => self.ask_server(url, deadline).await,
            TokenSource::Command(command) => {
                let given = self.ask_command(command).await?;
                Ok(SourceAnswer { given, slip: None })
            }
        }
    }

    async fn ask_server(&self, url: &AuthUrl, deadline: Deadline) -> Result<SourceAnswer> {
        let broken = |reason: String| failure(format!("can't ask {}: {reason}", url.spoken()));
        let request = self
            .request(url)
            .map_err(|reason| broken(reason.to_string()))?;
        let answer = self.send(request, &url.headers, deadline).await;
        let answer = answer.map_err(|error| match error {
            http_client::Error::Unreachable(reason) | http_client::Error::Interrupted(reason) => {
                failure(format!("can't ask {}", url.spoken())).with_cause(ErrorInfo::new(
                    NOT_REACHED,
                    503,
                    reason,
                ))
            }
            http_client::Error::TooLong => too_long(),
            http_client::Error::TimedOut => self.too_late(deadline),
        })?;
        let Some(answer) = answer else {
            let what = format!("it redirected more than {MAX_REDIRECTS} times");
            return Err(broken(what).into());
        };
        let status = answer.status();
        let content_type = answer
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let body = answer.into_body();
        tracing::debug!(url = url.spoken(), status = status.as_u16(), "auth server");
        if status.is_success() {
            return Ok(SourceAnswer::read(content_type.as_deref(), &body)?);
        }
        Err(refusal(url, status.as_u16(), &body).into())
    }

    /// Sends the request, and follows redirects as the SDKs' HTTP clients do. Returns `None` if there are too many.
    async fn send(
        &self,
        mut request: Request<Bytes>,
        own_headers: &[(String, String)],
        deadline: Deadline,
    ) -> std::result::Result<Option<http::Response<Bytes>>, http_client::Error> {
        for _ in 0..MAX_REDIRECTS {
            let mut next = Request::new(request.body().clone());
            *next.method_mut() = request.method().clone();
            *next.headers_mut() = request.headers().clone();
            let from = request.uri().clone();
            let answer = self.http.send(request, MAX_ANSWER, deadline.at()).await?;
            let Some(to) = redirect(&from, &answer) else {
                return Ok(Some(answer));
            };
            let keeps_method = matches!(answer.status().as_u16(), 307 | 308);
            if !keeps_method && next.method() == Method::POST {
                *next.method_mut() = Method::GET;
                *next.body_mut() = Bytes::new();
                next.headers_mut().remove(header::CONTENT_TYPE);
            }
            if (to.scheme(), to.authority()) != (from.scheme(), from.authority()) {
                // They identify the user to the first server, and may be secrets.
                for (name, _) in own_headers {
                    next.headers_mut().remove(name.as_str());
                }
            }
            tracing::debug!(status = answer.status().as_u16(), "redirected");
            *next.uri_mut() = to;
            request = next;
        }
        Ok(None)
    }

    fn request(&self, url: &AuthUrl) -> std::result::Result<Request<Bytes>, http::Error> {
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
            .body(Bytes::from(form.clone().unwrap_or_default()))?;
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
    async fn ask_command(&self, command: &str) -> Result<TokenResponse> {
        // The code's own advice is about auth servers.
        let advised = |error: ErrorInfo| {
            error.with_hint(
                "run the auth command by hand, and look at its status and what it prints",
            )
        };
        let broken =
            |reason: String| advised(failure(format!("the auth command failed: {reason}")));
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
            return Err(advised(too_long()).into());
        }
        let status = child
            .wait()
            .await
            .map_err(|error| broken(error.to_string()))?;
        if !status.success() {
            return Err(broken(status.to_string()).into());
        }
        Ok(TokenResponse::of_output(&output).map_err(advised)?)
    }

    /// Exchanges a TokenRequest at the service.
    async fn exchange(&self, request: &TokenRequest, deadline: Deadline) -> Result<TokenDetails> {
        let nobody = ActiveCredential {
            credential: None,
            client_id: None,
            expires: None,
            renew_at: None,
        };
        let call = exchange_call(request, Format::Json);
        let answer = self.service.call(&nobody, &call, deadline).await?;
        answer.read()
    }
}

/// The target of a redirect from `from`, where the answer is one.
fn redirect(from: &Uri, answer: &http::Response<Bytes>) -> Option<Uri> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let target = answer.headers().get(header::LOCATION)?.to_str().ok()?;
    let target = target.split('#').next()?;
    let (scheme, authority) = (from.scheme_str()?, from.authority()?);
    let whole = if target.contains("://") {
        target.to_owned()
    } else if target.starts_with("//") {
        format!("{scheme}:{target}")
    } else if target.starts_with('/') {
        format!("{scheme}://{authority}{target}")
    } else if target.starts_with('?') {
        format!("{scheme}://{authority}{}{target}", from.path())
    } else {
        let folder = from
            .path()
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        format!("{scheme}://{authority}{folder}/{target}")
    };
    let to: Uri = whole.parse().ok()?;
    matches!(to.scheme_str(), Some("http" | "https")).then_some(to)
}

/// Returns the reason why an auth server gave no token: its own, if given in Ably's form. 403 is its last word (RSA4d).
fn refusal(url: &AuthUrl, status: u16, body: &[u8]) -> ErrorInfo {
    #[derive(Deserialize)]
    struct ErrorBody {
        error: ErrorInfo,
    }
    let said = serde_json::from_slice::<ErrorBody>(body)
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
    use crate::chat_core::client::token_source::is_final;

    #[test]
    fn redirects_lead_where_browsers_go() {
        let from: Uri = "http://x:1/api/auth?a=1".parse().unwrap();
        let to = |target: &str| {
            let answer = http::Response::builder()
                .status(302)
                .header("Location", target);
            redirect(&from, &answer.body(Bytes::new()).unwrap()).map(|to| to.to_string())
        };
        for (target, expected) in [
            ("https://y/z", "https://y/z"),
            ("//y/z?b=2", "http://y/z?b=2"),
            ("/z#here", "http://x:1/z"),
            ("z", "http://x:1/api/z"),
            ("?b=2", "http://x:1/api/auth?b=2"),
        ] {
            assert_eq!(to(target).as_deref(), Some(expected));
        }
        assert_eq!(to("file:///etc/passwd"), None);
        let plain = http::Response::builder().header("Location", "/z");
        assert!(redirect(&from, &plain.body(Bytes::new()).unwrap()).is_none());
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
