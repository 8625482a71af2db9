//! Starting the local server: a process that has nothing of whoever started it, neither streams nor terminal nor
//! variables, and goes on without it.

use std::io::Read as _;
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use anyhow::Context as _;

use super::folder::Folder;
use super::log;
use crate::cli::process::mode::{self, Mode};

/// How it is started.
pub(super) struct How {
    /// How long it may take.
    pub patience: Duration,
    /// How long it stays without being used.
    pub idle: Duration,
}

/// What the server says once it can be reached; anything else is why it can't.
pub(super) const READY: &str = "ready";

/// The longest complaint of a server that can't start, in bytes.
const MAX_COMPLAINT: u64 = 4096;

/// Starts the server, and waits until it can be reached.
///
/// # Errors
/// Why it can't, as it says itself.
pub(super) fn start(folder: &Folder, how: &How) -> anyhow::Result<()> {
    let mut child = mode::command(Mode::Detach)?
        .arg(folder.path())
        .arg(how.idle.as_millis().to_string())
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // What is said there is a panic, and nobody else would see it.
        .stderr(log::open(&folder.log_file())?)
        .spawn()
        .context("it can't be run")?;
    let (put, take) = channel();
    std::thread::spawn(move || {
        let _ = put.send(first_words(&mut child));
        // A server that ends before this command does leaves no trace then.
        let _ = child.wait();
    });
    let said = take
        .recv_timeout(how.patience)
        .map_err(|_| anyhow::anyhow!("it did not start within {} s", how.patience.as_secs_f32()))?;
    match said.trim() {
        READY => Ok(()),
        "" => anyhow::bail!("it ended while it started"),
        complaint => anyhow::bail!("{complaint}"),
    }
}

/// What a child says until it closes its standard output.
fn first_words(child: &mut Child) -> String {
    let mut said = String::new();
    if let Some(stdout) = child.stdout.take() {
        // What can't be read is as good as nothing said.
        let _ = stdout.take(MAX_COMPLAINT).read_to_string(&mut said);
    }
    said
}
