//! `faults cut|offline|expire|now`: faults that are done at once.

use std::time::Duration;

use clap::Args;
use http::Method;
use serde_json::{Value, json};

use super::target::{Scope, Target};
use crate::cli::Context;
use crate::cli::admin::Admin;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::output::{Look, Render, to_json};
use crate::server::faults::RuleForm;
use crate::settings::parse_duration;

/// Cut connections, as when the network fails for a moment
///
/// The clients get no close frame, and come back as they would. Without an option it is every connection of the app.
///
///     chatctl faults cut --client bob
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct CutFault {
    #[command(flatten)]
    target: Target,

    /// Send a close frame with this code first
    #[arg(long, value_name = "CODE", value_parser = clap::value_parser!(u16).range(1000..5000))]
    close_code: Option<u16>,

    #[command(flatten)]
    scope: Scope,
}

/// Take a client off the network for a while
///
/// Its connections end, and neither a connection nor a request of it comes through until then. After 15 s its members
/// leave; after two minutes its rooms have lost continuity.
///
///     chatctl faults offline --client bob --for 3m
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct OfflineFault {
    #[command(flatten)]
    target: Target,

    /// How long
    #[arg(long = "for", value_name = "DURATION", value_parser = parse_duration)]
    span: Duration,

    #[command(flatten)]
    scope: Scope,
}

/// Disconnect clients as if their tokens had expired
///
/// An SDK that has a way to get another token renews it and comes back.
///
///     chatctl faults expire --client bob
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct ExpireFault {
    #[command(flatten)]
    target: Target,

    #[command(flatten)]
    scope: Scope,
}

/// Do any fault to connections at once
///
///     chatctl faults now lose-continuity --client bob --room lobby
///     chatctl faults now disconnect --code 80003
///     chatctl faults now inject --frame '{"action":17}' --client bob
///
/// FAULT is one of those that chatctl help faults lists for at = "timer".
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct NowFault {
    /// Name of the fault
    #[arg(value_name = "FAULT")]
    fault: String,

    #[command(flatten)]
    target: Target,

    /// Code of the error [default: that of the fault]
    #[arg(long, value_name = "CODE")]
    code: Option<u32>,

    /// Frame of inject, as JSON
    #[arg(long, value_name = "JSON")]
    frame: Option<String>,

    #[command(flatten)]
    scope: Scope,
}

impl CutFault {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let mut rule = RuleForm {
            fault: Some(
                if self.close_code.is_some() {
                    "close"
                } else {
                    "cut"
                }
                .to_owned(),
            ),
            close_code: self.close_code,
            ..RuleForm::default()
        };
        self.target.into_rule(&mut rule);
        act(context, &rule, &self.scope)
    }
}

impl OfflineFault {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let mut rule = RuleForm {
            fault: Some("offline".to_owned()),
            span: Some(format!("{}ms", self.span.as_millis())),
            ..RuleForm::default()
        };
        self.target.into_rule(&mut rule);
        act(context, &rule, &self.scope)
    }
}

impl ExpireFault {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let mut rule = RuleForm {
            fault: Some("expire".to_owned()),
            ..RuleForm::default()
        };
        self.target.into_rule(&mut rule);
        act(context, &rule, &self.scope)
    }
}

impl NowFault {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let frame = match &self.frame {
            None => None,
            Some(text) => Some(
                serde_json::from_str(&context.text_argument(text)?)
                    .map_err(|error| Failure::usage(format!("--frame: invalid JSON: {error}")))?,
            ),
        };
        let mut rule = RuleForm {
            fault: Some(self.fault),
            code: self.code,
            frame,
            ..RuleForm::default()
        };
        self.target.into_rule(&mut rule);
        act(context, &rule, &self.scope)
    }
}

/// Does a fault at once, and prints to how many connections.
fn act(context: &Context, rule: &RuleForm, scope: &Scope) -> anyhow::Result<Exit> {
    let admin = Admin::of(context, scope.all_apps)?;
    let body = to_json(rule);
    let answer = context.block_on(async {
        let path = "faults/actions";
        admin.ask(Method::POST, path, &[], Some(&body)).await
    })?;
    let connections = answer["connections"].as_u64().unwrap_or(0);
    context.output.print(&Done(connections))?;
    if connections == 0 {
        context
            .output
            .notice("note: no open connection is meant (chatctl faults list shows rules, room list who is there)");
        return Ok(Exit::No);
    }
    Ok(Exit::Done)
}

struct Done(u64);

impl Render for Done {
    fn json(&self) -> Value {
        json!({"connections": self.0})
    }

    fn table(&self, _: Look) -> String {
        self.0.to_string()
    }
}
