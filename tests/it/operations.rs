//! What a server tells of itself: readiness, figures, and who did what.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::harness::{KEY, chatctl, token};
use crate::running::{Process, Server, path};

/// The status and the body at `path` of the server at `address`.
fn get(address: &str, path: &str) -> (u16, String) {
    let mut socket = TcpStream::connect(address).unwrap();
    write!(
        socket,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (
        head.split(' ').nth(1).unwrap().parse().unwrap(),
        body.to_owned(),
    )
}

#[test]
fn it_says_whether_it_is_ready() {
    let server = Server::start();
    let address = server.url.strip_prefix("http://").unwrap();
    assert_eq!(get(address, "/readyz").0, 200);
    assert_eq!(get(address, "/healthz").0, 200);
    // Figures are nothing for clients.
    assert_eq!(get(address, "/metrics").0, 404);
}

#[test]
fn figures_count_what_happens() {
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]);
    let said = server.process.stderr.until("figures: ");
    let address = said
        .strip_prefix("figures: http://")
        .and_then(|rest| rest.strip_suffix("/metrics"))
        .unwrap();
    let figure = |name: &str| -> f64 {
        let (status, text) = get(address, "/metrics");
        assert_eq!(status, 200);
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{name} is not in {text}"))
            .parse()
            .unwrap()
    };
    assert!(figure("chatctl_connections") < 0.5);
    let _tail = server.tail(&["lobby"]);
    server.send("lobby", "hello");
    let none = token(&[
        "--client-id",
        "ann",
        "--capability",
        r#"{"lobby":["subscribe"]}"#,
    ]);
    chatctl(&["room", "send", "lobby", "x"])
        .env("ABLY_TOKEN", &none)
        .env("ABLY_ENDPOINT", &server.url)
        .run()
        .exits(4);
    for (name, value) in [
        ("chatctl_connections", 1.0),
        ("chatctl_sessions", 1.0),
        ("chatctl_channels", 1.0),
        ("chatctl_apps", 1.0),
        ("chatctl_connects_total{result=\"ok\"}", 1.0),
        ("chatctl_attaches_total{result=\"ok\"}", 1.0),
        ("chatctl_rest_calls_total{result=\"ok\"}", 1.0),
        ("chatctl_rest_calls_total{result=\"denied\"}", 1.0),
    ] {
        assert!(
            (figure(name) - value).abs() < 0.1,
            "{name}: {}",
            figure(name)
        );
    }
    assert!(figure("process_resident_memory_bytes") > 1e6);
    assert_eq!(get(address, "/readyz").0, 200);
    assert_eq!(
        get(address, "/channels").0,
        404,
        "clients are not served there"
    );
}

/// The records of a log, without what differs from run to run.
fn records(path: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            let members = record.as_object_mut().unwrap();
            assert!(members.shift_remove("time").unwrap().as_i64().unwrap() > 1_700_000_000_000);
            members.shift_remove("connectionId");
            record
        })
        .collect()
}

#[test]
fn access_log_has_client_operation_and_result() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("access.jsonl");
    let mut server = Server::start_with(&[
        "--listen",
        "127.0.0.1:0",
        "--access-log",
        log.to_str().unwrap(),
    ]);
    let sent = server.send("lobby", "precious text");
    let serial = sent["serial"].as_str().unwrap();
    let ann = token(&[
        "--client-id",
        "ann",
        "--capability",
        r#"{"lobby":["message-update-own","publish","history"]}"#,
    ]);
    let by_ann = |arguments: &[&str]| {
        chatctl(arguments)
            .env("ABLY_TOKEN", &ann)
            .env("ABLY_ENDPOINT", &server.url)
            .run()
    };
    by_ann(&["room", "update", "lobby", serial, "other text", "--replace"]).exits(4);
    let own = by_ann(&["room", "send", "lobby", "own"]).exits(0).word();
    by_ann(&["room", "update", "lobby", &own, "other text"]).exits(0);
    by_ann(&["room", "get", "lobby", "01700000000000-000@none:000"]).exits(1);
    by_ann(&["presence", "list", "lobby"]).exits(4);
    drop(server.tail(&["den", "--limit", "1"]));
    server.stop();

    let record = |client: &str,
                  is_token: bool,
                  operation: &str,
                  room: &str,
                  result: &str,
                  code: Option<u32>| {
        let mut record = json!({
            "keyName": "appid.keyid", "isToken": is_token, "clientId": client, "operation": operation,
            "roomName": room, "result": result,
        });
        if let Some(code) = code {
            record["code"] = code.into();
        }
        record
    };
    let expected = vec![
        record("tester", false, "publish", "lobby", "allowed", None),
        record(
            "ann",
            true,
            "message-update-any",
            "lobby",
            "denied",
            Some(40160),
        ),
        record("ann", true, "publish", "lobby", "allowed", None),
        // What is not named of the message is kept, so it is read.
        record("ann", true, "history", "lobby", "allowed", None),
        record("ann", true, "message-update-own", "lobby", "allowed", None),
        record("ann", true, "history", "lobby", "failed", Some(40400)),
        record("ann", true, "subscribe", "lobby", "denied", Some(40160)),
        record("tester", false, "subscribe", "den", "allowed", None),
    ];
    let found = records(&log);
    assert_eq!(found, expected);
    let text = std::fs::read_to_string(&log).unwrap();
    for secret in ["secret", "precious", ann.rsplit('.').next().unwrap()] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn access_log_is_private_and_follows_no_link() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("access.jsonl");
    let listen = ["--listen", "127.0.0.1:0", "--access-log"];
    let with =
        |path: &std::path::Path| [&listen[..], &[path.to_str().unwrap()]].concat().join("\n");
    let flags = with(&path);
    let flags: Vec<&str> = flags.lines().collect();
    let mut server = Server::start_with(&flags);
    // A key in the wrong place is not written.
    let denied = chatctl(&["room", "history", "lobby"])
        .env("ABLY_API_KEY", "appid.keyid:wrongsecret")
        .env("ABLY_CLIENT_ID", "appid.keyid:hidden")
        .env("ABLY_ENDPOINT", &server.url)
        .run();
    denied.exits(3);
    let taken = chatctl(&["room", "history", "lobby"])
        .with_key()
        .env("ABLY_CLIENT_ID", "appid.keyid:hidden")
        .env("ABLY_ENDPOINT", &server.url)
        .run();
    taken.exits(0);
    server.stop();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("\"clientId\":\"appid.keyid\"") && !text.contains("hidden"),
        "{text}"
    );

    let link = folder.path().join("link.jsonl");
    std::os::unix::fs::symlink(folder.path().join("target"), &link).unwrap();
    let flags = with(&link);
    let flags: Vec<&str> = ["serve"].into_iter().chain(flags.lines()).collect();
    let ran = chatctl(&flags).with_key().run();
    assert_ne!(ran.status, 0);
    assert!(
        ran.stderr.contains("--access-log") && ran.stderr.contains("link"),
        "{ran:?}"
    );
    assert!(!folder.path().join("target").exists());
}

