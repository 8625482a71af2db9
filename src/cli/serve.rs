//! `chatctl serve`: the embedded server, and what `exec` shares with it.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::serve::{Listener, ListenerExt};
use clap::{Args, FromArgMatches};
use serde::Serialize;
use serde_json::Value;
use tokio::net::TcpListener;

use super::child::Signals;
use super::exit::{Exit, UsageError};
use super::server_config::ServerConfig;
use super::{Context, Noun};
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry};
use crate::output::{Look, Render, to_json};
use crate::server::{AuthEndpoint, Server, Storage};
use crate::settings;

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "serve",
    about: "Run the embedded Ably-compatible chat server",
    build: |command| Serve::augment_args(command),
    run: |matches, context| Serve::from_arg_matches(matches)?.run(context),
};

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
/// SDKs are pointed at it with { endpoint: 'localhost', port: 9080, tls: false }. With --dev it is an auth server
/// too: /api/ably-jwt and /api/ably-token give a token for ?clientId=… (and room=…, capability=…, claim=ROOM=VALUE,
/// ttl=MS), to whoever asks.
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

    /// Let test suites make apps of their own with POST /apps; whoever reaches the server may
    #[arg(long)]
    provision_apps: bool,

    /// Write where the server is to this file, as JSON, once it accepts connections
    #[arg(long, value_name = "PATH")]
    ready_file: Option<PathBuf>,
}

/// What the server of `serve` and that of `exec` have in common.
#[derive(Args)]
pub(super) struct ServerOptions {
    /// Where rooms are kept: 'memory', gone when the server ends, or 'sqlite:PATH', a file that is made if it is not there
    #[arg(long, value_name = "STORE", default_value = "memory")]
    store: Store,

    /// File with the server's keys and what each may do, in TOML: [[keys]] with key, capability, revocable-tokens; [limits] with publish-rate, and with retention-age, retention-count and retention-size of a store in a file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Where rooms are kept.
#[derive(Clone, Debug)]
enum Store {
    /// In this process; gone when it ends.
    Memory,
    /// In the file at this path.
    Sqlite(PathBuf),
}

impl FromStr for Store {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "memory" => Ok(Self::Memory),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("sqlite", _)) => Err("the path is missing, as in sqlite:chat.db".to_owned()),
            _ => Err("it is neither 'memory' nor 'sqlite:PATH'".to_owned()),
        }
    }
}

/// Where a server is, and the keys that it knows.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Ready {
    /// `http://host:port`.
    pub url: String,
    /// The host.
    pub endpoint: String,
    /// The port.
    pub port: u16,
    /// Whether it speaks TLS.
    pub tls: bool,
    /// `name:secret` each.
    pub keys: Vec<String>,
}

impl Render for Ready {
    fn json(&self) -> Value {
        to_json(self)
    }

    fn table(&self, _: Look) -> String {
        self.url.clone()
    }
}

/// A server that has its address and does not serve yet.
pub(super) struct Bound {
    listener: TcpListener,
    /// What will serve.
    pub(super) server: Server,
    /// Where it is.
    pub ready: Ready,
}

impl Serve {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let configuration = self.options.configuration()?;
        let mut keys = configuration.entries()?;
        let publish_rate = configuration.publish_rate()?;
        if self.dev {
            keys.insert(0, whole(ApiKey::parse(DEV_KEY)?));
        } else {
            let given = settings::server_keys(&context.flags, &context.environment)?;
            keys.splice(0..0, given.into_iter().map(whole));
        }
        let was_generated = keys.is_empty();
        let address = self.listen.as_deref().unwrap_or(DEFAULT_LISTEN);
        context.block_on_workers(async {
            let mut signals = Signals::new()?;
            let mut bound = self.options.bind(context, address, keys).await?;
            bound.server.provisions_apps = self.provision_apps;
            bound.server.publish_rate = publish_rate;
            if self.dev {
                bound.server.auth_endpoint = Some(believing(ApiKey::parse(DEV_KEY)?, context));
            }
            if let Some(path) = &self.ready_file {
                write_privately(path, &bound.ready)?;
            }
            context.output.print(&bound.ready)?;
            if was_generated {
                context.output.notice(&format!(
                    "generated a key: ABLY_API_KEY={}",
                    bound.ready.keys[0]
                ));
            } else if self.dev {
                context.output.notice(&format!(
                    "key: ABLY_API_KEY={DEV_KEY} ABLY_ENDPOINT={}",
                    bound.ready.url
                ));
            }
            bound
                .run(async move {
                    signals.next().await;
                })
                .await?;
            Ok(Exit::Done)
        })
    }
}

/// A key that may do everything.
pub(super) fn whole(key: ApiKey) -> KeyEntry {
    KeyEntry::new(key, Capability::all())
}

