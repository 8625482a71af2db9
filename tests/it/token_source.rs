//! `--auth-url` and `--auth-command`: where tokens come from, and that nothing is lost when one follows another.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::daemon::Daemon;
use crate::harness::{KEY, Run, chatctl};
use crate::running::{Process, Server, command, path};

/// An auth server whose tokens live for as long as `ttl` says.
fn auth_server(ttl: &str) -> Daemon {
    Daemon::start(
        &["token", "serve", "--listen", "127.0.0.1:0", "--ttl", ttl],
        &[("ABLY_API_KEY", KEY)],
    )
}

/// `chatctl` without a credential, at `server`.
fn bare(server: &Server, arguments: &[&str]) -> Run {
    chatctl(arguments).env("ABLY_ENDPOINT", &server.url)
}

/// Tails a room with tokens of `source` while messages are sent every 50 ms, and sees that each is printed once.
/// Gives what the tail logged once it was listening.
fn follows_without_loss(source: [&str; 2], seconds: u64) -> Vec<String> {
    let server = Server::start();
    let arguments = [
        "room",
        "tail",
        "lobby",
        "--json",
        "-vvv",
        source[0],
        source[1],
        "--",
        "sh",
        "-c",
        "echo listening",
    ];
    let mut command = command(&arguments, server.home.path());
    command
        .env("ABLY_ENDPOINT", &server.url)
        .env("PATH", with_binary());
    let tail = Process::start(command);
    tail.stderr.until("listening");
    let start = Instant::now();
    let mut sent = 0;
    while start.elapsed() < Duration::from_secs(seconds) {
        let began = Instant::now();
        server.send("lobby", &format!("m{sent}"));
        sent += 1;
        std::thread::sleep(Duration::from_millis(50).saturating_sub(began.elapsed()));
    }
    for number in 0..sent {
        let event = tail.stdout.json();
        assert_eq!(event["message"]["text"], format!("m{number}"));
    }
    tail.signal(rustix::process::Signal::INT);
    let more = tail.stdout.rest();
    assert!(more.is_empty(), "{more:?}");
    let log = tail.stderr.rest();
    for line in &log {
        // How a JWT begins, in its own base64 and in that of an Authorization header; the key; and what is as long as
        // an Ably token.
        // Six characters: three alone may stand in a random id.
        for secret in ["eyJhbG", "eyJ0eX", "ZXlKaG", "ZXlKMG", "keyid:secret"] {
            assert!(!line.contains(secret), "{line}");
        }
        let is_base64 = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let longest = line.split(|c| !is_base64(c)).map(str::len).max();
        assert!(longest < Some(80), "{line}");
    }
    log
}

fn with_binary() -> String {
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_chatctl"));
    format!("{}:{}", binary.parent().unwrap().display(), path())
}

fn count(log: &[String], word: &str) -> usize {
    log.iter().filter(|line| line.contains(word)).count()
}

#[test]
fn tail_renews_tokens_of_an_auth_server() {
    let auth = auth_server("6s");
    // A TokenRequest each time, which the endpoint exchanges.
    let url = format!("{}/api/ably-token?clientId=al", auth.url);
    let log = follows_without_loss(["--auth-url", &url], 8);
    let tokens = count(&log, "got a token");
    assert!((2..=5).contains(&tokens), "{log:?}");
    assert_eq!(count(&log, "connecting"), 0, "all of it in band: {log:?}");
    assert_eq!(count(&log, "discontinuity"), 0);
}

#[test]
fn tail_reconnects_with_a_new_token_after_expiry() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("n");
    // Ends after 2 s and claims nothing of it: only the service's refusal tells.
    let command = format!(
        "echo x >> {file}; ABLY_API_KEY={KEY} chatctl token mint --client-id al --ttl 2s --json |
         sed 's/\"expires\":[0-9]*/\"expires\":9999999999999/'",
        file = file.display()
    );
    let log = follows_without_loss(["--auth-command", &command], 5);
    assert!(count(&log, "connected again") >= 2, "{log:?}");
    assert_eq!(count(&log, "discontinuity"), 0);
    let runs = std::fs::read_to_string(file).unwrap().lines().count();
    assert!(runs <= 5, "one for each link: {log:?}");
}

#[test]
fn a_source_that_fails_for_a_while_ends_nothing() {
    let dir = tempfile::tempdir().unwrap();
    // The second time it fails; the third is early enough.
    let command = format!(
        "echo x >> {file}; [ $(wc -l < {file}) != 2 ] && ABLY_API_KEY={KEY} chatctl token mint --client-id al --ttl 6s",
        file = dir.path().join("n").display()
    );
    let log = follows_without_loss(["--auth-command", &command], 8);
    assert!(count(&log, "no new token could be got") >= 1, "{log:?}");
    assert!(count(&log, "got a token") >= 1, "{log:?}");
    assert_eq!(count(&log, "connecting"), 0, "{log:?}");
}

