//! `chatctl local env`: the variables that lead other programs to the local server.

use clap::Args;

use super::access::find_or_start;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::variables::{Variables, VariablesForm};

/// Print the variables that lead other programs to the local server
///
///   eval "$(chatctl local env)"
///   chatctl local env --format dotenv > .env.local
///   chatctl local env --format github >> "$GITHUB_ENV"
///   chatctl local env --jq .ABLY_API_KEY
///
/// Starts the server if it does not run. Key and port stay the same from one start to the next, as long as no other
/// program takes the port. The server stops after 15 idle minutes: run this again after such a pause, as another
/// program may have its port by then.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Env {
    /// Form of the variables, whatever --json, -o and CHATCTL_OUTPUT ask for [default: shell]
    #[arg(long, value_name = "FORM")]
    format: Option<VariablesForm>,
}

impl Env {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let ready = find_or_start(context)?;
        let variables = Variables {
            form: self.format.unwrap_or(VariablesForm::Shell),
            ready: &ready,
        };
        if self.format.is_some() {
            variables.print(context)?;
        } else {
            variables.check()?;
            context.output.print(&variables)?;
        }
        Ok(Exit::Done)
    }
}
