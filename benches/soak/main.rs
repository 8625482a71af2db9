//! A soak: honest clients that talk, edit, react, drop and come back for a long time, with attackers beside them.
//!
//! Each honest client must get each acknowledged message of its room once; what is lost or doubled fails the run. Prints
//! the server's memory over time and the time from publish to delivery. `CHATCTL` names a binary to run in the place of
//! the one just built; what stands behind `--serve` are further words for `chatctl serve`.
//!
//!     cargo bench --bench soak
//!     cargo bench --bench soak -- --minutes 30 --clients 200 --attackers
//!     cargo bench --bench soak -- --minutes 5 --serve --store sqlite:/tmp/soak.db
//!     cargo bench --bench soak -- --cost
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

mod attackers;
#[path = "../shared/binaries.rs"]
mod binaries;
mod cost;
mod honest;
#[path = "../shared/server.rs"]
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use honest::Ledger;
use server::{Server, chatctl};

/// The number of clients in a room.
const ROOM_SIZE: usize = 10;

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let end = words.iter().position(|word| word == "--serve");
    let (own, further) = words.split_at(end.unwrap_or(words.len()));
    let number = |name: &str, default: u64| {
        let place = own.iter().position(|word| word == name);
        place.map_or(default, |place| own[place + 1].parse().unwrap())
    };
    let span = Duration::from_secs(60 * number("--minutes", 1));
    let clients = usize::try_from(number("--clients", 200)).unwrap();
    let is_attacked = own.iter().any(|word| word == "--attackers");
    let (binary, further) = (
        &binaries::binaries(own)[0],
        further.get(1..).unwrap_or_default(),
    );
    if own.iter().any(|word| word == "--cost") {
        return cost::report(binary, further);
    }
    let server = Arc::new(Server::start(chatctl(binary, further)));
    println!(
        "{clients} clients in rooms of {ROOM_SIZE}, {:.0} s{}",
        span.as_secs_f64(),
        if is_attacked { ", with attackers" } else { "" },
    );
    let stop = Arc::new(AtomicBool::new(false));
    let attackers = if is_attacked {
        attackers::start(&server.address, &stop)
    } else {
        Vec::new()
    };
    let ledger = Arc::new(Ledger::new(clients.div_ceil(ROOM_SIZE)));
    let honest = {
        let (ledger, stop) = (Arc::clone(&ledger), Arc::clone(&stop));
        let address = server.address.clone();
        std::thread::spawn(move || honest::run(&address, clients, &ledger, &stop))
    };
    println!(
        "{:>8} {:>12} {:>12} {:>10} {:>8}",
        "s", "RSS KiB", "deliveries", "p99 ms", "CPU s"
    );
    let begun = Instant::now();
    let interval = (span / 12).min(Duration::from_secs(60));
    while begun.elapsed() < span {
        std::thread::sleep(interval.min(span.saturating_sub(begun.elapsed())));
        println!(
            "{:>8.0} {:>12} {:>12} {:>10.1} {:>8.1}",
            begun.elapsed().as_secs_f64(),
            server.resident_kib(),
            ledger.deliveries(),
            ledger.take_p99().as_secs_f64() * 1000.0,
            server.cpu().as_secs_f64(),
        );
    }
    stop.store(true, Ordering::Relaxed);
    let result = honest.join().unwrap();
    for attacker in attackers {
        println!("{}", attacker.join().unwrap());
    }
    println!("{result}");
    std::thread::sleep(Duration::from_secs(5));
    println!("resident when all are gone: {} KiB", server.resident_kib());
    assert!(result.is_clean(), "something was lost or doubled");
}
