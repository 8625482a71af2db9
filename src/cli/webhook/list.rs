//! `webhook list`: what was delivered, and the rules that are told.

use clap::Args;
use http::Method;
use serde_json::Value;

use crate::chat_core::clock::Timestamp;
use crate::cli::Context;
use crate::cli::admin::Admin;
use crate::cli::exit::Exit;
use crate::cli::time;
use crate::output::table::Columns;
use crate::output::{Look, Render};

/// List what a server delivered to webhooks, newest first
///
/// A server keeps the last 1,000 deliveries of each app. A delivery is pending while it will be tried again; dropped are
/// events for which there was no room.
///
///     chatctl webhook list
///     chatctl webhook list --rules
///     chatctl webhook list --json --jq '.[] | select(.state == "failed") | .id'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct ListDeliveries {
    /// List the rules, with how their deliveries ended
    #[arg(long, conflicts_with_all = ["rule", "limit"])]
    rules: bool,

    /// Only deliveries of the rule with this id
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,

    /// Maximum number of deliveries
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

impl ListDeliveries {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let admin = Admin::of(context, false)?;
        let limit = self.limit.to_string();
        let mut query = vec![("limit", limit.as_str())];
        if let Some(rule) = &self.rule {
            query.push(("rule", rule));
        }
        let (path, query) = if self.rules {
            ("webhooks", &[][..])
        } else {
            ("webhooks/deliveries", &query[..])
        };
        let found = context.block_on(async { admin.ask(Method::GET, path, query, None).await })?;
        if self.rules {
            context.output.print(&Rules(found))?;
        } else {
            context.output.print(&Deliveries(found))?;
        }
        Ok(Exit::Done)
    }
}

/// A member of an object, as a cell shows it.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The time of an event, as the clock on the wall shows it.
pub(super) fn clock_time(value: &Value) -> String {
    let millis = value.as_i64().unwrap_or_default();
    time::local_clock(Timestamp(millis))
}

struct Deliveries(Value);

impl Render for Deliveries {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn absence(&self) -> Option<String> {
        let is_empty = self.0.as_array().is_none_or(Vec::is_empty);
        is_empty.then(|| "nothing was delivered to a webhook so far".to_owned())
    }

    fn table(&self, look: Look) -> String {
        let titles = [
            "id", "time", "rule", "channel", "events", "state", "attempts", "answer",
        ];
        let mut table = Columns::new(look, &titles);
        for delivery in self.0.as_array().into_iter().flatten() {
            let answer = match &delivery["status"] {
                Value::Null => text(&delivery["error"]["message"]),
                status => text(status),
            };
            table.row([
                text(&delivery["id"]),
                clock_time(&delivery["timestamp"]),
                text(&delivery["ruleId"]),
                text(&delivery["channel"]),
                text(&delivery["events"]),
                text(&delivery["state"]),
                text(&delivery["attempts"]),
                answer,
            ]);
        }
        table.finish()
    }
}

struct Rules(Value);

impl Render for Rules {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn absence(&self) -> Option<String> {
        let is_empty = self.0.as_array().is_none_or(Vec::is_empty);
        is_empty.then(|| {
            "the app has no webhook: 'chatctl webhook listen' adds one, and so do [[rules]] of serve --config"
                .to_owned()
        })
    }

    fn table(&self, look: Look) -> String {
        let titles = [
            "rule",
            "status",
            "source",
            "channels",
            "mode",
            "url",
            "waiting",
            "delivered",
            "failed",
            "dropped",
        ];
        let mut table = Columns::new(look, &titles);
        for rule in self.0.as_array().into_iter().flatten() {
            let members = [
                "id",
                "status",
                "source",
                "channelFilter",
                "requestMode",
                "url",
                "waiting",
                "delivered",
                "failed",
                "dropped",
            ];
            table.row(members.map(|member| text(&rule[member])));
        }
        table.finish()
    }
}
