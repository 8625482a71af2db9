//! The process that becomes the command of `exec`: it asks the system to end it with its supervisor, and is replaced.
//!
//! Only a process can ask that for itself, and the request outlives the replacement; hence a process of its own.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use rustix::process::{Pid, Signal};

use super::mode::{self, Mode};
use super::status::{CANNOT_RUN, FAILED, NOT_FOUND};

/// A process that becomes `command`, for as long as this process lives.
///
/// # Errors
/// A system that can't tell where this program is.
pub(super) fn wrap(command: &[OsString]) -> io::Result<Command> {
    let mut wrapped = mode::command(Mode::ParentDeath)?;
    wrapped.arg(std::process::id().to_string()).args(command);
    Ok(wrapped)
}

/// Becomes the command that the arguments name after the id of the process to end with.
pub(super) fn run(arguments: &[OsString]) -> ExitCode {
    let [parent, name, arguments @ ..] = arguments else {
        return FAILED.into();
    };
    if !matches!(tie_to(parent, Signal::KILL), Ok(true)) {
        return FAILED.into();
    }
    let error = Command::new(name).args(arguments).exec();
    let name = name.display();
    let (message, code) = if error.kind() == io::ErrorKind::NotFound {
        (format!("there is no command '{name}'"), NOT_FOUND)
    } else {
        (
            format!("the command '{name}' can't be run: {error}"),
            CANNOT_RUN,
        )
    };
    // Nobody may be there to read it.
    let _ = writeln!(io::stderr(), "error: {message}");
    code.into()
}

/// Asks for `signal` when the process with the id `parent` ends, where the system can do that. Returns whether that
/// process is this one's parent still.
///
/// # Errors
/// An invalid id, or a system that refuses.
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
    // It may have ended before the request was made.
    Ok(rustix::process::getppid() == Some(parent))
}
