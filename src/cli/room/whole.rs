//! Files that are replaced as a whole.

use std::path::Path;

use anyhow::Context as _;

/// Writes a file so that a reader, or a later run after a crash, sees the old content or the new one.
///
/// # Errors
/// A file that can't be written.
pub(super) fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    std::fs::write(&new, content)
        .and_then(|()| std::fs::rename(&new, path))
        .with_context(|| format!("can't write {}", path.display()))
}
