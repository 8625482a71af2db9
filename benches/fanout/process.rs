//! Servers on a core of their own.

use std::path::Path;
use std::process::Command;

use super::server::{Server, chatctl};
use rustix::thread::{CpuSet, sched_setaffinity};

/// A kind of server.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// `chatctl serve` of a binary.
    Chatctl(&'a Path),
    /// The yardstick.
    Bare,
}

/// Starts a server on the last core, and moves this process to the first.
pub fn start(target: Target<'_>) -> Server {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    pin(cores.max(2) - 1);
    let command = match target {
        Target::Chatctl(binary) => chatctl(binary, &[]),
        Target::Bare => {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.arg("--bare");
            command
        }
    };
    let server = Server::start(command);
    pin(0);
    server
}

/// Pins this thread, and the processes it starts from now on, to one core.
fn pin(core: usize) {
    let mut cores = CpuSet::new();
    cores.set(core);
    // Pinning may be forbidden; the figures are noisier then.
    let _ = sched_setaffinity(None, &cores);
}
