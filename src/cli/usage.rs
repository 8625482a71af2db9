//! `chatctl usage`: what a server's apps would have counted as messages.

use clap::Args;
use http::Method;
use serde_json::Value;

use super::Context;
use super::admin::Admin;
use super::exit::Exit;
use super::noun::{Group, Noun, NounBody, handler};
use crate::output::table::Columns;
use crate::output::{Look, Output, Render};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "usage",
    "Count what a server's apps use, as Ably would",
    NounBody::Command(handler!(ShowUsage)),
)
.within(Group::Server);

/// Count what a server's apps use, as Ably would
///
/// Each publish is one message in, each delivery one message out, and so is each message of history and each member that
/// was asked for; more than 5 KiB are one more for each 5 KiB begun. Beside them: REST requests, the most connections and
/// channels at one time, and what limits refused, by code. chatctl app reset begins anew.
///
///     chatctl usage
///     chatctl exec --usage -- npm test
///     chatctl exec --limits free -- sh -c 'npm test; chatctl usage --json'
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct ShowUsage {
    /// Of all apps of the server together, not only that of the key in use
    #[arg(long)]
    all_apps: bool,
}

impl ShowUsage {
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let admin = Admin::of(context, self.all_apps)?;
        let usage = context.block_on(async { admin.ask(Method::GET, "usage", &[], None).await })?;
        context.output.print(&Usage(usage))?;
        Ok(Exit::Done)
    }
}

/// Usage, as the server reports it.
pub(super) struct Usage(pub(super) Value);

impl Usage {
    /// Prints it on standard error.
    pub(super) fn tell(&self, output: &Output) {
        output.message(&self.table(Look::default()));
    }
}

impl Render for Usage {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, look: Look) -> String {
        let usage = &self.0;
        let mut table = Columns::new(look, &["what", "count"]);
        let mut row = |what: &str, count: &Value| table.row([what.to_owned(), count.to_string()]);
        row("messages", &usage["messages"]);
        for (part, what) in [
            ("published", "published"),
            ("delivered", "delivered"),
            ("asked", "history, members, rewind"),
        ] {
            row(&format!("  {what}"), &usage[part]["total"]);
            for kind in ["messages", "presence", "annotations", "occupancy"] {
                let count = &usage[part][kind];
                if count.as_u64() > Some(0) {
                    row(&format!("    {kind}"), count);
                }
            }
        }
        row("REST requests", &usage["requests"]);
        row("peak connections", &usage["connections"]["peak"]);
        row("peak channels", &usage["channels"]["peak"]);
        for (code, count) in usage["refused"].as_object().into_iter().flatten() {
            row(&format!("over a limit: {code}"), count);
        }
        table.finish()
    }
}
