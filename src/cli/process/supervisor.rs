//! The process between `exec` and its command: it passes signals on, adopts the processes that the command leaves
//! behind, and ends them all when the command or `exec` has ended, however that happened.
//!
//! It holds no server and no key. It stands in a process group of its own, so that only `exec` signals it; the command
//! stays in the group of `exec`, where a terminal finds it.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, getpgrp, getppid, kill_process};
use tokio::signal::unix::{SignalKind, signal};

use super::signals::Signals;
use super::status::FAILED;
use super::{descendants, descriptors, parent_death};
use crate::cli::temporary;

/// The signal that the system sends when `exec` ends. The parent is checked then: others may send it too.
const ORPHANED: Signal = Signal::ALARM;

/// How often to check that `exec` is there, for systems that send no signal.
const POLL_INTERVAL: Duration = if cfg!(target_os = "linux") {
    Duration::from_secs(60)
} else {
    Duration::from_millis(200)
};

/// Runs the command that the arguments name after the process id of `exec` and the temporary folder of both, which may
/// be empty.
pub(super) fn run(arguments: &[OsString]) -> ExitCode {
    let code = descriptors::check()
        .map_err(anyhow::Error::from)
        .and_then(|()| {
            let mut builder = tokio::runtime::Builder::new_current_thread();
            Ok(builder.enable_all().build()?)
        })
        .and_then(|runtime| runtime.block_on(supervise(arguments)));
    code.unwrap_or_else(|error| {
        let _ = writeln!(
            io::stderr(),
            "error: the command can't be started: {error:#}"
        );
        FAILED
    })
    .into()
}

async fn supervise(arguments: &[OsString]) -> anyhow::Result<u8> {
    let [parent, folder, command @ ..] = arguments else {
        anyhow::bail!("no command was given");
    };
    // Removed here too, for an `exec` that was killed.
    let _folder = (!folder.is_empty()).then(|| RemovedOnDrop(folder.into()));
    // All are caught before there is anybody to lose them for.
    let mut signals = Signals::to_pass_on()?;
    let mut children = signal(SignalKind::child())?;
    let mut orphaned = signal(SignalKind::alarm())?;
    let group = getpgrp();
    rustix::process::setpgid(None, None)?;
    descendants::become_subreaper()?;
    if !parent_death::tie_to(parent, ORPHANED)? {
        return Ok(FAILED);
    }
    let parent = getppid();
    let child = parent_death::wrap(command)?
        .process_group(group.as_raw_nonzero().get())
        .spawn()?;
    let child = Pid::from_child(&child);
    let code = loop {
        tokio::select! {
            _ = children.recv() => if let Some(status) = reap(child) {
                break code_of(status);
            },
            signal = signals.next() => {
                // It may have ended just now.
                let _ = kill_process(child, signal);
            }
            _ = orphaned.recv() => {}
            () = tokio::time::sleep(POLL_INTERVAL) => {}
        }
        if getppid() != parent {
            break FAILED;
        }
    };
    descendants::end(child).await;
    Ok(code)
}

/// Takes the status of each child that has ended, adopted ones too, and gives that of `command` if it is there.
fn reap(command: Pid) -> Option<WaitStatus> {
    let mut found = None;
    while let Ok(Some((pid, status))) = rustix::process::wait(WaitOptions::NOHANG) {
        if pid == command {
            found = Some(status);
        }
    }
    found
}

fn code_of(status: WaitStatus) -> u8 {
    let code = status
        .exit_status()
        .or_else(|| status.terminating_signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// A folder of `exec` that is removed on drop, with the files that `exec` puts there and no others.
struct RemovedOnDrop(PathBuf);

impl Drop for RemovedOnDrop {
    fn drop(&mut self) {
        // `exec` may have removed it already.
        let _ = temporary::remove(&self.0);
    }
}
