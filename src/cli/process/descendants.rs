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
pub(in crate::cli) fn become_subreaper() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    Ok(())
}

/// Ends `command` and all descendants of this process: with SIGTERM first, with SIGKILL later.
pub(super) async fn end(command: Pid) {
    end_all(|| {
        if !reap() {
            return Vec::new();
        }
        let found = remaining(&BTreeSet::new());
        if found.is_empty() {
            vec![command]
        } else {
            found
        }
    })
    .await;
}

/// The children of this process: those of the program that it was before it was replaced.
pub(in crate::cli) fn children() -> BTreeSet<i32> {
    let own = own_pid();
    let children = all().into_iter().filter(|(_, parent)| *parent == own);
    children.map(|(pid, _)| pid).collect()
}

/// Ends the descendants of this process, in the same way, but for those of `spared` children.
pub(in crate::cli) async fn end_adopted(spared: &BTreeSet<i32>) {
    end_all(|| {
        reap();
        remaining(spared)
    })
    .await;
}

/// Ends the processes that `remaining` finds, until it finds none.
async fn end_all(mut remaining: impl FnMut() -> Vec<Pid>) {
    let start = Instant::now();
    let mut asked = BTreeSet::new();
    while start.elapsed() < GRACE_TIMEOUT + KILL_TIMEOUT {
        let found = remaining();
        if found.is_empty() {
            return;
        }
        let is_late = start.elapsed() > GRACE_TIMEOUT;
        for pid in found {
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

/// Takes the status of each child that has ended. Returns whether any child is left: a process with a descendant has a
/// child, as orphans are adopted.
fn reap() -> bool {
    loop {
        match rustix::process::wait(WaitOptions::NOHANG) {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

fn own_pid() -> i32 {
    rustix::process::getpid().as_raw_nonzero().get()
}

/// The descendants of this process, but for the `spared` ones and theirs. None on systems that do not tell.
fn remaining(spared: &BTreeSet<i32>) -> Vec<Pid> {
    let processes = all();
    let mut found = BTreeSet::from([own_pid()]);
    loop {
        let known = found.len();
        for (pid, parent) in &processes {
            if found.contains(parent) && !spared.contains(pid) {
                found.insert(*pid);
            }
        }
        if found.len() == known {
            break;
        }
    }
    found.remove(&own_pid());
    found.into_iter().filter_map(Pid::from_raw).collect()
}

#[cfg(not(target_os = "linux"))]
fn all() -> Vec<(i32, i32)> {
    Vec::new()
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
