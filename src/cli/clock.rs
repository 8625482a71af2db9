//! `chatctl clock`: the clock of a running server.

use std::time::Duration;

use clap::Args;
use http::Method;
use serde_json::{Value, json};

use super::Context;
use super::admin::Admin;
use super::exit::Exit;
use super::failure::Failure;
use super::noun::{Group, Noun, NounBody, Verb, handler};
use super::time;
use super::virtual_time::FROZEN;
use crate::chat_core::clock::Timestamp;
use crate::output::{Look, Render};
use crate::settings::{Origin, parse_duration};

/// The time that an advance may take without --timeout: the server refuses one that stands still long before.
const ADVANCE_TIMEOUT: Duration = Duration::from_mins(10);

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "clock",
    "Read and move the clock of a server in virtual time",
    NounBody::Verbs(&[
        Verb::new("now", handler!(Now)),
        Verb::new("advance", handler!(Advance)),
        Verb::new("freeze", handler!(Freeze)),
        Verb::new("run", handler!(Run)),
    ]),
)
.within(Group::Server);

/// Print the time of a server
///
/// Says on standard error if the time is frozen, and who keeps it from going on. With --json its mode too (real, frozen
/// or running), its next deadline, the processes that take part, and for each that keeps the time the reason and what to
/// do.
///
///     chatctl clock now
///     chatctl clock now --jq '.waiting[]'
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Now {}

/// Let the time of a server go on
///
/// Every deadline on the way comes in its order. Returns once all is quiet then; it fails after 10 seconds if somebody is
/// not.
///
///     chatctl clock advance 2m
///     chatctl clock advance --to 2030-01-01T12:00:00Z
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Advance {
    /// How far, as in 90s or 2h
    #[arg(value_name = "DURATION", value_parser = parse_duration, required_unless_present_any = ["to", "next"])]
    span: Option<Duration>,

    /// To this time of the server instead; +1h is an hour from its present time
    #[arg(long, value_name = "TIME", conflicts_with = "span")]
    to: Option<String>,

    /// To the next deadline instead
    #[arg(long, conflicts_with_all = ["span", "to"])]
    next: bool,
}

/// Freeze the time of a server: it goes on only when it is advanced
///
///     chatctl clock freeze
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Freeze {}

/// Let the time of a server go on by itself
///
/// Within exec --virtual-time it goes on to the next deadline whenever all are quiet; with serve --clock virtual it passes
/// as usual.
///
///     chatctl clock run
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Run {}

impl Now {
    #[expect(clippy::unused_self, reason = "every verb is run in the same way")]
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let admin = Admin::of(context, false)?;
        let state = ask(context, &admin, Method::GET, "clock", None)?;
        explain(context, &state);
        print(context, state)
    }
}

impl Advance {
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let mut admin = Admin::of(context, false)?;
        if context.settings().timeout()?.origin == Origin::Default {
            admin = admin.with_timeout(ADVANCE_TIMEOUT);
        }
        let body = match (self.span, &self.to) {
            (Some(span), _) => json!({"ms": u64::try_from(span.as_millis())?}),
            (None, Some(to)) => {
                let state = ask(context, &admin, Method::GET, "clock", None)?;
                let to = time::moment(to, now_of(&state))
                    .map_err(|why| Failure::usage(format!("--to: {why}")))?;
                json!({"to": to})
            }
            (None, None) => json!({"next": self.next}),
        };
        let advanced = ask(context, &admin, Method::POST, "clock/advance", Some(&body))?;
        print(context, advanced)
    }
}

impl Freeze {
    #[expect(clippy::unused_self, reason = "every verb is run in the same way")]
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let admin = Admin::of(context, false)?;
        let state = ask(context, &admin, Method::POST, "clock/freeze", None)?;
        explain(context, &state);
        print(context, state)
    }
}

impl Run {
    #[expect(clippy::unused_self, reason = "every verb is run in the same way")]
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let admin = Admin::of(context, false)?;
        let state = ask(context, &admin, Method::POST, "clock/run", None)?;
        print(context, state)
    }
}

fn ask(
    context: &Context,
    admin: &Admin,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> anyhow::Result<Value> {
    context.block_on(async { admin.ask(method, path, &[], body).await })
}

fn print(context: &Context, state: Value) -> anyhow::Result<Exit> {
    context.output.print(&State(state))?;
    Ok(Exit::Done)
}

/// Says on standard error that the time is frozen, and who keeps it from going on.
fn explain(context: &Context, state: &Value) {
    if state["mode"] == "frozen" {
        context.output.notice(FROZEN);
    }
    for obstacle in state["waiting"].as_array().into_iter().flatten() {
        let part = |name: &str| obstacle[name].as_str().unwrap_or_default().to_owned();
        let fix = match part("fix") {
            fix if fix.is_empty() => fix,
            fix => format!(" ({fix})"),
        };
        let text = format!("waiting: {} {}{fix}", part("who"), part("why"));
        context.output.notice(&text);
    }
}

fn now_of(state: &Value) -> Timestamp {
    Timestamp(state["now"].as_i64().unwrap_or_default())
}

/// The state of a clock.
struct State(Value);

impl Render for State {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, _: Look) -> String {
        time::show(now_of(&self.0))
    }
}
