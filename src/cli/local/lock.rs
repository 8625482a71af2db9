//! The locks in the local server's folder: who starts it, and whether it lives. The system lets go of them however
//! their holder ends, so that nothing of a dead server has to be believed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rustix::fs::FlockOperation;
use rustix::process::{Flock, FlockType, Pid};

use super::folder::Folder;

/// How often it is looked whether a lock is free.
pub(super) const GLANCE: Duration = Duration::from_millis(3);

/// Waits until nobody else starts or stops the server; nobody does until the answer is dropped.
///
/// # Errors
/// The system's, or that it takes longer than `patience`.
pub(super) fn to_start(folder: &Folder, patience: Duration) -> anyhow::Result<File> {
    let path = folder.start_lock();
    let file = open(&path).map_err(|error| folder.unwritable(&error))?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if start.elapsed() < patience => {
                std::thread::sleep(GLANCE);
            }
            Err(TryLockError::WouldBlock) => anyhow::bail!(
                "another command has been starting the local server for {} s",
                patience.as_secs_f32()
            ),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("can't lock {}", path.display()));
            }
        }
    }
}

/// Makes this process the server, until it ends or the answer is dropped; `None` if another one is.
///
/// # Errors
/// The system's.
pub(super) fn to_serve(folder: &Folder) -> anyhow::Result<Option<File>> {
    let path = folder.server_lock();
    let file = open(&path).map_err(|error| folder.unwritable(&error))?;
    match rustix::fs::fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::ACCESS) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("can't lock {}", path.display())),
    }
}

/// A process that is the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Holder {
    /// Its number; none where this process can't see it, as from within a container.
    pub pid: Option<Pid>,
}

/// Who is the server, if anybody is. The system knows: neither the server's word nor a number that another process
/// may have by now is needed.
pub(super) fn holder(folder: &Folder) -> Option<Holder> {
    let file = File::open(folder.server_lock()).ok()?;
    // To read is all that a shared lock needs, and it is in the way of an exclusive one.
    let found = rustix::process::fcntl_getlk(&file, &Flock::from(FlockType::ReadLock)).ok()??;
    Some(Holder { pid: found.pid })
}

/// Waits until nobody is the server; whether that came within `patience`.
pub(super) fn falls_free(folder: &Folder, patience: Duration) -> bool {
    let start = Instant::now();
    while holder(folder).is_some() {
        if start.elapsed() > patience {
            return false;
        }
        std::thread::sleep(GLANCE);
    }
    true
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}
