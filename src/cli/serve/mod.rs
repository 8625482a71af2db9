//! `chatctl serve`: the embedded server, and the parts that it shares with `exec`.

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
use super::noun::{Noun, NounBody, handler};
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
    NounBody::Command(handler!(Serve)),
);

/// The default address of `serve`.
const DEFAULT_LISTEN: &str = "127.0.0.1:9080";

/// The key of `--dev`: well known, hence safe to commit.
pub(super) const DEV_KEY: &str = "dev.local:dev-secret-not-for-production";

/// Run the embedded Ably-compatible chat server
///
/// Prints its URL once it accepts connections; with --json the object that --ready-file writes. On SIGINT and SIGTERM
/// it disconnects its clients and exits 0.
///
///     chatctl serve --dev
///     ABLY_API_KEY=app.key:secret chatctl serve --listen 127.0.0.1:0 --ready-file ready.json
///
/// Point SDKs at it with { endpoint: 'localhost', port: 9080, tls: false }, or use TLS with a certificate of its own
/// for them to trust:
///
///     chatctl serve --tls self-signed --tls-cert-out ca.pem
///     NODE_EXTRA_CA_CERTS=ca.pem node app.js
///
/// `--seed FILE` sets the initial state, which chatctl app reset returns to: TOML, JSON lines, or a copy of a store,
/// see chatctl help seeds. With --dev it is an auth server too: /api/ably-jwt and /api/ably-token issue any token for
/// ?clientId=… (and room=…, capability=…, claim=ROOM=VALUE, ttl=MS).
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Serve {
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1:9080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,

    /// Use the address 127.0.0.1:9080 and the well-known key dev.local:dev-secret-not-for-production, and serve
    /// /api/ably-jwt and /api/ably-token
    #[arg(long, conflicts_with_all = ["listen", "key", "key_file"])]
    dev: bool,

    #[command(flatten)]
    options: ServerOptions,

    /// Write the server's address and keys to this file, as JSON, once it accepts connections; removed at the start and
    /// at the end
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
                bound.server.auth_endpoint = Some(open_auth_endpoint(ApiKey::parse(DEV_KEY)?, context));
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
                    "warning: {} can be reached from other machines, which may try to guess keys",
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

    /// The server's keys, those of flags or environment first; none if no source gives one.
    fn keys(
        &self,
        context: &Context,
        configuration: &Configuration,
    ) -> anyhow::Result<Vec<KeyEntry>> {
        let mut keys = configuration.entries()?;
        if self.dev {
            keys.insert(0, full_access(ApiKey::parse(DEV_KEY)?));
        } else {
            let given = context.settings().server_keys()?;
            keys.splice(0..0, given.into_iter().map(full_access));
        }
        Ok(keys)
    }
}

/// A key with full access.
pub(super) fn full_access(key: ApiKey) -> KeyEntry {
    KeyEntry::new(key, Capability::all())
}

/// Listens on the address that an option names.
///
/// # Errors
/// An invalid address, or one that is in use.
pub(super) async fn listen(option: &str, address: &str) -> anyhow::Result<TcpListener> {
    if address
        .rsplit_once(':')
        .is_none_or(|(host, port)| host.is_empty() || port.parse::<u16>().is_err())
    {
        return Err(
            Failure::usage(format!("{option}: invalid address '{address}'"))
                .hint("as in 127.0.0.1:9080, or 127.0.0.1:0 for a free port")
                .into(),
        );
    }
    TcpListener::bind(address)
        .await
        .with_context(|| format!("can't listen on {address}"))
}

/// An auth server that issues any token to anyone.
pub(super) fn open_auth_endpoint(key: ApiKey, context: &Context) -> AuthEndpoint {
    AuthEndpoint {
        key,
        users: None,
        ttl: TOKEN_TTL,
        clock: Arc::clone(&context.clock),
        random: context.random.clone(),
    }
}

/// The lifetime of the auth server's tokens.
const TOKEN_TTL: Duration = Duration::from_secs(60 * 60);
