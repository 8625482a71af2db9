//! `webhook show|resend`: one delivery with its request and answer, and sending it again.

use std::fmt::Write as _;
use std::time::Duration;

use clap::Args;
use http::Method;
use serde_json::Value;

use super::list::{clock_time, text};
use crate::chat_core::client;
use crate::chat_core::client::call::segment;
use crate::cli::Context;
use crate::cli::admin::Admin;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::output::table::plain_lines;
use crate::output::{Look, Render};

/// The longest time that a server takes to send a request again.
const RESEND_TIMEOUT: Duration = Duration::from_secs(20);

/// Show a delivery with its request and the endpoint's answer
///
/// Headers that the rule adds are masked. Of an answer the first 4 KiB are kept.
///
///     chatctl webhook show 1
///     chatctl webhook show 1 --json --jq '.request.body | fromjson | .items[].name'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct ShowDelivery {
    /// Id of the delivery
    #[arg(value_name = "DELIVERY")]
    delivery: String,
}

/// Send the request of a delivery again
///
/// The body is the same, with its signature; it goes to where the rule leads now, once. Exits 1 if the endpoint does not
/// take it.
///
///     chatctl webhook resend 1
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct ResendDelivery {
    /// Id of the delivery
    #[arg(value_name = "DELIVERY")]
    delivery: String,
}

impl ShowDelivery {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let admin = Admin::of(context, false)?;
        let path = format!("webhooks/deliveries/{}", segment(&self.delivery));
        let found = context.block_on(async { admin.ask(Method::GET, &path, &[], None).await });
        context.output.print(&Shown(found.map_err(unknown)?))?;
        Ok(Exit::Done)
    }
}

impl ResendDelivery {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let admin = Admin::of(context, false)?.with_timeout(RESEND_TIMEOUT);
        let path = format!("webhooks/deliveries/{}/resend", segment(&self.delivery));
        let sent = context.block_on(async { admin.ask(Method::POST, &path, &[], None).await });
        let sent = Shown(sent.map_err(unknown)?);
        context.output.print(&sent)?;
        Ok(Exit::verdict(sent.0["state"] == "delivered"))
    }
}

/// A delivery that is not there is a "no".
fn unknown(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<client::Error>() {
        Ok(client::Error::Refused(refusal)) if refusal.code == 40400 => {
            Failure::new(Exit::No, refusal.message)
                .hint("chatctl webhook list shows the deliveries")
                .into()
        }
        Ok(other) => other.into(),
        Err(other) => other,
    }
}

struct Shown(Value);

impl Render for Shown {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, _: Look) -> String {
        let delivery = &self.0;
        let mut lines = String::new();
        let mut line = |name: &str, value: String| {
            if !value.is_empty() {
                // Writing to a text does not fail.
                let _ = writeln!(lines, "{name}: {value}");
            }
        };
        line("delivery", text(&delivery["id"]));
        line("resend of", text(&delivery["resendOf"]));
        line("rule", text(&delivery["ruleId"]));
        line("source", text(&delivery["source"]));
        line("channel", text(&delivery["channel"]));
        line("events", text(&delivery["events"]));
        line("state", text(&delivery["state"]));
        for attempt in delivery["attemptLog"].as_array().into_iter().flatten() {
            let ended = match &attempt["error"] {
                Value::Null => text(&attempt["status"]),
                error => format!("{} ({})", text(&error["message"]), text(&error["code"])),
            };
            line(
                "attempt",
                format!("{} {ended}", clock_time(&attempt["timestamp"])),
            );
        }
        if delivery["attemptLog"].as_array().is_none_or(Vec::is_empty) {
            line("error", text(&delivery["error"]["message"]));
        }
        let mut part = |title: String, part: &Value| {
            let _ = writeln!(lines, "\n{title}");
            for (name, value) in part["headers"].as_object().into_iter().flatten() {
                let _ = writeln!(lines, "{name}: {}", text(value));
            }
            let _ = writeln!(lines, "\n{}", body(&part["body"]));
        };
        if delivery["request"].is_object() {
            part(
                format!("POST {}", text(&delivery["request"]["url"])),
                &delivery["request"],
            );
        }
        if delivery["answer"].is_object() {
            part(
                format!("HTTP {}", text(&delivery["answer"]["status"])),
                &delivery["answer"],
            );
        }
        plain_lines(&lines)
    }
}

/// A body as people read it: JSON on several lines.
fn body(value: &Value) -> String {
    let Value::String(text) = value else {
        return format!("{value}");
    };
    match serde_json::from_str::<Value>(text) {
        Ok(json @ (Value::Object(_) | Value::Array(_))) => {
            serde_json::to_string_pretty(&json).unwrap_or_default()
        }
        _ => text.clone(),
    }
}
