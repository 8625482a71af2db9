//! Servers in memory that are spoken to by hand, for [`crate::fuzzing`]. Each input gets a server of its own, whose clock
//! and ids are the same each time, so that an input does the same whenever it is run.
//!
//! What is said to a server are records, each apart from the next by a line with `%%`. `{serial}` in a record stands for the
//! serial of a message that the server answered or sent last.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_encode, utf8_percent_encode};
use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;

use super::engine::serial::is_serial;
use super::pipes::Pipes;
use super::{AuthEndpoint, Seed, Server, Setup, Storage};
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry};
use crate::chat_core::clock::{Clock, Moment, Sleep, Timestamp};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::{Action, Format, Json, ProtocolMessage, names};
use crate::chat_core::random::Random;

/// The key of the server, with full access.
const KEY: &str = "appid.keyid:secret";

/// The time within which a server answers.
const PATIENCE: Duration = Duration::from_secs(10);

/// The steps that a server may take once its clients are gone.
const LAST_STEPS: usize = 30;

/// The size of a pipe: more than is ever in it.
const PIPE: usize = 8 << 20;

/// The line between two records.
const BETWEEN: &[u8] = b"\n%%\n";

/// The bytes of a request's target that are not written as they are.
const NOT_IN_TARGET: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'#');

/// A clock that goes on by short waits only, which take no time: answers that are held back come at once, and nothing
/// is ever idle or late.
struct ShortWaits(AtomicI64);

/// The longest wait that takes no time.
const SHORT: Duration = Duration::from_millis(50);

impl Clock for ShortWaits {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }

    fn moment(&self) -> Moment {
        let since_epoch = self.0.load(Ordering::Relaxed).unsigned_abs();
        Moment::after_beginning(Duration::from_millis(since_epoch))
    }

    fn sleep_until(&self, deadline: Moment) -> Sleep {
        if deadline.since(self.moment()) > SHORT {
            return Box::pin(std::future::pending());
        }
        let millis = deadline.since(Moment::default()).as_millis();
        let millis = i64::try_from(millis).unwrap_or(i64::MAX);
        self.0.fetch_max(millis, Ordering::Relaxed);
        Box::pin(std::future::ready(()))
    }
}

/// The pipes to a running server.
#[derive(Clone)]
struct Running(mpsc::UnboundedSender<DuplexStream>);

/// An answer.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

/// Runs `work` beside a server that begins with `seed`. A task that panics is found by what it does not answer.
fn beside_server<F: Future<Output = ()>>(
    now: Timestamp,
    seed: Seed,
    work: impl FnOnce(Running) -> F,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => panic!("{error}"),
    };
    let (pipes, receiver) = mpsc::unbounded_channel();
    let server = server(now, seed);
    let work = work(Running(pipes));
    runtime.block_on(async move {
        let serving = server.run(Pipes(receiver), std::future::pending());
        let work = async {
            work.await;
            // The server sees that its clients are gone, and forgets them: they would stay in memory.
            for _ in 0..LAST_STEPS {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            ended = serving => panic!("the server ended: {ended:?}"),
            () = work => {}
        }
    });
}

fn server(now: Timestamp, seed: Seed) -> Server {
    let clock: Arc<dyn Clock> = Arc::new(ShortWaits(AtomicI64::new(now.millis())));
    let key = |text: &str| match ApiKey::parse(text) {
        Ok(key) => key,
        Err(error) => panic!("{error}"),
    };
    let revocable = KeyEntry {
        revocable_tokens: true,
        ..KeyEntry::new(key("appid.other:secret"), Capability::all())
    };
    Server {
        keys: vec![KeyEntry::new(key(KEY), Capability::all()), revocable],
        clock: Arc::clone(&clock),
        random: Random::seeded(1),
        provisions_apps: true,
        auth_endpoint: Some(AuthEndpoint {
            key: key(KEY),
            users: None,
            ttl: Duration::from_secs(60),
            clock,
            random: Random::seeded(2),
        }),
        identity_probe: None,
        started: None,
        publish_rate: None,
        writers: 1,
        storage: Storage::memory(None),
        setup: Setup {
            seed,
            ..Setup::default()
        },
    }
}

/// Starts a server with a seed, and reads what it made of it: as many messages in each room as the seed has.
pub(crate) fn plant(seed: Seed, now: Timestamp) {
    if seed.check(now).is_err() {
        return;
    }
    let mut rooms: Vec<(String, usize)> = Vec::new();
    for room in &seed.rooms {
        match rooms.iter_mut().find(|(name, _)| *name == room.name) {
            Some((_, count)) => *count += room.messages.len(),
            None => rooms.push((room.name.clone(), room.messages.len())),
        }
    }
    beside_server(now, seed, |server| async move {
        for (room, count) in rooms {
            let channel = names::channel_of(&room);
            let channel = utf8_percent_encode(&channel, NON_ALPHANUMERIC);
            let path = format!("GET /channels/{channel}/messages?limit=1000");
            let answer = server.request(path.as_bytes()).await;
            assert_eq!(answer.status, 200, "{room:?}");
            let read: Vec<Json> = answer.read(Format::Json);
            assert_eq!(read.len(), count.min(1000), "{room:?}");
        }
    });
}

