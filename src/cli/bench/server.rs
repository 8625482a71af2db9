//! A server for one benchmark, in a process of its own: what measures takes no time from what is measured.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use anyhow::Context as _;
use serde::Deserialize;

use crate::chat_core::auth::ApiKey;
use crate::cli::Context;
use crate::cli::process::mode;

/// A server, which ends when this is dropped, and with this process.
pub(super) struct OwnServer {
    child: Child,
    /// Its URL.
    pub(super) url: String,
    /// Its key.
    pub(super) key: ApiKey,
}

#[derive(Deserialize)]
struct ReadyObject {
    url: String,
}

impl OwnServer {
    /// Starts it.
    ///
    /// # Errors
    /// A server that does not start; it has said why on standard error.
    pub(super) fn start(context: &Context) -> anyhow::Result<Self> {
        let key = ApiKey::generate(&context.random);
        let environment = context.environment.iter().filter(|(name, _)| {
            let name = name.as_encoded_bytes();
            !name.starts_with(b"ABLY_") && !name.starts_with(b"CHATCTL_")
        });
        let mut command = mode::program_command()?;
        command
            .args([
                "serve",
                "--json",
                "--listen=127.0.0.1:0",
                "--exit-on-stdin-close",
            ])
            .env_clear()
            .envs(environment)
            .env("ABLY_API_KEY", key.reveal())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let child = command.spawn().context("can't start a server")?;
        let mut server = Self {
            child,
            url: String::new(),
            key,
        };
        let stdout = server.child.stdout.take().context("it has no output")?;
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .context("can't read where the server is")?;
        let ready: ReadyObject = serde_json::from_str(&line).context("the server did not start")?;
        server.url = ready.url;
        Ok(server)
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        // It has nothing that anybody needs. It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
