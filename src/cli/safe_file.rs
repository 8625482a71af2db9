//! Files that are opened to be written, at paths that users give: only the file itself, never another that a link leads
//! to.
//!
//! In a folder that others can write to, anybody can put a link at a path, and whoever follows it writes to whatever it
//! names. The kernel's own protection knows some folders only.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;

/// The permissions of a new file.
#[derive(Clone, Copy)]
pub(super) enum Readers {
    /// This user alone: it tells what people do or say.
    Owner,
    /// Whoever the umask allows.
    Umask,
}

/// Opens the file at `path` for appending. It is created if it does not exist, for this user alone. A pipe is not waited
/// for: it is there before its reader is, and after it.
///
/// # Errors
/// A link, a file of another user, and the system's.
pub(super) fn append(path: &Path) -> io::Result<File> {
    // A pipe that is opened for both waits for no reader, and has no error where one leaves.
    let is_pipe = path
        .symlink_metadata()
        .is_ok_and(|found| found.file_type().is_fifo());
    let mut options = OpenOptions::new();
    open(path, options.append(true).read(is_pipe), Readers::Owner)
}

/// Opens the file at `path`, which is created for `readers` if it does not exist, as `options` say.
///
/// # Errors
/// A link, a file of another user, and the system's.
pub(super) fn open(path: &Path, options: &mut OpenOptions, readers: Readers) -> io::Result<File> {
    let mode = match readers {
        Readers::Owner => 0o600,
        Readers::Umask => 0o666,
    };
    options.create(true).mode(mode);
    if !is_of_the_system(path) {
        options.custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
    }
    let file = options.open(path).map_err(|error| {
        if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) {
            io::Error::other("it is a link; name the file that it leads to")
        } else {
            error
        }
    })?;
    let data = file.metadata()?;
    let user = rustix::process::geteuid().as_raw();
    // Whoever made it may read it. The administrator may mean that, and so may whoever wrote to a device.
    if data.is_file() && data.uid() != user && data.uid() != 0 && user != 0 {
        return Err(io::Error::other("it belongs to another user"));
    }
    Ok(file)
}

/// Returns whether the path is one of the links that the system itself makes, such as /dev/stderr.
fn is_of_the_system(path: &Path) -> bool {
    path.starts_with("/dev") && !path.starts_with("/dev/shm") || path.starts_with("/proc/self/fd")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_link_is_never_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (link, victim) = (folder.path().join("log"), folder.path().join("victim"));
        std::os::unix::fs::symlink(&victim, &link).unwrap();
        let error = append(&link).unwrap_err().to_string();
        assert!(error.contains("is a link"), "{error}");
        assert!(!victim.exists());
        fs::write(&victim, "precious").unwrap();
        assert!(append(&link).is_err());
        let opened = open(&link, OpenOptions::new().write(true), Readers::Umask);
        assert!(opened.is_err());
        assert_eq!(fs::read(&victim).unwrap(), b"precious");
    }

    #[test]
    fn what_is_appended_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        for _ in 0..2 {
            append(&path).unwrap().write_all(b"x").unwrap();
        }
        assert_eq!(fs::read(&path).unwrap(), b"xx");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_pipe_is_opened_before_its_reader_comes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        append(&path).unwrap().write_all(b"x").unwrap();
    }

    #[test]
    fn links_of_the_system_are_followed() {
        assert!(append(Path::new("/dev/null")).is_ok());
        assert!(is_of_the_system(Path::new("/dev/stderr")));
        assert!(!is_of_the_system(Path::new("/dev/shm/log")));
    }
}
