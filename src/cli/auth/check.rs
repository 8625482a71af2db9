//! `auth check`: requests tokens from an auth endpoint as an SDK would, and reports its faults.

use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use crate::chat_core::analysis::endpoint_check::{self, Outcome, Requirements, Visit};
use crate::chat_core::auth::token_source::AuthUrl;
use crate::chat_core::auth::{Capability, TokenSource};
use crate::chat_core::client::token_source::Fetching;
use crate::chat_core::client::{Authorizer, Error, Options};
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::grants::read_capability;
use crate::cli::report::{
    self, AnnotationLevel, CaseOutcome, FileAnnotation, ReportCase, ReportSuite, Reported,
};
use crate::output::table::plain;
use crate::output::{Look, Render, Style};
use crate::settings::{self, parse_duration};

/// Check an auth endpoint as the SDKs would use it
///
/// Requests a token twice as the first user, more than a second apart, and once as each other user. Checks that answers
/// are of a kind that SDKs accept, in time, valid, new each time, with their own nonces and clientIds, and with no more
/// rights than --max-capability. Connects to nothing else, and prints no token. Exits 1 if a check fails, 5 if the
/// endpoint can't be reached.
///
///     chatctl auth check http://127.0.0.1:3000/api/ably-jwt
///     chatctl auth check https://example.com/auth --as 'ann=Cookie: session=1' --as 'bob=Cookie: session=2'
///     chatctl auth check http://127.0.0.1:3000/auth --max-capability '{"dms:*": ["publish", "subscribe"]}'
///
/// The request names the user in the parameter clientId, as SDKs do, and has the header of --as. --auth-method,
/// --auth-header and --auth-param shape the request; --timeout limits it. With a key in the environment, signatures are
/// verified too.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct AuthCheck {
    /// URL of the endpoint
    #[arg(value_name = "URL")]
    url: String,

    /// User with the header that identifies them to the endpoint; repeatable [default: two made-up names]
    #[arg(long = "as", value_name = "CLIENT_ID[=NAME: VALUE]")]
    users: Vec<String>,

    /// Most that tokens may grant, as JSON; `-` for standard input, `@file` for a file
    #[arg(long, value_name = "JSON", alias = "within")]
    max_capability: Option<String>,

    /// Time limit of an answer
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "2s")]
    slow: Duration,
}

/// The wait before the first user's second request: JWTs count in whole seconds.
const BETWEEN: Duration = Duration::from_millis(1100);

/// The time between two pictures of the progress.
const TICK: Duration = Duration::from_millis(120);

/// A user, with the header that identifies them.
struct TestUser {
    client_id: String,
    header: Option<(String, String)>,
}

impl AuthCheck {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let mut source = settings::auth_url(&"URL", &self.url)?;
        context.flags.auth_request()?.apply_to(&mut source);
        let users = self.users()?;
        let max_capability = self.max_capability(context)?;
        let key = context.settings().key()?;
        let visits = context.block_on(visit_all(&source, &users, context))?;
        let wanted = Requirements {
            within: self.slow,
            rights: max_capability.as_ref(),
            key: key.as_ref().map(|key| &key.value),
        };
        let report = CheckReport(endpoint_check::judge(&visits, &wanted));
        report::print(&report, None, context)?;
        if visits.iter().any(Visit::is_unreached) {
            return Ok(Exit::Unreachable);
        }
        let failed = report
            .0
            .iter()
            .any(|check| check.outcome == Outcome::Failed);
        Ok(Exit::verdict(!failed))
    }

    fn users(&self) -> anyhow::Result<Vec<TestUser>> {
        if self.users.is_empty() {
            return Ok(["chatctl-one", "chatctl-two"].map(TestUser::named).into());
        }
        self.users
            .iter()
            .map(|text| TestUser::parse(text))
            .collect()
    }

    fn max_capability(&self, context: &Context) -> anyhow::Result<Option<Capability>> {
        let Some(argument) = &self.max_capability else {
            return Ok(None);
        };
        let text = context.text_argument(argument)?;
        read_capability("--max-capability", &text).map(Some)
    }
}

