//! The `chatctl` binary: hands the process to the library and exits with its answer.

use std::process::ExitCode;

fn main() -> ExitCode {
    chatctl::run(std::env::args_os(), chatctl::World::of_process())
}
