//! Starts the local server: a process that shares nothing with its starter, neither streams nor terminal nor variables,
//! and outlives it.

use std::io::Read as _;
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use anyhow::Context as _;

use super::folder::Folder;
use super::log;
use crate::cli::process::mode::{self, Mode};

/// The limits of a start.
pub(super) struct StartLimits {
    /// The time limit of the start.
    pub timeout: Duration,
    /// The idle time after which the server stops.
    pub idle: Duration,
}

/// The server's word once it is ready; anything else is the reason why it failed.
pub(super) const READY: &str = "ready";

/// The longest error of a server that can't start, in bytes.
const MAX_COMPLAINT: u64 = 4096;

/// Starts the server, and waits until it is ready.
///
/// # Errors
/// The server's own error.
pub(super) fn start(folder: &Folder, how: &StartLimits) -> anyhow::Result<()> {
    let mut child = mode::command(Mode::Detach)?
        .arg(folder.path())
        .arg(how.idle.as_millis().to_string())
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // A panic would be lost otherwise.
        .stderr(log::open(&folder.log_file())?)
        .spawn()
        .context("can't run it")?;
    let (put, take) = channel();
    std::thread::spawn(move || {
        let _ = put.send(read_output(&mut child));
        // A server that ends before this command leaves no zombie then.
        let _ = child.wait();
    });
    let said = take
        .recv_timeout(how.timeout)
        .map_err(|_| anyhow::anyhow!("it did not start within {} s", how.timeout.as_secs_f32()))?;
    match said.trim() {
        READY => Ok(()),
        "" => anyhow::bail!("it ended while it started"),
        complaint => anyhow::bail!("{complaint}"),
    }
}

/// The output of a child until it closes its standard output.
fn read_output(child: &mut Child) -> String {
    let mut said = String::new();
    if let Some(stdout) = child.stdout.take() {
        // A failed read counts as no output.
        let _ = stdout.take(MAX_COMPLAINT).read_to_string(&mut said);
    }
    said
}
