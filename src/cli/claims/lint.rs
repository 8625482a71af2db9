//! `claims lint`: the mistakes in a token.

use clap::Args;
use serde_json::Value;

use crate::chat_core::auth::lint::{self, Finding, Known, Severity};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::finding;
use crate::cli::subject::{self, handed_token};
use crate::output::{Look, Render, to_json};

/// Find the mistakes that people make with Ably JWTs: each with why it bites, and the fix
///
///   chatctl claims lint "$TOKEN"
///   chatctl claims lint "$TOKEN" --chat --key-capability '{"*":["publish","subscribe"]}'
///
/// With a key set, the signature is looked at too. Exits 1 if there is an error among the findings.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Lint {
    /// The token, or something that carries one; `-` for standard input, `@file` for a file [default: --token]
    #[arg(id = "handed", value_name = "TOKEN")]
    token: Option<String>,

    /// The token is for Chat, which refuses anonymous clients
    #[arg(long)]
    chat: bool,

    /// What the key may do, as JSON
    #[arg(long, value_name = "JSON")]
    key_capability: Option<String>,
}

impl Lint {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let text = handed_token(self.token.as_deref(), context)?;
        let key = subject::key(context)?;
        let key_capability = subject::key_capability(self.key_capability.as_deref(), context)?;
        let known = Known {
            now: context.clock.now(),
            for_chat: self.chat,
            key: key.as_ref(),
            key_capability: key_capability.as_ref(),
        };
        let findings = Findings(lint::lint(&text, &known));
        context.output.print(&findings)?;
        let is_good = findings
            .0
            .iter()
            .all(|finding| finding.severity != Severity::Error);
        Ok(Exit::verdict(is_good))
    }
}

struct Findings(Vec<Finding>);

impl Render for Findings {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, look: Look) -> String {
        finding::texts(self.0.iter().map(|finding| (None, finding)), look)
    }
}
