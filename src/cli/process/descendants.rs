//! Finds and ends the processes that a command started, and those that they started.
//!
//! On Linux that is all of them. Other systems do not tell who they are once their parents have ended: only the command
//! itself is ended there.

use std::collections::BTreeSet;
use std::io;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process};

/// The time between the request to end and the signal that forces it.
const GRACE_TIMEOUT: Duration = Duration::from_secs(2);

/// The time that the system has for ending them after that.
const KILL_TIMEOUT: Duration = Duration::from_secs(5);

/// How often to check whether they are gone.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Makes this process the parent of descendants whose own parent ends, instead of the system's first process.
///
/// # Errors
/// A system that refuses.
pub(super) fn become_subreaper() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    Ok(())
}

/// Ends `command` and all descendants of this process: with SIGTERM first, with SIGKILL later.
pub(super) async fn end(command: Pid) {
    let start = Instant::now();
    let mut asked = BTreeSet::new();
    while has_children() && start.elapsed() < GRACE_TIMEOUT + KILL_TIMEOUT {
        let is_late = start.elapsed() > GRACE_TIMEOUT;
        for pid in remaining(command) {
            // One that has ended meanwhile needs no signal.
            if is_late {
                let _ = kill_process(pid, Signal::KILL);
            } else if asked.insert(pid.as_raw_nonzero()) {
                let _ = kill_process(pid, Signal::TERM);
            }
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// Returns whether any child is left. A process with a descendant has a child: orphans are adopted.
fn has_children() -> bool {
    loop {
        match rustix::process::wait(WaitOptions::NOHANG) {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn remaining(command: Pid) -> Vec<Pid> {
    vec![command]
}

#[cfg(target_os = "linux")]
fn remaining(_: Pid) -> Vec<Pid> {
    let processes = all();
    let mut found = BTreeSet::from([rustix::process::getpid().as_raw_nonzero().get()]);
    loop {
        let known = found.len();
        for (pid, parent) in &processes {
            if found.contains(parent) {
                found.insert(*pid);
            }
        }
        if found.len() == known {
            break;
        }
    }
    found.remove(&rustix::process::getpid().as_raw_nonzero().get());
    found.into_iter().filter_map(Pid::from_raw).collect()
}

/// The id of each process that this one sees, with that of its parent.
#[cfg(target_os = "linux")]
fn all() -> Vec<(i32, i32)> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            Some((pid, parent_in(&stat)?))
        })
        .collect()
}

/// The parent in a line of `/proc/PID/stat`: `PID (NAME) STATE PARENT …`, where NAME may hold anything.
#[cfg(target_os = "linux")]
fn parent_in(stat: &str) -> Option<i32> {
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(1)?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn parent_is_found_behind_any_name() {
        for (line, parent) in [
            ("12 (cat) S 7 12 12 0 -1", Some(7)),
            ("12 (a) b (c) R 9 1 1 0", Some(9)),
            ("12 () Z 1 1", Some(1)),
            ("nonsense", None),
        ] {
            assert_eq!(parent_in(line), parent, "{line}");
        }
    }

    #[test]
    fn lists_this_process_with_its_parent() {
        let own = rustix::process::getpid().as_raw_nonzero().get();
        let parent = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get());
        let found = all().into_iter().find(|(pid, _)| *pid == own);
        assert_eq!(found.map(|(_, parent)| parent), parent);
    }
}
