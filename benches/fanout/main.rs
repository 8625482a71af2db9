//! Fan-out: how many deliveries a server makes for a second of its CPU time, against a yardstick in the same run.
//!
//! The yardstick is a bare server over the same WebSocket library that decodes each message, encodes it once and
//! does nothing else: no rights, no serials, no history. Server on one core, load on the other; the two servers in
//! turn. A delivery that is lost, doubled or out of order fails the run.
//!
//!     cargo bench --bench fanout
//!     cargo bench --bench fanout -- --seconds 3 --runs 5
//!     cargo bench --bench fanout -- --to 100
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
mod flat;
mod load;
mod process;
#[path = "../shared/socket.rs"]
mod socket;

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
    let runs = number("--runs").unwrap_or(3);
    let span = Duration::from_secs(number("--seconds").unwrap_or(2));
    if let Some(count) = number("--idle") {
        return idle(usize::try_from(count).unwrap());
    }
    if arguments.iter().any(|argument| argument == "--flat") {
        return flat::report();
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
            compare(shape, format, span, runs);
        }
    }
}

/// Measures the two servers in turn.
fn compare(shape: Shape, format: Format, span: Duration, runs: u64) {
    let (mut ours, mut bare, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        let a = measure(Target::Chatctl, shape, format, span);
        let b = measure(Target::Bare, shape, format, span);
        ours.push(a);
        bare.push(b);
        ratios.push(a / b);
    }
    println!(
        "{:<22} {:<12} {:>9.0} {:>9.0}   {:.2} ({:.2} to {:.2})",
        shape.name(),
        format!("{format:?}"),
        median(&mut ours),
        median(&mut bare),
        median(&mut ratios),
        ratios.first().unwrap(),
        ratios.last().unwrap(),
    );
}

/// Deliveries per CPU-second of one server under one load.
fn measure(target: Target, shape: Shape, format: Format, span: Duration) -> f64 {
    let server = process::Server::start(target);
    let outcome = load::run(&server, shape, format, span);
    outcome.deliveries as f64 / outcome.cpu.as_secs_f64()
}

/// What a connection costs that is attached and does nothing.
fn idle(count: usize) {
    let server = process::Server::start(Target::Chatctl);
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
