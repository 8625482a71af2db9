//! The processes of this program that stand between a command and others, and the processes that a command runs.
//!
//! | module | owns |
//! | --- | --- |
//! | [`mode`] | the modes that this program starts itself in |
//! | [`supervisor`], [`parent_death`], [`descendants`] | the processes around the command of `exec`: neither side outlives the other |
//! | [`detach`] | the process that leaves its starter's session and becomes the local server |
//! | [`descriptors`] | the check that there are enough of them |
//! | [`jq`] | the process that runs a jq filter for a command |
//! | [`pager`] | the pager, for long help |
//! | [`child`], [`signals`] | commands that a command runs, and the signals that it passes on to them |
//!
//! No settings are read here and no tree of commands is built, and no secret travels in arguments.

pub(super) mod child;
pub(super) mod descendants;
pub(super) mod descriptors;
mod detach;
pub(super) mod jq;
pub(super) mod mode;
pub(super) mod pager;
mod parent_death;
pub(super) mod signals;
pub(super) mod status;
mod supervisor;

use std::ffi::OsString;
use std::process::ExitCode;

use mode::Mode;

/// Runs the mode that the first argument names, if it names one. `local_server` runs the local server.
pub(super) fn run(
    arguments: &[OsString],
    local_server: fn(&[OsString]) -> ExitCode,
) -> Option<ExitCode> {
    let mode = Mode::named(arguments.get(1)?)?;
    Some(run_mode(mode, &arguments[2..], local_server))
}

/// Out of line: the server's frame is large, and every start would have to make room for it.
#[inline(never)]
fn run_mode(
    mode: Mode,
    arguments: &[OsString],
    local_server: fn(&[OsString]) -> ExitCode,
) -> ExitCode {
    match mode {
        Mode::Supervisor => supervisor::run(arguments),
        Mode::ParentDeath => parent_death::run(arguments),
        Mode::Detach => detach::run(arguments),
        Mode::LocalServer => local_server(arguments),
        Mode::JqFilter => jq::run(arguments),
    }
}
