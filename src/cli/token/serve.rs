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
use crate::cli::serve::{AllowOptions, listen, open_auth_endpoint};
use crate::output::{Look, Render};
use crate::server::AuthEndpoint;
use crate::settings::parse_duration;

/// Run a local auth server, for front-end work
///
/// It signs with the API key. GET and POST, from pages of this machine and of --allow-origin:
///
///   /api/ably-jwt     a JWT, as application/jwt
///   /api/ably-token   a bare token as text for a plain fetch; a TokenRequest for clients
///                     that ask for JSON, as SDKs do; ?format=request|details|jwt chooses
///
/// Without --users it issues any token that is requested: ?clientId=alice, and room=lobby or capability=JSON,
/// claim=ROOM=VALUE, ttl=MILLISECONDS. With --users, only users listed in the file get a token, with the rights of the
/// file; user= or clientId= names them. Unknown users get 401, banned users get 403, which stops SDKs for good. The
/// file:
///
///   [users.alice]
///   client-id  = "alice"                    # default: the user's name
///   # Features; default: all, those of an ordinary user.
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
/// Clients use it with new Ably.Realtime({ authUrl: 'http://127.0.0.1:9081/api/ably-jwt', … })
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct TokenServe {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9081")]
    listen: String,

    /// File with the users that get tokens and their rights, in TOML
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,

    #[command(flatten)]
    allow: AllowOptions,

    /// Lifetime of tokens unless the file or the request gives one
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = parse_duration)]
    ttl: Duration,
}

impl TokenServe {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let users = match &self.users {
            Some(path) => Some(Mapping::read(path)?.users(context)?),
            None => None,
        };
        let endpoint = AuthEndpoint {
            users,
            ttl: self.ttl,
            ..open_auth_endpoint(signing_key(context)?, context)
        };
        context.block_on_workers(async {
            let mut signals = Signals::new()?;
            let listener = listen("--listen", &self.listen).await?;
            let address = listener.local_addr().context("can't tell the address")?;
            let boundary = self.allow.boundary_at(address.ip())?;
            context
                .output
                .print(&AuthServerReady(format!("http://{address}")))?;
            endpoint
                .run(listener, boundary, async move {
                    signals.next().await;
                })
                .await;
            Ok(Exit::Done)
        })
    }
}

/// The address of the auth server.
struct AuthServerReady(String);

impl Render for AuthServerReady {
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
