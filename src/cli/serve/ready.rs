//! Where a server is, as it is printed and written.

use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;
use serde_json::Value;

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
