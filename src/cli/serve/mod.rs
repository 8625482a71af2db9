//! `chatctl serve`: the embedded server, and what `exec` shares with it.

mod bound;
mod configuration;
mod options;
mod ready;
mod tls;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;

use super::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::noun::{Body, Noun, handler};
use super::process::signals::Signals;
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry};
use crate::chat_core::protocol::endpoint::is_loopback;
use crate::server::AuthEndpoint;
pub(super) use bound::Bound;
pub(super) use configuration::Configuration;
pub(super) use options::{ServerOptions, new_key};
pub(super) use ready::Ready;

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "serve",
    "Run the embedded Ably-compatible chat server",
    Body::Command(handler!(Serve)),
);

/// Where `serve` listens unless told.
const DEFAULT_LISTEN: &str = "127.0.0.1:9080";

/// The key of `--dev`: well known, and safe to commit for that reason.
pub(super) const DEV_KEY: &str = "dev.local:dev-secret-not-for-production";

/// Run the embedded Ably-compatible chat server
///
/// Prints its URL once it accepts connections; with --json the object that --ready-file writes. Ends on SIGINT and
/// SIGTERM with exit 0, after telling its clients.
///
///     chatctl serve --dev
///     ABLY_API_KEY=app.key:secret chatctl serve --listen 127.0.0.1:0 --ready-file ready.json
///
/// SDKs are pointed at it with { endpoint: 'localhost', port: 9080, tls: false }, or with TLS and a certificate of its
/// own, which they are told to trust:
///
///     chatctl serve --tls self-signed --tls-cert-out ca.pem
///     NODE_EXTRA_CA_CERTS=ca.pem node app.js
///
/// What it begins with stands in --seed FILE, in TOML, as JSON lines, or in a copy of a store, as chatctl help seeds
/// shows; chatctl app reset goes back to it. With --dev it is an auth server too: /api/ably-jwt and /api/ably-token give
/// a token for ?clientId=… (and room=…, capability=…, claim=ROOM=VALUE, ttl=MS), to whoever asks.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Serve {
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1:9080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,

    /// Use the address 127.0.0.1:9080 and the well-known key dev.local:dev-secret-not-for-production, and answer
    /// /api/ably-jwt and /api/ably-token
    #[arg(long, conflicts_with_all = ["listen", "key", "key_file"])]
    dev: bool,

    #[command(flatten)]
    options: ServerOptions,

    /// Write where the server is to this file, as JSON, once it accepts connections; one of an earlier server is removed
    /// at the start, and this one at the end
    #[arg(long, value_name = "PATH")]
    ready_file: Option<PathBuf>,
}

impl Serve {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let configuration = self.options.configuration(context)?;
        let keys = self.keys(context, &configuration)?;
        let was_generated = keys.is_empty();
        let address = self.listen.as_deref().unwrap_or(DEFAULT_LISTEN);
        if let Some(path) = &self.ready_file {
            ready::remove_old(path)?;
        }
        context.block_on_workers(async {
            let mut signals = Signals::new()?;
            let mut bound = self.options.bind(context, address, keys).await?;
            configuration.apply(&mut bound.server, context)?;
            if self.dev {
                bound.server.auth_endpoint = Some(believing(ApiKey::parse(DEV_KEY)?, context));
            }
            if let Some(path) = &self.ready_file {
                ready::write_privately(path, &bound.ready)?;
            }
            context.output.print(&bound.ready)?;
            if was_generated {
                context.output.notice(&format!(
                    "generated a key: ABLY_API_KEY={}",
                    bound.ready.keys[0]
                ));
            } else if self.dev {
                let Ready {
                    endpoint,
                    port,
                    tls,
                    ..
                } = &bound.ready;
                context.output.notice(&format!(
                    "key: ABLY_API_KEY={DEV_KEY} ABLY_ENDPOINT={endpoint} ABLY_PORT={port} ABLY_TLS={tls}"
                ));
            }
            if !is_loopback(&bound.ready.endpoint) {
                context.output.notice(&format!(
                    "warning: {} can be reached from other machines, and whoever reaches it may try keys",
                    bound.ready.url
                ));
            }
            let ready = bound.ready.clone();
            bound
                .run(async move {
                    signals.next().await;
                })
                .await?;
            if let Some(path) = &self.ready_file {
                ready::remove_own(path, &ready);
            }
            Ok(Exit::Done)
        })
    }

    /// The server's keys, those of flags or environment first; none if nobody gives one.
    fn keys(
        &self,
        context: &Context,
        configuration: &Configuration,
    ) -> anyhow::Result<Vec<KeyEntry>> {
        let mut keys = configuration.entries()?;
        if self.dev {
            keys.insert(0, whole(ApiKey::parse(DEV_KEY)?));
        } else {
            let given = context.settings().server_keys()?;
            keys.splice(0..0, given.into_iter().map(whole));
        }
        Ok(keys)
    }
}

/// A key that may do everything.
pub(super) fn whole(key: ApiKey) -> KeyEntry {
    KeyEntry::new(key, Capability::all())
}

/// Takes the address that an option names.
///
/// # Errors
/// An address that is none, or that is taken.
pub(super) async fn listen(option: &str, address: &str) -> anyhow::Result<TcpListener> {
    if address
        .rsplit_once(':')
        .is_none_or(|(host, port)| host.is_empty() || port.parse::<u16>().is_err())
    {
        return Err(
            Failure::usage(format!("{option}: '{address}' is no address"))
                .hint("as in 127.0.0.1:9080, or 127.0.0.1:0 for a free port")
                .into(),
        );
    }
    TcpListener::bind(address)
        .await
        .with_context(|| format!("can't listen on {address}"))
}

/// An auth server that gives everybody what they ask for.
pub(super) fn believing(key: ApiKey, context: &Context) -> AuthEndpoint {
    AuthEndpoint {
        key,
        users: None,
        ttl: TOKEN_TTL,
        clock: Arc::clone(&context.clock),
        random: context.random.clone(),
    }
}

/// How long the tokens of an auth server live.
const TOKEN_TTL: Duration = Duration::from_secs(60 * 60);
