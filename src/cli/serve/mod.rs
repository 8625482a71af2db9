//! `chatctl serve`: the embedded server, and the parts that it shares with `exec`.

mod allow;
mod bound;
mod configuration;
mod control;
mod dev;
mod faults;
mod limits;
mod options;
mod port;
mod ready;
mod stdin;
mod tls;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::Context;
use super::admin_token::TokenFile;
use super::exit::Exit;
use super::failure::Failure;
use super::noun::{Group, Noun, NounBody, handler};
use super::process::signals::Signals;
use super::virtual_time::{FROZEN, TimeOptions};
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry};
use crate::server::AuthEndpoint;
use crate::server::virtual_time::{Mode, VirtualTime};
use crate::settings::Settings;
pub(super) use allow::AllowOptions;
pub(super) use bound::Bound;
pub(super) use configuration::Configuration;
pub(super) use dev::DEV_KEY;
pub(super) use faults::ChaosOptions;
pub(super) use options::{ServerKeys, ServerOptions, new_key};
pub(super) use port::listen;
pub(super) use ready::Ready;

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "serve",
    "Run the embedded Ably-compatible chat server",
    NounBody::Command(handler!(Serve)),
)
.within(Group::Server);

/// The default address of `serve`.
pub(super) const DEFAULT_LISTEN: &str = "127.0.0.1:9080";

/// Run the embedded Ably-compatible chat server
///
/// Prints its URL once it accepts connections; with --json the object that --ready-file writes. On SIGINT and SIGTERM
/// it disconnects its clients and exits 0.
///
///     chatctl serve --dev
///     ABLY_API_KEY=app.key:secret chatctl serve --listen 127.0.0.1:0 --ready-file ready.json
///
/// A program that starts it can tie it to its own life by a pipe: `--exit-on-stdin-close` ends the server when its
/// standard input is closed.
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

    /// Use the address 127.0.0.1:9080 and the well-known key dev.local:dev-secret-not-for-production unless --listen and
    /// --key give others, and serve /api/ably-jwt and /api/ably-token
    #[arg(long)]
    dev: bool,

    #[command(flatten)]
    options: ServerOptions,

    /// Write the server's address and keys to this file, as JSON, once it accepts connections; one of an earlier server
    /// is removed at the start, and this one at the end
    #[arg(long, value_name = "PATH")]
    ready_file: Option<PathBuf>,

    /// Serve faults, the clock and usage under /chatctl/ to those who have the admin token of the ready file, as with
    /// --dev
    #[arg(long)]
    admin: bool,

    /// Serve the Control API (apps, keys, namespaces, rules, statistics) at this loopback address
    ///
    /// It is what the vendor's CLI and its Terraform provider use; see docs/control-api.md. It takes the token that is
    /// printed, controlToken of the ready file, or that of CHATCTL_CONTROL_TOKEN. With --dev it is on at localhost:9081,
    /// and takes any token.
    #[arg(long, value_name = "ADDRESS")]
    control: Option<String>,

    /// Clock: real, or virtual, frozen until chatctl clock moves it
    #[arg(long, value_enum, value_name = "CLOCK", default_value_t)]
    clock: ClockOption,

    #[command(flatten)]
    time: TimeOptions,

    /// Exit when standard input is closed, as when its parent ends
    #[arg(long)]
    exit_on_stdin_close: bool,
}

/// The clock of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ClockOption {
    /// The machine's.
    #[default]
    Real,
    /// One that stands still until it is advanced.
    Virtual,
}

