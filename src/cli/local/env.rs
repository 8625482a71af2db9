//! `chatctl local env`: the variables by which other programs find the local server.

use clap::Args;

use super::access::find_or_start;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::variables::{Form, Variables};

/// Print the variables that lead other programs to the local server, starting it if it does not run
///
///   eval "$(chatctl local env)"
///   chatctl local env --format dotenv > .env.local
///   chatctl local env --format github >> "$GITHUB_ENV"
///   chatctl local env --jq .ABLY_API_KEY
///
/// The key and the port stay the same from one start to the next, as long as no other program takes the port. A server
/// that nobody uses stops after 15 minutes: this command starts it again.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Env {
    /// How the variables are written, whatever --json, -o and CHATCTL_OUTPUT say [default: shell]
    #[arg(long, value_name = "FORM")]
    format: Option<Form>,
}

impl Env {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let ready = find_or_start(context)?;
        let variables = Variables {
            form: self.format.unwrap_or(Form::Shell),
            ready: &ready,
        };
        match self.format {
            Some(_) => variables.print(context)?,
            None => context.output.print(&variables)?,
        }
        Ok(Exit::Done)
    }
}
