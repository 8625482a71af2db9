//! Files that are replaced atomically: a reader, also after a crash, sees the old content or the new one.

use std::fs::Permissions;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::NamedTempFile;

/// Replaces the file at `path`.
///
/// # Errors
/// The system's.
pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = beside(path, 0o666)?;
    file.write_all(content)?;
    file.persist(path)?;
    Ok(())
}

/// Replaces the file at `path` by one with the permissions `mode`, which is on the disk from then on.
///
/// # Errors
/// The system's.
pub(super) fn replace(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let mut file = beside(path, mode)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Replaces the file at `path` by a line that only this user can read, and that is on the disk from then on.
///
/// # Errors
/// The system's.
pub(super) fn write_private(path: &Path, line: &str) -> io::Result<()> {
    private(path, line)?.persist(path)?;
    Ok(())
}

/// Creates the file at `path` with a line that only this user can read, and that is on the disk from then on.
///
/// # Errors
/// The system's, also for a file that exists.
pub(super) fn create_private(path: &Path, line: &str) -> io::Result<()> {
    private(path, line)?.persist_noclobber(path)?;
    Ok(())
}

fn private(path: &Path, line: &str) -> io::Result<NamedTempFile> {
    let mut file = beside(path, 0o600)?;
    writeln!(file, "{line}")?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// A file in the folder of `path`, with the permissions of `mode` that the umask leaves.
fn beside(path: &Path, mode: u32) -> io::Result<NamedTempFile> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    tempfile::Builder::new()
        .prefix(".chatctl-")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder.unwrap_or(Path::new(".")))
}
