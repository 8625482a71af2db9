//! `chatctl local env`: the variables that lead other programs to the local server, or to that of `serve --dev`.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use clap::Args;

use super::access::find_or_start;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::serve::{DEFAULT_LISTEN, DEV_KEY, Ready};
use crate::cli::variables::{Variables, VariablesForm};

/// Print the variables that lead other programs to the local server
///
///   eval "$(chatctl local env)"
///   eval "$(chatctl local env --dev)"
///   chatctl local env --format dotenv > .env.local
///   chatctl local env --format github >> "$GITHUB_ENV"
///   chatctl local env --jq .ABLY_API_KEY
///
/// Starts the server if it does not run. Key and port stay the same from one start to the next, as long as no other
/// program takes the port. The server stops after 15 idle minutes: run this again after such a pause, as another
/// program may have its port by then.
///
/// With --dev the variables lead to the server of 'chatctl serve --dev' instead, so that commands in a second terminal
/// use it.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Env {
    /// Form of the variables, whatever --json, -o and CHATCTL_OUTPUT ask for [default: shell]
    #[arg(long, value_name = "FORM")]
    format: Option<VariablesForm>,

    /// Print the variables of 'chatctl serve --dev'
    #[arg(long)]
    dev: bool,
}

/// The time for a connection to the server of `serve --dev`, which is on this machine.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(300);

impl Env {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let ready = if self.dev {
            dev_server(context)?
        } else {
            find_or_start(context)?
        };
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

/// The server of `serve --dev`, whose address and key are well known.
fn dev_server(context: &Context) -> anyhow::Result<Ready> {
    let address: SocketAddr = DEFAULT_LISTEN.parse()?;
    let ready = Ready::at(address, vec![DEV_KEY.to_owned()]);
    let url = &ready.url;
    context.output.notice(
        &if TcpStream::connect_timeout(&address, CONNECT_TIMEOUT).is_ok() {
            format!("commands use the server of 'chatctl serve --dev' at {url}")
        } else {
            format!("warning: nothing listens at {url} yet: start 'chatctl serve --dev'")
        },
    );
    Ok(ready)
}
