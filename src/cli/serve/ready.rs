//! The address and keys of a server, as they are printed and written.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use serde::Serialize;
use serde_json::Value;

use crate::chat_core::protocol::endpoint::Endpoint;
use crate::cli::atomic_file;
use crate::cli::failure::Failure;
use crate::output::{Look, Render, to_json};

/// The time for a connection to the server of an old file, which is on this machine.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(300);

/// The longest file that may be one of a server, in bytes.
const MAX_READY: u64 = 1024 * 1024;

/// The address and keys of a server.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli) struct Ready {
    /// `http://host:port`, or `https:` with TLS.
    pub url: String,
    /// The host, as SDKs take it.
    pub endpoint: String,
    /// The port.
    pub port: u16,
    /// Whether it speaks TLS.
    pub tls: bool,
    /// `name:secret` each.
    pub keys: Vec<String>,
    /// The token for what is under `/chatctl/`, if anything is.
    #[serde(rename = "adminToken", skip_serializing_if = "Option::is_none")]
    pub admin_token: Option<String>,
    /// The address of the Control API, if it is served.
    #[serde(rename = "controlUrl", skip_serializing_if = "Option::is_none")]
    pub control_url: Option<String>,
    /// The token that it takes, if that was generated.
    #[serde(rename = "controlToken", skip_serializing_if = "Option::is_none")]
    pub control_token: Option<String>,
}

impl Ready {
    /// The address of a server without TLS at `address`, with its `keys`.
    pub(in crate::cli) fn at(address: SocketAddr, keys: Vec<String>) -> Self {
        Self {
            url: format!("http://{address}"),
            endpoint: Self::endpoint_of(&address.ip().to_string()),
            port: address.port(),
            tls: false,
            keys,
            admin_token: None,
            control_url: None,
            control_token: None,
        }
    }

    /// Returns `host` as SDKs take it, which put it into a URL as it is: an IPv6 address needs its brackets.
    pub(in crate::cli) fn endpoint_of(host: &str) -> String {
        if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        }
    }
}

impl Render for Ready {
    fn json(&self) -> Value {
        to_json(self)
    }

    fn table(&self, _: Look) -> String {
        self.url.clone()
    }
}

/// Removes the file of an earlier server at `path`, so that a program that waits for the file does not read the old
/// one. That of a server that still listens stays until this one does: it may never come to that.
///
/// # Errors
/// Another file, which is left as it is.
pub(super) fn remove_old(path: &Path) -> anyhow::Result<()> {
    let removed = old(path).and_then(|old| match old {
        Some(url) if !listens(&url) => fs::remove_file(path),
        _ => Ok(()),
    });
    removed.map_err(|error| {
        let message = format!("--ready-file: can't write {}: {error}", path.display());
        Failure::usage(message).into()
    })
}

/// The URL in the file of an earlier server, if there is one; empty in a file that is.
fn old(path: &Path) -> io::Result<Option<String>> {
    let data = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        data => data?,
    };
    if data.is_file() && data.len() < MAX_READY {
        let ready = serde_json::from_slice::<Value>(&fs::read(path)?).unwrap_or_default();
        match &ready["url"] {
            Value::String(url) if ready["keys"].is_array() => return Ok(Some(url.clone())),
            // As mktemp creates it.
            _ if data.len() == 0 => return Ok(Some(String::new())),
            _ => {}
        }
    }
    Err(io::Error::other(
        "it exists and was not written by --ready-file; name another file, or remove it",
    ))
}

/// Returns whether anything listens at `url`.
fn listens(url: &str) -> bool {
    let addresses = Endpoint::parse(url)
        .ok()
        .and_then(|it| (it.primary_host(), it.port()).to_socket_addrs().ok());
    let mut addresses = addresses.into_iter().flatten();
    addresses.any(|address| TcpStream::connect_timeout(&address, CONNECT_TIMEOUT).is_ok())
}

/// Replaces the file at `path` by `ready` atomically, readable for this user alone.
pub(super) fn write_privately(path: &Path, ready: &Ready) -> anyhow::Result<()> {
    atomic_file::write_private(path, &to_json(ready).to_string())
        .with_context(|| format!("--ready-file: can't write {}", path.display()))
}

/// Removes the file at `path` if it still contains `ready`: another server may have taken it over.
pub(super) fn remove_own(path: &Path, ready: &Ready) {
    let said = fs::read(path).unwrap_or_default();
    if serde_json::from_slice(&said).is_ok_and(|said: Value| said == to_json(ready)) {
        // A file that remains leads to no server, and does no harm.
        let _ = fs::remove_file(path);
    }
}
