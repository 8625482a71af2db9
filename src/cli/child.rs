//! Commands that a command runs: starting them, their status, and the signals that this process gets meanwhile.

use std::ffi::OsString;
use std::future::poll_fn;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::task::Poll;

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

/// Signals that this process gets and does something about.
pub(super) struct Signals(Vec<(Signal, rustix::process::Signal)>);

impl Signals {
    /// Catches the signals that ask a process to end, from now on.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn new() -> anyhow::Result<Self> {
        Self::catch(&ENDING)
    }

    /// Catches the signals that are another process's, which this one stands in front of: those that ask it to end,
    /// and those that mean what it likes.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn to_pass_on() -> anyhow::Result<Self> {
        Self::catch(&[&ENDING[..], &OWN].concat())
    }

    fn catch(kinds: &[(SignalKind, rustix::process::Signal)]) -> anyhow::Result<Self> {
        let caught = kinds
            .iter()
            .filter(|(_, name)| *name != rustix::process::Signal::HUP || !hangs_on())
            .map(|(kind, name)| Ok((signal(*kind).context("can't catch signals")?, *name)))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self(caught))
    }

    /// Waits for the next one and gives its number.
    pub(super) async fn next(&mut self) -> rustix::process::Signal {
        poll_fn(|context| {
            let come = |(signal, name): &mut (Signal, rustix::process::Signal)| {
                signal.poll_recv(context).is_ready().then_some(*name)
            };
            self.0
                .iter_mut()
                .find_map(come)
                .map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}

const ENDING: [(SignalKind, rustix::process::Signal); 4] = [
    (SignalKind::interrupt(), rustix::process::Signal::INT),
    (SignalKind::terminate(), rustix::process::Signal::TERM),
    (SignalKind::hangup(), rustix::process::Signal::HUP),
    (SignalKind::quit(), rustix::process::Signal::QUIT),
];

const OWN: [(SignalKind, rustix::process::Signal); 2] = [
    (SignalKind::user_defined1(), rustix::process::Signal::USR1),
    (SignalKind::user_defined2(), rustix::process::Signal::USR2),
];

/// Whether whoever started this process wants it to survive its terminal, as `nohup` does.
fn hangs_on() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // Bit 0 is signal 1.
    ignored.is_some_and(|mask| mask & 1 != 0)
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