/// A new key: of the store's app, if it has one app, so that its rooms are found again.
///
/// # Errors
/// A store that fails.
pub(super) fn new_key(storage: &Storage, context: &Context) -> anyhow::Result<ApiKey> {
    Ok(match storage.only_app()? {
        Some(app) => ApiKey::generate_in(&app, &context.random),
        None => ApiKey::generate(&context.random),
    })
}

impl ServerOptions {
    /// Those of a server that keeps its rooms in the file at `path`.
    pub(super) fn keeping(path: PathBuf) -> Self {
        Self {
            store: Store::Sqlite(path),
            config: None,
        }
    }

    /// The configuration; an empty one if there is none.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn configuration(&self) -> anyhow::Result<ServerConfig> {
        match &self.config {
            Some(path) => ServerConfig::read(path),
            None => Ok(ServerConfig::default()),
        }
    }

    /// Opens the store.
    ///
    /// # Errors
    /// One that can't be opened, or that has no end where the configuration wants one.
    pub(super) fn storage(&self, context: &Context) -> anyhow::Result<Storage> {
        let retention = self.configuration()?.retention()?;
        match &self.store {
            Store::Memory if retention.is_endless() => Ok(Storage::memory()),
            Store::Memory => Err(UsageError::new(
                "--config: limits.retention-… is about a store in a file, and this one is in memory",
            )
            .hint("as in --store sqlite:chat.db")
            .into()),
            Store::Sqlite(path) => {
                let clock = Arc::clone(&context.clock);
                Ok(Storage::sqlite(path, clock, retention)?)
            }
        }
    }

    /// Takes the address, so that clients can connect from now on. Without a key one is generated.
    ///
    /// # Errors
    /// An address that is none, or that is taken; a store that can't be opened.
    pub(super) async fn bind(
        &self,
        context: &Context,
        address: &str,
        mut keys: Vec<KeyEntry>,
    ) -> anyhow::Result<Bound> {
        let storage = self.storage(context)?;
        if keys.is_empty() {
            keys.push(whole(new_key(&storage, context)?));
        }
        Self::bind_on(storage, context, address, keys).await
    }

    /// The same with a store that is open.
    ///
    /// # Errors
    /// An address that is none, or that is taken.
    pub(super) async fn bind_on(
        storage: Storage,
        context: &Context,
        address: &str,
        keys: Vec<KeyEntry>,
    ) -> anyhow::Result<Bound> {
        let listener = listen(address).await?;
        let local = listener.local_addr().context("can't tell the address")?;
        let endpoint = local.ip().to_string();
        let ready = Ready {
            url: format!("http://{local}"),
            endpoint,
            port: local.port(),
            tls: false,
            keys: keys.iter().map(|entry| entry.key.reveal()).collect(),
        };
        let server = Server {
            keys,
            provisions_apps: false,
            publish_rate: None,
            auth_endpoint: None,
            greeting: None,
            started: None,
            clock: Arc::clone(&context.clock),
            random: context.random.clone(),
            writers: std::thread::available_parallelism().map_or(1, usize::from),
            storage,
        };
        Ok(Bound {
            listener,
            server,
            ready,
        })
    }
}

/// Takes the address that --listen names.
///
/// # Errors
/// An address that is none, or that is taken.
pub(super) async fn listen(address: &str) -> anyhow::Result<TcpListener> {
    if address
        .rsplit_once(':')
        .is_none_or(|(host, port)| host.is_empty() || port.parse::<u16>().is_err())
    {
        return Err(
            UsageError::new(format!("--listen: '{address}' is no address"))
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

impl Bound {
    /// Serves until `shutdown` completes.
    ///
    /// # Errors
    /// A server that can't be made.
    pub(super) async fn run(self, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
        let quick = |listener: TcpListener| {
            listener.tap_io(|socket| {
                // Frames are gathered by the server itself.
                let _ = socket.set_nodelay(true);
            })
        };
        self.run_behind(quick, shutdown).await
    }

    /// The same with what `listening` makes of the listener.
    ///
    /// # Errors
    /// As [`Bound::run`].
    pub(super) async fn run_behind<L: Listener>(
        self,
        listening: impl FnOnce(TcpListener) -> L,
        shutdown: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        Ok(self.server.run(listening(self.listener), shutdown).await?)
    }
}

/// Writes `ready` to `path` at once and whole, for this user's eyes only.
fn write_privately(path: &Path, ready: &Ready) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let write = || {
        // What an earlier process of the same number left behind is not ours to trust.
        let _ = std::fs::remove_file(&temporary);
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)?;
        writeln!(file, "{}", to_json(ready))?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    write().with_context(|| format!("--ready-file: can't write {}", path.display()))
}
