//! Logs: levels, forms, and that no secret ever gets into them.

use std::fs::read_to_string;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::{KEY, chatctl};
use crate::running::{Server, path};

const SECRET: &str = "hush-this-is-never-logged";

/// A token that the server of [`SECRET`] takes.
fn token() -> String {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let encode =
        |value: &Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    let head = encode(&json!({"typ": "JWT", "alg": "HS256", "kid": "app.key"}));
    let body = encode(&json!({"iat": now, "exp": now + 3600, "x-ably-clientId": "ann"}));
    let signed = format!("{head}.{body}");
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
    let mac = ring::hmac::sign(&key, signed.as_bytes());
    format!(
        "{signed}.{}",
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(mac)
    )
}

/// `arguments` with these flags; what is behind `--` is another command's.
fn with_flags<'a>(arguments: &[&'a str], flags: &[&'a str]) -> Vec<&'a str> {
    let end = arguments
        .iter()
        .position(|word| *word == "--")
        .unwrap_or(arguments.len());
    let (own, command) = arguments.split_at(end);
    [own, flags, command].concat()
}

/// Does everything that shows a credential to `server`, with these flags.
fn use_credentials(server: &Server, key: &str, token: &str, flags: &[&str]) {
    let run = |arguments: &[&str], name: &str, value: &str, status: i32| {
        let ran = chatctl(&with_flags(arguments, flags))
            .env(name, value)
            .env("ABLY_ENDPOINT", &server.url)
            .env("PATH", &path())
            .run()
            .exits(status);
        assert!(!ran.stderr.contains(SECRET), "{ran:?}");
        assert!(!ran.stderr.contains(token), "{ran:?}");
    };
    let sender = env!("CARGO_BIN_EXE_chatctl");
    for (name, value) in [("ABLY_API_KEY", key), ("ABLY_TOKEN", token)] {
        run(&["room", "send", "lobby", "hello"], name, value, 0);
        run(&["room", "history", "lobby"], name, value, 0);
        run(&["presence", "list", "lobby"], name, value, 0);
        let tail = [
            "room", "tail", "lobby", "--limit", "1", "--", sender, "room", "send", "lobby", "x",
        ];
        run(&tail, name, value, 0);
        // A secret that is refused is one too.
        let wrong = format!("{value}x");
        run(&["room", "send", "lobby", "x"], name, &wrong, 3);
        run(&["room", "tail", "lobby"], name, &wrong, 3);
    }
}

#[test]
fn no_secret_gets_into_a_log_on_either_side() {
    let key = format!("app.key:{SECRET}");
    let token = token();
    let hidden = [
        SECRET.to_owned(),
        STANDARD.encode(&key),
        STANDARD.encode(&token),
        token.rsplit('.').next().unwrap().to_owned(),
    ];
    let home = tempfile::tempdir().unwrap();
    for format in ["text", "json"] {
        let file = |side: &str| {
            let path = home.path().join(format!("{side}-{format}"));
            path.to_str().unwrap().to_owned()
        };
        let (server_log, client_log) = (file("server"), file("client"));
        let flags = ["--log-level", "trace", "--log-format", format, "--log-file"];
        let mut server = Server::start_with(
            &[
                &["--listen", "127.0.0.1:0", "--key", &key][..],
                &flags,
                &[&server_log],
            ]
            .concat(),
        );
        use_credentials(
            &server,
            &key,
            &token,
            &[&flags[..], &[&client_log]].concat(),
        );
        server.stop();
        for log in [&server_log, &client_log] {
            let text = read_to_string(log).unwrap();
            assert!(text.lines().count() > 10, "{log} says something: {text}");
            for secret in &hidden {
                let found = text.lines().find(|line| line.contains(secret.as_str()));
                assert_eq!(found, None, "{log}");
            }
        }
    }
}

#[test]
fn json_lines_can_be_read_and_text_lines_too() {
    let server = Server::start();
    let ran = server
        .chatctl(&[
            "room",
            "send",
            "lobby",
            "line\nbreak",
            "-vvv",
            "--log-format",
            "json",
        ])
        .run()
        .exits(0);
    let lines: Vec<Value> = ran
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    assert!(!lines.is_empty());
    for line in &lines {
        assert!(line.is_object(), "{line}");
        let level = line["level"].as_str().unwrap().to_lowercase();
        assert!(
            ["trace", "debug", "info", "warn", "error"].contains(&level.as_str()),
            "{line}"
        );
    }
    let ran = server
        .chatctl(&["room", "send", "lobby", "x", "-vv"])
        .run()
        .exits(0);
    assert!(!ran.stderr.is_empty());
    assert_eq!(
        ran.stdout.lines().count(),
        1,
        "logs do not get into results"
    );
}

#[test]
fn each_level_says_at_most_what_the_next_one_says() {
    let server = Server::start();
    // An empty history has a notice of its own.
    server
        .chatctl(&["room", "send", "lobby", "x"])
        .run()
        .exits(0);
    let said = |level: &str| {
        server
            .chatctl(&["room", "history", "lobby", "--log-level", level])
            .run()
            .exits(0)
            .stderr
            .lines()
            .count()
    };
    let counts = ["silent", "error", "warn", "info", "debug", "trace"].map(said);
    assert_eq!(counts[..3], [0, 0, 0], "nothing is wrong");
    assert!(counts.is_sorted(), "{counts:?}");
    assert!(counts[5] > 0);
    let by_variable = server
        .chatctl(&["room", "history", "lobby"])
        .env("CHATCTL_LOG_LEVEL", "debug")
        .run()
        .exits(0);
    assert_eq!(by_variable.stderr.lines().count(), counts[4]);
}

#[test]
fn unwritable_file_is_a_usage_error() {
    let ran = chatctl(&[
        "room",
        "history",
        "lobby",
        "--log-file",
        "/no/such/folder/log",
    ])
    .env("ABLY_API_KEY", KEY)
    .run()
    .exits(2);
    assert!(ran.stderr.contains("/no/such/folder/log"), "{ran:?}");
}
