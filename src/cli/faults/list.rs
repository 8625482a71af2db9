//! `faults list|clear|log`: the rules of a running server, and what they have done.

use clap::Args;
use http::Method;
use serde_json::Value;

use super::target::Scope;
use crate::chat_core::client;
use crate::chat_core::client::call::segment;
use crate::cli::Context;
use crate::cli::admin::Admin;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::output::table::Columns;
use crate::output::{Look, Render};

/// List the rules of a running server, with how often each fired
///
///     chatctl faults list
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct ListFaults {
    #[command(flatten)]
    scope: Scope,
}

/// Remove rules from a running server
///
/// Without RULE all of them, and what they have not ended: clients that are offline are back. What --chaos draws goes on.
///
///     chatctl faults clear
///     chatctl faults clear 3
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct ClearFaults {
    /// Id or name of the rule
    #[arg(value_name = "RULE")]
    rule: Option<String>,

    #[command(flatten)]
    scope: Scope,
}

/// Show what faults were done
///
///     chatctl faults log
///     chatctl faults log --jq '.[] | select(.clientId == "bob")'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct FaultLog {
    #[command(flatten)]
    scope: Scope,
}

impl ListFaults {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let admin = Admin::of(context, self.scope.all_apps)?;
        let rules =
            context.block_on(async { admin.ask(Method::GET, "faults", &[], None).await })?;
        context.output.print(&Rules(rules))?;
        Ok(Exit::Done)
    }
}

impl ClearFaults {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let admin = Admin::of(context, self.scope.all_apps)?;
        let path = match &self.rule {
            Some(rule) => format!("faults/{}", segment(rule)),
            None => "faults".to_owned(),
        };
        let removed = context.block_on(async { admin.ask(Method::DELETE, &path, &[], None).await });
        let removed = removed.map_err(|error| match error.downcast::<client::Error>() {
            Ok(client::Error::Refused(refusal)) if refusal.code == 40400 => {
                Failure::new(Exit::No, refusal.message)
                    .hint("chatctl faults list shows the rules")
                    .into()
            }
            Ok(other) => other.into(),
            Err(other) => other,
        })?;
        context.output.print(&Removed(removed))?;
        Ok(Exit::Done)
    }
}

impl FaultLog {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let admin = Admin::of(context, self.scope.all_apps)?;
        let path = "faults/log";
        let entries = context.block_on(async { admin.ask(Method::GET, path, &[], None).await })?;
        context.output.print(&Entries(entries))?;
        Ok(Exit::Done)
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

struct Rules(Value);

impl Render for Rules {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["rule", "name", "at", "do", "about", "fired"]);
        for listed in items(&self.0) {
            let rule = &listed["rule"];
            let is_uts = rule["match"].is_object();
            let (at, fault, name) = if is_uts {
                (
                    &rule["match"]["type"],
                    &rule["action"]["type"],
                    &rule["comment"],
                )
            } else {
                (&rule["at"], &rule["do"], &rule["name"])
            };
            let about: Vec<String> = [
                "client", "room", "channel", "action", "method", "path", "key",
            ]
            .iter()
            .filter(|key| !is_uts && !rule[**key].is_null())
            .map(|key| format!("{key} {}", text(&rule[*key])))
            .collect();
            table.row([
                text(&listed["id"]),
                text(name),
                text(at),
                text(fault),
                about.join(", "),
                text(&listed["fired"]),
            ]);
        }
        table.finish()
    }
}

struct Removed(Value);

impl Render for Removed {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, _: Look) -> String {
        text(&self.0["removed"])
    }
}

struct Entries(Value);

impl Render for Entries {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["n", "rule", "at", "do", "client", "what"]);
        for entry in items(&self.0) {
            let what: Vec<String> = ["action", "method", "path", "channel"]
                .iter()
                .map(|key| text(&entry[*key]))
                .filter(|text| !text.is_empty())
                .collect();
            table.row([
                text(&entry["n"]),
                text(&entry["rule"]),
                text(&entry["at"]),
                text(&entry["do"]),
                text(&entry["clientId"]),
                what.join(" "),
            ]);
        }
        table.finish()
    }
}
