//! Honest clients: they publish, edit, react, lose their sockets and come back, and note what they get.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;

use super::ROOM_SIZE;
use super::server::KEY;

const RESUMED: u64 = 1 << 2;

/// The time that everybody has to get what is under way when the run ends.
const GRACE: Duration = Duration::from_secs(15);

/// What is known of all rooms.
pub struct Ledger {
    begun: Instant,
    /// The serials of the acknowledged messages of each room.
    acknowledged: Vec<Mutex<Vec<String>>>,
    deliveries: AtomicU64,
    /// The times from publish to delivery since they were last taken, in microseconds.
    delays: Mutex<Vec<u64>>,
    all_delays: Mutex<BTreeMap<u64, u64>>,
}

impl Ledger {
    pub fn new(rooms: usize) -> Self {
        Self {
            begun: Instant::now(),
            acknowledged: (0..rooms).map(|_| Mutex::default()).collect(),
            deliveries: AtomicU64::new(0),
            delays: Mutex::default(),
            all_delays: Mutex::default(),
        }
    }

    pub fn deliveries(&self) -> u64 {
        self.deliveries.load(Ordering::Relaxed)
    }

    /// Returns the 99th percentile of the delays since the last call.
    pub fn take_p99(&self) -> Duration {
        let mut delays = std::mem::take(&mut *self.delays.lock().unwrap());
        delays.sort_unstable();
        let place = delays.len() * 99 / 100;
        Duration::from_micros(delays.get(place).copied().unwrap_or_default())
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap()
    }

    fn delivered(&self, delay: Option<u64>) {
        self.deliveries.fetch_add(1, Ordering::Relaxed);
        if let Some(delay) = delay {
            self.delays.lock().unwrap().push(delay);
            *self
                .all_delays
                .lock()
                .unwrap()
                .entry(delay / 100)
                .or_default() += 1;
        }
    }

    /// Returns a percentile of all delays.
    fn percentile(&self, percent: u64) -> Duration {
        let delays = self.all_delays.lock().unwrap();
        let total: u64 = delays.values().sum();
        let mut left = total * percent / 100;
        for (tenths, count) in delays.iter() {
            if *count >= left {
                return Duration::from_micros(tenths * 100);
            }
            left -= count;
        }
        Duration::ZERO
    }
}

/// The result of a run.
#[derive(Default)]
pub struct Outcome {
    acknowledged: usize,
    received: usize,
    lost: usize,
    doubled: usize,
    refused: BTreeMap<u64, usize>,
    drops: usize,
    /// Comebacks that the server did not continue.
    gaps: usize,
    p50: Duration,
    p99: Duration,
}

impl Outcome {
    pub fn is_clean(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.gaps == 0 && self.acknowledged > 0
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "acknowledged {}, received {}, lost {}, doubled {}, drops {}, gaps {}, refused {:?}, p50 {:.1} ms, p99 {:.1} ms",
            self.acknowledged,
            self.received,
            self.lost,
            self.doubled,
            self.drops,
            self.gaps,
            self.refused,
            self.p50.as_secs_f64() * 1000.0,
            self.p99.as_secs_f64() * 1000.0,
        )
    }
}

