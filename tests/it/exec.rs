//! `chatctl exec`: a server for the life of one command.

use rustix::process::{Signal, kill_process};

use crate::harness::{Ran, Run, chatctl};
use crate::running::{Process, answers, command, falls_silent, path};

fn exec(script: &str) -> Run {
    chatctl(&["exec", "--", "sh", "-c", script]).env("PATH", &path())
}

#[test]
fn a_message_goes_through_the_server() {
    let ran = exec("chatctl room send lobby hello && chatctl room history lobby --json")
        .run()
        .exits(0);
    let (serial, history) = ran.stdout.split_once('\n').unwrap();
    let history: serde_json::Value = serde_json::from_str(history).unwrap();
    assert_eq!(history[0]["serial"], serial);
    assert_eq!(history[0]["text"], "hello");
    assert!(!history[0]["clientId"].as_str().unwrap().is_empty());
    assert_eq!(history.as_array().unwrap().len(), 1);
    assert_eq!(ran.stderr, "");
}

#[test]
fn the_exit_status_is_the_commands() {
    for status in [0, 1, 3, 42, 124, 255] {
        exec(&format!("exit {status}")).run().exits(status);
    }
}

#[test]
fn a_command_that_a_signal_ends_is_128_and_the_signal() {
    exec("kill -TERM $$").run().exits(128 + 15);
    exec("kill -KILL $$").run().exits(128 + 9);
}

#[test]
fn its_own_failures_have_statuses_that_no_command_has() {
    let ran = chatctl(&["exec", "--", "no-such-command-anywhere"])
        .env("PATH", &path())
        .run()
        .exits(127);
    assert!(ran.stderr.contains("no-such-command-anywhere"), "{ran:?}");

    let folder = tempfile::tempdir().unwrap();
    let ran = chatctl(&["exec", "--", folder.path().to_str().unwrap()])
        .run()
        .exits(126);
    assert!(ran.stderr.starts_with("error: "), "{ran:?}");

    let ran = chatctl(&["exec", "--key", "malformed", "--", "true"])
        .env("PATH", &path())
        .run()
        .exits(125);
    assert!(ran.stderr.contains("--key"), "{ran:?}");
}

#[test]
fn without_a_command_it_is_a_usage_error() {
    chatctl(&["exec"]).run().exits(2);
    chatctl(&["exec", "--", "--json"])
        .env("PATH", &path())
        .run()
        .exits(127);
}

fn variables(run: Run) -> Vec<String> {
    let Ran { stdout, .. } = run.run().exits(0);
    stdout.lines().map(str::to_owned).collect()
}

#[test]
fn the_command_finds_the_server_in_its_environment() {
    let lines = variables(
        exec(
            r#"printf '%s\n' "$ABLY_ENDPOINT" "$ABLY_TLS" "$CHATCTL_URL" "$ABLY_PORT" "$ABLY_API_KEY" "$OTHER""#,
        )
        .env("OTHER", "kept"),
    );
    let [endpoint, tls, url, port, key, other] = &lines[..] else {
        panic!("{lines:?}");
    };
    assert_eq!(
        [endpoint.as_str(), tls, other],
        ["127.0.0.1", "false", "kept"]
    );
    assert_eq!(*url, format!("http://127.0.0.1:{port}"));
    assert!(chatctl_takes(key), "{key}");
}

fn chatctl_takes(key: &str) -> bool {
    // A port where nobody listens: the key is looked at first.
    chatctl(&[
        "room",
        "send",
        "r",
        "x",
        "--endpoint",
        "http://127.0.0.1:1",
        "--timeout",
        "1s",
    ])
    .env("ABLY_API_KEY", key)
    .run()
    .status
        == 5
}

