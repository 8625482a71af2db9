//! Files that are written whole: who reads one, also after a crash, sees the old content or the new one.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Replaces a file.
///
/// # Errors
/// The system's.
pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let new = beside(path, ".new");
    fs::write(&new, content)?;
    fs::rename(&new, path)
}

/// Replaces a file by a line that is for this user's eyes only, and is on the disk from then on.
///
/// # Errors
/// The system's.
pub(super) fn write_privately(path: &Path, line: &str) -> io::Result<()> {
    let new = beside(path, &format!(".{}.tmp", std::process::id()));
    // What an earlier process of the same number left behind is not ours to trust.
    let _ = fs::remove_file(&new);
    create_privately(&new, line)?;
    fs::rename(&new, path)
}

/// Makes a file of a line that is for this user's eyes only, and is on the disk from then on.
///
/// # Errors
/// The system's, also for a file that is there already.
pub(super) fn create_privately(path: &Path, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{line}")?;
    file.sync_all()
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}
