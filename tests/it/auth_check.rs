//! `auth check`: good endpoints pass, and each way to be wrong is found with its reason.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};

use crate::daemon::Daemon;
use crate::harness::{KEY, Ran, chatctl};
use crate::pty::Terminal;

/// What an endpoint answers.
struct Answer {
    status: u16,
    kind: &'static str,
    body: String,
    after: Duration,
    /// Where a redirect leads.
    location: String,
}

impl Answer {
    fn of(kind: &'static str, body: impl Into<String>) -> Self {
        Self {
            status: 200,
            kind,
            body: body.into(),
            after: Duration::ZERO,
            location: String::new(),
        }
    }

    fn jwt(body: String) -> Self {
        Self::of("application/jwt", body)
    }
}

/// An endpoint that answers as `answer` says to who asks for this clientId.
fn endpoint(answer: impl Fn(&str) -> Answer + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/auth", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut reader = BufReader::new(socket.try_clone().unwrap());
            let mut first = String::new();
            reader.read_line(&mut first).unwrap();
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap() > 2 {
                line.clear();
            }
            let mut query = first.split([' ', '?', '&']);
            let client_id = query
                .find_map(|part| part.strip_prefix("clientId="))
                .unwrap_or_default();
            let answer = answer(client_id);
            std::thread::sleep(answer.after);
            // Who waits no longer is gone.
            let _ = write!(
                socket,
                "HTTP/1.1 {} X\r\nContent-Type: {}\r\nLocation: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
                answer.status,
                answer.kind,
                answer.location,
                answer.body.len(),
                answer.body
            );
            let _ = socket.shutdown(std::net::Shutdown::Write);
            let _ = reader.read_to_end(&mut Vec::new());
        }
    });
    url
}

fn mint(arguments: &[&str]) -> String {
    let words: Vec<&str> = ["token", "mint"].iter().chain(arguments).copied().collect();
    chatctl(&words).with_key().run().exits(0).word()
}

fn request(arguments: &[&str]) -> String {
    let words: Vec<&str> = ["token", "request", "--json"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    chatctl(&words).with_key().run().exits(0).stdout
}

fn check(url: &str, more: &[&str]) -> Ran {
    let words: Vec<&str> = ["auth", "check", url, "--json"]
        .iter()
        .chain(more)
        .copied()
        .collect();
    chatctl(&words).with_key().run()
}

/// The checks that failed, with their reasons.
fn failed(ran: &Ran) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let report = ran.json();
    report
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["outcome"] == "failed")
        .map(|check| (text(&check["check"]), text(&check["reason"])))
        .collect()
}

#[track_caller]
fn finds(url: &str, more: &[&str], name: &str, reason: &str) {
    let ran = check(url, more).exits(1);
    let failed = failed(&ran);
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0].0, name, "{failed:?}");
    assert!(failed[0].1.contains(reason), "{failed:?}");
    assert!(!ran.stdout.contains("eyJ"), "a token is shown: {ran:?}");
}

