//! The pager, for texts that are longer than the terminal.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use crate::output::Output;
use crate::settings::Environment;

/// Prints `text`: through the pager where it is longer than the terminal, else as it is.
pub(in crate::cli) fn print(output: &Output, text: &str, environment: &Environment) {
    let is_shown = output.is_terminal()
        && text.lines().count() >= rows()
        && command(environment).is_some_and(|command| run(&command, text, environment));
    if !is_shown {
        // A reader that is gone wants no help.
        let _ = output.print_text(text);
    }
}

/// The rows of the terminal.
fn rows() -> usize {
    let size = rustix::termios::tcgetwinsize(io::stdout());
    size.map_or(usize::MAX, |size| usize::from(size.ws_row))
}

/// The pager: `CHATCTL_PAGER`, else `PAGER`, else less. `None` where it is empty or cat.
fn command(environment: &Environment) -> Option<OsString> {
    let names = ["CHATCTL_PAGER", "PAGER"];
    let set = names.iter().find_map(|name| environment.raw(name));
    let command = set.map_or_else(|| OsString::from("less"), Into::into);
    (!command.is_empty() && command != "cat").then_some(command)
}

/// Runs the pager over `text`. Returns whether it could be run.
fn run(command: &OsString, text: &str, environment: &Environment) -> bool {
    let mut pager = Command::new("sh");
    pager.arg("-c").arg(command).stdin(Stdio::piped());
    if environment.raw("LESS").is_none() {
        // End at once where all fits, pass colours on, and leave the text on the screen.
        pager.env("LESS", "FRX");
    }
    let Ok(mut child) = pager.spawn() else {
        return false;
    };
    if let Some(mut stdin) = child.stdin.take() {
        // A pager may be left before the end.
        let _ = stdin.write_all(text.as_bytes());
    }
    // 127: sh did not find it.
    child
        .wait()
        .is_ok_and(|status| !matches!(status.code(), Some(126 | 127)))
}
