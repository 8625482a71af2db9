//! Temporary folders.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;

use super::context::Context;

/// Creates a folder for this user alone, in `TMPDIR`. It is removed, with its content, when it is dropped.
///
/// # Errors
/// The system's.
pub(super) fn folder(context: &Context) -> io::Result<TempDir> {
    let base = context.environment.raw("TMPDIR");
    let base = base.filter(|base| !base.is_empty());
    tempfile::Builder::new()
        .prefix("chatctl-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(Path::new(base.unwrap_or("/tmp".as_ref())))
}
