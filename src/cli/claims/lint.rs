//! `claims lint`: the mistakes in a token.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use crate::chat_core::analysis::lint::{self, Known};
use crate::cli::Context;
use crate::cli::capability::{Levels, lint_levels, one_stdin};
use crate::cli::exit::Exit;
use crate::cli::finding::{self, Subject};
use crate::cli::report::{self, Annotation, Format, Reported, Suite};
use crate::cli::subject::{self, handed_token};
use crate::output::{Look, Render, to_json};

/// Find the mistakes that people make with Ably JWTs: each with why it bites, and the fix
///
///   chatctl claims lint "$TOKEN"
///   chatctl claims lint "$TOKEN" --chat --key-capability '{"*":["publish","subscribe"]}'
///   chatctl claims lint @token.jwt --policy policy.toml --format junit > report.xml
///
/// `chatctl help lint` lists the rules; [lint.CODE] in a policy file says how bad a finding is there, and why.
/// With --format tap and junit, each rule that could be applied is a case, which an error fails.
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

    /// Policy whose [lint.CODE] say how bad findings are; nothing else in it is used. `-` for standard input
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Form of the results [default: that of --output]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

impl Lint {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let file = self.policy.as_deref().and_then(Path::to_str);
        let others = [&self.token, &self.key_capability].into_iter().flatten();
        one_stdin(others.map(String::as_str).chain(file))?;
        let text = handed_token(self.token.as_deref(), context)?;
        let key = subject::key(context)?;
        let key_capability = subject::key_capability(self.key_capability.as_deref(), context)?;
        let known = Known {
            now: context.clock.now(),
            for_chat: self.chat,
            key: key.as_ref(),
            key_capability: key_capability.as_ref(),
        };
        let levels = match &self.policy {
            Some(path) => lint_levels(path, context)?,
            None => Levels::default(),
        };
        let linted = lint::lint(&text, &known);
        let token = Subject::new("the token".to_owned(), None, linted, &levels);
        let findings = Findings([token]);
        report::print(&findings, self.format, context)?;
        Ok(finding::verdict(&findings.0))
    }
}

/// What was found in the token.
struct Findings([Subject; 1]);

impl Reported for Findings {
    const COMMAND: &'static str = "chatctl claims lint";

    fn suites(&self) -> Vec<Suite> {
        finding::suites(&self.0)
    }

    fn annotations(&self) -> Vec<Annotation> {
        finding::annotations(&self.0)
    }

    fn summary(&self) -> Option<String> {
        None
    }
}

impl Render for Findings {
    fn json(&self) -> Value {
        to_json(&self.0[0].findings())
    }

    fn table(&self, look: Look) -> String {
        let findings = self.0[0].findings().iter();
        finding::texts(findings.map(|finding| (None, finding)), look)
    }
}