#[test]
fn rest_calls_try_again_once_with_a_new_token() {
    let server = Server::start();
    let dir = tempfile::tempdir().unwrap();
    let script = |then: &str| {
        format!(
            "echo x >> {0}; if [ $(wc -l < {0}) = 1 ]; then ABLY_API_KEY={KEY} chatctl token mint --invalid expired; \
             else {then}; fi",
            dir.path().join("n").display()
        )
    };
    let send = |command: &str| {
        bare(
            &server,
            &[
                "room",
                "send",
                "lobby",
                "hi",
                "--json",
                "--auth-command",
                command,
            ],
        )
        .env("PATH", &with_binary())
        .env("ABLY_CLIENT_ID", "bo")
        .run()
    };
    let good = format!("ABLY_API_KEY={KEY} chatctl token mint");
    // The command is told whom the token is to be for.
    assert_eq!(send(&script(&good)).exits(0).json()["clientId"], "bo");
    let runs = || {
        std::fs::read_to_string(dir.path().join("n"))
            .unwrap()
            .lines()
            .count()
    };
    assert_eq!(runs(), 2);
    std::fs::remove_file(dir.path().join("n")).unwrap();
    let expired = format!("ABLY_API_KEY={KEY} chatctl token mint --invalid expired");
    assert_eq!(send(&script(&expired)).exits(3).error()["code"], 40142);
    assert_eq!(runs(), 2, "once");
}

#[test]
fn an_auth_server_is_asked_as_it_is_told() {
    let server = Server::start();
    let auth = auth_server("1h");
    let send = |flags: &[&str]| {
        let all: Vec<&str> = ["room", "send", "lobby", "hi", "--json"]
            .iter()
            .chain(flags)
            .copied()
            .collect();
        bare(&server, &all).env(
            "CHATCTL_AUTH_URL",
            &format!("{}/api/ably-jwt?clientId=own", auth.url),
        )
    };
    let client = |run: Run| run.run().exits(0).json()["clientId"].clone();
    assert_eq!(client(send(&[])), "own");
    assert_eq!(client(send(&["--auth-param", "clientId=param"])), "param");
    assert_eq!(
        client(send(&[
            "--auth-method",
            "post",
            "--auth-param",
            "clientId=form"
        ])),
        "form"
    );
    assert_eq!(
        client(send(&[
            "--client-id",
            "wish",
            "--auth-param",
            "clientId=param"
        ])),
        "wish"
    );
    // A key or a token in the environment comes first.
    assert_eq!(client(send(&["--client-id", "key"]).with_key()), "key");
    let details = format!("{}/api/ably-token?clientId=d&format=details", auth.url);
    let all = [
        "room",
        "send",
        "lobby",
        "hi",
        "--json",
        "--auth-url",
        &details,
    ];
    assert_eq!(client(bare(&server, &all)), "d");
}

#[test]
fn what_gives_no_token_says_why() {
    let server = Server::start();
    let send = |flag: &str, value: &str| {
        bare(
            &server,
            &["room", "send", "lobby", "hi", "--json", flag, value],
        )
        .env("PATH", &with_binary())
        .run()
    };
    let mint = |arguments: &str| format!("ABLY_API_KEY={KEY} chatctl token mint {arguments}");
    for (command, status, code, word) in [
        ("exit 3".to_owned(), 3, 40170, "exit status: 3"),
        ("echo".to_owned(), 3, 40170, "empty"),
        (format!("echo {KEY}"), 3, 40170, "API key"),
        ("echo '{}'".to_owned(), 3, 40170, "neither a token"),
        (
            "head -c 200000 /dev/zero".to_owned(),
            3,
            40170,
            "maximum size",
        ),
        (mint(""), 4, 40161, "names no clientId"),
        (mint("--client-id '*'"), 2, 40012, "any clientId"),
    ] {
        let ran = send("--auth-command", &command);
        let error = ran.error();
        assert_eq!(
            (ran.status, &error["code"]),
            (status, &code.into()),
            "{command}: {ran:?}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains(word) && !message.contains("secret"),
            "{command}: {message}"
        );
        if code == 40170 {
            let hint = error["hint"].as_str().unwrap();
            assert!(hint.contains("the auth command"), "{command}: {hint}");
        }
    }
    // Some other page.
    let ran = send("--auth-url", &format!("{}/time", server.url)).exits(3);
    assert!(
        ran.error()["message"]
            .as_str()
            .unwrap()
            .contains("neither a token"),
        "{ran:?}"
    );
    for flags in [
        ["--auth-url", "nonsense"],
        ["--auth-method", "PATCH"],
        ["--auth-header", "A: b"],
    ] {
        bare(
            &server,
            &["room", "send", "lobby", "hi", flags[0], flags[1]],
        )
        .run()
        .exits(2);
    }
    chatctl(&[
        "room",
        "send",
        "lobby",
        "hi",
        "--auth-url",
        "http://x/",
        "--auth-command",
        "echo",
    ])
    .run()
    .exits(2);
}

