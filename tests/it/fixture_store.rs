//! A store that an earlier version wrote, `tests/fixtures/store-v1.db`: it opens, reads as it did, and goes on.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{KEY, Run, chatctl, token};
use crate::running::{Process, Server, path};

/// The fixtures' folder.
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

/// A copy of the store and its cursor.
struct Copy {
    folder: TempDir,
}

impl Copy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["store-v1.db", "store-v1.cursor"] {
            std::fs::copy(Path::new(FIXTURES).join(name), folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn serve(&self) -> Server {
        let store = format!("sqlite:{}", self.path("store-v1.db").display());
        let config = self.path("server.toml");
        // The cursor is from then, and goes on all the same.
        std::fs::write(&config, "[limits]\ncontinuity-window = \"36500d\"\n").unwrap();
        let config = config.to_str().unwrap();
        let listen = ["--listen", "127.0.0.1:0", "--config", config];
        Server::start_with(&[&listen[..], &["--store", &store]].concat())
    }

    /// Makes the rows that hold for a time only hold from now on, as if they had just been written.
    fn refresh(&self) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = i64::try_from(now.as_millis()).unwrap();
        let connection = rusqlite::Connection::open(self.path("store-v1.db")).unwrap();
        for sql in [
            "UPDATE repeat SET time = ?1",
            "UPDATE nonce SET time = ?1, until = ?1 + 120000",
            "UPDATE revocation SET until = ?1 + 3600000",
        ] {
            assert!(connection.execute(sql, [now]).unwrap() > 0, "{sql}");
        }
        connection.close().unwrap();
        now
    }
}

/// Returns the commands that were run where the store was made, and their output.
fn looks() -> Vec<(Vec<String>, Value)> {
    let text = std::fs::read_to_string(Path::new(FIXTURES).join("store-v1.jsonl")).unwrap();
    text.lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            let command = row["command"].as_array().unwrap().iter();
            let command = command.map(|word| word.as_str().unwrap().to_owned());
            (command.collect(), row["output"].clone())
        })
        .collect()
}

fn without_connections(list: &mut Value) {
    for item in list.as_array_mut().into_iter().flatten() {
        if let Some(item) = item.as_object_mut() {
            item.shift_remove("connectionId");
        }
    }
}

/// Runs the commands, each prepared by `run`, and compares their output with what they printed then.
fn looks_the_same(copy: &Copy, is_seed: bool, run: impl Fn(&[&str]) -> Run) {
    for (command, mut expected) in looks() {
        // Positions are those of the server that wrote the store: a seed begins new ones.
        if is_seed && command[1] == "tail" {
            continue;
        }
        let cursor = copy.path("store-v1.cursor");
        let command: Vec<&str> = command
            .iter()
            .map(|word| match word.as_str() {
                "store-v1.cursor" => cursor.to_str().unwrap(),
                word => word,
            })
            .collect();
        let ran = run(&command).run().exits(0);
        let mut printed: Value = if expected.is_array() && ran.stdout.lines().count() > 1 {
            let lines = ran.stdout.lines();
            lines
                .map(|line| serde_json::from_str::<Value>(line).unwrap())
                .collect()
        } else {
            ran.json()
        };
        if is_seed {
            // The members of a seed have no connection of their own.
            without_connections(&mut printed);
            without_connections(&mut expected);
        }
        assert_eq!(printed, expected, "{command:?}");
    }
}