#[test]
fn a_server_ends_whether_its_access_log_is_read_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    let flags = [
        "--listen",
        "127.0.0.1:0",
        "--access-log",
        pipe.to_str().unwrap(),
    ];
    let mut server = Server::start_with(&flags);
    // More than a pipe holds.
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let path = format!("/channels/{}/history?key={KEY}", "x".repeat(2000));
    for _ in 0..60 {
        assert_eq!(get(&address, &path).0, 200);
    }
    server.stop();
}

#[test]
fn access_log_and_metrics_agree_on_refused_logins() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("access.jsonl");
    let mut server = Server::start_with(&[
        "--listen",
        "127.0.0.1:0",
        "--connection-limit",
        "1",
        "--metrics",
        "127.0.0.1:0",
        "--access-log",
        log.to_str().unwrap(),
    ]);
    let said = server.process.stderr.until("figures: ");
    let address = said
        .strip_prefix("figures: http://")
        .and_then(|rest| rest.strip_suffix("/metrics"))
        .unwrap();
    let tail = server.tail(&["lobby"]);
    let ran = server
        .chatctl(&["room", "tail", "lobby", "--limit", "1"])
        .run()
        .exits(3);
    assert!(ran.stderr.contains("40111"), "{ran:?}");
    server.send("lobby", "one is in");
    chatctl(&["room", "history", "lobby"])
        .env("ABLY_API_KEY", "appid.keyid:precious")
        .env("ABLY_CLIENT_ID", "eve")
        .env("ABLY_ENDPOINT", &server.url)
        .run()
        .exits(3);
    let (_, figures) = get(address, "/metrics");
    for line in [
        "chatctl_connections 1",
        "chatctl_connects_total{result=\"ok\"} 1",
        "chatctl_connects_total{result=\"denied\"} 1",
        "chatctl_rest_calls_total{result=\"denied\"} 1",
    ] {
        assert!(figures.contains(&format!("{line}\n")), "{line}: {figures}");
    }
    drop(tail);
    server.stop();
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(!text.contains("precious"), "{text}");
    let logins: Vec<Value> = records(&log)
        .into_iter()
        .filter(|record| record["login"].is_string())
        .collect();
    let login = |door: &str, client: &str, code: u32| {
        json!({
            "login": door, "keyName": "appid.keyid", "isToken": false, "clientId": client, "result": "denied",
            "code": code,
        })
    };
    let expected = [
        login("realtime", "tester", 40111),
        login("rest", "eve", 40101),
    ];
    assert_eq!(logins, expected);
    // No operation came of them.
    let found = chatctl(&[
        "capability",
        "minimize",
        log.to_str().unwrap(),
        "--jq",
        ".[].clientId",
    ])
    .run()
    .exits(0);
    assert_eq!(found.stdout, "tester\n");
}

#[test]
fn exec_has_figures_of_its_server() {
    let script = "chatctl room send lobby x; cat";
    let mut command = crate::running::command(
        &["exec", "--metrics", "127.0.0.1:0", "--", "sh", "-c", script],
        std::path::Path::new("/"),
    );
    command.stdin(std::process::Stdio::piped());
    let exec = Process::start(command);
    let said = exec.stderr.until("figures: ");
    let address = said
        .strip_prefix("figures: http://")
        .and_then(|rest| rest.strip_suffix("/metrics"))
        .unwrap();
    exec.stdout.next();
    let (status, text) = get(address, "/metrics");
    assert_eq!(status, 200);
    assert!(
        text.contains("chatctl_rest_calls_total{result=\"ok\"} 1\n"),
        "{text}"
    );
    assert_eq!(get(address, "/readyz").0, 200);
}

#[test]
fn exec_records_its_command() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("run.jsonl");
    for _ in 0..2 {
        chatctl(&[
            "exec",
            "--record",
            log.to_str().unwrap(),
            "--",
            "chatctl",
            "room",
            "send",
            "lobby",
            "x",
        ])
        .env("PATH", &path())
        .run()
        .exits(0);
    }
    let found = records(&log);
    assert_eq!(found.len(), 2, "a record is added to those that are there");
    assert_eq!(found[1]["operation"], "publish");
    let ran = chatctl(&["exec", "--record", "/no/such/folder/log", "--", "true"])
        .env("PATH", &path())
        .run()
        .exits(125);
    assert!(ran.stderr.contains("/no/such/folder/log"), "{ran:?}");
}
