//! Servers as processes of their own, on a core of their own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::socket::KEY;
use rustix::thread::{CpuSet, sched_setaffinity};

/// Which server.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    Chatctl,
    Bare,
}

/// A running server; it ends when it is dropped.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    /// Starts a server on the last core, and moves this process to the first.
    pub fn start(target: Target) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        pin(cores.max(2) - 1);
        let mut command = match target {
            Target::Chatctl => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_chatctl"));
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

    /// The CPU time that it has used.
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

    /// The memory that it holds.
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

/// Runs this thread, and what it starts from now on, on one core.
fn pin(core: usize) {
    let mut cores = CpuSet::new();
    cores.set(core);
    // Where it is not allowed, the figures are what they are.
    let _ = sched_setaffinity(None, &cores);
}
