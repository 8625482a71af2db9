//! `auth check`: asks an auth endpoint as an SDK would, and says what is wrong with it.

use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};

use crate::chat_core::analysis::endpoint_check::{self, Outcome, Visit, Wanted};
use crate::chat_core::auth::token_source::AuthUrl;
use crate::chat_core::auth::{Capability, TokenSource};
use crate::chat_core::client::token_source::Fetching;
use crate::chat_core::client::{Authorizer, Error, Options};
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::grants::read_capability;
use crate::output::table::Columns;
use crate::output::{Look, Render};
use crate::settings::{self, parse_duration};

/// Check an auth endpoint as the SDKs would use it
///
/// It is asked twice as the first user, more than a second apart, and once as each other one: for answers of a kind
/// that SDKs take, given in time, in force, new each time, with nonces and clientIds of their own, and with no more
/// rights than --within says. Nothing is connected to, and no token is printed. Exits 1 if a check fails.
///
///     chatctl auth check http://127.0.0.1:3000/api/ably-jwt
///     chatctl auth check https://example.com/auth --as 'ann=Cookie: session=1' --as 'bob=Cookie: session=2'
///     chatctl auth check http://127.0.0.1:3000/auth --within '{"dms:*": ["publish", "subscribe"]}'
///
/// A user is asked for with the parameter clientId, as SDKs do, and with the header of --as. --auth-method,
/// --auth-header and --auth-param say how the endpoint is asked; --timeout is how long it is waited for. With the key
/// in the environment, signatures are looked at too.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Check {
    /// The endpoint
    #[arg(value_name = "URL")]
    url: String,

    /// A user, and with what header the endpoint knows them; several times [default: two made-up names]
    #[arg(long = "as", value_name = "CLIENT_ID[=NAME: VALUE]")]
    users: Vec<String>,

    /// What tokens may do at most, as JSON; `-` or `@FILE` reads it
    #[arg(long, value_name = "CAPABILITY")]
    within: Option<String>,

    /// The longest time for an answer
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "2s")]
    slow: Duration,
}

/// How long is waited before the first user asks again: JWTs count in whole seconds.
const BETWEEN: Duration = Duration::from_millis(1100);

/// Who asks, and with what of their own.
struct User {
    client_id: String,
    header: Option<(String, String)>,
}

impl Check {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let mut source = settings::auth_url(&"URL", &self.url)?;
        context.flags.auth_request()?.apply_to(&mut source);
        let users = self.users()?;
        let within = self.within(context)?;
        let key = context.settings().key()?;
        let visits = context.block_on(visit_all(&source, &users, context))?;
        let wanted = Wanted {
            within: self.slow,
            rights: within.as_ref(),
            key: key.as_ref().map(|key| &key.value),
        };
        let report = Report(endpoint_check::judge(&visits, &wanted));
        context.output.print(&report)?;
        let failed = report
            .0
            .iter()
            .any(|check| check.outcome == Outcome::Failed);
        Ok(Exit::verdict(!failed))
    }

    fn users(&self) -> anyhow::Result<Vec<User>> {
        if self.users.is_empty() {
            return Ok(["chatctl-one", "chatctl-two"].map(User::named).into());
        }
        self.users.iter().map(|text| User::parse(text)).collect()
    }

    fn within(&self, context: &Context) -> anyhow::Result<Option<Capability>> {
        let Some(argument) = &self.within else {
            return Ok(None);
        };
        let text = context.text_argument(argument)?;
        read_capability("--within", &text).map(Some)
    }
}

impl User {
    fn named(client_id: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            header: None,
        }
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let (client_id, header) = match text.split_once('=') {
            Some((client_id, header)) => (client_id, Some(header)),
            None => (text, None),
        };
        if client_id.is_empty() {
            return Err(Failure::usage("--as: the clientId is empty").into());
        }
        let Some(header) = header else {
            return Ok(Self::named(client_id));
        };
        // The header is not shown: it may be a secret.
        let fault = || Failure::usage(format!("--as {client_id}=…: it is no header NAME: VALUE"));
        let (name, value) = header.split_once(':').ok_or_else(fault)?;
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || !settings::is_header(name, value) {
            return Err(fault().into());
        }
        Ok(Self {
            client_id: client_id.to_owned(),
            header: Some((name.to_owned(), value.to_owned())),
        })
    }
}

async fn visit_all(
    source: &AuthUrl,
    users: &[User],
    context: &Context,
) -> anyhow::Result<Vec<Visit>> {
    let mut visits = Vec::new();
    for user in users {
        visits.push(visit(source, user, context).await?);
    }
    if visits.first().is_some_and(|visit| visit.given.is_ok()) {
        tokio::time::sleep(BETWEEN).await;
        visits.push(visit(source, &users[0], context).await?);
    }
    Ok(visits)
}

/// Asks once.
///
/// # Errors
/// Settings that can't be used. That the endpoint is not there, or gives nothing, is its answer.
async fn visit(source: &AuthUrl, user: &User, context: &Context) -> anyhow::Result<Visit> {
    let mut source = source.clone();
    source.headers.extend(user.header.clone());
    // Nothing is exchanged there: what the endpoint gives is taken as it is.
    let nowhere = Endpoint::parse("http://127.0.0.1:1")?;
    let Options {
        endpoint,
        connector,
        timeout,
        clock,
        random,
        ..
    } = context.options_at(nowhere, Authorizer::nobody())?;
    let asking = Fetching {
        source: TokenSource::Url(source),
        client_id: Some(user.client_id.clone()),
        endpoint,
        connector,
        timeout,
        clock,
        random,
    };
    let begun = Instant::now();
    let given = match asking.ask().await {
        Ok(given) => Ok(given),
        Err(Error::Refused(error)) => Err(error),
        Err(other) => return Err(other.into()),
    };
    Ok(Visit {
        user: user.client_id.clone(),
        given,
        took: begun.elapsed(),
        at: context.clock.now(),
    })
}

struct Report(Vec<endpoint_check::Check>);

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Unknown => "unknown",
    }
}

impl Render for Report {
    fn json(&self) -> Value {
        self.0
            .iter()
            .map(|check| json!({"check": check.name, "outcome": word(check.outcome), "reason": check.reason}))
            .collect()
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["check", "outcome", "reason"]);
        for check in &self.0 {
            table.row([
                check.name.to_owned(),
                word(check.outcome).to_owned(),
                check.reason.clone(),
            ]);
        }
        table.finish()
    }
}