/// HTTP requests, one after another. Each record is a method and a target, then lines with headers, then, after an empty
/// line, the body. Each is answered, never with an error of the server's own, and each answer can be read.
pub(crate) fn http(script: &[u8], now: Timestamp) {
    beside_server(now, Seed::default(), |server| async move {
        let mut serial = None;
        for record in records(script) {
            let answer = server.request(&filled(record, serial.as_deref())).await;
            answer.check();
            serial = serial_in(&answer.body).or(serial);
        }
        let answer = server.request(b"GET /time").await;
        assert_eq!(answer.status, 200, "the server lives");
    });
}

/// Frames of a client, one after another: text where a record begins like JSON, binary otherwise. A first record that
/// begins with `?` has the parameters of the connection. Each frame is answered, or ends the connection with the reason;
/// and each of the server's can be read.
pub(crate) fn realtime(script: &[u8], now: Timestamp) {
    beside_server(now, Seed::default(), |server| async move {
        let mut records = records(script).peekable();
        let parameters = records.next_if(|record| record.starts_with(b"?"));
        let parameters = parameters.map_or(&b""[..], |record| &record[1..]);
        let mut other = server.connect("clientId=other").await;
        other
            .send_json(r#"{"action":10,"channel":"lobby::$chat","flags":589824}"#)
            .await;
        let mut client = server
            .connect(&format!("clientId=me&{}", target(parameters)))
            .await;
        for record in records {
            let record = filled(record, client.serial.as_deref());
            let is_text = matches!(record.first(), Some(b'{' | b'[' | b'"' | b' '));
            let text = std::str::from_utf8(&record).ok().filter(|_| is_text);
            let frame = match text {
                Some(text) => Frame::text(text.to_owned()),
                None => Frame::binary(record.into_owned()),
            };
            // The server may have ended the connection.
            let _ = client.socket.send(frame).await;
            if client.settle().await {
                break;
            }
        }
        drop(client);
        // Whatever one client sends, the others are served as before.
        assert!(!other.settle().await, "another client is disconnected");
        let answer = server.request(b"GET /channels/lobby::$chat/messages").await;
        assert_eq!(answer.status, 200, "the server lives");
        answer.check();
    });
}

/// A client that comes back with the key of the first record and attaches at the channel serial of the second; `{key}`
/// stands for the key of a connection that was dropped. Only that key gets the connection back.
pub(crate) fn resume(script: &[u8], now: Timestamp) {
    beside_server(now, Seed::default(), |server| async move {
        let mut first = server.connect("clientId=me").await;
        first.send_json(r#"{"action":10,"channel":"lobby"}"#).await;
        first.settle().await;
        let (id, key) = (first.id.clone(), first.key.clone());
        drop(first);
        let records: Vec<String> = records(script)
            .map(|record| String::from_utf8_lossy(record).replace("{key}", &key))
            .collect();
        let shown = records.first().map_or("", String::as_str);
        let resume = utf8_percent_encode(shown, NON_ALPHANUMERIC);
        let mut client = server
            .connect(&format!("clientId=me&resume={resume}"))
            .await;
        if !client.is_open {
            return;
        }
        assert_eq!(client.id == id, shown == key, "{shown:?} for {key:?}");
        for serial in records.iter().skip(1) {
            let attach = ProtocolMessage {
                channel_serial: Some(serial.clone()),
                flags: Some(32),
                ..ProtocolMessage::on(Action::Attach, "lobby")
            };
            let text = attach.encode(Format::Json);
            client.send_json(&String::from_utf8_lossy(&text)).await;
        }
        assert!(!client.settle().await, "a serial ends the connection");
    });
}

fn records(script: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(script);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text.windows(BETWEEN.len()).position(|part| part == BETWEEN);
        rest = end.map(|end| &text[end + BETWEEN.len()..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
    .take(16)
}

/// The record with `serial` in the place of `{serial}`.
fn filled<'a>(record: &'a [u8], serial: Option<&str>) -> Cow<'a, [u8]> {
    const PLACE: &[u8] = b"{serial}";
    let place = record.windows(PLACE.len()).position(|part| part == PLACE);
    match (place, serial) {
        (Some(place), Some(serial)) => {
            let rest = filled(&record[place + PLACE.len()..], Some(serial));
            [&record[..place], serial.as_bytes(), &rest].concat().into()
        }
        _ => record.into(),
    }
}

/// The last serial of a message in an answer or frame.
fn serial_in(bytes: &[u8]) -> Option<String> {
    let mut places = bytes.iter().enumerate().rev();
    places.find_map(|(place, byte)| {
        let time = place.checked_sub(18).filter(|_| *byte == b'@')?;
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b':';
        let series = bytes[place + 1..].iter().take_while(is_part).count();
        let text = std::str::from_utf8(&bytes[time..=place + series]).ok()?;
        let is_message = is_serial(text) && text.contains(':');
        is_message.then(|| text.to_owned())
    })
}

/// Bytes as they may stand in a request's target.
fn target(bytes: &[u8]) -> String {
    percent_encode(bytes, NOT_IN_TARGET).to_string()
}

impl Running {
    fn socket(&self) -> DuplexStream {
        let (ours, theirs) = tokio::io::duplex(PIPE);
        assert!(self.0.send(theirs).is_ok(), "the server accepts");
        ours
    }

    /// Sends a request, and returns the answer.
    async fn request(&self, record: &[u8]) -> Answer {
        let all = wire_form(record);
        let mut socket = self.socket();
        let exchange = async {
            // A refusal may come before all is written.
            let _ = socket.write_all(&all).await;
            let mut answer = Vec::new();
            let _ = socket.read_to_end(&mut answer).await;
            answer
        };
        let Ok(answer) = tokio::time::timeout(PATIENCE, exchange).await else {
            panic!("no answer in time: {}", all.escape_ascii());
        };
        let Some(end) = answer.windows(4).position(|part| part == b"\r\n\r\n") else {
            panic!("no answer: {}", all.escape_ascii());
        };
        let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
        let status = head.get(9..12).and_then(|status| status.parse().ok());
        Answer {
            status: status.unwrap_or_default(),
            head,
            body: answer[end + 4..].to_vec(),
        }
    }

    /// Opens a connection with these parameters.
    async fn connect(&self, parameters: &str) -> Client {
        let uri = format!("ws://127.0.0.1/?key={KEY}&{parameters}");
        let opening = tokio_tungstenite::client_async(uri, self.socket());
        let Ok(opened) = tokio::time::timeout(PATIENCE, opening).await else {
            panic!("no handshake in time: {parameters}");
        };
        let socket = match opened {
            Ok((socket, _)) => socket,
            Err(error) => panic!("{parameters}: {error}"),
        };
        let mut client = Client {
            socket,
            is_open: true,
            id: String::new(),
            key: String::new(),
            serial: None,
        };
        client.settle().await;
        client
    }
}

/// The bytes of a request, with the key unless it shows another credential.
fn wire_form(record: &[u8]) -> Vec<u8> {
    let (head, body) = match record.windows(2).position(|pair| pair == b"\n\n") {
        Some(end) => (&record[..end], &record[end + 2..]),
        None => (record, &b""[..]),
    };
    let mut lines = head.split(|byte| *byte == b'\n');
    let mut words = lines
        .next()
        .unwrap_or_default()
        .splitn(2, |byte| *byte == b' ');
    let method = words.next().and_then(|word| std::str::from_utf8(word).ok());
    let method = method
        .filter(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase()))
        .filter(|word| !matches!(*word, "HEAD" | "CONNECT"))
        .unwrap_or("GET");
    let path = target(words.next().unwrap_or_default());
    let slash = if path.starts_with('/') { "" } else { "/" };
    let headers: Vec<(String, String)> = lines.filter_map(header).collect();
    let shows_credential = path.contains("key=")
        || path.contains("oken=")
        || headers.iter().any(|(name, _)| name == "authorization");
    let mut written = vec![
        format!("{method} {slash}{path} HTTP/1.1"),
        "host: 127.0.0.1".to_owned(),
        "connection: close".to_owned(),
        format!("content-length: {}", body.len()),
    ];
    if !shows_credential {
        written.push(format!("authorization: Basic {}", STANDARD.encode(KEY)));
        written.push(format!("x-ably-clientid: {}", STANDARD.encode("me")));
    }
    let headers = headers.iter();
    written.extend(headers.map(|(name, value)| format!("{name}: {value}")));
    let head = format!("{}\r\n\r\n", written.join("\r\n"));
    [head.as_bytes(), body].concat()
}

/// The name and value of a header that a client may send.
fn header(line: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(line).ok()?;
    let (name, value) = text.split_once(':')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let name = name.to_ascii_lowercase();
    let is_ours = matches!(
        &*name,
        "" | "host" | "content-length" | "transfer-encoding" | "connection" | "upgrade" | "expect"
    );
    let is_fine = !is_ours && name.bytes().all(is_name) && !value.chars().any(char::is_control);
    is_fine.then(|| (name, value.trim().to_owned()))
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let start = format!("{name}: ");
        self.head.lines().find_map(|line| line.strip_prefix(&start))
    }

    /// Reads the body.
    fn read<T: for<'de> Deserialize<'de>>(&self, format: Format) -> T {
        match format.decode(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("{error}: {}", self.body.escape_ascii()),
        }
    }

    /// Checks that it is not the server's failure, and that an SDK can read it.
    fn check(&self) {
        #[derive(Deserialize)]
        struct Refused {
            error: ErrorInfo,
        }
        let Self { status, head, .. } = self;
        assert!(
            (200..500).contains(status),
            "{status}: {}",
            self.body.escape_ascii()
        );
        let format = match self.header("content-type") {
            Some("application/json") => Format::Json,
            Some("application/x-msgpack") => Format::MessagePack,
            // Texts, and what is refused before a route reads it.
            _ => return,
        };
        if *status < 400 {
            let Json(_) = self.read(format);
            return;
        }
        // A batch whose parts failed has their errors within.
        let Json(value) = self.read(format);
        if value.get("error").is_some() {
            let Refused { error } = self.read(format);
            assert_eq!(error.status_code, *status, "{head}");
            let code = self.header("x-ably-errorcode");
            assert_eq!(code, Some(&*error.code.to_string()), "{head}");
        }
    }
}

