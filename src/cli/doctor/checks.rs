//! The steps, in the order in which they depend on each other.

use std::time::{Duration, Instant};

use http::Method;

use super::faults;
use super::report::{Outcome, Report};
use crate::chat_core::auth::{ApiKey, Credential, Secret};
use crate::chat_core::client::call::Call;
use crate::chat_core::client::connection::{Connection, Event};
use crate::chat_core::client::room::HistoryQuery;
use crate::chat_core::client::{Authorizer, Error, Options, Rest, Room};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::catalogue::Class;
use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::cli::local;
use crate::cli::masked::{MaskedCredential, endpoint_name};
use crate::cli::rights::{self, Rights};
use crate::cli::service::{Service, no_credentials};
use crate::settings::{Authentication, Origin};

/// The difference between two clocks from which it is worth a word: tokens have whole seconds.
const SKEW: Duration = Duration::from_secs(2);

/// The room that is read for a round trip. Nothing is written.
const ROOM: &str = "chatctl-doctor";

/// Takes all steps.
pub(super) fn examine(context: &Context) -> Report {
    let mut doctor = Examination {
        context,
        report: Report::default(),
    };
    doctor.run();
    doctor.report
}

struct Examination<'a> {
    context: &'a Context,
    report: Report,
}

/// The steps that need an address.
const NETWORK: [&str; 5] = ["TCP", "TLS", "upgrade", "clock", "faults"];

/// The steps that need a credential too.
const AUTHENTICATED: [&str; 3] = ["capability", "REST", "realtime"];