#[test]
fn what_is_meant_for_ably_does_not_reach_the_command() {
    let lines = variables(
        exec("env | cut -d= -f1 | grep -E '^(ABLY|CHATCTL)_' | sort; echo $ABLY_API_KEY")
            .env("ABLY_API_KEY", "live.key:precious")
            .env("ABLY_TOKEN", "a.b.c")
            .env("ABLY_CLIENT_ID", "somebody")
            .env("ABLY_ENDPOINT", "main")
            .env("CHATCTL_TIMEOUT", "1s")
            .env("CHATCTL_OUTPUT", "json"),
    );
    assert_eq!(
        lines[..5],
        [
            "ABLY_API_KEY",
            "ABLY_ENDPOINT",
            "ABLY_PORT",
            "ABLY_TLS",
            "CHATCTL_URL"
        ]
    );
    assert!(!lines[5].contains("precious"), "{lines:?}");
}

#[test]
fn a_key_that_is_given_is_the_servers() {
    let key = "given.key:by-flag";
    let ran = chatctl(&[
        "exec",
        "--key",
        key,
        "--",
        "sh",
        "-c",
        "echo $ABLY_API_KEY && chatctl room send r x --json",
    ])
    .env("PATH", &path())
    .run()
    .exits(0);
    assert!(ran.stdout.starts_with(key), "{ran:?}");
}

#[test]
fn each_server_is_fresh() {
    let script = "chatctl room history lobby --jq length && chatctl room send lobby x >/dev/null";
    assert_eq!(exec(script).run().exits(0).stdout, "0\n");
    assert_eq!(exec(script).run().exits(0).stdout, "0\n");
}

#[test]
fn the_server_is_gone_when_the_command_is() {
    for script in [
        "echo $CHATCTL_URL",
        "echo $CHATCTL_URL; exit 9",
        "echo $CHATCTL_URL; kill -KILL $$",
    ] {
        let ran = exec(script).run();
        let url = ran.stdout.trim();
        assert!(url.starts_with("http://127.0.0.1:"), "{ran:?}");
        assert!(!answers(url), "{script}");
    }
}

/// A command that says where it and its server are, and then waits.
const WAITING: &str = "echo $$; echo $CHATCTL_URL; exec sleep 300";

#[test]
fn the_server_is_gone_when_exec_is_killed() {
    let home = tempfile::tempdir().unwrap();
    let mut exec = Process::start(command(&["exec", "--", "sh", "-c", WAITING], home.path()));
    let pid = exec.stdout.next().parse().unwrap();
    let url = exec.stdout.next();
    assert!(answers(&url));
    exec.signal(Signal::KILL);
    exec.end();
    falls_silent(&url);
    // The command itself may or may not have been told; it must not outlive the test.
    let _ = kill_process(rustix::process::Pid::from_raw(pid).unwrap(), Signal::KILL);
}

#[test]
fn signals_are_passed_on_and_the_command_decides() {
    for (signal, name) in [
        (Signal::TERM, "TERM"),
        (Signal::INT, "INT"),
        (Signal::HUP, "HUP"),
        (Signal::QUIT, "QUIT"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let script = format!(
            "trap 'kill -KILL $!; echo got {name}; exit 7' {name}; sleep 300 >/dev/null 2>&1 & echo ready; wait"
        );
        let mut exec = Process::start(command(&["exec", "--", "sh", "-c", &script], home.path()));
        exec.stdout.until("ready");
        exec.signal(signal);
        exec.ends_with(7);
        assert_eq!(exec.stdout.rest(), [format!("got {name}")]);
    }
}

#[test]
fn a_signal_that_the_command_does_not_handle_ends_both() {
    let home = tempfile::tempdir().unwrap();
    let mut exec = Process::start(command(&["exec", "--", "sh", "-c", WAITING], home.path()));
    exec.stdout.next();
    let url = exec.stdout.next();
    exec.signal(Signal::TERM);
    exec.ends_with(128 + 15);
    falls_silent(&url);
}

#[test]
fn a_pipe_within_the_command_ends_as_ever() {
    let ran = exec("yes | head -1").run().exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("y\n", ""));
}

#[test]
fn standard_input_is_the_commands() {
    let ran = exec("chatctl room send lobby - --jq .text")
        .stdin("from the pipe\n")
        .run()
        .exits(0);
    assert_eq!(ran.stdout, "from the pipe\n");
}
