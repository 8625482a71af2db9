//! The modes that this program starts itself in, behind words that no help names.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

/// A process of this program that no person starts.
#[derive(Clone, Copy)]
pub(in crate::cli) enum Mode {
    /// Stands between `exec` and its command.
    Supervisor,
    /// Asks to end with its parent and becomes the command of `exec`.
    ParentDeath,
    /// Leaves the session of its starter and becomes the local server.
    Detach,
    /// Runs the local server.
    LocalServer,
    /// Runs a jq filter for a command.
    JqFilter,
}

impl Mode {
    const ALL: [Self; 5] = [
        Self::Supervisor,
        Self::ParentDeath,
        Self::Detach,
        Self::LocalServer,
        Self::JqFilter,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Supervisor => "__supervise",
            Self::ParentDeath => "__parent-death",
            Self::Detach => "__detach",
            Self::LocalServer => "__local-server",
            Self::JqFilter => "__jq",
        }
    }

    /// The mode that `word` names, if it names one.
    pub(super) fn named(word: &OsString) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| word == mode.word())
    }
}

/// This program, to be started in `mode`.
///
/// # Errors
/// A system that can't tell where this program is.
pub(in crate::cli) fn command(mode: Mode) -> io::Result<Command> {
    let mut command = program_command()?;
    command.arg(mode.word());
    Ok(command)
}

/// This program, to be started with arguments that a person could give.
///
/// # Errors
/// A system that can't tell where this program is.
pub(in crate::cli) fn program_command() -> io::Result<Command> {
    let mut command = Command::new(program()?);
    command.arg0(env!("CARGO_PKG_NAME"));
    Ok(command)
}

/// The path of this program, also where an update has replaced it meanwhile.
fn program() -> io::Result<PathBuf> {
    let path = std::env::current_exe()?;
    let running = OsStr::new("/proc/self/exe");
    if cfg!(target_os = "linux") && !path.exists() {
        return Ok(running.into());
    }
    Ok(path)
}
