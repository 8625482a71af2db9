//! Publishing: acknowledged publishes a second from many connections that pipeline, with rooms in memory and in a file,
//! each with an access log and without.
//!
//! All of them in turn, on all cores, the load on the same ones. Acknowledgements come in the order of the publishes, or
//! the run fails; so it does if an acknowledged publish is not in the file or not in the access log. `CHATCTL` names a
//! binary to measure in the place of the one just built, and `--against` another one to measure in turn with it.
//!
//!     cargo bench --bench publish
//!     cargo bench --bench publish -- --store sqlite --seconds 5 --connections 50 --window 16
//!     cargo bench --bench publish -- --against /tmp/other/chatctl
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

#[path = "../shared/binaries.rs"]
mod binaries;
#[path = "../shared/server.rs"]
mod server;
#[path = "../shared/socket.rs"]
mod socket;

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use chatctl::chat_core::protocol::{Action, Data, Format, Message, ProtocolMessage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::LocalSet;

use server::{Server, chatctl};

/// The number of channels that the connections publish in.
const CHANNELS: usize = 10;

/// The first bytes of an acknowledgement.
const ACK: &[u8] = br#"{"action":1,"#;

/// The part of a line of an access log that tells a publish.
const PUBLISH_LINE: &[u8] = br#""operation":"publish","#;

/// The beginning of a line that counts dropped lines.
const DROPPED_LINE: &[u8] = br#"{"dropped":"#;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let value = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1).cloned()
    };
    let number = |name: &str, default: usize| {
        value(name).map_or(default, |text| text.parse::<usize>().unwrap())
    };
    let load = Load {
        connections: number("--connections", 50),
        window: number("--window", 16),
        span: Duration::from_secs(number("--seconds", 3) as u64),
    };
    let binaries = binaries::binaries(&arguments);
    let mut cases: Vec<Case> = ["memory", "sqlite"]
        .into_iter()
        .filter(|store| value("--store").is_none_or(|only| only == *store))
        .flat_map(|store| {
            [false, true].map(|access_log| Case::new(store, access_log, binaries.len()))
        })
        .collect();
    for _ in 0..number("--runs", 3) {
        for case in &mut cases {
            for (binary, rates) in binaries.iter().zip(&mut case.rates) {
                rates.push(run(binary, case.store, case.access_log, &load));
            }
        }
    }
    println!("acknowledged publishes a second, median; the ratio to the row named");
    for place in 0..binaries.len() {
        for (number, case) in cases.iter().enumerate() {
            let other = &cases[if case.access_log { number - 1 } else { 0 }];
            println!(
                "{:<36} {:>9.0}   {:.2} of {}",
                binaries::label(place, &case.name()),
                median(case.rates[place].clone()),
                ratio(&case.rates[place], &other.rates[place]),
                other.name(),
            );
        }
    }
    if binaries.len() > 1 {
        println!("the first binary to the second");
        for case in &cases {
            println!(
                "{:<36} {:.2}",
                case.name(),
                ratio(&case.rates[0], &case.rates[1])
            );
        }
    }
}

/// A way to run the server.
struct Case {
    store: &'static str,
    access_log: bool,
    /// For each binary, the results of its runs.
    rates: Vec<Vec<f64>>,
}

impl Case {
    fn new(store: &'static str, access_log: bool, binaries: usize) -> Self {
        let rates = vec![Vec::new(); binaries];
        Self {
            store,
            access_log,
            rates,
        }
    }

    fn name(&self) -> String {
        let log = if self.access_log {
            " with --access-log"
        } else {
            ""
        };
        format!("{}{log}", self.store)
    }
}

/// The load of a run.
struct Load {
    connections: usize,
    /// The most publishes of one connection that are not acknowledged yet.
    window: usize,
    span: Duration,
}

/// Returns the acknowledged publishes a second.
fn run(binary: &Path, store: &str, access_log: bool, load: &Load) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bench.db");
    let log = folder.path().join("access.log");
    let store = match store {
        "sqlite" => format!("sqlite:{}", file.display()),
        other => other.to_owned(),
    };
    let mut command = chatctl(binary, &["--store".to_owned(), store]);
    if access_log {
        command.arg("--access-log").arg(&log);
    }
    let server = Server::start(command);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (rate, total) = LocalSet::new().block_on(&runtime, async {
        let count = Rc::new(Cell::new(0_u64));
        let stop = Rc::new(Cell::new(false));
        let mut work = Vec::new();
        for connection in 0..load.connections {
            let (count, stop) = (Rc::clone(&count), Rc::clone(&stop));
            let channel = format!("bench-{}", connection % CHANNELS);
            let socket = socket::connect(&server.address, Format::Json).await;
            let window = load.window;
            work.push(tokio::task::spawn_local(async move {
                publish(socket, channel, window, &count, &stop).await;
            }));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (before, begun) = (count.get(), Instant::now());
        tokio::time::sleep(load.span).await;
        let rate = (count.get() - before) as f64 / begun.elapsed().as_secs_f64();
        stop.set(true);
        for work in work {
            work.await.unwrap();
        }
        (rate, count.get())
    });
    if access_log {
        wait_for_log(&log, total);
    }
    drop(server);
    if file.exists() {
        assert_eq!(
            stored(&file),
            total,
            "every acknowledged publish is in the file"
        );
    }
    rate
}

