//! `claims lint`: mistakes in a token.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use crate::chat_core::analysis::lint::{self, Known};
use crate::cli::Context;
use crate::cli::capability::{LintLevels, lint_levels, one_stdin};
use crate::cli::exit::Exit;
use crate::cli::finding::{self, LintedSubject};
use crate::cli::report::{self, FileAnnotation, ReportFormat, ReportSuite, Reported};
use crate::cli::subject::{self, token_argument};
use crate::output::{Look, Render, to_json};

/// Find common mistakes in Ably JWTs and TokenRequests
///
///     chatctl claims lint "$TOKEN"
///     chatctl claims lint "$TOKEN" --chat --key-capability '{"*":["publish","subscribe"]}'
///     chatctl claims lint @token.jwt --policy policy.toml -o junit > report.xml
///
/// Takes JWTs and TokenRequests, also within TokenDetails, a header or a URL. `chatctl help lint` lists the rules; [lint.CODE] in a policy file changes the severity of one, with a reason. With
/// -o tap and junit, each rule that could be applied is a case, which an error fails.
///
/// With a key set, the signature is verified too. Exits 1 if there is an error among the findings.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct TokenLint {
    /// Token, or something that carries one; `-` for standard input, `@file` for a file [default: --token]
    #[arg(id = "handed", value_name = "TOKEN")]
    token: Option<String>,

    /// The token is for Chat, which refuses anonymous clients
    #[arg(long)]
    chat: bool,

    /// Capability of the key, as JSON
    #[arg(long, value_name = "JSON")]
    key_capability: Option<String>,

    /// Policy whose [lint.CODE] tables set severities; nothing else in it is used. `-` for standard input
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    // The older spelling of -o.
    #[arg(long, value_name = "FORMAT", hide = true)]
    format: Option<ReportFormat>,
}

impl TokenLint {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let file = self.policy.as_deref().and_then(Path::to_str);
        let others = [&self.token, &self.key_capability].into_iter().flatten();
        one_stdin(others.map(String::as_str).chain(file))?;
        let text = token_argument(self.token.as_deref(), context)?;
        let key = subject::optional_key(context)?;
        let key_capability = subject::key_capability(self.key_capability.as_deref(), context)?;
        let known = Known {
            now: context.clock.now(),
            for_chat: self.chat,
            key: key.as_ref(),
            key_capability: key_capability.as_ref(),
        };
        let levels = match &self.policy {
            Some(path) => lint_levels(path, context)?,
            None => LintLevels::default(),
        };
        let linted = lint::lint(&text, &known);
        let token = LintedSubject::new("the token".to_owned(), None, linted, &levels);
        let findings = TokenFindings([token]);
        report::print(&findings, self.format, context)?;
        Ok(finding::verdict(&findings.0))
    }
}

/// The findings of the token.
struct TokenFindings([LintedSubject; 1]);

impl Reported for TokenFindings {
    const COMMAND: &'static str = "chatctl claims lint";

    fn suites(&self) -> Vec<ReportSuite> {
        finding::suites(&self.0)
    }

    fn annotations(&self) -> Vec<FileAnnotation> {
        finding::annotations(&self.0)
    }

    fn summary(&self) -> Option<String> {
        None
    }
}

impl Render for TokenFindings {
    fn json(&self) -> Value {
        to_json(&self.0[0].findings())
    }

    fn table(&self, look: Look) -> String {
        let findings = self.0[0].findings().iter();
        finding::texts(findings.map(|finding| (None, finding)), look)
    }
}
