//! Commands that a command runs: starting them, and their status.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};

use anyhow::Context as _;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use super::status::{CANNOT_RUN, NOT_FOUND};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;

/// Starts a command beside a stream of results: its standard output goes to standard error.
///
/// # Errors
/// A command that can't be run.
pub(in crate::cli) fn spawn_beside(command: &[OsString]) -> anyhow::Result<Child> {
    let stderr = io::stderr()
        .as_fd()
        .try_clone_to_owned()
        .context("can't share standard error")?;
    Command::new(&command[0])
        .args(&command[1..])
        .stdout(Stdio::from(stderr))
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| cannot_run(&command[0], &error).into())
}

/// Starts a command that is to listen on `port`, which the variable `PORT` names: its standard output goes to standard
/// error.
///
/// # Errors
/// A command that can't be run.
pub(in crate::cli) fn spawn_listening(command: &[OsString], port: u16) -> anyhow::Result<Child> {
    let stderr = io::stderr()
        .as_fd()
        .try_clone_to_owned()
        .context("can't share standard error")?;
    Command::new(&command[0])
        .args(&command[1..])
        .env("PORT", port.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::from(stderr))
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| cannot_run(&command[0], &error).into())
}

/// Starts a command whose standard streams are this process's.
///
/// # Errors
/// A command that can't be run.
pub(in crate::cli) fn spawn(command: &[OsString]) -> anyhow::Result<Child> {
    Command::new(&command[0])
        .args(&command[1..])
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| cannot_run(&command[0], &error).into())
}

/// The failure of a command that did not start: 127 if it was not found, else 126, as `exec` and shells have it.
fn cannot_run(command: &OsStr, error: &io::Error) -> Failure {
    let command = command.display();
    if error.kind() == io::ErrorKind::NotFound {
        return Failure::new(
            Exit::Status(NOT_FOUND),
            format!("command not found: {command}"),
        )
        .hint("check the name and PATH; shell syntax needs a shell: -- sh -c 'COMMAND'");
    }
    Failure::new(
        Exit::Status(CANNOT_RUN),
        format!("can't run {command}: {error}"),
    )
}

/// Runs a shell command with `input` on its standard input; its results are this process's.
///
/// # Errors
/// A shell that can't be run.
pub(in crate::cli) async fn run_with_input(
    command: &str,
    input: String,
) -> anyhow::Result<ExitStatus> {
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(command)
        .stdin(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("can't run sh")?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command need not read what it is given.
        let _ = stdin.write_all(input.as_bytes()).await;
    }
    Ok(child.wait().await?)
}

/// The exit code that stands for the end of a process: its own, or 128 and the signal that ended it.
pub(in crate::cli) fn code_of(status: ExitStatus) -> u8 {
    let code = match (status.code(), status.signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) => 128 + signal,
        (None, None) => 1,
    };
    u8::try_from(code & 0xff).unwrap_or(1)
}
