//! Temporary folders.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use tempfile::TempDir;

use super::context::Context;
use crate::server::virtual_time;

/// The beginning of the names of the folders.
const PREFIX: &str = "chatctl-";

/// The certificate that is made for the command of `exec`.
pub(super) const CERTIFICATE: &str = "ca.pem";

/// The certificates that Node trusts within the command of `exec`.
pub(super) const NODE_CERTIFICATES: &str = "node.pem";

/// The script of virtual time that Node loads within the command of `exec`.
pub(super) const PRELOAD: &str = "preload.cjs";

/// The files of `exec` in its folder.
const FILES: [&str; 5] = [
    CERTIFICATE,
    NODE_CERTIFICATES,
    PRELOAD,
    virtual_time::SOCKET,
    virtual_time::NOW,
];

/// Creates a folder for this user alone, in `TMPDIR`. It is removed, with its content, when it is dropped.
///
/// # Errors
/// The system's.
pub(super) fn folder(context: &Context) -> io::Result<TempDir> {
    let base = context.environment.raw("TMPDIR");
    let base = base.filter(|base| !base.is_empty());
    folder_in(Path::new(base.unwrap_or("/tmp".as_ref())))
}

fn folder_in(base: &Path) -> io::Result<TempDir> {
    tempfile::Builder::new()
        .prefix(PREFIX)
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(base)
}

/// The same for files that Node loads and sockets, whose paths have no spaces and are short: in /tmp where `TMPDIR` has a
/// longer name.
///
/// # Errors
/// The system's.
pub(super) fn short_folder(context: &Context) -> io::Result<TempDir> {
    let folder = folder(context)?;
    let name = folder.path().as_os_str().as_encoded_bytes();
    if name.len() <= MAX_SHORT && !name.iter().any(|byte| b" \"\\".contains(byte)) {
        return Ok(folder);
    }
    folder_in("/tmp".as_ref())
}

/// The longest name of a folder with sockets: those of the system take 104 bytes and more.
const MAX_SHORT: usize = 80;

/// Removes a folder of `exec` for another process, with the files of `exec` in it. The path comes in arguments, which
/// anybody may have written: a folder that is not such a one stays, and so does one with anything else in it.
///
/// # Errors
/// Another folder; the system's.
pub(super) fn remove(folder: &Path) -> io::Result<()> {
    let data = fs::symlink_metadata(folder)?;
    let has_name = folder
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(PREFIX.as_bytes()));
    let is_private = data.is_dir()
        && data.mode() & 0o777 == 0o700
        && data.uid() == rustix::process::geteuid().as_raw();
    let names: Vec<_> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<io::Result<_>>()?;
    let is_ours = |name: &std::ffi::OsString| FILES.iter().any(|file| name == file);
    if !has_name || !is_private || !names.iter().all(is_ours) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for name in names {
        fs::remove_file(folder.join(name))?;
    }
    fs::remove_dir(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_of_exec_are_removed() {
        let base = tempfile::tempdir().unwrap();
        let make = |name: &str, mode, file: &str| {
            let folder = base.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join(file), "").unwrap();
            fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
            folder
        };
        for (name, mode, file, is_removed) in [
            ("chatctl-a", 0o700, CERTIFICATE, true),
            ("chatctl-b", 0o700, "other.pem", false),
            ("chatctl-c", 0o755, CERTIFICATE, false),
            ("precious", 0o700, CERTIFICATE, false),
        ] {
            let folder = make(name, mode, file);
            assert_eq!(remove(&folder).is_ok(), is_removed, "{name}");
            assert_eq!(folder.join(file).exists(), !is_removed, "{name}");
        }
    }
}
