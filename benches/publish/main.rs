//! Publishing: how many publishes a second a server acknowledges to many connections that do not wait for one before they
//! send the next, with rooms in memory and in a file.
//!
//! The two in turn, on all cores, the load on the same ones. Acknowledgements come in the order of the publishes, or the
//! run fails; so it does if what was acknowledged is not in the file.
//!
//!     cargo bench --bench publish
//!     cargo bench --bench publish -- --store sqlite --seconds 5 --connections 50 --window 16
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

#[path = "../shared/socket.rs"]
mod socket;

use std::cell::Cell;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use chatctl::chat_core::protocol::{Action, Data, Format, Message, ProtocolMessage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::LocalSet;

use socket::KEY;

/// How many channels the connections publish in.
const CHANNELS: usize = 10;

/// What an acknowledgement begins with.
const ACK: &[u8] = br#"{"action":1,"#;

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
    let stores = value("--store").map_or(vec!["memory".to_owned(), "sqlite".to_owned()], |store| {
        vec![store]
    });
    let mut rates = vec![Vec::new(); stores.len()];
    for _ in 0..number("--runs", 3) {
        for (store, rates) in stores.iter().zip(&mut rates) {
            rates.push(run(store, &load));
        }
    }
    let medians: Vec<f64> = rates.iter_mut().map(|rates| median(rates)).collect();
    for (store, rate) in stores.iter().zip(&medians) {
        println!("{store:<8} {rate:>9.0} acknowledged publishes a second");
    }
    if let [memory, sqlite] = medians[..] {
        println!("ratio    {:>9.2}", sqlite / memory);
    }
}

struct Load {
    connections: usize,
    /// Publishes of one connection that are not acknowledged yet.
    window: usize,
    span: Duration,
}

/// Acknowledged publishes a second.
fn run(store: &str, load: &Load) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bench.db");
    let server = match store {
        "sqlite" => Server::start(&format!("sqlite:{}", file.display())),
        other => Server::start(other),
    };
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
    drop(server);
    if store == "sqlite" {
        assert_eq!(kept(&file), total, "what was acknowledged is in the file");
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

/// How many publishes are in the file.
fn kept(file: &Path) -> u64 {
    let connection = rusqlite::Connection::open(file).unwrap();
    let sql = "SELECT count(*) FROM entry WHERE kind = 0";
    let count: i64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    u64::try_from(count).unwrap()
}

/// A running server; it is killed when it is dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(store: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chatctl"))
            .args(["serve", "--listen", "127.0.0.1:0", "--store", store])
            .env("ABLY_API_KEY", KEY)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().trim_start_matches("http://").to_owned();
        Self { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
