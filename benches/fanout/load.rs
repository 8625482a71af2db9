//! The load: one thread, sockets by hand, deliveries found by scanning for a mark that costs every server the same.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::{Duration, Instant};

use chatctl::chat_core::protocol::{Action, Data, Format, Message, ProtocolMessage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::Notify;
use tokio::task::LocalSet;

use super::server::Server;
use super::socket;

/// The rooms, their subscribers and their publishers.
#[derive(Clone, Copy)]
pub struct Shape {
    rooms: usize,
    pub subscribers: usize,
    /// The most publishes in flight in a room.
    window: u64,
    /// The subscribers publish in turn; otherwise a separate connection does.
    all_publish: bool,
}

impl Shape {
    pub fn fan_out(subscribers: usize, window: u64) -> Self {
        Self {
            rooms: 1,
            subscribers,
            window,
            all_publish: false,
        }
    }

    pub fn rooms(rooms: usize, subscribers: usize, window: u64) -> Self {
        Self {
            rooms,
            subscribers,
            window,
            all_publish: true,
        }
    }

    pub fn name(self) -> String {
        if self.rooms == 1 {
            format!("1 to {}", self.subscribers)
        } else {
            format!("{} rooms of {}", self.rooms, self.subscribers)
        }
    }
}

/// The result of a load.
pub struct Outcome {
    pub deliveries: u64,
    pub cpu: Duration,
}

/// Counts of one room.
struct Room {
    published: Cell<u64>,
    delivered: Cell<u64>,
    moved: Notify,
}

/// Loads `server` for `span` after a warm-up, and counts deliveries and CPU time.
pub fn run(server: &Server, shape: Shape, format: Format, span: Duration) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, async {
        let stop = Rc::new(Cell::new(false));
        let mut rooms = Vec::new();
        let mut publishers = Vec::new();
        let mut held = Vec::new();
        for number in 0..shape.rooms {
            let name = format!("bench-{number}");
            let room = Rc::new(Room {
                published: Cell::new(0),
                delivered: Cell::new(0),
                moved: Notify::new(),
            });
            let mut writers = Vec::new();
            for _ in 0..shape.subscribers {
                let (reader, mut writer) = connect(server, format).await;
                attach(&mut writer, &name, format).await;
                tokio::task::spawn_local(count(reader, Rc::clone(&room)));
                writers.push(writer);
            }
            if !shape.all_publish {
                let (mut reader, writer) = connect(server, format).await;
                tokio::task::spawn_local(async move {
                    let mut buffer = vec![0; 65_536];
                    while reader
                        .read(&mut buffer)
                        .await
                        .is_ok_and(|length| length > 0)
                    {}
                });
                // A half that is dropped closes the socket.
                held.extend(std::mem::replace(&mut writers, vec![writer]));
            }
            rooms.push(Rc::clone(&room));
            let publish = publish(room, name, writers, shape, format, Rc::clone(&stop));
            publishers.push(publish);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let publishers: Vec<_> = publishers
            .into_iter()
            .map(tokio::task::spawn_local)
            .collect();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let total = || rooms.iter().map(|room| room.delivered.get()).sum::<u64>();
        let (deliveries, cpu, begun) = (total(), server.cpu(), Instant::now());
        tokio::time::sleep(span).await;
        let outcome = Outcome {
            deliveries: total() - deliveries,
            cpu: server.cpu() - cpu,
        };
        assert!(
            begun.elapsed() < span * 2,
            "the load itself could not keep up"
        );
        stop.set(true);
        for room in &rooms {
            room.moved.notify_one();
        }
        for publisher in publishers {
            // Its sockets stay open until all has arrived: the last deliveries are for them.
            held.extend(publisher.await.unwrap());
        }
        // Every publish arrives.
        let deadline = Instant::now() + Duration::from_secs(10);
        for room in &rooms {
            let expected = room.published.get() * shape.subscribers as u64;
            while room.delivered.get() < expected {
                assert!(
                    Instant::now() < deadline,
                    "{} of {expected} deliveries",
                    room.delivered.get()
                );
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert_eq!(room.delivered.get(), expected, "nothing is delivered twice");
        }
        outcome
    })
}

/// Holds `count` attached, idle connections while `look` runs.
pub fn hold_idle(server: &Server, count: usize, look: impl FnOnce(usize)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut held = Vec::new();
        for number in 0..count {
            let (reader, mut writer) = connect(server, Format::Json).await;
            attach(&mut writer, &format!("idle-{}", number % 100), Format::Json).await;
            held.push((reader, writer));
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        tokio::task::block_in_place(|| look(held.len()));
    });
}

