//! A key that a command prints: that of a password manager, for instance.

use std::fmt;
use std::io::Read as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::{Origin, SettingError};
use crate::chat_core::auth::ApiKey;

/// The time that a person has to unlock a password manager, unless --timeout or `CHATCTL_TIMEOUT` says otherwise.
pub(super) const LIMIT: Duration = Duration::from_secs(60);

/// How often to check whether the command has ended, once it has closed its output.
const POLL_INTERVAL: Duration = Duration::from_millis(1);

/// The longest output that is read, in bytes.
const MAX_OUTPUT: u64 = 64 * 1024;

/// A command for the shell that prints an API key. It is run once, when the key is needed first; clones share the key.
#[derive(Clone)]
pub struct KeyCommand {
    command: String,
    origin: Origin,
    limit: Duration,
    found: Arc<OnceLock<Result<ApiKey, SettingError>>>,
}

impl KeyCommand {
    /// The command that `origin` names, with its time limit.
    pub(super) fn new(command: &str, origin: Origin, limit: Duration) -> Self {
        Self {
            command: command.to_owned(),
            origin,
            limit,
            found: Arc::default(),
        }
    }

    /// The key that the command prints on its first line.
    ///
    /// # Errors
    /// A command that fails, takes too long, or prints something else.
    pub fn key(&self) -> Result<ApiKey, SettingError> {
        self.found.get_or_init(|| self.run()).clone()
    }

    fn run(&self) -> Result<ApiKey, SettingError> {
        let failed = |why: &str| {
            SettingError::new(format!("{}: the command {why}", self.origin)).hint(
                "run it in a shell, and look at its status and at the first line that it prints",
            )
        };
        // Its prompts are for the user's terminal, as those of this command are.
        let mut child = Command::new("sh")
            .args(["-c", &self.command])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| failed(&format!("can't be run: {error}")))?;
        let deadline = Instant::now() + self.limit;
        let output = read_output(&mut child, self.limit);
        let status = output.and_then(|output| Some((output, end(&mut child, deadline)?)));
        let Some((output, status)) = status else {
            let _ = child.kill();
            let _ = child.wait();
            let limit = self.limit.as_secs_f32();
            return Err(failed(&format!("took longer than {limit} s")));
        };
        if !status.success() {
            return Err(failed(&format!("failed: {status}")));
        }
        let text = std::str::from_utf8(&output).unwrap_or_default();
        let line = text.lines().next().unwrap_or_default().trim();
        if line.is_empty() {
            return Err(failed("printed nothing on its first line"));
        }
        ApiKey::parse(line).map_err(|error| failed(&format!("printed no key: {}", error.message)))
    }
}

/// The output of `child` until it closes its standard output; `None` where that takes longer than `limit`.
fn read_output(child: &mut Child, limit: Duration) -> Option<Vec<u8>> {
    let stdout = child.stdout.take()?;
    let (put, take) = channel();
    // A process that the command leaves behind may hold the pipe for ever.
    std::thread::spawn(move || {
        let mut output = Vec::new();
        let _ = stdout.take(MAX_OUTPUT).read_to_end(&mut output);
        let _ = put.send(output);
    });
    match take.recv_timeout(limit) {
        Ok(output) => Some(output),
        Err(RecvTimeoutError::Disconnected) => Some(Vec::new()),
        Err(RecvTimeoutError::Timeout) => None,
    }
}

/// The status of `child`, which has closed its output; `None` where it does not end until `deadline`.
fn end(child: &mut Child, deadline: Instant) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => std::thread::sleep(POLL_INTERVAL),
            Ok(None) | Err(_) => return None,
        }
    }
}

impl fmt::Debug for KeyCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyCommand({})", self.origin)
    }
}
