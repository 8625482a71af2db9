//! The process that runs a jq filter for a command: bounded, and gone with the command.

use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitCode};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, Signal, getppid, getrlimit, setrlimit};

use super::mode::{self, Mode};
use super::parent_death;
use super::status::FAILED;
use crate::output::query;

/// How often to check that the parent is there.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The most memory, in bytes: what a filter makes of one value has to fit twice.
const MAX_MEMORY: u64 = 2 << 30;

/// The parts of the names of variables that may hold credentials.
const SECRETS: [&str; 7] = [
    "KEY",
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "CREDENTIAL",
    "PROXY",
    "AUTH",
];

/// The stack, in bytes. Values of a depth that nobody has reason to make need more.
const STACK: usize = 128 << 20;

/// This program, to be started as the process of a filter.
///
/// # Errors
/// A system that can't tell where this program is.
pub(in crate::cli) fn command() -> io::Result<Command> {
    let mut command = mode::command(Mode::JqFilter)?;
    // A filter can read its environment, and its results are printed.
    for (name, _) in std::env::vars_os() {
        if may_be_secret(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    command.arg(std::process::id().to_string());
    Ok(command)
}

/// Returns whether the variable called `name` may hold a credential.
fn may_be_secret(name: &str) -> bool {
    let name = name.to_uppercase();
    SECRETS.iter().any(|part| name.contains(part))
}

/// Runs the filter that comes on standard input, until that is closed or the process in the arguments is gone.
pub(super) fn run(arguments: &[OsString]) -> ExitCode {
    let [parent] = arguments else {
        return FAILED.into();
    };
    if !matches!(parent_death::tie_to(parent, Signal::KILL), Ok(true)) {
        return FAILED.into();
    }
    if cfg!(not(target_os = "linux")) {
        end_with_parent();
    }
    bound(Resource::As, MAX_MEMORY);
    // A filter that runs out of stack leaves no dump.
    bound(Resource::Core, 0);
    let serve = || query::serve(io::stdin().lock(), io::stdout().lock());
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(serve);
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => FAILED.into(),
    }
}

/// Ends this process soon after its parent, on systems that do not do that by themselves.
fn end_with_parent() {
    let parent = getppid();
    std::thread::spawn(move || {
        while getppid() == parent {
            std::thread::sleep(POLL_INTERVAL);
        }
        std::process::exit(FAILED.into());
    });
}

/// Lowers a limit, where the system has it.
fn bound(resource: Resource, most: u64) {
    let Rlimit { current, maximum } = getrlimit(resource);
    let most = Some(most.min(current.unwrap_or(most)));
    let limit = Rlimit {
        current: most,
        maximum: maximum.map_or(most, |maximum| most.map(|most| most.min(maximum))),
    };
    // Without it the process is bounded by time alone.
    let _ = setrlimit(resource, limit);
}
