//! A folder for files that go with the command.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::Context;

/// A folder for this user alone that is removed, with what is in it, when this is dropped.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes one.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn new(context: &Context) -> io::Result<Self> {
        let base = context.environment.raw("TMPDIR");
        let base = base.filter(|base| !base.is_empty());
        let name = format!("chatctl-{}", context.random.alphanumeric(16));
        let path = Path::new(base.unwrap_or("/tmp".as_ref())).join(name);
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    /// The one at `path`, which another process has made and that goes with this one now.
    pub(super) fn adopted(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Somebody may have removed it already.
        let _ = fs::remove_dir_all(&self.0);
    }
}