/// Runs all clients in this thread until `stop`, and adds up what they got.
pub fn run(address: &str, clients: usize, ledger: &Arc<Ledger>, stop: &Arc<AtomicBool>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let all: Vec<Honest> = LocalSet::new().block_on(&runtime, async {
        let tasks: Vec<_> = (0..clients)
            .map(|number| {
                let client = Honest::new(number, address, ledger, stop);
                tokio::task::spawn_local(client.live())
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.push(task.await.unwrap());
        }
        all
    });
    let mut outcome = Outcome {
        p50: ledger.percentile(50),
        p99: ledger.percentile(99),
        ..Outcome::default()
    };
    for room in &ledger.acknowledged {
        outcome.acknowledged += room.lock().unwrap().len();
    }
    for client in all {
        let room = ledger.acknowledged[client.room].lock().unwrap();
        // The serial of a message is its position and its place in it.
        let position = |serial: &str| serial.rsplit_once(':').unwrap().0.to_owned();
        let expected = room
            .iter()
            .filter(|serial| position(serial) > client.attached_at);
        outcome.lost += expected
            .filter(|serial| !client.received.contains(&hash(serial)))
            .count();
        outcome.received += client.received.len();
        outcome.doubled += client.doubled;
        outcome.drops += client.drops;
        outcome.gaps += client.gaps;
        for (code, count) in client.refused {
            *outcome.refused.entry(code).or_default() += count;
        }
    }
    outcome
}

fn hash(serial: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    serial.hash(&mut hasher);
    hasher.finish()
}

/// One client.
struct Honest {
    name: String,
    room: usize,
    address: String,
    ledger: Arc<Ledger>,
    stop: Arc<AtomicBool>,
    random: SmallRng,
    connection_key: Option<String>,
    position: Option<String>,
    /// The position at which it attached first.
    attached_at: String,
    /// Hashes of the serials that it was told of.
    received: HashSet<u64>,
    doubled: usize,
    drops: usize,
    gaps: usize,
    refused: HashMap<u64, usize>,
    msg_serial: u64,
    /// Frames that are not answered, by msgSerial.
    unanswered: BTreeMap<u64, Value>,
    own: Vec<String>,
    resumed_at: Instant,
}

type Socket = WebSocketStream<TcpStream>;

impl Honest {
    fn new(number: usize, address: &str, ledger: &Arc<Ledger>, stop: &Arc<AtomicBool>) -> Self {
        Self {
            name: format!("user-{number}"),
            room: number / ROOM_SIZE,
            address: address.to_owned(),
            ledger: Arc::clone(ledger),
            stop: Arc::clone(stop),
            random: SmallRng::seed_from_u64(number as u64),
            connection_key: None,
            position: None,
            attached_at: String::new(),
            received: HashSet::new(),
            doubled: 0,
            drops: 0,
            gaps: 0,
            refused: HashMap::new(),
            msg_serial: 0,
            unanswered: BTreeMap::new(),
            own: Vec::new(),
            resumed_at: Instant::now(),
        }
    }

    fn channel(&self) -> String {
        format!("room-{}::$chat", self.room)
    }

    /// Lives until the run ends, and then until nothing is under way any more.
    async fn live(mut self) -> Self {
        let mut ends: Option<Instant> = None;
        loop {
            let Some(mut socket) = self.connect().await else {
                tokio::time::sleep(Duration::from_millis(500)).await;
                continue;
            };
            let keeps = self.stay(&mut socket, &mut ends).await;
            if !keeps {
                return self;
            }
            drop(socket);
            self.drops += 1;
            let away = self.random.random_range(10..1500);
            tokio::time::sleep(Duration::from_millis(away)).await;
        }
    }

    async fn connect(&mut self) -> Option<Socket> {
        let mut url = format!("ws://{}/?key={KEY}&clientId={}", self.address, self.name);
        if let Some(key) = &self.connection_key {
            url.push_str("&resume=");
            url.push_str(key);
        }
        let stream = TcpStream::connect(&self.address).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.ok()?;
        let connected = next(&mut socket).await?;
        if connected["action"] != 4 {
            *self
                .refused
                .entry(connected["error"]["code"].as_u64()?)
                .or_default() += 1;
            return None;
        }
        if self.connection_key.is_some() && !connected["error"].is_null() {
            self.gaps += 1;
            self.msg_serial = 0;
            self.unanswered.clear();
        }
        self.connection_key = Some(
            connected["connectionDetails"]["connectionKey"]
                .as_str()?
                .to_owned(),
        );
        let mut attach = json!({"action": 10, "channel": self.channel()});
        if let Some(position) = &self.position {
            attach["channelSerial"] = json!(position);
        }
        send(&mut socket, &attach).await?;
        for frame in self.unanswered.values() {
            send(&mut socket, frame).await?;
        }
        self.resumed_at = Instant::now();
        Some(socket)
    }

    /// Talks and listens; returns whether the client comes back, after a drop.
    async fn stay(&mut self, socket: &mut Socket, ends: &mut Option<Instant>) -> bool {
        let mut next_act = tokio::time::Instant::now() + self.pause();
        loop {
            let frame = tokio::select! {
                frame = next(socket) => frame,
                () = tokio::time::sleep_until(next_act) => {
                    next_act = tokio::time::Instant::now() + self.pause();
                    if self.stop.load(Ordering::Relaxed) {
                        let end = *ends.get_or_insert_with(|| Instant::now() + GRACE);
                        if Instant::now() > end {
                            return false;
                        }
                    } else if self.random.random_bool(0.02) || self.act(socket).await.is_none() {
                        return true;
                    }
                    continue;
                }
            };
            match frame {
                Some(frame) => self.note(&frame),
                None => return true,
            }
        }
    }

    fn pause(&mut self) -> Duration {
        Duration::from_millis(self.random.random_range(500..1500))
    }

    async fn act(&mut self, socket: &mut Socket) -> Option<()> {
        let own = (!self.own.is_empty())
            .then(|| self.own[self.random.random_range(0..self.own.len())].clone());
        let mut frame = match (own, self.random.random_range(0..10)) {
            (Some(serial), 0) => json!({
                "action": 15, "channel": self.channel(), "messages": [{"action": 1, "serial": serial, "data": "edited"}],
            }),
            (Some(serial), 1 | 2) => json!({
                "action": 21, "channel": self.channel(),
                "annotations": [{"action": 0, "type": "reaction:distinct.v1", "name": "like", "messageSerial": serial}],
            }),
            _ => json!({
                "action": 15, "channel": self.channel(), "messages": [{"data": self.ledger.now().to_string()}],
            }),
        };
        frame["msgSerial"] = json!(self.msg_serial);
        self.unanswered.insert(self.msg_serial, frame.clone());
        self.msg_serial += 1;
        send(socket, &frame).await
    }

    fn note(&mut self, frame: &Value) {
        if let Some(position) = frame["channelSerial"].as_str() {
            self.position = Some(position.to_owned());
        }
        match frame["action"].as_u64() {
            Some(11) => {
                if self.attached_at.is_empty() {
                    frame["channelSerial"]
                        .as_str()
                        .unwrap_or_default()
                        .clone_into(&mut self.attached_at);
                } else if frame["flags"].as_u64().unwrap_or_default() & RESUMED == 0 {
                    self.gaps += 1;
                }
            }
            Some(1 | 2) => self.answered(frame),
            Some(15) => {
                for message in frame["messages"].as_array().into_iter().flatten() {
                    self.told(message);
                }
            }
            _ => {}
        }
    }

    fn answered(&mut self, frame: &Value) {
        let first = frame["msgSerial"].as_u64().unwrap();
        for index in 0..frame["count"].as_u64().unwrap_or(1) {
            let Some(sent) = self.unanswered.remove(&(first + index)) else {
                continue;
            };
            if frame["action"] == 2 {
                *self
                    .refused
                    .entry(frame["error"]["code"].as_u64().unwrap_or_default())
                    .or_default() += 1;
                continue;
            }
            let is_create = sent["action"] == 15 && sent["messages"][0]["action"].is_null();
            let serial = &frame["res"][usize::try_from(index).unwrap()]["serials"][0];
            if let Some(serial) = serial.as_str().filter(|_| is_create) {
                self.ledger.acknowledged[self.room]
                    .lock()
                    .unwrap()
                    .push(serial.to_owned());
                self.own.push(serial.to_owned());
                if self.own.len() > 5 {
                    self.own.remove(0);
                }
            }
        }
    }

    fn told(&mut self, message: &Value) {
        if !matches!(message["action"].as_u64(), None | Some(0)) {
            return;
        }
        let serial = message["serial"].as_str().unwrap_or_default();
        if !self.received.insert(hash(serial)) {
            self.doubled += 1;
        }
        let sent = message["data"]
            .as_str()
            .and_then(|text| text.parse::<u64>().ok());
        // What was missed while away is late by its nature.
        let is_live = self.resumed_at.elapsed() > Duration::from_secs(2);
        let delay = sent
            .filter(|_| is_live)
            .map(|sent| self.ledger.now().saturating_sub(sent));
        self.ledger.delivered(delay);
    }
}

/// Returns the next frame; `None` once the socket is closed.
pub async fn next(socket: &mut Socket) -> Option<Value> {
    loop {
        match socket.next().await {
            Some(Ok(Frame::Text(text))) => return serde_json::from_str(&text).ok(),
            Some(Ok(Frame::Close(_)) | Err(_)) | None => return None,
            Some(Ok(_)) => {}
        }
    }
}

pub async fn send(socket: &mut Socket, frame: &Value) -> Option<()> {
    socket.send(Frame::text(frame.to_string())).await.ok()
}