impl TestUser {
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
        let fault = || Failure::usage(format!("--as {client_id}=…: must be a header NAME: VALUE"));
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
    users: &[TestUser],
    context: &Context,
) -> anyhow::Result<Vec<Visit>> {
    let mut visits = Vec::new();
    let progress = progress(context);
    for user in users {
        progress.set_message(format!("requesting a token as {}", user.client_id));
        visits.push(visit(source, user, context).await?);
        if visits.last().is_some_and(Visit::is_unreached) {
            break;
        }
    }
    let first = visits.first();
    if first.is_some_and(|visit| visit.given.is_ok()) && visits.len() == users.len() {
        progress.set_message(format!(
            "requesting another token as {}",
            users[0].client_id
        ));
        tokio::time::sleep(BETWEEN).await;
        visits.push(visit(source, &users[0], context).await?);
    }
    progress.finish_and_clear();
    Ok(visits)
}

/// The progress on standard error, where that is a terminal.
fn progress(context: &Context) -> ProgressBar {
    if !context.output.shows_progress() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{spinner} {msg}");
    let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(TICK);
    bar
}

/// Requests one token.
///
/// # Errors
/// Settings that can't be used. An endpoint that is not there, or gives nothing, is an answer.
async fn visit(source: &AuthUrl, user: &TestUser, context: &Context) -> anyhow::Result<Visit> {
    let mut source = source.clone();
    source.headers.extend(user.header.clone());
    // Nothing is exchanged there: the endpoint's answer is judged as it is.
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

struct CheckReport(Vec<endpoint_check::Check>);

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Unknown => "unknown",
        Outcome::Skipped => "skipped",
    }
}

impl Render for CheckReport {
    fn json(&self) -> Value {
        self.0
            .iter()
            .map(|check| json!({"check": check.name, "outcome": word(check.outcome), "reason": check.reason}))
            .collect()
    }

    fn table(&self, look: Look) -> String {
        let rows = self.0.iter().map(|check| {
            let (style, word) = match check.outcome {
                Outcome::Passed => (Style::Good, word(check.outcome)),
                Outcome::Failed => (Style::Bad, word(check.outcome)),
                Outcome::Unknown => (Style::Attention, word(check.outcome)),
                Outcome::Skipped => (Style::Secondary, word(check.outcome)),
            };
            let first = format!(
                "{}  {:<9}",
                look.painted(&format!("{word:<7}"), style),
                check.name
            );
            look.wrap(&first, &plain(&check.reason), 18)
        });
        rows.collect::<Vec<_>>().join("\n")
    }
}

impl Reported for CheckReport {
    const COMMAND: &'static str = "chatctl auth check";

    fn suites(&self) -> Vec<ReportSuite> {
        let cases = self.0.iter().map(|check| ReportCase {
            name: check.name.to_owned(),
            title: check.name.to_owned(),
            class: "auth endpoint".to_owned(),
            place: None,
            outcome: match check.outcome {
                Outcome::Passed => CaseOutcome::Passed,
                Outcome::Failed => CaseOutcome::Failed(check.reason.clone()),
                Outcome::Unknown | Outcome::Skipped => CaseOutcome::Skipped(check.reason.clone()),
            },
            details: Vec::new(),
        });
        vec![ReportSuite {
            name: "auth endpoint".to_owned(),
            cases: cases.collect(),
        }]
    }

    fn annotations(&self) -> Vec<FileAnnotation> {
        let failed = self
            .0
            .iter()
            .filter(|check| check.outcome == Outcome::Failed);
        failed
            .map(|check| FileAnnotation {
                level: AnnotationLevel::Error,
                place: None,
                title: format!("auth check: {}", check.name),
                message: check.reason.clone(),
            })
            .collect()
    }

    fn summary(&self) -> Option<String> {
        None
    }
}
