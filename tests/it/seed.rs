//! `--seed` of `serve` and `exec`: what a server begins with.

use std::path::PathBuf;

use tempfile::TempDir;

use crate::harness::{Ran, chatctl};
use crate::running::{Server, path};

const TOML: &str = r#"
[[keys]]
key = "seeded.reader:secret"
capability = { "*" = ["history", "presence", "subscribe"] }

[[namespaces]]
id = "fixed"
mutable-messages = false

[[rooms]]
name = "lobby"

[[rooms.messages]]
client-id = "bob"
text = "second"
age = "5m"

[[rooms.messages]]
client-id = "ann"
text = "first"
timestamp = "2024-01-02T03:04:05Z"
metadata = { mood = "good" }
headers = { lang = "en" }
reactions = [{ name = "👍", client-id = "bob" }, { type = "multiple", name = "🎉", client-id = "cy", count = 3 }]

[[rooms.members]]
client-id = "carol"
data = { status = "away" }
"#;

fn file(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

fn exec(seed: &std::path::Path, script: &str) -> Ran {
    chatctl(&[
        "exec",
        "--seed",
        seed.to_str().unwrap(),
        "--",
        "sh",
        "-c",
        script,
    ])
    .env("PATH", &path())
    .run()
}

#[test]
fn a_server_begins_with_its_seed() {
    let (_folder, seed) = file("seed.toml", TOML);
    let seed = seed.to_str().unwrap();
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "--seed", seed]);
    assert_eq!(server.ready["keys"][1], "seeded.reader:secret");
    let history = server
        .chatctl(&["room", "history", "lobby", "--order", "oldest", "--json"])
        .run()
        .exits(0)
        .json();
    let [first, second] = &history.as_array().unwrap()[..] else {
        panic!("{history}");
    };
    assert_eq!(
        (&first["text"], &second["text"]),
        (&"first".into(), &"second".into())
    );
    assert_eq!(first["timestamp"], 1_704_164_645_000_i64);
    assert_eq!(first["clientId"], "ann");
    assert_eq!(first["metadata"]["mood"], "good");
    assert_eq!(first["headers"]["lang"], "en");
    assert_eq!(first["reactions"]["distinct"]["👍"]["total"], 1);
    assert_eq!(first["reactions"]["multiple"]["🎉"]["total"], 3);
    let members = server
        .chatctl(&["presence", "list", "lobby", "--json"])
        .run()
        .exits(0)
        .json();
    assert_eq!(members[0]["clientId"], "carol");
    assert_eq!(members[0]["data"]["status"], "away");
    let reset = server.chatctl(&["app", "reset"]).run().exits(0);
    assert_eq!(reset.word(), "appid");
}

#[test]
fn the_keys_of_a_seed_are_those_of_exec() {
    let (_folder, seed) = file("seed.toml", TOML);
    let ran = exec(
        &seed,
        "echo $ABLY_API_KEY; chatctl room history lobby --jq length; chatctl room send lobby x",
    );
    assert_eq!(ran.stdout, "seeded.reader:secret\n2\n");
    assert_eq!(ran.status, 4);
}

#[test]
fn an_export_is_a_seed() {
    let server = Server::start();
    let sent = server.send("lobby", "hello");
    server.send("lobby", "gone");
    let serial = sent["serial"].as_str().unwrap();
    server
        .chatctl(&["reaction", "send", "lobby", serial, "👍"])
        .run()
        .exits(0);
    server
        .chatctl(&["room", "update", "lobby", serial, "changed"])
        .run()
        .exits(0);
    let whole = server
        .chatctl(&["room", "history", "lobby", "--json"])
        .run()
        .exits(0)
        .json();
    let gone = whole[0]["serial"].as_str().unwrap().to_owned();
    server
        .chatctl(&["room", "delete", "lobby", &gone])
        .run()
        .exits(0);
    let exported = server
        .chatctl(&["room", "export", "lobby"])
        .run()
        .exits(0)
        .stdout;
    let (_folder, seed) = file(
        "seed.jsonl",
        &format!("{{\"roomName\":\"copy\"}}\n{exported}"),
    );
    let again = exec(&seed, "chatctl room export copy").exits(0).stdout;
    let compared = |text: &str| -> Vec<serde_json::Value> {
        text.lines()
            .map(|line| {
                let mut message: serde_json::Value = serde_json::from_str(line).unwrap();
                for part in ["/serial", "/version/serial"] {
                    *message.pointer_mut(part).unwrap() = serde_json::Value::Null;
                }
                message
            })
            .collect()
    };
    assert_eq!(compared(&again), compared(&exported));
    assert_eq!(compared(&again)[0]["action"], "message.update");
    assert_eq!(compared(&again)[1]["action"], "message.delete");
}

#[test]
fn the_configuration_names_a_seed_beside_it() {
    let (folder, _) = file("seed.toml", TOML);
    let config = folder.path().join("server.toml");
    std::fs::write(
        &config,
        "seed = \"seed.toml\"\n[[keys]]\nkey = \"app.own:s\"\n",
    )
    .unwrap();
    let ran = chatctl(&[
        "exec",
        "--config",
        config.to_str().unwrap(),
        "--",
        "sh",
        "-c",
        "echo $ABLY_API_KEY; chatctl room history lobby --jq length",
    ])
    .env("PATH", &path())
    .run()
    .exits(0);
    assert_eq!(ran.stdout, "app.own:s\n2\n");
}

