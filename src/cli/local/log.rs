//! The local server's log: a file that is rotated when it is full, so that there are never more than two.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::cli::safe_file;

/// The largest log file, in bytes.
const MAX: u64 = 1024 * 1024;

/// Opens the log file for appending.
///
/// # Errors
/// The system's.
pub(super) fn open(path: &Path) -> anyhow::Result<File> {
    safe_file::append(path).with_context(|| format!("can't write {}", path.display()))
}

/// A log of bounded size.
pub(super) struct RotatingLog {
    path: PathBuf,
    file: File,
    size: u64,
    is_within_line: bool,
}

impl RotatingLog {
    /// Opens the log at `path`, behind its present content.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn at(path: &Path) -> anyhow::Result<Self> {
        let file = open(path)?;
        let size = file.metadata().map_or(0, |data| data.len());
        Ok(Self {
            path: path.to_owned(),
            file,
            size,
            is_within_line: false,
        })
    }

    /// Rotates the full file, over the one before.
    fn turn(&mut self) -> io::Result<()> {
        let mut aside = self.path.clone().into_os_string();
        aside.push(".1");
        std::fs::rename(&self.path, aside)?;
        self.file = safe_file::append(&self.path)?;
        self.size = 0;
        Ok(())
    }
}

impl Write for RotatingLog {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        if self.size >= MAX && !self.is_within_line {
            self.turn()?;
        }
        let written = self.file.write(text)?;
        self.size += written as u64;
        self.is_within_line = !text[..written].ends_with(b"\n");
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_rotates_between_two_files_without_cutting_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, "from before\n").unwrap();
        let mut log = RotatingLog::at(&path).unwrap();
        let line = "x".repeat(999);
        for _ in 0..4000 {
            writeln!(log, "{line}").unwrap();
        }
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let text = std::fs::read_to_string(entry.as_ref().unwrap().path()).unwrap();
            assert!(text.len() as u64 <= MAX + 1000, "{}", text.len());
            assert!(text.lines().all(|line| line.len() == 999) && text.ends_with('\n'));
            names.push(entry.unwrap().file_name());
        }
        names.sort();
        assert_eq!(names, ["log", "log.1"]);
    }
}