/// Publishes until it is stopped. Returns the sockets.
async fn publish(
    room: Rc<Room>,
    name: String,
    mut writers: Vec<OwnedWriteHalf>,
    shape: Shape,
    format: Format,
    stop: Rc<Cell<bool>>,
) -> Vec<OwnedWriteHalf> {
    let mut serials = vec![0; writers.len()];
    let subscribers = shape.subscribers as u64;
    while !stop.get() {
        let under_way = room.published.get() - room.delivered.get() / subscribers;
        if under_way >= shape.window {
            room.moved.notified().await;
            continue;
        }
        let mut frames = Vec::new();
        let turn = usize::try_from(room.published.get()).unwrap() % writers.len();
        let batch = if writers.len() == 1 {
            shape.window - under_way
        } else {
            1
        };
        for _ in 0..batch {
            let number = room.published.get();
            room.published.set(number + 1);
            let message = ProtocolMessage {
                msg_serial: Some(serials[turn]),
                messages: Some(vec![Message {
                    name: Some("bench".to_owned()),
                    data: Some(Data::Text(format!("|~{number:09}~{}", "x".repeat(88)))),
                    ..Message::default()
                }]),
                ..ProtocolMessage::on(Action::Message, &name)
            };
            serials[turn] += 1;
            socket::put(&mut frames, &message, format);
        }
        writers[turn].write_all(&frames).await.unwrap();
    }
    writers
}

/// The most numbers that may arrive before a missing one: more than are ever in flight from several publishers.
const MAX_AHEAD: usize = 64;

/// Counts deliveries, and checks that each arrives once and in its publisher's order.
async fn count(mut reader: OwnedReadHalf, room: Rc<Room>) {
    // `|~`, nine digits, `~`: no header and no number looks like that.
    const MARK: usize = 12;
    let mut buffer = vec![0; 65_536];
    let (mut kept, mut next) = (0, 0_u64);
    let mut ahead = BTreeSet::new();
    loop {
        let length = match reader.read(&mut buffer[kept..]).await {
            Ok(0) | Err(_) => return,
            Ok(length) => kept + length,
        };
        let mut at = 0;
        let mut rest = length;
        while let Some(found) = memchr::memchr(b'|', &buffer[at..length]) {
            let begin = at + found;
            if begin + MARK > length {
                // A mark that is cut off is completed by the next read.
                rest = begin;
                break;
            }
            let mark = &buffer[begin..begin + MARK];
            let is_mark =
                mark[1] == b'~' && mark[11] == b'~' && mark[2..11].iter().all(u8::is_ascii_digit);
            if !is_mark {
                at = begin + 1;
                continue;
            }
            let digits = &buffer[begin + 2..begin + 11];
            let number = digits
                .iter()
                .fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
            // Publishers race each other, so that numbers of different ones may change places.
            let is_news = number >= next && ahead.insert(number);
            assert!(is_news, "delivery {number} was repeated");
            while ahead.remove(&next) {
                next += 1;
            }
            assert!(
                ahead.len() < MAX_AHEAD,
                "delivery {next} was lost or out of order"
            );
            room.delivered.set(room.delivered.get() + 1);
            at = begin + MARK;
        }
        room.moved.notify_one();
        buffer.copy_within(rest..length, 0);
        kept = length - rest;
    }
}

async fn connect(server: &Server, format: Format) -> (OwnedReadHalf, OwnedWriteHalf) {
    let socket = socket::connect(&server.address, format).await;
    socket.into_split()
}

async fn attach(writer: &mut OwnedWriteHalf, channel: &str, format: Format) {
    let mut bytes = Vec::new();
    socket::put(
        &mut bytes,
        &ProtocolMessage::on(Action::Attach, channel),
        format,
    );
    writer.write_all(&bytes).await.unwrap();
}