#[test]
fn banned_user_fails_at_once() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users.toml");
    std::fs::write(&file, "[users.mallory]\nbanned = true\n").unwrap();
    let arguments = [
        "token",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--users",
        file.to_str().unwrap(),
    ];
    let auth = Daemon::start(&arguments, &[("ABLY_API_KEY", KEY)]);
    let url = format!("{}/api/ably-jwt?user=mallory", auth.url);
    for verb in [
        ["room", "send", "lobby", "hi"].as_slice(),
        &["room", "tail", "lobby"],
    ] {
        let all: Vec<&str> = verb
            .iter()
            .copied()
            .chain(["--json", "--auth-url", &url])
            .collect();
        let began = Instant::now();
        let ran = bare(&server, &all).run().exits(4);
        assert_eq!(ran.error()["code"], 40300, "{ran:?}");
        assert!(began.elapsed() < Duration::from_secs(5), "no second try");
    }
}

#[test]
fn secrets_stay_out_of_command_lines_and_logs() {
    let server = Server::start();
    let token = crate::harness::token(&["--client-id", "al", "--ttl", "1h"]);
    let signature = token.rsplit('.').next().unwrap();
    let file = server.home.path().join("token");
    std::fs::write(&file, &token).unwrap();
    let hidden = BTreeSet::from([signature, "hush-header", "hush-query"]);
    let auth = auth_server("1h");
    let url = format!("{}/api/ably-jwt?clientId=al&claim=hush-query%3D1", auth.url);
    let sources: [&[&str]; 2] = [
        &["--token-file", file.to_str().unwrap()],
        &[
            "--auth-header",
            "X-Password: hush-header",
            "--log-format",
            "json",
        ],
    ];
    for flags in sources {
        // The child of the tail shows its own command line, and those of its parents.
        let all: Vec<&str> = ["room", "tail", "lobby", "--log-level", "trace", "--limit", "1"]
            .iter()
            .chain(flags)
            .copied()
            .chain([
                "--",
                "sh",
                "-c",
                "cat /proc/self/cmdline /proc/$$/cmdline | tr '\\0' ' '; chatctl room send lobby hi --log-level trace",
            ])
            .collect();
        let mut run = bare(&server, &all)
            .env("PATH", &with_binary())
            .env("ABLY_CLIENT_ID", "al");
        run = if flags[0] == "--token-file" {
            run.env("ABLY_TOKEN", &token)
        } else {
            run.env("CHATCTL_AUTH_URL", &url)
        };
        let ran = run.run().exits(0);
        assert!(ran.stderr.contains("sh -c cat"), "{ran:?}");
        for secret in &hidden {
            assert!(!ran.stderr.contains(secret), "{secret}: {}", ran.stderr);
        }
    }
}

#[test]
fn unreachable_token_source_is_retried() {
    let server = Server::start();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/?secret=hush", silent.local_addr().unwrap());
    let slow = bare(
        &server,
        &[
            "room",
            "send",
            "lobby",
            "hi",
            "--auth-url",
            &url,
            "--timeout",
            "300ms",
        ],
    )
    .run()
    .exits(5);
    assert!(
        slow.stderr.contains("300 ms") && !slow.stderr.contains("hush"),
        "{slow:?}"
    );
    drop(silent);
    // Nobody listens there any more.
    let send = |flag: &str, source: &str| {
        let all = [
            "room",
            "send",
            "lobby",
            "hi",
            "--json",
            flag,
            source,
            "--timeout",
            "300ms",
        ];
        bare(&server, &all)
            .env("PATH", &with_binary())
            .run()
            .exits(5)
    };
    for (flag, source) in [
        ("--auth-url", url.as_str()),
        ("--auth-command", "exec sleep 20"),
    ] {
        let ran = send(flag, source);
        assert_eq!(ran.error()["code"], 40170, "{ran:?}");
        assert!(!ran.stderr.contains("hush"), "{ran:?}");
    }
}
