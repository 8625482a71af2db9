//! Fan-out: how many deliveries a server makes for a second of its CPU time, against a yardstick in the same run.
//!
//! The yardstick is a bare server over the same WebSocket library that decodes each message, encodes it once and
//! does nothing else: no rights, no serials, no history. Server on one core, load on the other; the two servers in
//! turn. A delivery that is lost, repeated or out of order fails the run. `CHATCTL` names a binary to measure in the
//! place of the one just built, and `--against` another one to measure in turn with it.
//!
//!     cargo bench --bench fanout
//!     cargo bench --bench fanout -- --seconds 3 --runs 5
//!     cargo bench --bench fanout -- --to 100
//!     cargo bench --bench fanout -- --against /tmp/other/chatctl
//!     cargo bench --bench fanout -- --idle 3000
//!     cargo bench --bench fanout -- --flat
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]
// Later is never earlier here.
#![allow(clippy::unchecked_time_subtraction)]

mod bare;
#[path = "../shared/binaries.rs"]
mod binaries;
mod flat;
mod load;
mod process;
#[path = "../shared/server.rs"]
mod server;
#[path = "../shared/socket.rs"]
mod socket;

use std::path::{Path, PathBuf};
use std::time::Duration;

use chatctl::chat_core::protocol::Format;
use load::Shape;
use process::Target;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let number = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)?.parse::<u64>().ok()
    };
    if arguments.iter().any(|argument| argument == "--bare") {
        bare::serve();
        return;
    }
    let binaries = binaries::binaries(&arguments);
    let runs = number("--runs").unwrap_or(3);
    let span = Duration::from_secs(number("--seconds").unwrap_or(2));
    if let Some(count) = number("--idle") {
        return idle(&binaries[0], usize::try_from(count).unwrap());
    }
    if arguments.iter().any(|argument| argument == "--flat") {
        return flat::report(&binaries[0]);
    }
    println!(
        "deliveries per second of the server's CPU, median of {runs} runs of {} s (server, yardstick, ratio)",
        span.as_secs()
    );
    let only = number("--to");
    for shape in [
        Shape::fan_out(1, 256),
        Shape::fan_out(100, 32),
        Shape::fan_out(1000, 8),
        Shape::rooms(50, 10, 4),
    ] {
        if only.is_some_and(|only| only != shape.subscribers as u64) {
            continue;
        }
        for format in [Format::Json, Format::MessagePack] {
            compare(&binaries, shape, format, span, runs);
        }
    }
}

/// Measures each binary and the yardstick in turn, and prints a row for each binary.
fn compare(binaries: &[PathBuf], shape: Shape, format: Format, span: Duration, runs: u64) {
    let mut bare = Vec::new();
    let mut ours = vec![Vec::new(); binaries.len()];
    for _ in 0..runs {
        for (binary, results) in binaries.iter().zip(&mut ours) {
            results.push(measure(Target::Chatctl(binary), shape, format, span));
        }
        bare.push(measure(Target::Bare, shape, format, span));
    }
    for (place, results) in ours.iter().enumerate() {
        let ratios = Ratios::new(results, &bare);
        println!(
            "{:<30} {:<12} {:>9.0} {:>9.0}   {ratios}",
            binaries::label(place, &shape.name()),
            format!("{format:?}"),
            median(&mut results.clone()),
            median(&mut bare.clone()),
        );
    }
    if let [first, second] = &ours[..] {
        println!(
            "{:<63}   {}",
            "  the first to the second",
            Ratios::new(first, second)
        );
    }
}

/// The ratios of two series that were measured in turn.
struct Ratios(Vec<f64>);

impl Ratios {
    fn new(of: &[f64], to: &[f64]) -> Self {
        let mut ratios: Vec<f64> = of.iter().zip(to).map(|(a, b)| a / b).collect();
        ratios.sort_by(f64::total_cmp);
        Self(ratios)
    }
}

impl std::fmt::Display for Ratios {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(ratios) = self;
        let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
        write!(
            f,
            "{:.2} ({least:.2} to {most:.2})",
            ratios[ratios.len() / 2]
        )
    }
}

/// Returns the deliveries per CPU-second of one server under one load.
fn measure(target: Target<'_>, shape: Shape, format: Format, span: Duration) -> f64 {
    let server = process::start(target);
    let outcome = load::run(&server, shape, format, span);
    outcome.deliveries as f64 / outcome.cpu.as_secs_f64()
}

/// Prints the memory and CPU time of attached connections that do nothing.
fn idle(binary: &Path, count: usize) {
    let server = process::start(Target::Chatctl(binary));
    let before = server.resident_kib();
    load::hold_idle(&server, count, |held| {
        let after = server.resident_kib();
        println!(
            "{held} idle attached connections: {:.1} KiB each",
            (after - before) as f64 / held as f64
        );
        let span = Duration::from_secs(30);
        let cpu = server.cpu();
        std::thread::sleep(span);
        let used = (server.cpu() - cpu).as_secs_f64() * 1e6 / span.as_secs_f64() / held as f64;
        println!("{used:.2} µs of CPU a second each");
    });
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
