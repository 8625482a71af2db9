//! `chatctl room send` and `room history`: forms of the result, arguments, refusals.

use std::io::{BufRead as _, BufReader, Read as _};

use serde_json::{Value, json};

use crate::running::Server;

#[test]
fn send_prints_the_serial_or_the_message() {
    let server = Server::start();
    let serial = server
        .chatctl(&["room", "send", "lobby", "hello"])
        .run()
        .exits(0)
        .word();
    assert!(serial.contains('@'), "{serial}");
    let message = server.send("lobby", "again");
    assert_eq!(message["text"], "again");
    assert_eq!(message["clientId"], "tester");
    assert_eq!(message["action"], "message.create");
    assert_eq!(message["version"]["serial"], message["serial"]);
    assert!(message["timestamp"].is_i64(), "times are milliseconds");
    assert!(serial.as_str() < message["serial"].as_str().unwrap());
}

#[test]
fn history_in_each_form() {
    let server = Server::start();
    let messages = [
        server.send("lobby", "one"),
        server.send("lobby", "two\nlines"),
        server.send("lobby", "drei 👋"),
    ];
    let history = |more: &[&str]| {
        let all: Vec<&str> = ["room", "history", "lobby"]
            .iter()
            .chain(more)
            .copied()
            .collect();
        server.chatctl(&all).run().exits(0)
    };
    let oldest = ["--order", "oldest"];

    assert_eq!(
        history(&["--json", "--order", "oldest"]).json(),
        json!(messages)
    );
    let newest: Vec<&Value> = messages.iter().rev().collect();
    assert_eq!(history(&["-o", "json"]).json(), json!(newest));

    let lines: Vec<Value> = history(&["-o", "jsonl", "--order", "oldest"])
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, messages);

    let table = history(&oldest).stdout;
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(rows.len(), 4, "{table}");
    for (row, words) in rows.iter().zip([
        ["WHEN", "WHO", "TEXT", "SERIAL"],
        ["tester", "one", "@", "-"],
        ["tester", "two", "lines", "@"],
        ["tester", "drei 👋", "@", "-"],
    ]) {
        assert!(words.iter().all(|word| row.contains(word)), "{row}");
    }
    assert!(!table.contains('\u{1b}'), "no colour where nobody looks");

    assert_eq!(
        history(&["--jq", ".[].text", "--order", "oldest"]).stdout,
        "one\ntwo\nlines\ndrei 👋\n"
    );
    assert_eq!(
        history(&["--jq", ".[0] | {text, n: 1}", "--limit", "1"]).stdout,
        "{\"text\":\"drei 👋\",\"n\":1}\n"
    );
    assert_eq!(history(&["--limit", "2", "--jq", "length"]).stdout, "2\n");
}

#[test]
fn history_of_an_empty_room_is_empty() {
    let server = Server::start();
    assert_eq!(
        server
            .chatctl(&["room", "history", "nobody-was-here"])
            .run()
            .exits(0)
            .stdout,
        ""
    );
    assert_eq!(
        server
            .chatctl(&["room", "history", "nobody-was-here", "--json"])
            .run()
            .exits(0)
            .json(),
        json!([])
    );
}

#[test]
fn history_between_two_times() {
    let server = Server::start();
    let first = server.send("lobby", "first")["timestamp"].as_i64().unwrap();
    let second = loop {
        let time = server.send("lobby", "second")["timestamp"]
            .as_i64()
            .unwrap();
        if time > first {
            break time;
        }
    };
    let texts = |start: &str, end: &str| {
        server
            .chatctl(&[
                "room",
                "history",
                "lobby",
                "--start",
                start,
                "--end",
                end,
                "--order",
                "oldest",
                "--jq",
                "map(.text) | unique | join(\",\")",
            ])
            .run()
            .exits(0)
            .word()
    };
    let (at_second, after) = (second.to_string(), (second + 1).to_string());
    assert_eq!(texts("0", &after), "first,second");
    assert!(texts("0", &at_second).starts_with("first"));
    assert_eq!(texts(&at_second, &after), "second");
    assert_eq!(texts("-1h", "+1h"), "first,second");
    assert_eq!(texts("-2h", "-1h"), "");
    assert_eq!(texts("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"), "");
}

#[test]
fn text_comes_from_stdin_and_at_signs_are_text() {
    let server = Server::start();
    let ran = server
        .chatctl(&["room", "send", "lobby", "-", "--jq", ".text"])
        .stdin("two\nlines\n")
        .run()
        .exits(0);
    assert_eq!(ran.stdout, "two\nlines\n");
    assert_eq!(server.send("lobby", "@bob hi")["text"], "@bob hi");
    assert_eq!(server.send("lobby", "-5")["text"], "-5");
}

