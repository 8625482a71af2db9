//! `moderation list|accept|reject`: messages that wait for a person.

use clap::Args;
use http::Method;
use serde_json::{Map, Value, json};

use crate::chat_core::client;
use crate::chat_core::client::call::segment;
use crate::chat_core::clock::Timestamp;
use crate::cli::Context;
use crate::cli::admin::Admin;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::output::table::Columns;
use crate::output::{Look, Render};

/// List the messages that wait for a decision
///
/// A rule of the server's configuration with action = "hold" keeps what it would reject until somebody decides, and for
/// 8 seconds by default. See docs/moderation.md.
///
///     chatctl moderation list
///     chatctl moderation list --jq '.[].id'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct ListHeld {}

/// Publish a message that waits for a decision
///
///     chatctl moderation accept 3
///     chatctl moderation accept 3 --text 'what a g*'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct AcceptHeld {
    /// Id of the message, as moderation list has it
    #[arg(value_name = "MESSAGE")]
    message: String,

    /// Text in the place of the sender's
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
}

/// Refuse a message that waits for a decision
///
/// The sender gets the rule's error, with the details that are given.
///
///     chatctl moderation reject 3 --reason insult
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RejectHeld {
    /// Id of the message, as moderation list has it
    #[arg(value_name = "MESSAGE")]
    message: String,

    /// Reason, which the sender finds in error.detail.reason
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    /// Another member of error.detail; can be given several times
    #[arg(long = "detail", value_name = "NAME=VALUE")]
    details: Vec<String>,
}

impl ListHeld {
    #[expect(clippy::unused_self, reason = "every verb is run in the same way")]
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let admin = Admin::of(context, false)?;
        let held =
            context.block_on(async { admin.ask(Method::GET, "moderation", &[], None).await })?;
        let now = context.clock.now();
        context.output.print(&Held(held, now))?;
        Ok(Exit::Done)
    }
}

impl AcceptHeld {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let body = match &self.text {
            Some(text) => json!({"text": text}),
            None => json!({}),
        };
        decide(context, &self.message, "accept", &body)
    }
}

impl RejectHeld {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let mut detail = Map::new();
        for given in &self.details {
            let (name, value) = given.split_once('=').ok_or_else(|| {
                Failure::usage(format!("--detail: '{given}' has no '=': write NAME=VALUE"))
            })?;
            detail.insert(name.to_owned(), json!(value));
        }
        if let Some(reason) = &self.reason {
            detail.insert("reason".to_owned(), json!(reason));
        }
        decide(context, &self.message, "reject", &json!({"detail": detail}))
    }
}

/// Tells the server a decision.
fn decide(context: &Context, id: &str, verdict: &str, body: &Value) -> anyhow::Result<Exit> {
    let admin = Admin::of(context, false)?;
    let path = format!("moderation/{}/{verdict}", segment(id));
    let done = context.block_on(async { admin.ask(Method::POST, &path, &[], Some(body)).await });
    let done = done.map_err(|error| match error.downcast::<client::Error>() {
        Ok(client::Error::Refused(refusal)) if refusal.code == 40400 => {
            Failure::new(Exit::No, refusal.message)
                .hint(
                    "it may be decided or too old by now; chatctl moderation list shows what waits",
                )
                .into()
        }
        Ok(other) => other.into(),
        Err(other) => other,
    })?;
    context.output.print(&Decided(done))?;
    Ok(Exit::Done)
}

struct Held(Value, Timestamp);

impl Render for Held {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["message", "room", "client", "text", "rule", "left"]);
        for held in self.0.as_array().into_iter().flatten() {
            let text = |name: &str| held[name].as_str().unwrap_or_default().to_owned();
            let until = Timestamp(held["until"].as_i64().unwrap_or_default());
            let left = until.since(self.1);
            table.row([
                text("id"),
                text("roomName"),
                text("clientId"),
                text("text"),
                text("ruleId"),
                format!("{}s", left.as_secs()),
            ]);
        }
        table.finish()
    }

    fn absence(&self) -> Option<String> {
        let is_empty = self.0.as_array().is_none_or(Vec::is_empty);
        is_empty.then(|| "no message waits for a decision".to_owned())
    }
}

struct Decided(Value);

impl Render for Decided {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, _: Look) -> String {
        self.0["id"].as_str().unwrap_or_default().to_owned()
    }
}