impl Examination<'_> {
    fn run(&mut self) {
        self.report.add(
            "version",
            Outcome::Ok,
            concat!("chatctl ", env!("CARGO_PKG_VERSION")),
        );
        if !self.config() {
            return self.skip(&["address"], "the settings are not known");
        }
        let options = match self.address() {
            Ok(options) => options,
            Err(error) => {
                self.fail("address", &error);
                self.local();
                return self.skip(&NETWORK, "there is no address");
            }
        };
        let context = self.context;
        let done = context.block_on(async {
            let is_reached = self.network(&options).await;
            let authorizer = self.credential(&options).await;
            match (is_reached, authorizer) {
                (true, Some(authorizer)) => {
                    let options = Options {
                        authorizer,
                        ..options
                    };
                    self.authenticated(&options).await;
                }
                (false, _) => self.skip(&AUTHENTICATED, "the endpoint can't be reached"),
                (_, None) => self.skip(&AUTHENTICATED, "there is no credential"),
            }
            Ok(())
        });
        if let Err(error) = done {
            self.fail("runtime", &error);
        }
        self.local();
    }

    fn skip(&mut self, names: &[&'static str], why: &str) {
        for name in names {
            self.report.add(name, Outcome::Skipped, why);
        }
    }

    fn fail(&mut self, name: &'static str, error: &anyhow::Error) {
        let report = Failure::from(error).report;
        let mut detail = report.message;
        if let Some(code) = report.code {
            detail = format!("{detail} (code {code})");
        }
        for cause in report.causes {
            detail = format!("{detail}: {cause}");
        }
        self.report.advise(name, Outcome::Fail, detail, report.hint);
    }

    /// The config file and the profile. Returns whether the settings are known.
    fn config(&mut self) -> bool {
        let config = &self.context.config;
        if let Err(error) = config.check() {
            self.fail("config", &error.into());
            return false;
        }
        let detail = match (config.path(), config.file(), config.profile()) {
            (Some(path), Some(_), Some(profile)) => {
                format!("profile {} of {}", profile.name, path.display())
            }
            (Some(path), Some(_), None) => format!("{}, no profile", path.display()),
            _ => {
                self.report
                    .add("config", Outcome::Skipped, "no config file");
                return true;
            }
        };
        self.report.add("config", Outcome::Ok, detail);
        true
    }

    /// The endpoint. The local server is started, as every network command starts it.
    fn address(&mut self) -> anyhow::Result<Options> {
        let settings = self.context.settings();
        let options = Service::new(self.context).options_with(Authorizer::nobody())?;
        let origin = if local::is_used(self.context)? {
            Origin::LocalServer
        } else {
            settings.endpoint()?.origin
        };
        let name = endpoint_name(&options.endpoint);
        let base = options.endpoint.http_base();
        let address = if name == base {
            name
        } else {
            format!("{name}, {base}")
        };
        self.report
            .add("address", Outcome::Ok, format!("{address} ({origin})"));
        match self.context.proxy_for(&options.endpoint)? {
            Some(proxy) if origin != Origin::LocalServer => {
                self.report.add("proxy", Outcome::Ok, proxy);
            }
            _ => self.report.add("proxy", Outcome::Skipped, "not used"),
        }
        Ok(options)
    }

    /// The steps that need no credential. Returns whether the endpoint can be used.
    async fn network(&mut self, options: &Options) -> bool {
        let endpoint = &options.endpoint;
        let is_proxied = matches!(self.context.proxy_for(endpoint), Ok(Some(_)));
        if is_proxied {
            self.report
                .add("TCP", Outcome::Skipped, "through the proxy");
        } else {
            let host = (endpoint.primary_host(), endpoint.port());
            let begun = Instant::now();
            let connecting = tokio::net::TcpStream::connect(host);
            match tokio::time::timeout(options.timeout, connecting).await {
                Ok(Ok(_)) => self.report.ok_after("TCP", "connected", begun.elapsed()),
                Ok(Err(error)) => return self.not_reached("TCP", &error.to_string(), options),
                Err(_) => return self.not_reached("TCP", "no answer in time", options),
            }
        }
        let base = endpoint.http_base();
        let begun = Instant::now();
        let connecting = options.connector.connect(&base);
        let link = match tokio::time::timeout(options.timeout, connecting).await {
            Ok(Ok(link)) => link,
            Ok(Err(reason)) => return self.not_reached("TLS", &reason, options),
            Err(_) => return self.not_reached("TLS", "no answer in time", options),
        };
        if endpoint.tls() {
            self.report
                .ok_after("TLS", "the certificate is trusted", begun.elapsed());
        } else {
            self.report.add("TLS", Outcome::Skipped, "not used");
        }
        let begun = Instant::now();
        let uri = format!("{}/?v=3&format=json", base.replacen("http", "ws", 1));
        let upgrading = tokio_tungstenite::client_async(uri, link);
        match tokio::time::timeout(options.timeout, upgrading).await {
            Ok(Ok(_)) => self
                .report
                .ok_after("upgrade", "WebSocket", begun.elapsed()),
            Ok(Err(tokio_tungstenite::tungstenite::Error::Http(answer))) => {
                let detail = format!("no WebSocket: HTTP status {}", answer.status());
                let fix = "check the endpoint: it answers HTTP, and not as Ably does; or a proxy in between lets no WebSocket through";
                self.report
                    .advise("upgrade", Outcome::Fail, detail, Some(fix.to_owned()));
            }
            Ok(Err(_)) => {
                let fix = format!(
                    "check the endpoint: what listens at {base} does not answer as Ably does"
                );
                self.report
                    .advise("upgrade", Outcome::Fail, "no WebSocket", Some(fix));
            }
            Err(_) => return self.not_reached("upgrade", "no answer in time", options),
        }
        let is_usable = self.clock(options).await;
        self.faults(options).await;
        is_usable
    }

    fn not_reached(&mut self, name: &'static str, reason: &str, options: &Options) -> bool {
        let error = Error::Unreachable {
            address: options.endpoint.http_base(),
            reason: reason.to_owned(),
        };
        let hint = Failure::from(&error).report.hint;
        self.report.advise(name, Outcome::Fail, reason, hint);
        let later = NETWORK.iter().skip_while(|known| **known != name).skip(1);
        let later: Vec<&'static str> = later.copied().collect();
        self.skip(&later, "the step before failed");
        false
    }

    /// The server's clock against this one.
    async fn clock(&mut self, options: &Options) -> bool {
        let rest = Rest::new(options.clone());
        let call = Call {
            method: Method::GET,
            path: "/time".to_owned(),
            query: Vec::new(),
            body: None,
            version: 6,
        };
        let before = self.context.clock.now();
        let answer = rest.call(&call).await;
        let after = self.context.clock.now();
        let time = answer.and_then(|answer| answer.read::<Vec<i64>>());
        let time = match time {
            Ok(times) => times.first().copied().unwrap_or_default(),
            Err(error) => {
                self.fail("clock", &error.into());
                return false;
            }
        };
        let here = before.millis().midpoint(after.millis());
        let (ahead, behind) = (Timestamp(here), Timestamp(time));
        let skew = if here > time {
            ahead.since(behind)
        } else {
            behind.since(ahead)
        };
        if skew < SKEW {
            let detail = format!("{} ms apart", skew.as_millis());
            self.report.add("clock", Outcome::Ok, detail);
            return true;
        }
        let (word, effect) = if here > time {
            ("ahead of", "tokens minted here are not valid yet there")
        } else {
            ("behind", "tokens minted here expire early")
        };
        self.report.advise(
            "clock",
            Outcome::Warn,
            format!("this machine is {} s {word} the server", skew.as_secs()),
            Some(format!("synchronise the clock; {effect}")),
        );
        true
    }

    /// The faults on demand of a server of chatctl.
    async fn faults(&mut self, options: &Options) {
        let (outcome, detail, fix) = match faults::fails_on_purpose(options).await {
            Some(true) => (
                Outcome::Warn,
                "this server fails on purpose",
                Some(
                    "see 'chatctl faults list' and 'chatctl faults log'; 'chatctl faults clear' removes the rules",
                ),
            ),
            Some(false) => (Outcome::Ok, "none", None),
            None => (Outcome::Skipped, "not a server of chatctl", None),
        };
        self.report
            .advise("faults", outcome, detail, fix.map(str::to_owned));
    }

    /// The credential, which is fetched or printed by its command.
    async fn credential(&mut self, options: &Options) -> Option<Authorizer> {
        let found = match self.find_credential() {
            Ok(found) => found,
            Err(error) => {
                self.fail("credential", &error);
                return None;
            }
        };
        let (authentication, origin) = found;
        let authorizer = match Service::new(self.context).client_options() {
            Ok(options) => options.authorizer,
            Err(error) => {
                self.fail("credential", &error);
                return None;
            }
        };
        let fetching = authorizer.credential();
        match tokio::time::timeout(options.timeout + SKEW, fetching).await {
            Ok(Ok(shown)) => {
                let masked = match &shown.credential {
                    Some(Credential::Key(key)) => MaskedCredential::of_key(key),
                    Some(Credential::Token(token)) => MaskedCredential::of_token(token),
                    None => MaskedCredential::of(&authentication),
                };
                let detail = format!("{} {} ({origin})", masked.kind, masked.text);
                self.report.add("credential", Outcome::Ok, detail);
                Some(authorizer)
            }
            Ok(Err(error)) => {
                self.fail("credential", &error.into());
                None
            }
            Err(_) => {
                self.report
                    .add("credential", Outcome::Fail, "no token in time");
                None
            }
        }
    }

    fn find_credential(&self) -> anyhow::Result<(Authentication, Origin)> {
        let settings = self.context.settings();
        if let Some(found) = settings.authentication()? {
            return Ok((found.value, found.origin));
        }
        if settings.is_local()? {
            let key = local::key(self.context)?;
            let found = Authentication::Credential(Credential::Key(key));
            return Ok((found, Origin::LocalServer));
        }
        Err(no_credentials(self.context)?.into())
    }

    /// The steps that need a credential.
    async fn authenticated(&mut self, options: &Options) {
        let shown = match options.authorizer.credential().await {
            Ok(shown) => shown,
            Err(error) => return self.fail("capability", &error.into()),
        };
        let is_taken = match &shown.credential {
            Some(Credential::Key(key)) => self.key_capability(key, options).await,
            Some(Credential::Token(token)) => self.token_capability(token),
            None => true,
        };
        if !is_taken {
            return self.skip(&AUTHENTICATED[1..], "the credential is not taken");
        }
        if self.rest(options).await {
            self.realtime(options).await;
        } else {
            self.skip(&AUTHENTICATED[2..], "the step before failed");
        }
    }

    async fn key_capability(&mut self, key: &ApiKey, options: &Options) -> bool {
        match rights::of_key(key, options, self.context).await {
            Ok(rights) => {
                self.report.add("capability", Outcome::Ok, rights.summary());
                true
            }
            Err(error) => {
                self.fail("capability", &error.into());
                false
            }
        }
    }

    fn token_capability(&mut self, token: &Secret) -> bool {
        let rights = Rights::of_token(token, self.context);
        let outcome = match rights {
            Rights::Unknown(_) => Outcome::Skipped,
            Rights::Known(_) | Rights::OfKey => Outcome::Ok,
        };
        self.report.add("capability", outcome, rights.summary());
        true
    }

    /// A request with the credential. A refusal for want of rights is an answer too.
    async fn rest(&mut self, options: &Options) -> bool {
        let rest = Rest::new(options.clone());
        let query = HistoryQuery {
            limit: Some(1),
            ..HistoryQuery::default()
        };
        let begun = Instant::now();
        let answer = match Room::new(&rest, ROOM) {
            Ok(room) => room.history(&query).await.map(drop),
            Err(error) => Err(error),
        };
        match answer {
            Ok(()) => self.report.ok_after("REST", "answered", begun.elapsed()),
            Err(Error::Refused(error)) if error.class() == Class::NotPermitted => {
                self.report.ok_after("REST", "answered", begun.elapsed());
            }
            Err(error) => {
                self.fail("REST", &error.into());
                return false;
            }
        }
        true
    }

    /// A realtime connection.
    async fn realtime(&mut self, options: &Options) {
        let mut connection = Connection::new(options.clone());
        let begun = Instant::now();
        let connecting = async {
            loop {
                match connection.next().await {
                    Event::Connected { .. } => return Ok(()),
                    Event::Failed(error) | Event::Disconnected(error) => return Err(error),
                    _ => {}
                }
            }
        };
        match tokio::time::timeout(options.timeout, connecting).await {
            Ok(Ok(())) => self
                .report
                .ok_after("realtime", "connected", begun.elapsed()),
            Ok(Err(error)) => self.fail("realtime", &Error::from(error).into()),
            Err(_) => self
                .report
                .add("realtime", Outcome::Fail, "no connection in time"),
        }
    }

    /// The local server, whether it is used or not.
    fn local(&mut self) {
        let (outcome, detail, fix) = match local::peek(self.context) {
            Ok(peek) => match (peek.url, peek.hangs) {
                (Some(url), _) => (Outcome::Ok, format!("running at {url}"), None),
                (None, true) => (
                    Outcome::Warn,
                    "it runs and does not answer".to_owned(),
                    Some("chatctl local stop".to_owned()),
                ),
                (None, false) => (Outcome::Skipped, "not running".to_owned(), None),
            },
            Err(failure) => (Outcome::Warn, failure.report.message, failure.report.hint),
        };
        self.report.advise("local server", outcome, detail, fix);
    }
}
