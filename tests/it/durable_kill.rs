//! Kills of a durable server in the middle of twenty concurrent senders: what was acknowledged is there, once, in order,
//! with its versions. `CHATCTL_KILL_ROUNDS` says how often.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::durable::Durable;
use crate::harness::KEY;
use crate::running::Server;

const SENDERS: usize = 20;
const MESSAGES: &str = "/chat/v4/rooms/lobby/messages";

/// What one sender was told: the serial of each text, and the newest version of it.
type Told = Vec<(String, String, Option<String>)>;

/// A connection for one request after the other.
struct Http {
    stream: BufReader<TcpStream>,
}

impl Http {
    fn connect(server: &Server) -> Self {
        let address = server.url.strip_prefix("http://").unwrap();
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream: BufReader::new(stream),
        }
    }

    /// The answer to a request; nothing if the server is gone before it is whole.
    fn ask(&mut self, method: &str, path: &str, body: &Value) -> Option<Value> {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let (key, me) = (STANDARD.encode(KEY), STANDARD.encode("me"));
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: h\r\nAuthorization: Basic {key}\r\nX-Ably-ClientId: {me}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes()).ok()?;
        let mut length = None;
        let mut line = String::new();
        loop {
            line.clear();
            if self.stream.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().ok();
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length?];
        self.stream.read_exact(&mut body).ok()?;
        let answer: Value = serde_json::from_slice(&body).unwrap();
        assert!(answer["error"].is_null(), "{answer}");
        Some(answer)
    }
}

/// Sends, and changes each third message, until the server is gone.
fn send(mut http: Http, name: &str) -> Told {
    let mut told = Told::new();
    for n in 0.. {
        let text = format!("{name}-{n}");
        let Some(sent) = http.ask("POST", MESSAGES, &json!({"text": text})) else {
            break;
        };
        let serial = sent["serial"].as_str().unwrap().to_owned();
        told.push((text.clone(), serial.clone(), None));
        if n % 3 == 0 {
            let change = json!({"message": {"text": format!("{text}, changed")}});
            let Some(changed) = http.ask("PUT", &format!("{MESSAGES}/{serial}"), &change) else {
                break;
            };
            let version = changed["version"]["serial"].as_str().unwrap().to_owned();
            told.last_mut().unwrap().2 = Some(version);
        }
    }
    told
}

/// The whole history, oldest first.
fn history(http: &mut Http) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        // Pages by time: those of one millisecond come again.
        let start = all
            .last()
            .map_or(0, |message| message["timestamp"].as_i64().unwrap());
        let path = format!("{MESSAGES}?direction=forwards&limit=1000&start={start}");
        let page = http.ask("GET", &path, &Value::Null).unwrap();
        let last = all
            .last()
            .map_or("", |message| message["serial"].as_str().unwrap())
            .to_owned();
        let more: Vec<Value> = page
            .as_array()
            .unwrap()
            .iter()
            .filter(|message| message["serial"].as_str().unwrap() > last.as_str())
            .cloned()
            .collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

#[test]
#[allow(clippy::print_stdout)] // the figure of a long run
fn acknowledged_messages_survive_kills_once_in_order() {
    let rounds = std::env::var("CHATCTL_KILL_ROUNDS").map_or(3, |rounds| rounds.parse().unwrap());
    let durable = Durable::new();
    let mut server = durable.start();
    let mut acknowledged: BTreeMap<String, (String, Option<String>)> = BTreeMap::new();
    for round in 0..rounds {
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let http = Http::connect(&server);
                thread::spawn(move || send(http, &format!("{round}-{sender}")))
            })
            .collect();
        thread::sleep(Duration::from_millis(300 + round * 37 % 200));
        server.process.signal(Signal::KILL);
        let told: Vec<Told> = senders
            .into_iter()
            .map(|sender| sender.join().unwrap())
            .collect();
        for (text, serial, version) in told.into_iter().flatten() {
            acknowledged.insert(serial, (text, version));
        }
        server = durable.replace(server);
        check(&server, &acknowledged);
    }
    println!(
        "{rounds} kills, {} acknowledged messages",
        acknowledged.len()
    );
}

/// Checks everything that was ever acknowledged, and that the rest is whole.
fn check(server: &Server, acknowledged: &BTreeMap<String, (String, Option<String>)>) {
    let mut http = Http::connect(server);
    let all = history(&mut http);
    let serials: Vec<&str> = all
        .iter()
        .map(|message| message["serial"].as_str().unwrap())
        .collect();
    assert!(serials.is_sorted_by(|a, b| a < b), "each once, in order");
    let mut missing = acknowledged.clone();
    let mut sent_by: BTreeMap<String, u64> = BTreeMap::new();
    for message in &all {
        let text = message["text"].as_str().unwrap();
        let (name, number) = text.trim_end_matches(", changed").rsplit_once('-').unwrap();
        // Acknowledged or not: a sender's messages are there from the first to some last one, each once.
        let expected = sent_by.entry(name.to_owned()).or_default();
        assert_eq!(number.parse::<u64>().unwrap(), *expected, "{text}");
        *expected += 1;
        let serial = message["serial"].as_str().unwrap();
        let version = message["version"]["serial"].as_str().unwrap();
        if let Some((sent, changed)) = missing.remove(serial) {
            assert!(text.starts_with(&sent), "{text} is {sent}");
            if let Some(changed) = changed {
                assert_eq!(version, changed);
            }
        }
        assert_eq!(text.ends_with(", changed"), version != serial, "{message}");
    }
    assert!(
        missing.is_empty(),
        "acknowledged and not there: {missing:?}"
    );
    // History and versions agree, seen at the newest, which the kill came close to.
    for message in all.iter().rev().take(SENDERS * 2) {
        let serial = message["serial"].as_str().unwrap();
        let versions = http
            .ask(
                "GET",
                &format!("{MESSAGES}/{serial}/versions"),
                &Value::Null,
            )
            .unwrap();
        let versions = versions.as_array().unwrap();
        let is_changed = message["version"]["serial"] != serial;
        assert_eq!(versions.len(), 1 + usize::from(is_changed), "{message}");
        assert_eq!(versions.last().unwrap()["version"], message["version"]);
        assert_eq!(
            &http
                .ask("GET", &format!("{MESSAGES}/{serial}"), &Value::Null)
                .unwrap(),
            message
        );
    }
}
