//! Where a server is, as it is printed and written.

use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;
use serde_json::Value;

use crate::cli::whole;
use crate::output::{Look, Render, to_json};

/// Where a server is, and the keys that it knows.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli) struct Ready {
    /// `http://host:port`, or `https:` with TLS.
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

/// Writes `ready` to `path` at once and whole, for this user's eyes only.
pub(super) fn write_privately(path: &Path, ready: &Ready) -> anyhow::Result<()> {
    whole::write_privately(path, &to_json(ready).to_string())
        .with_context(|| format!("--ready-file: can't write {}", path.display()))
}