/// A client that speaks the protocol by hand.
struct Client {
    socket: WebSocketStream<DuplexStream>,
    is_open: bool,
    /// The connectionId that the server gave.
    id: String,
    /// The key to come back with.
    key: String,
    /// The last serial of a message that the server told.
    serial: Option<String>,
}

impl Client {
    async fn send_json(&mut self, text: &str) {
        // The server may have ended it.
        let _ = self.socket.send(Frame::text(text.to_owned())).await;
    }

    /// Reads until the server has answered all that was sent, or has ended the connection with a reason; returns whether
    /// it has ended it.
    async fn settle(&mut self) -> bool {
        const MARK: &str = "until-here";
        if !self.is_open {
            return true;
        }
        let mark = format!(r#"{{"action":0,"id":"{MARK}"}}"#);
        self.send_json(&mark).await;
        loop {
            let Ok(frame) = tokio::time::timeout(PATIENCE, self.socket.next()).await else {
                panic!("the server does not answer a heartbeat");
            };
            let (format, bytes) = match frame {
                Some(Ok(Frame::Text(text))) => (Format::Json, Bytes::from(text)),
                Some(Ok(Frame::Binary(bytes))) => (Format::MessagePack, bytes),
                Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_))) => continue,
                end => panic!("the connection ends without a reason: {end:?}"),
            };
            self.serial = serial_in(&bytes).or(self.serial.take());
            let message = match ProtocolMessage::decode(format, &bytes) {
                Ok(message) => message,
                Err(error) => panic!("{error}: {}", bytes.escape_ascii()),
            };
            let is_end = match message.action {
                Action::Closed | Action::Disconnected => true,
                Action::Error => message.channel.is_none(),
                _ => false,
            };
            if is_end {
                self.is_open = false;
                return true;
            }
            match message.action {
                Action::Heartbeat if message.id.as_deref() == Some(MARK) => return false,
                Action::Connected => {
                    let details = message.connection_details.unwrap_or_default();
                    self.id = message.connection_id.unwrap_or_default();
                    self.key = details.connection_key;
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    #[test]
    fn the_serial_that_was_told_last_is_filled_in() {
        beside_server(NOW, Seed::default(), |server| async move {
            let send = b"POST /chat/v4/rooms/lobby/messages\n\n{\"text\":\"a\"}";
            let answer = server.request(send).await;
            let serial = serial_in(&answer.body).unwrap();
            let read = b"GET /chat/v4/rooms/lobby/messages/{serial}";
            let answer = server.request(&filled(read, Some(&serial))).await;
            assert_eq!(answer.status, 200);
            let mut client = server.connect("clientId=me").await;
            let frame = r#"{"action":15,"channel":"a","msgSerial":0,"messages":[{"data":"x"}]}"#;
            client.send_json(frame).await;
            assert!(!client.settle().await);
            assert!(client.serial.is_some_and(|other| other != serial));
        });
        assert_eq!(*filled(b"{serial}-{serial}", Some("x")), *b"x-x");
        assert_eq!(serial_in(b"01700000000000-001@AAAAAAAAAA"), None);
    }

    #[test]
    fn records_stand_between_lines_of_their_own() {
        let all: Vec<_> = records(b"a%%\n%%\nb\n\n%%\n").collect();
        assert_eq!(all, [&b"a%%"[..], b"b\n", b""]);
    }
}
