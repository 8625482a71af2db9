//! Servers as processes of their own, on a core of their own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::socket::KEY;
use rustix::thread::{CpuSet, sched_setaffinity};

/// A kind of server.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// `chatctl serve` of a binary.
    Chatctl(&'a Path),
    /// The yardstick.
    Bare,
}

/// A running server, killed on drop.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    /// Starts a server on the last core, and moves this process to the first.
    pub fn start(target: Target<'_>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        pin(cores.max(2) - 1);
        let mut command = match target {
            Target::Chatctl(binary) => {
                let mut command = Command::new(binary);
                command
                    .args(["serve", "--listen", "127.0.0.1:0"])
                    .env("ABLY_API_KEY", KEY);
                command
            }
            Target::Bare => {
                let mut command = Command::new(std::env::current_exe().unwrap());
                command.arg("--bare");
                command
            }
        };
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        pin(0);
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().trim_start_matches("http://").to_owned();
        Self { child, address }
    }

    /// Returns the CPU time used so far.
    pub fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat
            .rsplit_once(')')
            .unwrap()
            .1
            .split_whitespace()
            .collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        Duration::from_millis(ticks * 10)
    }

    /// Returns the resident memory.
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Pins this thread, and the processes it starts from now on, to one core.
fn pin(core: usize) {
    let mut cores = CpuSet::new();
    cores.set(core);
    // Pinning may be forbidden; the figures are noisier then.
    let _ = sched_setaffinity(None, &cores);
}