#[test]
fn metadata_and_headers_keep_their_order_and_come_from_files() {
    let server = Server::start();
    let file = server.home.path().join("metadata.json");
    std::fs::write(&file, r#"{"z":1,"a":{"y":[1,2.5,null],"b":"ü"},"m":true}"#).unwrap();
    let ran = server
        .chatctl(&[
            "room",
            "send",
            "lobby",
            "x",
            "--json",
            "--metadata",
            &format!("@{}", file.display()),
            "--headers",
            r#"{"n":22,"b":false}"#,
        ])
        .run()
        .exits(0);
    let expected = r#""metadata":{"z":1,"a":{"y":[1,2.5,null],"b":"ü"},"m":true},"headers":{"n":22,"b":false}"#;
    assert!(ran.stdout.contains(expected), "{}", ran.stdout);
    let history = server
        .chatctl(&["room", "history", "lobby", "--json"])
        .run()
        .exits(0);
    assert!(history.stdout.contains(expected), "{}", history.stdout);
}

#[test]
fn many_messages_are_numbered_and_in_order() {
    let server = Server::start();
    let ran = server
        .chatctl(&[
            "room",
            "send",
            "lobby",
            "message {n}",
            "--count",
            "25",
            "--jq",
            ".text",
        ])
        .run()
        .exits(0);
    let sent: Vec<String> = (1..=25).map(|n| format!("message {n}")).collect();
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), sent);
    let history = server
        .chatctl(&[
            "room", "history", "lobby", "--order", "oldest", "--jq", ".[].text",
        ])
        .run()
        .exits(0);
    assert_eq!(history.stdout.lines().collect::<Vec<_>>(), sent);
    assert_eq!(ran.stderr, "", "no progress where nobody looks");
}

/// What a user may get wrong, and the words that say so.
#[test]
fn bad_arguments_are_usage_errors_that_name_the_argument() {
    let server = Server::start();
    for (arguments, words) in [
        (&["send", "lobby", ""][..], &["text", "empty"][..]),
        (
            &["send", "lobby", "x", "--metadata", "{"],
            &["--metadata", "not JSON"],
        ),
        (
            &["send", "lobby", "x", "--metadata", "[1]"],
            &["--metadata", "must be a JSON object"],
        ),
        (
            &["send", "lobby", "x", "--headers", "nonsense"],
            &["--headers", "not JSON"],
        ),
        (
            &["send", "lobby", "x", "--metadata", "@/no/such/file"],
            &["/no/such/file"],
        ),
        (&["send", "lobby", "x", "--count", "0"], &["--count"]),
        (&["send", "lobby"], &["TEXT"]),
        (
            &["history", "lobby", "--start", "yesterday"],
            &["--start", "yesterday"],
        ),
        (
            &["history", "lobby", "--order", "sideways"],
            &["sideways", "newest", "oldest"],
        ),
        (&["history", "lobby", "--limit", "0"], &["--limit"]),
        (
            &["history", "lobby", "--limit", "5", "--all"],
            &["--limit", "--all"],
        ),
        (&["history", "lobby", "--jq", ".[", "--json"], &["--jq"]),
        (&["tail"], &["ROOM"]),
        (&["tail", "lobby", "--limit", "0"], &["--limit"]),
        (
            &["tail", "lobby", "--duration", "soon"],
            &["--duration", "soon"],
        ),
        (&["nonsense"], &["nonsense"]),
    ] {
        let all: Vec<&str> = ["room"].iter().chain(arguments).copied().collect();
        let ran = server.chatctl(&all).run().exits(2);
        for word in words {
            assert!(ran.stderr.contains(word), "{word}: {ran:?}");
        }
        assert_eq!(ran.stdout, "");
    }
    assert_eq!(
        server
            .chatctl(&["room", "history", "lobby", "--jq", "length"])
            .run()
            .exits(0)
            .stdout,
        "0\n",
        "nothing was sent"
    );
}

#[test]
fn invalid_room_name_is_refused_before_sending() {
    for room in ["", ":a", "[a]b", "a\nb", ".", ".."] {
        for verb in [
            &["room", "send", room, "x"][..],
            &["room", "history", room],
            &["room", "tail", room],
        ] {
            // Nobody listens there: a command that asked the service would end with 5.
            let all: Vec<&str> = verb
                .iter()
                .copied()
                .chain(["--json", "--endpoint", "http://127.0.0.1:1"])
                .collect();
            let ran = crate::harness::chatctl(&all).with_key().run();
            let error = ran.error();
            assert_eq!(error["code"], 102_000, "{verb:?}: {ran:?}");
            assert_eq!(error["statusCode"], 400);
            assert!(
                error["message"]
                    .as_str()
                    .unwrap()
                    .starts_with("Invalid room name")
            );
            assert!(![0, 1, 3, 4, 5].contains(&ran.status), "{ran:?}");
        }
    }
}

#[test]
fn failing_filter_reports_and_empty_one_is_silent() {
    let server = Server::start();
    server.send("lobby", "hello");
    let ran = server
        .chatctl(&["room", "history", "lobby", "--jq", ".[0].text + 1"])
        .run();
    assert_ne!(ran.status, 0);
    assert!(ran.stderr.starts_with("error: "), "{ran:?}");
    let ran = server
        .chatctl(&["room", "history", "lobby", "--jq", "empty"])
        .run()
        .exits(0);
    assert_eq!(ran.stdout, "");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let server = Server::start();
    // More than a pipe holds.
    server
        .chatctl(&[
            "room",
            "send",
            "lobby",
            &"x".repeat(1000),
            "--count",
            "200",
            "--jq",
            "empty",
        ])
        .run()
        .exits(0);
    for form in [&["--json"][..], &["-o", "jsonl"], &["--jq", ".[]"], &[]] {
        let all: Vec<&str> = ["room", "history", "lobby", "--all"]
            .iter()
            .chain(form)
            .copied()
            .collect();
        let mut child = server.command(&all).spawn().unwrap();
        let mut reader = BufReader::with_capacity(16, child.stdout.take().unwrap());
        let mut first = [0; 16];
        reader.read_exact(&mut first).unwrap();
        drop(reader);
        let mut said = String::new();
        BufReader::new(child.stderr.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        assert_eq!(
            (child.wait().unwrap().code(), said.as_str()),
            (Some(0), ""),
            "{form:?}"
        );
    }
}