#[test]
fn the_auth_server_of_this_tool_passes() {
    let server = Daemon::start(
        &["token", "serve", "--listen", "127.0.0.1:0"],
        &[("ABLY_API_KEY", KEY)],
    );
    for path in ["ably-jwt", "ably-token"] {
        let url = format!("{}/api/{path}", server.url);
        let ran = check(&url, &["--max-capability", r#"{"*":["*"]}"#]).exits(0);
        assert_eq!(failed(&ran), [], "{path}");
    }
}

#[test]
fn answers_that_no_sdk_takes_are_found() {
    let url = endpoint(|id| Answer::of("text/css", mint(&["--client-id", id])));
    finds(&url, &[], "answers", "unacceptable Content-Type 'text/css'");
    let url = endpoint(|_| Answer::of("text/html", "<html><body>Log in</body></html>"));
    finds(
        &url,
        &[],
        "answers",
        "unacceptable Content-Type 'text/html'",
    );
    let url = endpoint(|id| Answer::of("text/plain", request(&["--client-id", id])));
    finds(&url, &[], "answers", "double-encoded");
    let url = endpoint(|_| Answer {
        status: 500,
        ..Answer::of("text/plain", "oops")
    });
    finds(&url, &[], "answers", "HTTP status 500");
}

#[test]
fn what_the_sdks_or_the_service_refuse_is_found() {
    let url = endpoint(|id| Answer::jwt(mint(&["--client-id", id]) + "\n"));
    finds(&url, &[], "answers", "a line break behind the token");
    let details = |id: &str| json!({"token": mint(&["--client-id", id])}).to_string();
    let url = endpoint(move |id| Answer::of("application/json", details(id)));
    finds(&url, &[], "answers", "(40170)");
    let others = |id: &str| {
        let words = ["token", "request", "--json", "--client-id", id];
        let run = chatctl(&words).env("ABLY_API_KEY", "appid.other:secret");
        run.run().exits(0).stdout
    };
    let url = endpoint(move |id| Answer::of("application/json", others(id)));
    finds(&url, &[], "valid", "appid.other");
    let tampered =
        |id: &str| request(&["--client-id", id]).replace("\"nonce\":\"", "\"nonce\":\"x");
    let url = endpoint(move |id| Answer::of("application/json", tampered(id)));
    finds(&url, &[], "valid", "40101");
    let url = endpoint(|_| Answer::of("text/plain", "error-1"));
    let ran = check(&url, &[]).exits(1);
    let reason = "neither a JWT nor an Ably token";
    let found = failed(&ran);
    assert!(
        found
            .iter()
            .any(|(name, why)| name == "valid" && why.contains(reason)),
        "{found:?}"
    );
}

#[test]
fn redirects_are_followed_and_what_was_not_looked_at_is_unknown() {
    let good = endpoint(|id| Answer::jwt(mint(&["--client-id", id])));
    let url = endpoint(move |id| Answer {
        status: 302,
        location: format!("{good}?clientId={id}"),
        ..Answer::of("text/html", "moved")
    });
    check(&url, &[]).exits(0);
    let url = endpoint(|id| Answer::of("application/json", request(&["--client-id", id])));
    let report = check(&url, &[]).exits(0).json();
    let outcome = |name: &str| {
        let mut checks = report.as_array().unwrap().iter();
        checks.find(|check| check["check"] == name).unwrap()["outcome"].clone()
    };
    for (name, expected) in [
        ("valid", "passed"),
        ("nonce", "passed"),
        ("renewal", "unknown"),
        ("rules", "unknown"),
        ("rights", "unknown"),
    ] {
        assert_eq!(outcome(name), expected, "{name}");
    }
    let round = endpoint(|_| Answer {
        status: 302,
        location: "/auth".to_owned(),
        ..Answer::of("text/html", "moved")
    });
    let ran = check(&round, &[]).exits(1);
    assert_eq!(failed(&ran)[0].0, "answers");
}

#[test]
fn tokens_that_come_late_or_end_early_are_found() {
    let url = endpoint(|id| Answer {
        after: Duration::from_millis(400),
        ..Answer::jwt(mint(&["--client-id", id]))
    });
    finds(&url, &["--slow", "300ms"], "quick", "more than the 300 ms");
    let url = endpoint(|id| {
        Answer::jwt(mint(&[
            "--client-id",
            id,
            "--issued-at",
            "-2h",
            "--expires-at",
            "-1h",
        ]))
    });
    let ran = check(&url, &[]).exits(1);
    assert_eq!(
        failed(&ran)[0],
        ("current".to_owned(), "the token has expired".to_owned())
    );
    let url = endpoint(|id| Answer::jwt(mint(&["--client-id", id, "--ttl", "20s"])));
    let ran = check(&url, &[]).exits(1);
    assert_eq!(failed(&ran)[0].0, "current", "{ran:?}");
}

#[test]
fn what_is_given_twice_is_found() {
    let (ann, bob) = (mint(&["--client-id", "ann"]), mint(&["--client-id", "bob"]));
    let url = endpoint(move |id| {
        Answer::jwt(if id == "ann" {
            ann.clone()
        } else {
            bob.clone()
        })
    });
    finds(
        &url,
        &["--as", "ann", "--as", "bob"],
        "renewal",
        "the same token",
    );
    let wish = |id: &str| request(&["--client-id", id]);
    let (ann, bob) = (wish("ann"), wish("bob"));
    let url = endpoint(move |id| {
        Answer::of(
            "application/json",
            if id == "ann" {
                ann.clone()
            } else {
                bob.clone()
            },
        )
    });
    finds(&url, &["--as", "ann", "--as", "bob"], "nonce", "40105");
}

#[test]
fn users_with_shared_identity_or_excess_rights_are_found() {
    let url = endpoint(|_| Answer::jwt(mint(&["--client-id", "everybody"])));
    finds(&url, &[], "identity", "'everybody'");
    let url = endpoint(|_| Answer::jwt(mint(&["--client-id", "*"])));
    finds(&url, &[], "identity", "any clientId");
    let url = endpoint(|id| {
        Answer::jwt(mint(&[
            "--client-id",
            id,
            "--allow",
            "dms:*=publish,history",
        ]))
    });
    let within = json!({"dms:*": ["publish"]}).to_string();
    finds(
        &url,
        &["--within", &within],
        "rights",
        "may history in dms:*",
    );
}

#[test]
fn header_identifies_users_and_bad_input_is_explained() {
    let url = endpoint(|id| Answer::jwt(mint(&["--client-id", id])));
    check(
        &url,
        &[
            "--as",
            "ann=Cookie: session=1",
            "--as",
            "bob=Cookie: session=2",
        ],
    )
    .exits(0);
    let ran = check(&url, &["--as", "ann=hidden"]).exits(2);
    assert!(
        ran.stderr.contains("--as ann") && !ran.stderr.contains("hidden"),
        "{ran:?}"
    );
    for nobody in ["", "=Cookie: session=1"] {
        let ran = check(&url, &["--as", nobody]).exits(2);
        assert!(ran.stderr.contains("the clientId is empty"), "{ran:?}");
    }
    let ran = check("nonsense", &[]).exits(2);
    assert!(
        ran.stderr.contains("must be an http:// or https:// URL"),
        "{ran:?}"
    );
    let ran = check(&url, &["--max-capability", "{"]).exits(2);
    assert!(ran.stderr.contains("--max-capability"), "{ran:?}");
}

#[test]
fn unreachable_endpoint_exits_5_with_the_cause_and_skips_the_rest() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/auth", listener.local_addr().unwrap());
    drop(listener);
    let ran = check(&url, &[]).exits(5);
    let failed = failed(&ran);
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(failed[0].1.contains("Connection refused"), "{failed:?}");
    let report = ran.json();
    let rest = &report.as_array().unwrap()[1..];
    assert_eq!(rest.len(), 8);
    assert!(rest.iter().all(|check| check["outcome"] == "skipped"));
}

#[test]
fn progress_is_shown_on_a_terminal_while_it_waits() {
    let url = endpoint(|id| Answer {
        after: Duration::from_millis(500),
        ..Answer::jwt(mint(&["--client-id", id]))
    });
    let folder = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_chatctl"));
    command
        .args(["auth", "check", &url, "--as", "ann"])
        .env_clear()
        .current_dir(folder.path());
    let mut terminal = Terminal::start(&command, 80);
    terminal.shows("requesting a token as ann");
    terminal.shows("passed   identity");
    terminal.ends_with(0);
}

#[test]
fn checks_are_reported_as_tests() {
    let url = endpoint(|id| Answer::jwt(mint(&["--client-id", id])));
    let tap = chatctl(&["auth", "check", &url, "-o", "tap"])
        .run()
        .exits(0);
    assert!(tap.stdout.starts_with("TAP version 14\n"), "{tap:?}");
    let junit = chatctl(&["auth", "check", &url, "-o", "junit"]).run();
    assert!(junit.exits(0).stdout.contains("<testsuite"));
}
