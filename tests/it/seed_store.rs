//! A store in a file as `--seed`: a copied file is a fixture.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{Ran, Run, chatctl};
use crate::running::{Process, Server, path};

/// A store with something of everything, and what it said of it.
struct Fixture {
    folder: TempDir,
    /// Commands that look at it.
    script: String,
    /// What they said where it was made.
    said: String,
}

impl Fixture {
    /// Makes one. The server that made it was killed, so that a part of it stands in the log beside the file.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = format!("sqlite:{}", folder.path().join("a.db").display());
        let mut server = Server::start_with(&["--listen", "127.0.0.1:0", "--store", &store]);
        let serials: Vec<String> = ["one", "two", "three"]
            .iter()
            .map(|text| {
                server.send("lobby", text)["serial"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        let [first, second, _] = &serials[..] else {
            unreachable!()
        };
        for arguments in [
            vec![
                "room",
                "update",
                "lobby",
                first,
                "uno",
                "--description",
                "why",
            ],
            vec!["room", "update", "lobby", first, "eins"],
            vec!["room", "delete", "lobby", second],
            vec!["reaction", "send", "lobby", first, "like"],
            vec![
                "reaction", "send", "lobby", first, "wow", "--type", "multiple", "--count", "3",
            ],
            vec!["reaction", "remove", "lobby", first, "like"],
            vec!["reaction", "send", "lobby", second, "sad"],
            vec!["room", "send", "den", "elsewhere"],
        ] {
            server.chatctl(&arguments).run().exits(0);
        }
        let enter = [
            "presence",
            "enter",
            "lobby",
            "--data",
            "{\"a\":1}",
            "--",
            "sh",
            "-c",
            "echo in; sleep 300",
        ];
        let member = Process::start(server.command(&enter));
        member.stdout.until("in");
        let script = format!(
            "set -e
            chatctl room history lobby --json
            chatctl room history den --json
            chatctl room versions lobby '{first}' --json
            chatctl room versions lobby '{second}' --json
            chatctl reaction list lobby '{first}' --json
            chatctl reaction list lobby '{second}' --json
            chatctl presence list lobby --jq '[.[] | {{clientId, data, updatedAt}}]'"
        );
        let said = Process::start({
            let mut command = crate::running::script(&script, server.home.path());
            command
                .env("ABLY_API_KEY", crate::harness::KEY)
                .env("ABLY_CLIENT_ID", "tester")
                .env("ABLY_ENDPOINT", &server.url);
            command
        })
        .stdout
        .rest();
        server.process.signal(Signal::KILL);
        server.process.end();
        let fixture = Self {
            folder,
            script,
            said: said.join("\n") + "\n",
        };
        assert!(
            fixture.said.contains("eins") && fixture.said.contains("\"wow\""),
            "{}",
            fixture.said
        );
        assert!(fixture.folder.path().join("a.db-wal").exists());
        fixture
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("a.db")
    }

    /// Everything in its folder.
    fn state(&self) -> Vec<(OsString, Vec<u8>)> {
        let mut files: Vec<_> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name(), std::fs::read(entry.path()).unwrap()))
            .collect();
        files.sort();
        files
    }
}

fn exec(seed: &Path, arguments: &[&str], script: &str) -> Run {
    let seed = seed.to_str().unwrap();
    let all: Vec<&str> = ["exec", "--seed", seed]
        .iter()
        .chain(arguments)
        .copied()
        .chain(["--", "sh", "-c", script])
        .collect();
    chatctl(&all).env("PATH", &path())
}

#[test]
fn store_seed_is_restored_by_a_reset() {
    let fixture = Fixture::new();
    let before = fixture.state();
    let script = format!(
        "export ABLY_CLIENT_ID=tester
        {look}
        chatctl room send lobby new >/dev/null
        chatctl room send den new >/dev/null
        chatctl room send other new >/dev/null
        chatctl app reset >/dev/null
        {look}
        chatctl room history other --jq length",
        look = fixture.script,
    );
    let expected = format!("{0}{0}0\n", fixture.said);
    let other = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", other.path().join("b.db").display());
    for arguments in [&[][..], &["--store", &store]] {
        let ran = exec(&fixture.file(), arguments, &script).run().exits(0);
        assert_eq!(ran.stdout, expected);
    }
    // The seed is planted once: the other file keeps what it has, members too.
    let script = format!(
        "export ABLY_CLIENT_ID=tester
        chatctl room send lobby kept >/dev/null
        {}",
        fixture.script
    );
    exec(&fixture.file(), &["--store", &store], &script)
        .run()
        .exits(0);
    let ran = exec(
        &fixture.file(),
        &["--store", &store],
        "chatctl room history lobby --jq '.[0].text'; chatctl presence list lobby --jq length",
    );
    assert_eq!(ran.run().exits(0).stdout, "kept\n1\n");
    assert!(fixture.state() == before, "it is left as it is");
}

