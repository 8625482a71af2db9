//! The signals that this process catches, and passes on to a command that it runs.

use std::future::poll_fn;
use std::task::Poll;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::process::Child;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::exit::Exit;
use crate::output::query;

/// Signals that this process catches.
pub(in crate::cli) struct Signals(Vec<(Signal, rustix::process::Signal)>);

impl Signals {
    /// Catches the signals that ask a process to end, from now on. The first one ends jq filters too, and a second one
    /// ends this process at once, whatever it is at.
    ///
    /// # Errors
    /// The system's.
    pub(in crate::cli) fn new() -> anyhow::Result<Self> {
        let caught = Self::catch(&ENDING)?;
        watch()?;
        Ok(caught)
    }

    /// Catches the signals that are meant for another process, which this one stands in front of: those that ask it to
    /// end, and those that it may define itself.
    ///
    /// # Errors
    /// The system's.
    pub(in crate::cli) fn to_pass_on() -> anyhow::Result<Self> {
        Self::catch(&[&ENDING[..], &USER].concat())
    }

    fn catch(kinds: &[(SignalKind, rustix::process::Signal)]) -> anyhow::Result<Self> {
        let caught = kinds
            .iter()
            .filter(|(_, name)| *name != rustix::process::Signal::HUP || !ignores_hangup())
            .map(|(kind, name)| Ok((signal(*kind).context("can't catch signals")?, *name)))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self(caught))
    }

    /// Waits for the next one.
    pub(in crate::cli) async fn next(&mut self) -> rustix::process::Signal {
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

/// The time in which signals count as one: a terminal and a runner of scripts may both pass on the same wish.
const SAME: Duration = Duration::from_millis(300);

/// Watches the signals on a thread of its own, for the time in which the thread that handles them is at something that
/// does not end.
fn watch() -> anyhow::Result<()> {
    let thread = std::thread::Builder::new().name("signals".to_owned());
    thread
        .spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .build();
            // Without it, signals are handled where they always are.
            if let Ok(runtime) = runtime {
                let _ = runtime.block_on(end_at_the_second());
            }
        })
        .context("can't catch signals")?;
    Ok(())
}

async fn end_at_the_second() -> anyhow::Result<()> {
    let mut signals = Signals::catch(&ENDING)?;
    signals.next().await;
    query::interrupt();
    let first = Instant::now();
    loop {
        signals.next().await;
        if first.elapsed() > SAME {
            std::process::exit(Exit::Interrupted.code().into());
        }
    }
}

const ENDING: [(SignalKind, rustix::process::Signal); 4] = [
    (SignalKind::interrupt(), rustix::process::Signal::INT),
    (SignalKind::terminate(), rustix::process::Signal::TERM),
    (SignalKind::hangup(), rustix::process::Signal::HUP),
    (SignalKind::quit(), rustix::process::Signal::QUIT),
];

const USER: [(SignalKind, rustix::process::Signal); 2] = [
    (SignalKind::user_defined1(), rustix::process::Signal::USR1),
    (SignalKind::user_defined2(), rustix::process::Signal::USR2),
];

/// Returns whether the starter of this process wants it to survive its terminal, as `nohup` does.
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // Bit 0 is signal 1.
    ignored.is_some_and(|mask| mask & 1 != 0)
}

/// Passes a signal of this process on to the command. A terminal's own interrupt reaches the command by itself.
pub(in crate::cli) fn pass_on(child: &Child, signal: rustix::process::Signal) {
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

/// Returns whether this process is in the foreground of a terminal, which then signals every process there.
fn is_in_foreground() -> bool {
    let Ok(terminal) = std::fs::File::open("/dev/tty") else {
        return false;
    };
    rustix::termios::tcgetpgrp(&terminal).is_ok_and(|group| group == rustix::process::getpgrp())
}
