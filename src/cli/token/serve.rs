//! `token serve`: a local auth server for front-end work.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use super::mapping::Mapping;
use super::signing_key::signing_key;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::process::signals::Signals;
use crate::cli::serve::{believing, listen};
use crate::output::{Look, Render};
use crate::server::AuthEndpoint;
use crate::settings::parse_duration;

/// Run a local auth server, for front-end work
///
/// It signs with the API key. GET and POST, from any origin:
///
///   /api/ably-jwt     a JWT, as application/jwt
///   /api/ably-token   a bare token as text for a plain fetch; a TokenRequest for clients
///                     that ask for JSON, as SDKs do; ?format=request|details|jwt chooses
///
/// Without --users everybody gets what they ask for: ?clientId=alice, and room=lobby or capability=JSON,
/// claim=ROOM=VALUE, ttl=MILLISECONDS. With it, only those get a token who stand in the file, and nothing they ask
/// for makes it more; they name themselves with user= or clientId=. Nobody: 401. Somebody who must not: 403, which
/// stops SDKs for good. The file:
///
///   [users.alice]
///   client-id  = "alice"                    # the user's name, unless told
///   # Features; all for an ordinary user unless told.
///   grant      = { "dms:*" = ["send-messages", "receive-messages"] }
///   allow      = { lobby = ["publish"] }    # operations
///   capability = '{"lobby":["history"]}'    # JSON, or a table of the same shape
///   claims     = { "dms:*" = '{"role":"member"}' }
///   ttl        = "15m"
///
///   [users.mallory]
///   banned = true
///
///   [users."*"]                             # everybody else
///   grant = { lobby = ["receive-messages"] }
///
/// Its clients: new Ably.Realtime({ authUrl: 'http://127.0.0.1:9081/api/ably-jwt', … })
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Serve {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9081")]
    listen: String,

    /// File that says who gets a token and what is in it, in TOML
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,

    /// How long tokens live where nobody says
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = parse_duration)]
    ttl: Duration,
}

impl Serve {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let users = match &self.users {
            Some(path) => Some(Mapping::read(path)?.users(context)?),
            None => None,
        };
        let endpoint = AuthEndpoint {
            users,
            ttl: self.ttl,
            ..believing(signing_key(context)?, context)
        };
        context.block_on_workers(async {
            let mut signals = Signals::new()?;
            let listener = listen("--listen", &self.listen).await?;
            let address = listener.local_addr().context("can't tell the address")?;
            context.output.print(&Ready(format!("http://{address}")))?;
            endpoint
                .run(listener, async move {
                    signals.next().await;
                })
                .await?;
            Ok(Exit::Done)
        })
    }
}

/// Where the auth server is.
struct Ready(String);

impl Render for Ready {
    fn json(&self) -> Value {
        json!({
            "url": self.0,
            "jwt": format!("{}/api/ably-jwt", self.0),
            "token": format!("{}/api/ably-token", self.0),
        })
    }

    fn table(&self, _look: Look) -> String {
        self.0.clone()
    }
}
