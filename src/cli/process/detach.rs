//! The process that leaves the session of its starter, with all that the starter left open, and becomes the local server.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::ExitCode;

use super::mode::{self, Mode};

/// Becomes the local server, whose arguments these are.
pub(super) fn run(arguments: &[OsString]) -> ExitCode {
    let become_server = || {
        rustix::process::setsid()?;
        // The server would keep a script's descriptors above standard error open.
        close_fds::set_fds_cloexec(3, &[]);
        let error = mode::command(Mode::LocalServer)?.args(arguments).exec();
        Err::<(), io::Error>(error)
    };
    if let Err(error) = become_server() {
        let _ = writeln!(io::stdout(), "can't leave the session: {error}");
    }
    ExitCode::FAILURE
}
