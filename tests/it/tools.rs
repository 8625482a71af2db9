//! Programs that tests use where they are there: shells, the renderer of man pages.

use std::path::Path;
use std::process::Command;

use crate::running::path;

/// The variable that makes a missing program an error, as CI wants it.
const REQUIRED: &str = "CHATCTL_REQUIRE_TOOLS";

/// Returns whether `program` is on the search path. Says what does not run where it is missing.
///
/// # Panics
/// If it is missing and [`REQUIRED`] is set.
pub(crate) fn is_there(program: &str) -> bool {
    let search = path();
    let is_there = search
        .split(':')
        .any(|folder| Path::new(folder).join(program).is_file());
    if !is_there {
        assert!(std::env::var_os(REQUIRED).is_none(), "{program} is missing");
        // Past the capture of the test runner, for whoever reads the run.
        let _ = Command::new("sh")
            .args([
                "-c",
                "echo \"NOT RUN: a test wants $0, which is not installed\" >&2",
                program,
            ])
            .status();
    }
    is_there
}
