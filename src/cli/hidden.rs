//! What this program starts itself as: processes that stand between it and others, behind words that no help names.
//!
//! They read no settings and build no tree of commands, and no secret travels in their arguments.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use super::exec::{leash, supervisor};
use super::local;

/// A process of this program that no person starts.
#[derive(Clone, Copy)]
pub(super) enum Mode {
    /// Stands between `exec` and its command.
    Supervisor,
    /// Becomes the command of `exec`.
    Leash,
    /// Leaves the session of whoever started it and becomes the local server.
    Detach,
    /// The local server.
    LocalServer,
}

impl Mode {
    const ALL: [Self; 4] = [
        Self::Supervisor,
        Self::Leash,
        Self::Detach,
        Self::LocalServer,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Supervisor => "__supervise",
            Self::Leash => "__leash",
            Self::Detach => "__detach",
            Self::LocalServer => "__local-server",
        }
    }
}

/// Runs what the first argument names, if it names one of these.
pub(super) fn run(arguments: &[OsString]) -> Option<ExitCode> {
    let word = arguments.get(1)?;
    let mode = Mode::ALL.into_iter().find(|mode| word == mode.word())?;
    Some(become_it(mode, &arguments[2..]))
}

/// Out of line: the server's frame is large, and every start would have to make room for it.
#[inline(never)]
fn become_it(mode: Mode, arguments: &[OsString]) -> ExitCode {
    match mode {
        Mode::Supervisor => supervisor::run(arguments),
        Mode::Leash => leash::run(arguments),
        Mode::Detach => local::start::detach(arguments),
        Mode::LocalServer => local::server::run(arguments),
    }
}

/// This program, to be started as `mode`.
///
/// # Errors
/// A system that can't tell where this program is.
pub(super) fn command(mode: Mode) -> io::Result<Command> {
    let mut command = Command::new(program()?);
    command.arg0(env!("CARGO_PKG_NAME")).arg(mode.word());
    Ok(command)
}

/// Where this program is, also where an update has put another one in its place meanwhile.
fn program() -> io::Result<PathBuf> {
    let path = std::env::current_exe()?;
    let running = OsStr::new("/proc/self/exe");
    if cfg!(target_os = "linux") && !path.exists() {
        return Ok(running.into());
    }
    Ok(path)
}