#[test]
fn reset_reports_to_connected_clients_before_new_events() {
    let fixture = Fixture::new();
    let seed = fixture.file();
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "--seed", seed.to_str().unwrap()]);
    let tail = server.tail(&["lobby", "--events", "messages,connection", "--json"]);
    assert_eq!(tail.stdout.json()["type"], "listening");
    let new = server.send("lobby", "new");
    assert_eq!(tail.stdout.json()["message"]["serial"], new["serial"]);
    server.chatctl(&["app", "reset"]).run().exits(0);
    let lost = tail.stdout.json();
    assert_eq!(lost["type"], "discontinuity", "{lost}");
    let newer = server.send("lobby", "newer");
    let mut told: Value = tail.stdout.json();
    while told["message"]["text"] != "newer" {
        told = tail.stdout.json();
    }
    assert_eq!(told["message"]["serial"], newer["serial"]);
    let texts = server
        .chatctl(&[
            "room",
            "history",
            "lobby",
            "--jq",
            "[.[].text] | join(\" \")",
        ])
        .run()
        .exits(0)
        .word();
    assert_eq!(texts, "newer three  eins");
}

#[test]
fn an_app_that_is_made_begins_with_a_store_too() {
    let fixture = Fixture::new();
    let script = format!(
        "export ABLY_CLIENT_ID=tester
        eval \"$(chatctl app create --seed '{}' --format shell)\"
        {look}
        chatctl room send lobby new >/dev/null
        chatctl app reset >/dev/null
        {look}",
        fixture.file().display(),
        look = fixture.script,
    );
    let ran = chatctl(&["exec", "--", "sh", "-c", &script])
        .env("PATH", &path())
        .run()
        .exits(0);
    assert_eq!(ran.stdout, format!("{0}{0}", fixture.said));
}

#[test]
fn too_large_store_seed_is_answered_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let store = format!("sqlite:{}", file.display());
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "--store", &store]);
    for _ in 0..10 {
        server.send("lobby", &"x".repeat(60_000));
    }
    let ran = server
        .chatctl(&["app", "create", "--seed", file.to_str().unwrap()])
        .run()
        .exits(6);
    assert!(ran.stderr.contains("exec --seed"), "{ran:?}");
    let count = "chatctl room history lobby --jq length";
    assert_eq!(exec(&file, &[], count).run().exits(0).stdout, "10\n");
}

#[test]
fn store_in_use_is_read_at_its_present_state() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let store = format!("sqlite:{}", file.display());
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "--store", &store]);
    server.send("lobby", "one");
    let count = "chatctl room history lobby --jq length";
    assert_eq!(exec(&file, &[], count).run().exits(0).stdout, "1\n");
    server.send("lobby", "two");
    assert_eq!(exec(&file, &[], count).run().exits(0).stdout, "2\n");
    // The server does not notice.
    server.send("lobby", "three");
    let length = server.chatctl(&["room", "history", "lobby", "--jq", "length"]);
    assert_eq!(length.run().exits(0).word(), "3");
}

#[test]
fn of_several_apps_it_is_that_of_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let store = format!("sqlite:{}", file.display());
    for app in ["one", "two"] {
        let key = format!("{app}.key:secret");
        let send = format!("chatctl room send lobby of-{app}");
        chatctl(&[
            "exec", "--store", &store, "--key", &key, "--", "sh", "-c", &send,
        ])
        .env("PATH", &path())
        .run()
        .exits(0);
    }
    let text = "chatctl room history lobby --jq '.[].text'";
    for app in ["one", "two"] {
        let key = format!("{app}.another:s");
        let ran = exec(&file, &["--key", &key], text).run().exits(0);
        assert_eq!(ran.stdout, format!("of-{app}\n"));
    }
    for arguments in [&[][..], &["--key", "three.key:s"]] {
        let ran = exec(&file, arguments, "echo started").run().exits(125);
        assert!(ran.stderr.contains("several apps, one, two"), "{ran:?}");
        assert_eq!(ran.stdout, "");
    }
    chatctl(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--seed",
        file.to_str().unwrap(),
    ])
    .run()
    .exits(2);
}

#[test]
fn a_store_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let store = format!("sqlite:{}", file.display());
    chatctl(&[
        "exec",
        "--store",
        &store,
        "--",
        "sh",
        "-c",
        "chatctl room send lobby x",
    ])
    .env("PATH", &path())
    .run()
    .exits(0);
    let whole = std::fs::read(&file).unwrap();
    let refused = |bytes: &[u8], word: &str| {
        std::fs::write(&file, bytes).unwrap();
        let ran: Ran = exec(&file, &[], "echo started").run().exits(125);
        for word in [word, "--seed", "a.db"] {
            assert!(ran.stderr.contains(word), "{word}: {ran:?}");
        }
        assert_eq!(ran.stdout, "");
        assert!(std::fs::read(&file).unwrap() == bytes, "{word}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    };
    refused(&whole[..whole.len() - 5000], "damaged");
    let mut newer = whole.clone();
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    refused(&newer, "newer chatctl");
    let mut foreign = whole.clone();
    foreign[68..72].copy_from_slice(&[0; 4]);
    refused(&foreign, "something else");
    refused(&whole[..20], "no SQLite database");
    std::fs::write(&file, &whole).unwrap();
    exec(&file, &[], "true").run().exits(0);
}
