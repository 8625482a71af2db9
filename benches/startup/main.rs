//! Starting: whole processes of this program, against one of an empty Rust program.
//!
//! All of them in turn on one core, the empty one among them, so that each run has a partner that met the same machine.
//! The figure is the median of the ratios of wall times. Each is run as the linker left it, and as a copy: a copy lies in
//! the page cache in larger pieces, of which a start has fewer to map. `CHATCTL` names a binary to measure in the place
//! of the one just built, and `--against` another one to measure in turn with it.
//!
//!     cargo bench --bench startup
//!     cargo bench --bench startup -- --runs 500
//!     cargo bench --bench startup -- --against /tmp/other/chatctl
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

#[path = "../shared/binaries.rs"]
mod binaries;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::thread::{CpuSet, sched_setaffinity};

const KEY: &str = "appid.keyid:secret";

/// Runs that are not counted.
const WARM_UP: usize = 5;

struct Program {
    name: String,
    path: PathBuf,
    arguments: Vec<String>,
    times: Vec<Duration>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runs = arguments
        .iter()
        .position(|argument| argument == "--runs")
        .map_or(200, |place| arguments[place + 1].parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let empty = empty_program(folder.path());
    let mut programs = vec![Program::new("an empty program", &empty, "")];
    for (place, chatctl) in binaries::binaries(&arguments).iter().enumerate() {
        let copy = folder.path().join(format!("chatctl-{place}"));
        std::fs::copy(chatctl, &copy).unwrap();
        let mint = ["token", "mint"].map(str::to_owned);
        let minted = command(chatctl, &mint).output().unwrap();
        let token = String::from_utf8(minted.stdout).unwrap();
        let decode = format!("claims decode {token}");
        for (which, path) in [("", chatctl), (", copied", &copy)] {
            for (name, line) in [
                ("token mint", "token mint --client-id a"),
                ("claims decode", decode.trim()),
                ("error 40160", "error 40160"),
                ("--version", "--version"),
            ] {
                let name = binaries::label(place, &format!("{name}{which}"));
                programs.push(Program::new(&name, path, line));
            }
        }
    }
    pin();
    for turn in 0..WARM_UP + runs {
        for program in &mut programs {
            let mut command = command(&program.path, &program.arguments);
            let begin = Instant::now();
            let status = command.stdout(Stdio::null()).status().unwrap();
            assert!(status.success(), "{}", program.name);
            if turn >= WARM_UP {
                program.times.push(begin.elapsed());
            }
        }
    }
    println!("| command | ratio | median | quickest |\n| --- | --- | --- | --- |");
    let base = programs[0].times.clone();
    for mut program in programs {
        let pairs = program.times.iter().zip(&base);
        let mut ratios: Vec<f64> = pairs.map(|(a, b)| a.div_duration_f64(*b)).collect();
        ratios.sort_by(f64::total_cmp);
        program.times.sort();
        let middle = runs / 2;
        println!(
            "| {} | {:.2} | {} µs | {} µs |",
            program.name,
            ratios[middle],
            program.times[middle].as_micros(),
            program.times[0].as_micros()
        );
    }
}

impl Program {
    fn new(name: &str, path: &Path, line: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            arguments: line.split_whitespace().map(str::to_owned).collect(),
            times: Vec::new(),
        }
    }
}

/// Runs this thread, and the processes it starts, on one core: moving between cores costs more than a start differs.
fn pin() {
    let last = std::thread::available_parallelism().map_or(1, usize::from) - 1;
    let mut cores = CpuSet::new();
    cores.set(last);
    // Pinning may be forbidden; the figures are noisier then.
    let _ = sched_setaffinity(None, &cores);
}

/// Builds `fn main() {}` with the settings of the `dist` profile.
fn empty_program(folder: &Path) -> PathBuf {
    let source = folder.join("empty.rs");
    std::fs::write(&source, "fn main() {}").unwrap();
    let path = folder.join("empty");
    let built = Command::new("rustc")
        .args([
            "-Copt-level=3",
            "-Clto",
            "-Ccodegen-units=1",
            "-Cstrip=symbols",
        ])
        .arg(&source)
        .arg("-o")
        .arg(&path)
        .status();
    assert!(built.unwrap().success());
    path
}

fn command(path: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(path);
    command.args(arguments).env("ABLY_API_KEY", KEY);
    command.stdin(Stdio::null()).stderr(Stdio::null());
    command
}