/// Publishes until it is stopped, and waits for the last acknowledgement.
async fn publish(
    socket: TcpStream,
    channel: String,
    window: usize,
    count: &Cell<u64>,
    stop: &Cell<bool>,
) {
    let (mut reader, mut writer) = socket.into_split();
    let room = Rc::new(Semaphore::new(window));
    let acknowledged = Rc::new(Cell::new(0_u64));
    let (permits, seen) = (Rc::clone(&room), Rc::clone(&acknowledged));
    let mut sent = 0_u64;
    let reading = async {
        let mut kept = Vec::new();
        let mut buffer = vec![0; 65_536];
        loop {
            let length = reader.read(&mut buffer).await.unwrap();
            assert!(length > 0, "the server ended the connection");
            kept.extend_from_slice(&buffer[..length]);
            let mut at = 0;
            while let Some((payload, end)) = frame(&kept[at..]) {
                if payload.starts_with(ACK) {
                    let expected = format!(r#""msgSerial":{},"#, seen.get());
                    let found = memchr::memmem::find(payload, expected.as_bytes());
                    assert!(found.is_some(), "{}", String::from_utf8_lossy(payload));
                    seen.set(seen.get() + 1);
                    count.set(count.get() + 1);
                    permits.add_permits(1);
                }
                at += end;
            }
            kept.drain(..at);
        }
    };
    let writing = async {
        while !stop.get() {
            // As many as there is room for, in one write.
            room.acquire().await.unwrap().forget();
            let mut bytes = Vec::new();
            socket::put(&mut bytes, &message(&channel, sent), Format::Json);
            sent += 1;
            while let Ok(permit) = room.try_acquire() {
                permit.forget();
                socket::put(&mut bytes, &message(&channel, sent), Format::Json);
                sent += 1;
            }
            writer.write_all(&bytes).await.unwrap();
        }
        while acknowledged.get() < sent {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        () = writing => {}
        () = reading => {}
    }
}

fn message(channel: &str, number: u64) -> ProtocolMessage {
    ProtocolMessage {
        msg_serial: Some(number),
        messages: Some(vec![Message {
            name: Some("bench".to_owned()),
            data: Some(Data::Text("x".repeat(100))),
            ..Message::default()
        }]),
        ..ProtocolMessage::on(Action::Message, channel)
    }
}

/// The first whole frame of a server, and where it ends.
fn frame(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let (begin, length) = match *bytes.get(1)? {
        126 => (
            4,
            usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?])),
        ),
        short => (2, usize::from(short)),
    };
    let payload = bytes.get(begin..begin + length)?;
    Some((payload, begin + length))
}

/// Waits until the access log accounts for each of `total` publishes: by a line, or in the count of dropped lines, for
/// a server drops lines that a slow file does not take.
fn wait_for_log(log: &Path, total: u64) {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let text = std::fs::read(log).unwrap();
        let written = memchr::memmem::find_iter(&text, PUBLISH_LINE).count() as u64;
        let dropped: u64 = memchr::memmem::find_iter(&text, DROPPED_LINE)
            .map(|at| {
                let digits = text[at + DROPPED_LINE.len()..].iter();
                let digits = digits.take_while(|byte| byte.is_ascii_digit());
                digits.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
            })
            .sum();
        if written + dropped == total {
            if dropped > 0 {
                println!("the access log dropped {dropped} of {total} lines");
            }
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{written} lines and {dropped} dropped ones of {total}"
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Counts the publishes in the file.
fn stored(file: &Path) -> u64 {
    let connection = rusqlite::Connection::open(file).unwrap();
    let sql = "SELECT count(*) FROM entry WHERE kind = 0";
    let count: i64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    u64::try_from(count).unwrap()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Returns the median of the ratios of two series that were measured in turn.
fn ratio(of: &[f64], to: &[f64]) -> f64 {
    median(of.iter().zip(to).map(|(a, b)| a / b).collect())
}