/// Returns the status and the body of the response.
fn call(server: &Server, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let mut stream = TcpStream::connect(server.url.strip_prefix("http://").unwrap()).unwrap();
    let (key, body) = (STANDARD.encode(KEY), body.to_string());
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Basic {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}

#[test]
fn an_earlier_store_reads_as_it_did_and_goes_on() {
    let copy = Copy::new();
    let mut server = copy.serve();
    looks_the_same(&copy, false, |command| server.chatctl(command));
    let news = std::fs::read_to_string(Path::new(FIXTURES).join("store-v1.news.json")).unwrap();
    let read = || {
        let path = "/channels/news/messages?direction=forwards";
        call(&server, "GET", path, &json!({})).1
    };
    assert_eq!(read(), serde_json::from_str::<Value>(&news).unwrap());

    let count = |room: &str| {
        let history = server.chatctl(&["room", "history", room, "--jq", "length"]);
        history.run().exits(0).word()
    };
    let newest = looks()[0].1[0]["serial"].as_str().unwrap().to_owned();
    assert!(server.send("lobby", "four")["serial"].as_str().unwrap() > newest.as_str());
    assert_eq!(count("lobby"), "4");
    assert_eq!(count("busy"), "3", "what was trimmed stays away");
    server.stop();
    let server = copy.serve();
    let first = server.chatctl(&["room", "history", "lobby", "--jq", ".[0].text"]);
    assert_eq!(first.run().exits(0).stdout, "four\n");
}

#[test]
fn revocations_nonces_and_ids_of_an_earlier_store_hold() {
    let copy = Copy::new();
    let now = copy.refresh();
    let server = copy.serve();
    let send = |token: &str| {
        chatctl(&["room", "send", "lobby", "x", "--json"])
            .env("ABLY_ENDPOINT", &server.url)
            .env("ABLY_TOKEN", token)
            .run()
    };
    let revoked = looks()[0].1[0]["timestamp"].as_i64().unwrap().to_string();
    let of = |client: &str| {
        let times = ["--issued-at", &revoked, "--expires-at", "+1h"];
        token(&[&["--client-id", client], &times[..]].concat())
    };
    assert_eq!(send(&of("mallory")).exits(3).error()["code"], 40141);
    send(&of("alice")).exits(0);

    // Sealed with the store's secret: out of date, but known.
    let sealed = std::fs::read_to_string(Path::new(FIXTURES).join("store-v1.token")).unwrap();
    assert_eq!(send(sealed.trim()).exits(3).error()["code"], 40142);

    let requests = |nonce: &str| {
        let request = ["token", "request", "--client-id", "dan", "--nonce", nonce];
        let stamp = now.to_string();
        let request = [&request[..], &["--timestamp", &stamp]].concat();
        let request = chatctl(&request).with_key().run().exits(0).json();
        call(&server, "POST", "/keys/appid.keyid/requestToken", &request)
    };
    assert_eq!(requests("fixture-nonce-0001").0, 401, "it was answered");
    assert_eq!(requests("fixture-nonce-0002").0, 201);

    let again = json!([
        {"id": "fixture-1:0", "name": "text", "data": "head"},
        {"id": "fixture-1:1", "name": "object", "data": "{\"a\":[1,2.5,null]}", "encoding": "json"},
        {"id": "fixture-1:2", "name": "bytes", "data": "AAEC/w==", "encoding": "base64"},
    ]);
    assert_eq!(
        call(&server, "POST", "/channels/news/messages", &again).0,
        201
    );
    let (_, news) = call(&server, "GET", "/channels/news/messages", &json!({}));
    assert_eq!(news.as_array().unwrap().len(), 3, "published once");
}

#[test]
fn members_of_an_earlier_store_leave() {
    let copy = Copy::new();
    let server = copy.serve();
    let tail = Process::start(server.command(&["presence", "tail", "lobby", "--json"]));
    let mut left: Vec<String> = Vec::new();
    while left.len() < 2 {
        let event = tail.stdout.json();
        if event["type"] == "leave" {
            left.push(event["member"]["clientId"].as_str().unwrap().to_owned());
        }
    }
    left.sort();
    assert_eq!(left, ["ann", "bob"]);
}

#[test]
fn an_earlier_store_is_a_seed() {
    let copy = Copy::new();
    let before = std::fs::read(copy.path("store-v1.db")).unwrap();
    let seed = copy.path("store-v1.db");
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "--seed", seed.to_str().unwrap()]);
    looks_the_same(&copy, true, |command| server.chatctl(command));
    assert!(
        std::fs::read(&seed).unwrap() == before,
        "it is left as it is"
    );
}

#[test]
fn every_app_of_an_earlier_store_is_there() {
    let copy = Copy::new();
    let store = format!("sqlite:{}", copy.path("store-v1.db").display());
    let text = "chatctl room history lobby --jq '.[].text'";
    let arguments = [
        "exec",
        "--store",
        &store,
        "--key",
        "other.key:s",
        "--",
        "sh",
        "-c",
        text,
    ];
    let ran = chatctl(&arguments).env("PATH", &path()).run().exits(0);
    assert_eq!(ran.stdout, "of the other app\n");
}
