//! The process that becomes the command: it asks the system to end it with its supervisor, and is replaced.
//!
//! The wish is the process's own to make and outlives the replacement; hence a process of its own.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use rustix::process::{Pid, Signal};

use super::{CANNOT_RUN, FAILED, NOT_FOUND};
use crate::cli::hidden::{self, Mode};

/// What becomes `command` for as long as this process lives.
///
/// # Errors
/// A system that can't tell where this program is.
pub(super) fn around(command: &[OsString]) -> io::Result<Command> {
    let mut leash = hidden::command(Mode::Leash)?;
    leash.arg(std::process::id().to_string()).args(command);
    Ok(leash)
}

/// Becomes the command that the arguments name after the number of the process to end with.
pub(in crate::cli) fn run(arguments: &[OsString]) -> ExitCode {
    let [parent, name, arguments @ ..] = arguments else {
        return FAILED.into();
    };
    if !matches!(tie_to(parent, Signal::KILL), Ok(true)) {
        return FAILED.into();
    }
    let error = Command::new(name).args(arguments).exec();
    let name = name.display();
    let (said, code) = if error.kind() == io::ErrorKind::NotFound {
        (format!("there is no command '{name}'"), NOT_FOUND)
    } else {
        (
            format!("the command '{name}' can't be run: {error}"),
            CANNOT_RUN,
        )
    };
    // Nobody may be there to read it.
    let _ = writeln!(io::stderr(), "error: {said}");
    code.into()
}

/// Asks for `signal` when the process called `parent` ends, where the system can do that, and gives whether it is
/// this one's parent still.
///
/// # Errors
/// A number that is none, or a system that refuses.
pub(super) fn tie_to(parent: &OsString, signal: Signal) -> io::Result<bool> {
    let parent = parent
        .to_str()
        .and_then(|text| text.parse().ok())
        .and_then(Pid::from_raw)
        .ok_or(io::ErrorKind::InvalidInput)?;
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(signal))?;
    #[cfg(not(target_os = "linux"))]
    let _ = signal;
    // It may have ended before the wish was made.
    Ok(rustix::process::getppid() == Some(parent))
}
