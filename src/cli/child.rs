//! Commands that a command runs: starting them, their status, and the signals that this process gets meanwhile.

use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};

use anyhow::Context as _;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Starts a command beside a stream of results: its standard output goes to standard error.
///
/// # Errors
/// A command that can't be run.
pub(super) fn spawn_beside(command: &[OsString]) -> anyhow::Result<Child> {
    let stderr = io::stderr()
        .as_fd()
        .try_clone_to_owned()
        .context("can't share standard error")?;
    Command::new(&command[0])
        .args(&command[1..])
        .stdout(Stdio::from(stderr))
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("can't run {}", command[0].display()))
}

/// Starts a command whose standard streams are this process's.
///
/// # Errors
/// A command that can't be run.
pub(super) fn spawn(command: &[OsString]) -> anyhow::Result<Child> {
    Command::new(&command[0])
        .args(&command[1..])
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("can't run {}", command[0].display()))
}

/// Runs a shell command with `input` on its standard input; its results are this process's.
///
/// # Errors
/// A shell that can't be run.
pub(super) async fn run_with_input(command: &str, input: String) -> anyhow::Result<ExitStatus> {
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(command)
        .stdin(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("can't run sh")?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command need not read what it is given.
        let _ = stdin.write_all(input.as_bytes()).await;
    }
    Ok(child.wait().await?)
}

/// The exit code that stands for the end of a process: its own, or 128 and the signal that ended it.
pub(super) fn code_of(status: ExitStatus) -> u8 {
    let code = match (status.code(), status.signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) => 128 + signal,
        (None, None) => 1,
    };
    u8::try_from(code & 0xff).unwrap_or(1)
}

/// The signals that ask a process to end.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    quit: Signal,
}

impl Signals {
    /// Catches the signals from now on.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn new() -> anyhow::Result<Self> {
        let catch = |kind| signal(kind).context("can't catch signals");
        Ok(Self {
            interrupt: catch(SignalKind::interrupt())?,
            terminate: catch(SignalKind::terminate())?,
            hang_up: catch(SignalKind::hangup())?,
            quit: catch(SignalKind::quit())?,
        })
    }

    /// Waits for the next one and gives its number.
    pub(super) async fn next(&mut self) -> rustix::process::Signal {
        use rustix::process::Signal;
        tokio::select! {
            _ = self.interrupt.recv() => Signal::INT,
            _ = self.terminate.recv() => Signal::TERM,
            _ = self.hang_up.recv() => Signal::HUP,
            _ = self.quit.recv() => Signal::QUIT,
        }
    }
}

/// Gives the command a signal that this process got. A terminal's own interrupt reaches the command by itself.
pub(super) fn pass_on(child: &Child, signal: rustix::process::Signal) {
    use rustix::process::{Pid, Signal, kill_process};
    let from_terminal = matches!(signal, Signal::INT | Signal::QUIT) && is_in_foreground();
    let pid = child
        .id()
        .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    if let Some(pid) = pid.filter(|_| !from_terminal) {
        // It may have ended just now.
        let _ = kill_process(pid, signal);
    }
}

/// Whether this process is in the foreground of a terminal, which then signals every process there.
fn is_in_foreground() -> bool {
    let Ok(terminal) = std::fs::File::open("/dev/tty") else {
        return false;
    };
    rustix::termios::tcgetpgrp(&terminal).is_ok_and(|group| group == rustix::process::getpgrp())
}