#[test]
fn a_fault_in_a_seed_names_file_line_and_what() {
    for (name, text, words) in [
        (
            "seed.toml",
            "[[rooms]]\nname = \"a\"\n\n[[rooms.messages]]\nclient-id = \"c\"\ntext = \"\"\n",
            ["seed.toml:4:1: ", "text is empty"],
        ),
        (
            "seed.toml",
            "[[rooms]]\nnam = \"a\"\n",
            ["seed.toml:2:1: ", "nam"],
        ),
        (
            "seed.jsonl",
            "{\"roomName\":\"a\"}\n{\"clientId\":\"a\",\"text\":\"x\",\"age\":\"soon\"}\n",
            ["seed.jsonl:2: ", "soon"],
        ),
        (
            "seed.jsonl",
            "{\"roomName\":\"a\"}\n{\"clientId\":\"a\",\"text\":\"x\",\"timestamp\":99999999999999}\n",
            ["seed.jsonl:2: ", "future"],
        ),
    ] {
        let (_folder, seed) = file(name, text);
        let ran = chatctl(&[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--seed",
            seed.to_str().unwrap(),
        ])
        .run()
        .exits(2);
        for word in words {
            assert!(ran.stderr.contains(word), "{text}: {ran:?}");
        }
        assert!(ran.stderr.contains(name), "{ran:?}");
        assert_eq!(ran.stdout, "");
        exec(&seed, "echo started").exits(125);
    }
    let missing = chatctl(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--seed",
        "no/such/file.toml",
    ])
    .run()
    .exits(2);
    assert!(missing.stderr.contains("no/such/file.toml"), "{missing:?}");
    let (_folder, seed) = file("seed.toml", "");
    for (bytes, words) in [
        (&[0xff, 0x61], "not valid UTF-8"),
        (&[0xff, 0xfe], "UTF-16"),
    ] {
        std::fs::write(&seed, bytes).unwrap();
        let ran = exec(&seed, "true").exits(125);
        assert!(ran.stderr.contains(words), "{ran:?}");
    }
}

/// The first block of docs/seeds.md in this language.
fn example(language: &str) -> String {
    let guide = include_str!("../../docs/seeds.md");
    let begin = format!("```{language}\n");
    let (_, rest) = guide.split_once(&begin).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_examples_of_the_guide_are_seeds() {
    for (name, language) in [("seed.toml", "toml"), ("seed.jsonl", "jsonl")] {
        let (_folder, seed) = file(name, &example(language));
        let ran = exec(
            &seed,
            "echo $ABLY_API_KEY; chatctl room history lobby --order oldest --json; chatctl presence list lobby --json",
        )
        .exits(0);
        let lines: Vec<&str> = ran.stdout.lines().collect();
        let [key, history, members] = lines[..] else {
            panic!("{ran:?}");
        };
        assert_eq!(key, "seeded.reader:secret");
        let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let history = json(history);
        assert_eq!(history.as_array().unwrap().len(), 2, "{history}");
        assert_eq!(history[0]["text"], "first");
        assert_eq!(history[0]["timestamp"], 1_704_164_645_000_i64);
        assert_eq!(history[0]["metadata"]["mood"], "good");
        assert_eq!(json(members)[0]["data"]["status"], "away");
        assert_eq!(ran.stderr, "");
    }
    let ran = chatctl(&["help", "seeds"]).run().exits(0);
    for line in example("toml").lines() {
        assert!(ran.stdout.contains(line), "{line}: {ran:?}");
    }
}

#[test]
fn export_without_a_room_is_answered_with_a_hint() {
    let server = Server::start();
    server.send("lobby", "hello");
    let export = server.chatctl(&["room", "export", "lobby"]).run().exits(0);
    let (_folder, seed) = file("seed.jsonl", &export.stdout);
    let ran = exec(&seed, "true").exits(125);
    assert!(ran.stderr.contains(". + {roomName: \"lobby\"}"), "{ran:?}");
    let mut message: serde_json::Value = serde_json::from_str(&export.stdout).unwrap();
    message["roomName"] = "copy".into();
    let (_folder, seed) = file("seed.jsonl", &message.to_string());
    let ran = exec(&seed, "chatctl room history copy --jq '.[].text'").exits(0);
    assert_eq!(ran.stdout, "hello\n");
}

#[test]
fn a_seed_that_does_nothing_is_said() {
    let (folder, seed) = file(
        "seed.toml",
        "[[rooms]]\nname = \"lobby\"\n[[rooms.messages]]\nclient-id = \"a\"\ntext = \"b\"\n",
    );
    let store = format!("sqlite:{}", folder.path().join("chat.db").display());
    let run = || {
        chatctl(&[
            "exec",
            "--key",
            "app.key:s",
            "--store",
            &store,
            "--seed",
            seed.to_str().unwrap(),
            "--",
            "true",
        ])
        .env("PATH", &path())
        .run()
        .exits(0)
        .stderr
    };
    assert_eq!(run(), "");
    assert!(run().contains("left as they are: 1"));

    // The rooms of a store that is in use stand beside its file until they are written into it.
    let empty = folder.path().join("empty.db");
    let other = format!("sqlite:{}", empty.display());
    let ran = chatctl(&["exec", "--store", &other, "--", "true"]);
    ran.env("PATH", &path()).run().exits(0);
    let ran = exec(&empty, "true").exits(0);
    assert!(
        ran.stderr.contains("no rooms") && ran.stderr.contains("-wal"),
        "{ran:?}"
    );
    let (_folder, nothing) = file("nothing.toml", "");
    let ran = exec(&nothing, "true").exits(0);
    assert!(ran.stderr.contains("no rooms"), "{ran:?}");
}
