//! `faults add`: rules for a running server.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use http::Method;
use serde_json::{Value, json};

use super::target::{Scope, Target};
use crate::cli::Context;
use crate::cli::admin::Admin;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::fault_file;
use crate::output::{Look, Render, to_json};
use crate::server::faults::{RuleForm, RulesForm};
use crate::settings::parse_duration;

/// Add a rule of faults to a running server, or those of a file
///
/// Prints the rule's id. A rule stands until it is cleared, the app is reset, or the server ends.
///
///     chatctl faults add drop --at out --action MESSAGE --client bob --times 1
///     chatctl faults add answer --at answer --client bob --method POST --status 503 --times 1
///     chatctl faults add delay --at in --by 2s --client bob --room lobby
///     chatctl faults add hold --at ack --client bob --name acks
///     chatctl faults add --file faults.toml
///
/// chatctl help faults lists the points, the faults and what each takes.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct AddFault {
    /// Name of the fault
    #[arg(value_name = "FAULT", required_unless_present = "file")]
    fault: Option<String>,

    /// File with rules, in TOML
    #[arg(long, value_name = "FILE", conflicts_with = "fault")]
    file: Option<PathBuf>,

    /// Label of the rule in the log
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Point where it bites: connect, timer, in, presence, commit, out, ack, sync, heartbeat, request, answer, token,
    /// leave, store
    #[arg(long, value_name = "POINT")]
    at: Option<String>,

    #[command(flatten)]
    target: Target,

    /// Action of the frame, as in MESSAGE or ATTACH
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,

    /// Method of the request
    #[arg(long, value_name = "METHOD")]
    method: Option<String>,

    /// Path of the request; * stands for any text
    #[arg(long, value_name = "PATH")]
    path: Option<String>,

    /// Fire at this one only, counted from 1; repeat it for more
    #[arg(long, value_name = "NUMBER")]
    nth: Vec<u64>,

    /// Fire at each of so many
    #[arg(long, value_name = "COUNT")]
    every: Option<u64>,

    /// Fire at most so often
    #[arg(long, value_name = "COUNT")]
    times: Option<u64>,

    /// Fire so long after a connection was opened (timer)
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    after: Option<Duration>,

    /// How long to wait (delay, late)
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    by: Option<Duration>,

    /// How long it lasts (offline)
    #[arg(long = "for", value_name = "DURATION", value_parser = parse_duration)]
    span: Option<Duration>,

    /// Code of the error [default: that of the fault]
    #[arg(long, value_name = "CODE")]
    code: Option<u32>,

    /// HTTP status of the error or answer
    #[arg(long, value_name = "STATUS")]
    status: Option<u16>,

    /// Text of the error
    #[arg(long, value_name = "TEXT")]
    message: Option<String>,

    /// Code of the close frame (close, inject)
    #[arg(long, value_name = "CODE")]
    close_code: Option<u16>,

    /// Frame of inject and replace, as JSON; `-` for standard input, `@file` for a file
    #[arg(long, value_name = "JSON")]
    frame: Option<String>,

    /// Body of an answer, as JSON; `-` for standard input, `@file` for a file
    #[arg(long, value_name = "JSON")]
    body: Option<String>,

    #[command(flatten)]
    scope: Scope,
}

impl AddFault {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let all_apps = self.scope.all_apps;
        let rules = if let Some(path) = &self.file {
            fault_file::read("--file", path)?
        } else {
            let rule = self.rule(context)?;
            rule.check().map_err(|fault| {
                Failure::usage(fault).hint("chatctl help faults lists what each fault takes")
            })?;
            RulesForm {
                fault: vec![rule],
                uts: Vec::new(),
            }
        };
        let admin = Admin::of(context, all_apps)?;
        let body = to_json(&rules);
        let answer = context
            .block_on(async { admin.ask(Method::POST, "faults", &[], Some(&body)).await })?;
        context.output.print(&Added(answer))?;
        Ok(Exit::Done)
    }

    fn rule(self, context: &Context) -> anyhow::Result<RuleForm> {
        let span = |span: Duration| format!("{}ms", span.as_millis());
        let json = |option: &str, text: Option<&String>| -> anyhow::Result<Option<Value>> {
            let Some(text) = text else {
                return Ok(None);
            };
            let value = serde_json::from_str(&context.text_argument(text)?);
            let value = value
                .map_err(|error| Failure::usage(format!("{option}: invalid JSON: {error}")))?;
            Ok(Some(value))
        };
        let mut rule = RuleForm {
            name: self.name,
            at: self.at,
            action: self.action,
            method: self.method,
            path: self.path,
            nth: (!self.nth.is_empty()).then(|| json!(self.nth)),
            every: self.every,
            times: self.times,
            after: self.after.map(span),
            by: self.by.map(span),
            span: self.span.map(span),
            code: self.code,
            status: self.status,
            message: self.message,
            close_code: self.close_code,
            frame: json("--frame", self.frame.as_ref())?,
            body: json("--body", self.body.as_ref())?,
            fault: self.fault,
            ..RuleForm::default()
        };
        self.target.into_rule(&mut rule);
        Ok(rule)
    }
}

/// The server's answer.
struct Added(Value);

impl Render for Added {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, _: Look) -> String {
        let ids = self.0["ids"].as_array();
        let ids = ids.into_iter().flatten().filter_map(Value::as_str);
        ids.collect::<Vec<_>>().join("\n")
    }
}
