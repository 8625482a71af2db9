//! `--store sqlite:PATH`: what outlives the server, seen from outside.

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::chatctl;
use crate::running::{Process, Server, command};

/// A file, and the servers on it.
pub(crate) struct Durable {
    folder: TempDir,
}

impl Durable {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    pub(crate) fn store(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("chat.db").display())
    }

    pub(crate) fn start(&self) -> Server {
        Server::start_with(&["--listen", "127.0.0.1:0", "--store", &self.store()])
    }

    /// Kills `server`, and starts one in its place.
    pub(crate) fn replace(&self, mut server: Server) -> Server {
        let port = server.ready["port"].as_u64().unwrap();
        server.process.signal(Signal::KILL);
        server.process.end();
        let address = format!("127.0.0.1:{port}");
        Server::start_with(&["--listen", &address, "--store", &self.store()])
    }
}

#[test]
fn rooms_are_the_same_after_a_kill() {
    let durable = Durable::new();
    let server = durable.start();
    let serial = |message: &Value| message["serial"].as_str().unwrap().to_owned();
    let (first, second) = (
        serial(&server.send("lobby", "one")),
        serial(&server.send("lobby", "two")),
    );
    for arguments in [
        vec!["room", "update", "lobby", &first, "uno"],
        vec!["room", "delete", "lobby", &second],
        vec!["reaction", "send", "lobby", &first, "like"],
    ] {
        server.chatctl(&arguments).run().exits(0);
    }
    let all = |server: &Server| {
        [
            vec!["room", "history", "lobby", "--json"],
            vec!["room", "get", "lobby", &first, "--json"],
            vec!["room", "versions", "lobby", &first, "--json"],
            vec!["reaction", "list", "lobby", &first, "--json"],
        ]
        .map(|arguments| server.chatctl(&arguments).run().exits(0).json())
    };
    let before = all(&server);
    assert_eq!(before[0][1]["text"], "uno");
    let server = durable.replace(server);
    assert_eq!(all(&server), before);
    assert!(serial(&server.send("lobby", "three")) > second);
}

#[test]
fn a_tail_loses_nothing_and_repeats_nothing_across_kills() {
    let durable = Durable::new();
    let mut server = durable.start();
    let mut tail = server.tail(&["lobby", "--json", "--limit", "300"]);
    let sending = [
        "room", "send", "lobby", "m{n}", "--count", "300", "--rate", "100/s", "--json",
    ];
    let mut send = Process::start(server.command(&sending));
    for _ in 0..3 {
        // In the middle of it.
        for _ in 0..50 {
            tail.stdout.next();
        }
        server = durable.replace(server);
    }
    send.ends_with(0);
    tail.ends_with(0);
    let rest = tail.stdout.rest();
    let texts: Vec<Value> = rest
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["message"]["text"].clone())
        .collect();
    let expected: Vec<Value> = (151..=300).map(|n| json!(format!("m{n}"))).collect();
    assert_eq!(texts, expected);
    let history = server
        .chatctl(&[
            "room", "history", "lobby", "--limit", "1000", "--jq", "length",
        ])
        .run();
    assert_eq!(
        history.exits(0).stdout,
        "300\n",
        "sent again where the answer was lost, and kept once"
    );
}

#[test]
fn invalid_store_file_prevents_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "notes").unwrap();
    let store = format!("sqlite:{}", path.display());
    let ran = chatctl(&["serve", "--listen", "127.0.0.1:0", "--store", &store])
        .with_key()
        .run();
    assert_ne!(ran.status, 0);
    assert!(ran.stderr.contains("no store of chatctl"), "{ran:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "notes");
    let ran = chatctl(&["exec", "--store", &store, "--", "echo", "ran"])
        .run()
        .exits(125);
    assert_eq!(ran.stdout, "");
}

#[test]
fn a_copied_file_is_a_fixture_of_a_command() {
    let durable = Durable::new();
    let mut server = durable.start();
    server.send("lobby", "hello");
    server.stop();
    let copy = durable.folder.path().join("copy.db");
    std::fs::copy(durable.folder.path().join("chat.db"), &copy).unwrap();
    let store = format!("sqlite:{}", copy.display());
    let program = env!("CARGO_BIN_EXE_chatctl");
    // The key is another at each run; the app is the file's.
    let history = [program, "room", "history", "lobby", "--jq", ".[].text"];
    let arguments = [&["exec", "--store", &store, "--"], &history[..]].concat();
    let ran = chatctl(&arguments).run().exits(0);
    assert_eq!(ran.stdout, "hello\n");
    let home = tempfile::tempdir().unwrap();
    let serve = [
        "serve",
        "--json",
        "--listen",
        "127.0.0.1:0",
        "--store",
        &store,
    ];
    let server = Process::start(command(&serve, home.path()));
    let key = server.stdout.json()["keys"][0].as_str().unwrap().to_owned();
    assert!(key.starts_with("appid."), "{key}");
}
