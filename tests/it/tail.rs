//! `chatctl room tail`: what it prints, when it ends, and what it survives.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;

use crate::harness::chatctl;
use crate::running::{Process, Server, path};

fn texts(lines: &[String]) -> Vec<String> {
    lines
        .iter()
        .map(|line| {
            let event: Value = serde_json::from_str(line).unwrap();
            event["message"]["text"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn it_ends_after_as_many_as_it_was_asked_for() {
    let server = Server::start();
    let mut tail = server.tail(&["lobby", "--json", "--limit", "3"]);
    server
        .chatctl(&["room", "send", "lobby", "message {n}", "--count", "5"])
        .run()
        .exits(0);
    tail.ends_with(0);
    assert_eq!(
        texts(&tail.stdout.rest()),
        ["message 1", "message 2", "message 3"]
    );
    assert_eq!(tail.stderr.rest(), Vec::<String>::new());
}

#[test]
fn an_event_is_the_sdks_with_the_room() {
    let server = Server::start();
    let tail = server.tail(&["lobby", "--json"]);
    let sent = server.send("lobby", "hello");
    let line = tail.stdout.next();
    assert!(
        line.starts_with(r#"{"type":"message.created","roomName":"lobby","message":{"#),
        "{line}"
    );
    let event: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(event["message"], sent);
}

#[test]
fn table_has_one_line_per_event_and_names_rooms() {
    let server = Server::start();
    let one = server.tail(&["lobby"]);
    let two = server.tail(&["lobby", "bar"]);
    server.send("lobby", "evil \u{1b}[31mred\nsecond line");
    server.send("bar", "cheers");
    let line = one.stdout.next();
    assert!(
        line.contains("tester: evil") && line.contains("second line"),
        "{line}"
    );
    assert!(
        !line.contains('\u{1b}'),
        "control characters are not passed to a terminal: {line:?}"
    );
    assert!(two.stdout.next().contains("lobby tester: evil"));
    assert!(two.stdout.next().contains("bar tester: cheers"));
}

#[test]
fn a_filter_is_run_for_each_event() {
    let server = Server::start();
    let mut tail = server.tail(&["lobby", "--jq", ".message.text", "--limit", "2"]);
    server.send("lobby", "one");
    assert_eq!(tail.stdout.next(), "one");
    server.send("lobby", "two");
    tail.ends_with(0);
    assert_eq!(tail.stdout.rest(), ["two"]);
}

#[test]
fn what_the_command_sends_is_never_missed() {
    // A shell loop in one server: a hundred tails, each of which starts the sender itself.
    let script = r#"
        for n in $(seq 100); do
            chatctl room tail lobby --limit 1 --jq .message.text -- chatctl room send lobby "ping $n" 2>/dev/null || exit 9
        done"#;
    let ran = chatctl(&["exec", "--", "sh", "-c", script])
        .env("PATH", &path())
        .run()
        .exits(0);
    let expected: Vec<String> = (1..=100).map(|n| format!("ping {n}")).collect();
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn command_output_goes_to_stderr_and_failure_ends_the_tail() {
    let server = Server::start();
    let mut tail = Process::start(server.command(&[
        "room",
        "tail",
        "lobby",
        "--json",
        "--",
        "sh",
        "-c",
        "echo from the command; exit 42",
    ]));
    tail.ends_with(42);
    assert_eq!(tail.stdout.rest(), Vec::<String>::new());
    assert_eq!(tail.stderr.rest(), ["from the command"]);

    let ran = server
        .chatctl(&["room", "tail", "lobby", "--", "no-such-command-anywhere"])
        .run();
    assert_ne!(ran.status, 0);
    assert!(ran.stderr.contains("no-such-command-anywhere"), "{ran:?}");
}

#[test]
fn duration_alone_exits_0_and_before_other_ends_1() {
    let server = Server::start();
    let start = Instant::now();
    server
        .chatctl(&["room", "tail", "lobby", "--duration", "300ms"])
        .run()
        .exits(0);
    assert!(start.elapsed() >= Duration::from_millis(300));
    let ran = server
        .chatctl(&[
            "room",
            "tail",
            "lobby",
            "--duration",
            "3s",
            "--limit",
            "2",
            "--jq",
            ".message.text",
            "--",
            env!("CARGO_BIN_EXE_chatctl"),
            "room",
            "send",
            "lobby",
            "only one",
        ])
        .run()
        .exits(1);
    assert_eq!(ran.stdout, "only one\n");
}

#[test]
fn interrupt_is_success_unless_an_end_was_asked_for() {
    let server = Server::start();
    for signal in [Signal::INT, Signal::TERM] {
        let mut endless = server.tail(&["lobby"]);
        endless.signal(signal);
        endless.ends_with(0);
        let mut limited = server.tail(&["lobby", "--limit", "1"]);
        limited.signal(signal);
        limited.ends_with(130);
    }
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let server = Server::start();
    let script = "chatctl room tail lobby --jq .message.text -- chatctl room send lobby x --count 500 --jq empty | head -1; echo end";
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_chatctl"))
        .parent()
        .unwrap();
    let mut command = server.command(&[]);
    command.env("PATH", format!("{}:{}", folder.display(), path()));
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", script])
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut shell = Process::start(shell);
    shell.ends_with(0);
    assert_eq!(shell.stdout.rest(), ["x", "end"]);
    assert_eq!(shell.stderr.rest(), Vec::<String>::new());
}

#[test]
fn bulk_continues_after_a_restart_and_reports_unknown_results() {
    let mut first = Server::start();
    let tail = first.tail(&["lobby", "--jq", ".message.text"]);
    first.send("lobby", "before");
    assert_eq!(tail.stdout.next(), "before");
    first.stop();
    let second = Server::start_again(&first);
    tail.stderr.until("discontinuity in lobby");
    second.send("lobby", "after");
    assert_eq!(tail.stdout.next(), "after");
}

#[test]
fn rooms_share_one_connection_and_stay_apart() {
    let server = Server::start();
    let tail = server.tail(&["a", "b", "--json"]);
    server.send("a", "for a");
    server.send("c", "for nobody");
    server.send("b", "for b");
    let events = [tail.stdout.json(), tail.stdout.json()];
    let seen: Vec<_> = events
        .iter()
        .map(|event| {
            (
                event["roomName"].as_str().unwrap(),
                event["message"]["text"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(seen, [("a", "for a"), ("b", "for b")]);
}

#[test]
fn a_room_that_is_named_twice_is_one_room() {
    let server = Server::start();
    let tail = server.tail(&["lobby", "lobby", "--jq", ".message.text"]);
    server.send("lobby", "one");
    server.send("lobby", "two");
    assert_eq!([tail.stdout.next(), tail.stdout.next()], ["one", "two"]);
}

#[test]
fn rejected_credentials_end_it_with_3() {
    let server = Server::start();
    let ran = server
        .chatctl(&["room", "tail", "lobby", "--json"])
        .env("ABLY_API_KEY", "appid.keyid:wrong")
        .run()
        .exits(3);
    assert_eq!(ran.error()["code"], 40101);
}

#[test]
fn command_may_finish_after_the_limit_and_its_failure_counts() {
    let server = Server::start();
    let chatctl = env!("CARGO_BIN_EXE_chatctl");
    let send = format!("{chatctl} room send lobby x; sleep 0.3; echo finished; exit 7");
    let run = server
        .chatctl(&[
            "room", "tail", "lobby", "--limit", "1", "--", "sh", "-c", &send,
        ])
        .env("PATH", &path())
        .run()
        .exits(7);
    assert!(run.stdout.ends_with(": x\n"), "{}", run.stdout);
    assert!(run.stderr.contains("finished"), "{}", run.stderr);
}
