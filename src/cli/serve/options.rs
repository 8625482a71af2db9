//! The options that the servers of `serve` and `exec` share.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;

use super::allow::AllowOptions;
use super::faults::FaultOptions;
use super::limits::LimitOptions;
use super::tls::{Secured, TlsOptions};
use super::{Bound, Configuration, Ready, full_access, listen};
use crate::chat_core::auth::{ApiKey, KeyEntry};
use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::cli::safe_file;
use crate::cli::server_config::ServerConfig;
use crate::server::{AccessLog, Retention, Server, Setup, Storage};

/// The options that the servers of `serve` and `exec` share.
#[derive(Args, Default)]
pub(in crate::cli) struct ServerOptions {
    /// Store of the rooms: 'memory', which ends with the server, or 'sqlite:PATH', a file that is created if it does
    /// not exist
    #[arg(long, value_name = "STORE", default_value = "memory")]
    store: StoreOption,

    /// File with the server's keys, namespaces, rules and limits, in TOML
    ///
    /// [[keys]] with key, capability, revocable-tokens; [[namespaces]]
    /// with id, mutable-messages, identified; [[rules]] that are asked before a message is published or told afterwards
    /// (docs/moderation.md), and allow-target; [limits] with plan and its figures (docs/limits.md), publish-rate,
    /// continuity-window, retention-size of the store (in memory 1GiB by default), and retention-age and
    /// retention-count of a store file; allow-host and allow-origin, lists that add to the flags; seed with the name of a seed file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// File with the initial state, which a reset returns to: keys, namespaces, rooms with messages and members, in
    /// TOML or JSON lines; or a store file of --store, which is not changed: its channels with all their history,
    /// serials included. See chatctl help seeds
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,

    #[command(flatten)]
    limits: LimitOptions,

    /// Append each operation with client, room and result, and each refused login, to this file as JSON lines, for
    /// capability minimize and for audits
    #[arg(long, visible_alias = "record", value_name = "FILE")]
    access_log: Option<PathBuf>,

    #[command(flatten)]
    tls: TlsOptions,

    /// Allow POST /apps to create apps without a key; otherwise it needs a key of the server with full access
    #[arg(long)]
    provision_apps: bool,

    #[command(flatten)]
    allow: AllowOptions,

    #[command(flatten)]
    pub(in crate::cli) faults: FaultOptions,

    /// Serve /metrics (Prometheus), /healthz and /readyz at this address, apart from the clients
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<String>,
}

/// The keys of a server.
pub(in crate::cli) struct ServerKeys {
    /// The keys, the first one's app first.
    pub(in crate::cli) entries: Vec<KeyEntry>,
    /// Whether one is known to everybody, or was generated and is kept from nobody who can read what this program
    /// prints: the key alone keeps no page of a browser out.
    pub(in crate::cli) are_public: bool,
}

impl ServerKeys {
    /// Keys that only those know who gave them.
    pub(in crate::cli) fn secret(entries: Vec<KeyEntry>) -> Self {
        Self {
            entries,
            are_public: false,
        }
    }
}

/// The store of the rooms.
#[derive(Clone, Debug, Default)]
enum StoreOption {
    /// In this process, until it ends.
    #[default]
    Memory,
    /// In the file at this path.
    Sqlite(PathBuf),
}

impl FromStr for StoreOption {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "memory" => Ok(Self::Memory),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("sqlite", _)) => Err("the path is missing, as in sqlite:chat.db".to_owned()),
            _ => Err("must be 'memory' or 'sqlite:PATH'".to_owned()),
        }
    }
}

/// A new key, of the store's app if it has only one, so that its rooms are found again.
///
/// # Errors
/// A store that fails.
pub(in crate::cli) fn new_key(storage: &Storage, context: &Context) -> anyhow::Result<ApiKey> {
    Ok(match storage.only_app()? {
        Some(app) => ApiKey::generate_in(&app, &context.random),
        None => ApiKey::generate(&context.random),
    })
}

/// The address that clients of `listener` connect to from this machine: one of loopback where it listens on all of
/// them, which is the address of no one.
fn connectable(listener: &TcpListener, local: SocketAddr) -> SocketAddr {
    let host = match local.ip() {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => {
            match rustix::net::sockopt::ipv6_v6only(listener) {
                Ok(false) => Ipv4Addr::LOCALHOST.into(),
                Ok(true) | Err(_) => Ipv6Addr::LOCALHOST.into(),
            }
        }
        other => other,
    };
    SocketAddr::new(host, local.port())
}

impl ServerOptions {
    /// The options of a server that keeps its rooms in the file at `path`.
    pub(in crate::cli) fn with_store(path: PathBuf) -> Self {
        Self {
            store: StoreOption::Sqlite(path),
            ..Self::default()
        }
    }

    /// Reads the configuration of the files; empty without any.
    ///
    /// # Errors
    /// A fault in one of them.
    pub(in crate::cli) fn configuration(&self, context: &Context) -> anyhow::Result<Configuration> {
        Configuration::read(self.config.as_deref(), self.seed.as_deref(), context)
    }

