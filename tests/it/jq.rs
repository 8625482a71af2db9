//! jq filters that do not end, or that make too much: the command stays in charge.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::harness::{chatctl, token};
use crate::running::{Process, Server};

/// A filter that never ends.
const ENDLESS: &str = "def f: f; f";

#[test]
fn an_endless_filter_is_ended_by_the_time_limit() {
    let start = Instant::now();
    let all = ["token", "mint", "--jq", ENDLESS, "--timeout", "300ms"];
    let ran = chatctl(&all).with_key().run().exits(2);
    assert!(ran.stderr.contains("longer than 300ms"), "{ran:?}");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn filters_read_the_environment_without_credentials() {
    let all = [
        "error",
        "40160",
        "--jq",
        "[$ENV.USER_NAME, $ENV.ABLY_API_KEY, env.CI_TOKEN]",
    ];
    let ran = chatctl(&all)
        .with_key()
        .env("USER_NAME", "ann")
        .env("CI_TOKEN", "hidden")
        .run();
    assert_eq!(ran.exits(0).word(), r#"["ann",null,null]"#);
}

#[test]
fn rows_are_printed_as_text() {
    let ran = chatctl(&["error", "4291", "--jq", ".[0:2][] | [.code, .name] | @tsv"]).run();
    let rows = ran.exits(0).stdout;
    assert!(
        rows.starts_with("42910\trate_limit_exceeded_generic\n42911\t"),
        "{rows}"
    );
    let unknown = chatctl(&["error", "4291", "--jq", "@tvs"]).run().exits(2);
    assert!(
        unknown.stderr.contains("did you mean '@tsv'?"),
        "{unknown:?}"
    );
}

#[test]
fn values_that_are_too_deep_or_too_many_are_an_error() {
    for filter in [
        "def f: [f]; f",
        "reduce range(20000000) as $i (.; [.])",
        "[range(10000000000)]",
    ] {
        let all = ["token", "mint", "--jq", filter, "--timeout", "3s"];
        let ran = chatctl(&all).with_key().run().exits(2);
        assert!(ran.stderr.contains("error: the jq filter"), "{ran:?}");
    }
    // Deep, and no deeper than anybody needs.
    let deep = "reduce range(2000) as $i (.; [.]) | flatten | length";
    let ran = chatctl(&["token", "mint", "--jq", deep]).with_key().run();
    assert_eq!(ran.exits(0).stdout, "1\n");
}

#[test]
fn a_signal_ends_a_command_whose_filter_does_not_end() {
    let server = Server::start();
    for signal in [Signal::INT, Signal::TERM] {
        for arguments in [
            &["room", "tail", "lobby", "--until", ENDLESS][..],
            &["room", "tail", "lobby", "--limit", "9", "--jq", ENDLESS],
            &["room", "expect", "lobby", ENDLESS],
        ] {
            let all = [arguments, &["--timeout", "60s", "--", "echo", "listening"]].concat();
            let mut running = Process::start(server.command(&all));
            running.stderr.until("listening");
            server.send("lobby", "hello");
            // It may not be at the filter yet, which ends it as well.
            std::thread::sleep(Duration::from_millis(300));
            assert!(running.is_running(), "{arguments:?}");
            running.signal(signal);
            running.ends_with(130);
        }
    }
}

#[test]
fn the_time_of_a_command_holds_for_its_filters() {
    let server = Server::start();
    for (arguments, status) in [
        (
            &["room", "expect", "lobby", ENDLESS, "--within", "1s"][..],
            1,
        ),
        (
            &[
                "room",
                "tail",
                "lobby",
                "--until",
                ENDLESS,
                "--duration",
                "1s",
            ],
            1,
        ),
        (
            &["room", "tail", "lobby", "--jq", ENDLESS, "--duration", "1s"],
            0,
        ),
    ] {
        let all = [arguments, &["--timeout", "60s", "--", "echo", "listening"]].concat();
        let mut running = Process::start(server.command(&all));
        running.stderr.until("listening");
        server.send("lobby", "hello");
        running.ends_with(status);
    }
}

#[test]
fn the_second_signal_ends_a_command_that_is_stuck() {
    let server = Server::start();
    let text = "x".repeat(2000);
    for _ in 0..100 {
        server.send("lobby", &text);
    }
    let mut command = server.command(&["room", "tail", "lobby", "--history", "100", "--json"]);
    // Nobody reads its output, which is more than a pipe holds.
    let mut stuck = command.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    let pid = rustix::process::Pid::from_child(&stuck);
    for _ in 0..2 {
        assert!(stuck.try_wait().unwrap().is_none());
        rustix::process::kill_process(pid, Signal::INT).unwrap();
        std::thread::sleep(Duration::from_millis(700));
    }
    let start = Instant::now();
    while stuck.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(20), "it does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(stuck.wait().unwrap().code(), Some(130));
}

#[test]
fn no_filter_outlives_its_command() {
    let home = tempfile::tempdir().unwrap();
    let mut command = crate::running::command(
        &["claims", "decode", &token(&[]), "--jq", ENDLESS],
        home.path(),
    );
    command.arg("--timeout").arg("60s");
    let mut running = Process::start(command);
    let parent = running.pid().as_raw_nonzero().get();
    let children = || {
        let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
        children.unwrap_or_default()
    };
    let start = Instant::now();
    while children().is_empty() {
        assert!(start.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(5));
    }
    let child = children().trim().to_owned();
    running.signal(Signal::KILL);
    running.end();
    let status = || std::fs::read_to_string(format!("/proc/{child}/stat"));
    while status().is_ok_and(|stat| !stat.contains(") Z ")) {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{child} is there still"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}
