//! The locks in the local server's folder: one for its start, one for its life. The system releases them however their
//! holder ends, so that a dead server leaves no false claim.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rustix::fs::FlockOperation;
use rustix::process::{Flock, FlockType, Pid};

use super::folder::Folder;
use crate::cli::safe_file::{self, Readers};

/// How often to check whether a lock is free.
pub(super) const POLL_INTERVAL: Duration = Duration::from_millis(3);

/// Waits until no other process starts or stops the server, and keeps others from it until the result is dropped.
///
/// # Errors
/// Those of the system, and a wait longer than `timeout`.
pub(super) fn lock_start(folder: &Folder, timeout: Duration) -> anyhow::Result<File> {
    let path = folder.start_lock();
    let file = open(&path).map_err(|error| folder.unwritable(&error))?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if start.elapsed() < timeout => {
                std::thread::sleep(POLL_INTERVAL);
            }
            Err(TryLockError::WouldBlock) => anyhow::bail!(
                "another command has been starting the local server for {} s",
                timeout.as_secs_f32()
            ),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("can't lock {}", path.display()));
            }
        }
    }
}

/// Makes this process the server, until it ends or the result is dropped; `None` if another process is.
///
/// # Errors
/// The system's.
pub(super) fn lock_server(folder: &Folder) -> anyhow::Result<Option<File>> {
    let path = folder.server_lock();
    let file = open(&path).map_err(|error| folder.unwritable(&error))?;
    match rustix::fs::fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::ACCESS) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("can't lock {}", path.display())),
    }
}

/// The process that is the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Holder {
    /// Its id; `None` where this process can't see it, as from within a container.
    pub pid: Option<Pid>,
}

/// Returns the process that is the server, if there is one. The system knows: no id in a file, which another process
/// may have by now, has to be trusted.
pub(super) fn holder(folder: &Folder) -> Option<Holder> {
    let file = File::open(folder.server_lock()).ok()?;
    // A shared lock needs only read access, and conflicts with an exclusive one.
    let found = rustix::process::fcntl_getlk(&file, &Flock::from(FlockType::ReadLock)).ok()??;
    Some(Holder { pid: found.pid })
}

/// Waits until there is no server. Returns whether that happened within `timeout`.
pub(super) fn wait_until_free(folder: &Folder, timeout: Duration) -> bool {
    let start = Instant::now();
    while holder(folder).is_some() {
        if start.elapsed() > timeout {
            return false;
        }
        std::thread::sleep(POLL_INTERVAL);
    }
    true
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).truncate(false);
    safe_file::open(path, &mut options, Readers::Owner)
}