impl Serve {
    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        match self.virtual_time(context)? {
            None => context.block_on_workers(self.serve(None, context)),
            Some(time) => {
                let serving = self.serve(Some(Arc::clone(&time)), context);
                context.block_on_virtual(&time, serving)
            }
        }
    }

    /// Starts virtual time, if it is wanted.
    fn virtual_time(&self, context: &mut Context) -> anyhow::Result<Option<Arc<VirtualTime>>> {
        if self.clock == ClockOption::Real {
            self.time.require_none("--clock virtual")?;
            return Ok(None);
        }
        if self.options.speaks_tls() {
            let why = "--clock virtual can't be used with --tls: it counts the bytes of each socket, which TLS hides";
            return Err(Failure::usage(why).hint("leave out --tls").into());
        }
        self.time.start(Mode::Frozen, None, context).map(Some)
    }

    async fn serve(
        &self,
        time: Option<Arc<VirtualTime>>,
        context: &Context,
    ) -> anyhow::Result<Exit> {
        let configuration = self.options.configuration(context)?;
        let keys = self.keys(context, &configuration)?;
        let was_generated = keys.entries.is_empty();
        if let Some(path) = &self.ready_file {
            ready::remove_old(path)?;
        }
        let closed = self.exit_on_stdin_close.then(|| stdin::closed(context));
        let closed = closed.transpose()?;
        let mut signals = Signals::new()?;
        let closed = async {
            match closed {
                Some(closed) => drop(closed.await),
                None => std::future::pending().await,
            }
        };
        let bound = self.bind(context, configuration, keys).await?;
        if let Some(path) = &self.ready_file {
            ready::write_privately(path, &bound.ready)?;
        }
        context.output.print(&bound.ready)?;
        self.announce(context, &bound, was_generated)?;
        let ready = bound.ready.clone();
        let report = bound.server.setup.fault_report.clone();
        let token = ready.admin_token.as_deref();
        let _token_file = token.and_then(|token| TokenFile::write(context, ready.port, token));
        let ended = async move {
            tokio::select! {
                _ = signals.next() => {}
                () = closed => {}
            }
        };
        bound.run_in(time, ended).await?;
        self.options.faults.report(&report, false, context)?;
        if let Some(path) = &self.ready_file {
            ready::remove_own(path, &ready);
        }
        Ok(Exit::Done)
    }

    /// The server of the options, to which clients can connect from now on.
    async fn bind(
        &self,
        context: &Context,
        configuration: Configuration,
        keys: ServerKeys,
    ) -> anyhow::Result<Bound> {
        let address = self.listen.as_deref().unwrap_or(DEFAULT_LISTEN);
        let mut bound = self.options.bind(context, address, keys).await?;
        configuration.apply(&mut bound, context)?;
        bound.server.setup.logs_requests = true;
        self.time.seed(&mut bound.server);
        if self.dev || self.admin || self.clock == ClockOption::Virtual {
            bound.open_admin(context);
        }
        control::open(&mut bound, self.control.as_deref(), self.dev, context).await?;
        if self.dev {
            let key = bound.server.keys[0].key.clone();
            bound.server.auth_endpoint = Some(open_auth_endpoint(key, context));
            if !tracing::enabled!(tracing::Level::INFO) {
                bound.server.setup.request_log = Some(dev::request_log(context)?);
            }
        }
        Ok(bound)
    }

    /// Says on standard error what clients need to know, and what the user should.
    fn announce(
        &self,
        context: &Context,
        bound: &Bound,
        was_generated: bool,
    ) -> anyhow::Result<()> {
        let ready = &bound.ready;
        let output = &context.output;
        let key = ready.keys.first().map_or("", String::as_str);
        if was_generated {
            output.message(&format!("generated a key: ABLY_API_KEY={key}"));
        } else if self.dev && output.shows_progress() {
            let banner = dev::Banner {
                ready,
                rooms: &self.options.store_text(),
                is_default: self.listen.is_none() && !ready.tls,
            };
            output.notice(&banner.text());
        } else if self.dev {
            // A key of one's own is not printed.
            let key = if key == DEV_KEY {
                format!("key: ABLY_API_KEY={DEV_KEY}")
            } else {
                "endpoint:".to_owned()
            };
            output.notice(&format!(
                "{key} ABLY_ENDPOINT={} ABLY_PORT={} ABLY_TLS={}",
                ready.endpoint, ready.port, ready.tls
            ));
        }
        if self.clock == ClockOption::Virtual {
            output.notice(FROZEN);
        }
        let local = bound
            .listener
            .local_addr()
            .context("can't tell the address")?;
        if !local.ip().is_loopback() {
            let what = if self.dev {
                "use it with the public key"
            } else {
                "try to guess keys"
            };
            output.notice(&format!(
                "warning: {local} can be reached from other machines, which may {what}"
            ));
        }
        Ok(())
    }

    /// The server's keys, those of flags or environment first; none if no source gives one. With --dev the environment
    /// gives none, whose key may be of another service.
    fn keys(&self, context: &Context, configuration: &Configuration) -> anyhow::Result<ServerKeys> {
        let mut entries = configuration.entries()?;
        let mut given = if self.dev {
            keys_of_flags(context)?
        } else {
            context.settings().server_keys()?
        };
        if self.dev && given.is_empty() {
            given.push(ApiKey::parse(DEV_KEY)?);
        }
        entries.splice(0..0, given.into_iter().map(full_access));
        Ok(ServerKeys {
            entries,
            // Whatever the key is, its auth endpoint gives everybody a token.
            are_public: self.dev,
        })
    }
}

/// The keys of --key and --key-file, which are meant for this server: those of other sources may be meant for Ably.
///
/// # Errors
/// An invalid key, or a file that can't be read.
pub(super) fn keys_of_flags(context: &Context) -> anyhow::Result<Vec<ApiKey>> {
    let flags = &context.flags;
    if flags.key.is_empty() && flags.key_file.is_none() {
        return Ok(Vec::new());
    }
    Ok(Settings::new(vec![flags]).server_keys()?)
}

/// A key with full access.
pub(super) fn full_access(key: ApiKey) -> KeyEntry {
    KeyEntry::new(key, Capability::everywhere())
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