    /// Where the rooms are kept, as in `in memory`.
    pub(super) fn store_text(&self) -> String {
        match &self.store {
            StoreOption::Memory => "in memory".to_owned(),
            StoreOption::Sqlite(path) => format!("in {}", path.display()),
        }
    }

    /// Returns whether the server is to speak TLS.
    pub(in crate::cli) fn speaks_tls(&self) -> bool {
        self.tls.is_wanted()
    }

    /// The encryption of a server that listens at `address`, if it has one. A generated certificate is written to the
    /// path of the options, else to `or_to`.
    ///
    /// # Errors
    /// A certificate that can't be used, generated or written.
    pub(in crate::cli) fn secured(
        &self,
        address: &str,
        or_to: Option<&Path>,
    ) -> anyhow::Result<Option<Secured>> {
        self.tls.secured(address, or_to)
    }

    fn access_log(&self) -> anyhow::Result<Option<AccessLog>> {
        let Some(path) = &self.access_log else {
            return Ok(None);
        };
        let log = safe_file::append(path)
            .and_then(|file| AccessLog::to(Box::new(file)))
            .with_context(|| format!("--access-log: can't write {}", path.display()))?;
        Ok(Some(log))
    }

    /// Opens the store.
    ///
    /// # Errors
    /// A store that can't be opened, or a memory store with limits of retention other than its size.
    pub(in crate::cli) fn storage(&self, context: &Context) -> anyhow::Result<Storage> {
        let retention = match &self.config {
            Some(path) => ServerConfig::read(path)?.limits.retention()?,
            None => Retention::default(),
        };
        match &self.store {
            StoreOption::Memory if retention.age.is_none() && retention.count.is_none() => {
                let limit = retention.size.and_then(|size| usize::try_from(size).ok());
                Ok(Storage::memory(limit))
            }
            StoreOption::Memory => Err(Failure::usage(
                "--config: limits.retention-age and retention-count need a store in a file, and this one is in memory",
            )
            .hint("as in --store sqlite:chat.db")
            .into()),
            StoreOption::Sqlite(path) => {
                let clock = Arc::clone(&context.clock);
                Ok(Storage::sqlite(path, clock, retention)?)
            }
        }
    }

    /// Binds the address, so that clients can connect from now on. Without a key one is generated.
    ///
    /// # Errors
    /// An invalid address, or one that is in use; a store that can't be opened.
    pub(in crate::cli) async fn bind(
        &self,
        context: &Context,
        address: &str,
        mut keys: ServerKeys,
    ) -> anyhow::Result<Bound> {
        let secured = self.secured(address, None)?;
        let storage = self.storage(context)?;
        if keys.entries.is_empty() {
            keys.entries.push(full_access(new_key(&storage, context)?));
            keys.are_public = true;
        }
        self.bind_on(storage, secured, context, address, keys).await
    }

    /// The same with an open store and keys.
    ///
    /// # Errors
    /// An invalid address, or one that is in use.
    pub(in crate::cli) async fn bind_on(
        &self,
        storage: Storage,
        secured: Option<Secured>,
        context: &Context,
        address: &str,
        keys: ServerKeys,
    ) -> anyhow::Result<Bound> {
        let ServerKeys {
            entries: keys,
            are_public,
        } = keys;
        let listener = listen("--listen", address).await?;
        let local = listener.local_addr().context("can't tell the address")?;
        let boundary = self.allow.boundary_at(local.ip())?;
        let metrics = match &self.metrics {
            Some(address) => Some(listen("--metrics", address).await?),
            None => None,
        };
        if let Some(metrics) = &metrics {
            let place = metrics.local_addr().context("can't tell the address")?;
            let figures = format!("figures: http://{place}/metrics");
            context.output.notice(&figures);
        }
        let faults = self.faults.rules()?;
        self.faults.announce(&faults, context);
        let keys_shown = keys.iter().map(|entry| entry.key.reveal()).collect();
        let ready = Ready::at(connectable(&listener, local), keys_shown);
        let server = Server {
            keys,
            provisions_apps: self.provision_apps,
            publish_rate: None,
            auth_endpoint: None,
            identity_probe: None,
            started: None,
            clock: Arc::clone(&context.clock),
            random: context.random.clone(),
            writers: std::thread::available_parallelism().map_or(1, usize::from),
            storage,
            setup: Setup {
                access_log: self.access_log()?,
                metrics,
                faults,
                chaos: self.faults.chaos(),
                uts_proxy: self.faults.uts_proxy(context).await?,
                ..Setup::default()
            },
        };
        let mut bound = Bound {
            listener,
            boundary,
            is_restricted: are_public || self.provision_apps || self.allow.is_given(),
            server,
            ready,
            encryption: None,
            limits: self.limits,
        };
        if let Some(secured) = secured {
            bound.encrypt(secured.encryption);
        }
        Ok(bound)
    }
}
