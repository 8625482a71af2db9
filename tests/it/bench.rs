//! `chatctl bench`: what it measures, what fails a run, and which servers it leaves alone.

use rustix::process::Signal;
use serde_json::Value;

use crate::harness::{Ran, chatctl};
use crate::running::{PATIENCE, Process, Server, command, falls_silent};

/// Short, and over after a few operations.
const SHORT: [&str; 4] = ["--warm-up", "0s", "--count", "20"];

fn bench(arguments: &[&str]) -> Ran {
    chatctl(&[&["bench"], arguments, &SHORT].concat()).run()
}

#[test]
fn each_verb_measures_and_finds_nothing_lost() {
    for (arguments, what, count) in [
        (
            &["fanout", "--subscribers", "5", "--publishers", "2"][..],
            "delivered",
            100,
        ),
        (&["send", "--senders", "2", "--size", "500"], "sent", 20),
        (
            &["presence", "--members", "3", "--watchers", "2"],
            "delivered",
            40,
        ),
        (&["connect", "--clients", "3"], "connected", 20),
        (&["mint"], "minted", 20),
    ] {
        let ran = bench(&[arguments, &["--json"]].concat()).exits(0);
        let report = ran.json();
        assert_eq!(report["bench"], arguments[0]);
        assert_eq!(report[what], count, "{report}");
        assert_eq!(report["failure"], Value::Null);
        for name in ["lost", "doubled", "reordered"] {
            assert!(matches!(report[name].as_u64(), None | Some(0)), "{report}");
        }
        let latency = &report["latency"];
        let at = |name: &str| latency[name].as_f64().unwrap();
        assert!(at("p50") <= at("p99") && at("p99") <= at("max"), "{report}");
        let rows = latency["histogram"].as_array().unwrap();
        let counted: u64 = rows.iter().map(|row| row["count"].as_u64().unwrap()).sum();
        assert_eq!(counted, count, "{report}");
        assert_eq!(ran.stderr, "");
    }
}

#[test]
fn a_person_sees_percentiles_and_a_drawing() {
    let ran = bench(&["fanout", "--subscribers", "3"]).exits(0);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with("1 → 3 · MessagePack · "), "{ran:?}");
    assert!(
        lines[1].contains("lost 0 · doubled 0 · reordered 0"),
        "{ran:?}"
    );
    assert!(lines[2].trim_start().starts_with("latency"), "{ran:?}");
    assert!(ran.stdout.contains('█'), "{ran:?}");
    assert!(
        lines.iter().all(|line| line.chars().count() <= 80),
        "{ran:?}"
    );
}

#[test]
fn a_named_server_is_measured_and_another_machine_only_with_yes() {
    let server = Server::start();
    let count = ["bench", "send", "--json"];
    let ran = server
        .chatctl(&[&count[..], &SHORT].concat())
        .run()
        .exits(0);
    assert_eq!(ran.json()["url"], server.url);
    let refused = chatctl(&["bench", "send"]).with_key().run().exits(2);
    assert!(refused.stderr.contains("--yes"), "{refused:?}");
    let elsewhere = chatctl(&["bench", "connect", "--endpoint", "192.0.2.1:9"])
        .with_key()
        .run()
        .exits(2);
    assert!(elsewhere.stderr.contains("192.0.2.1"), "{elsewhere:?}");
    let both = server.chatctl(&["bench", "send", "--local"]).run().exits(2);
    assert!(both.stderr.contains("--local"), "{both:?}");
}

#[test]
fn the_local_server_is_measured_where_asked() {
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = command(arguments, home.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let count = [&["bench", "send", "--local", "--json"], &SHORT[..]].concat();
    let report: Value = serde_json::from_str(&run(&count)).unwrap();
    let status: Value = serde_json::from_str(&run(&["local", "status", "--json"])).unwrap();
    run(&["local", "stop"]);
    assert_eq!(report["url"], status["url"]);
    assert_eq!(report["sent"], 20);
}

#[test]
fn more_clients_than_there_is_memory_for_are_refused() {
    let many = ["fanout", "--publishers", "1000", "--subscribers", "2000"];
    let ran = bench(&many).exits(2);
    assert!(
        ran.stderr.contains("1000 senders with 2000 receivers"),
        "{ran:?}"
    );
}

/// A benchmark of `server` that has begun.
fn begun(server: &Server, log: &std::path::Path) -> Process {
    let arguments = ["bench", "fanout", "--subscribers", "2", "--duration", "10m"];
    let bench =
        Process::start(server.command(&[&arguments[..], &["--timeout", "1s", "--json"]].concat()));
    let start = std::time::Instant::now();
    let has_begun = || std::fs::read_to_string(log).is_ok_and(|log| log.contains("publish"));
    while !has_begun() {
        assert!(start.elapsed() < PATIENCE, "it does not begin");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    bench
}

#[test]
fn a_server_that_ends_meanwhile_fails_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("access.jsonl");
    let access = [
        "--listen",
        "127.0.0.1:0",
        "--access-log",
        log.to_str().unwrap(),
    ];
    let server = Server::start_with(&access);
    let mut bench = begun(&server, &log);
    server.process.signal(Signal::KILL);
    let report = bench.stdout.json();
    assert!(report["failure"].is_string(), "{report}");
    bench.ends_with(1);
}

#[test]
fn an_interrupt_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("access.jsonl");
    let access = [
        "--listen",
        "127.0.0.1:0",
        "--access-log",
        log.to_str().unwrap(),
    ];
    let server = Server::start_with(&access);
    let mut bench = begun(&server, &log);
    bench.signal(Signal::INT);
    bench.ends_with(130);
}

/// The URL of the server that a process has started.
#[cfg(target_os = "linux")]
fn child_port(parent: u32) -> Option<String> {
    let children =
        std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).ok()?;
    let child = children
        .split(' ')
        .next()
        .filter(|child| !child.is_empty())?;
    let fds = std::fs::read_dir(format!("/proc/{child}/fd")).ok()?;
    let links: Vec<String> = fds
        .flatten()
        .filter_map(|fd| Some(std::fs::read_link(fd.path()).ok()?.display().to_string()))
        .collect();
    let sockets = std::fs::read_to_string("/proc/net/tcp").ok()?;
    sockets.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_own = links.contains(&format!("socket:[{}]", words.get(9)?));
        let port = words[1].split_once(':')?.1;
        let port = u16::from_str_radix(port, 16).ok()?;
        (words[3] == "0A" && is_own).then(|| format!("http://127.0.0.1:{port}"))
    })
}

#[test]
#[cfg(target_os = "linux")]
fn a_killed_benchmark_leaves_no_server() {
    let home = tempfile::tempdir().unwrap();
    let bench = Process::start(command(
        &["bench", "connect", "--duration", "10m"],
        home.path(),
    ));
    let pid = bench.pid().as_raw_nonzero().get().unsigned_abs();
    let start = std::time::Instant::now();
    let url = loop {
        if let Some(url) = child_port(pid) {
            break url;
        }
        assert!(start.elapsed() < PATIENCE, "it starts no server");
        std::thread::sleep(std::time::Duration::from_millis(5));
    };
    bench.signal(Signal::KILL);
    falls_silent(&url);
}

#[test]
fn a_time_without_length_is_refused() {
    for verb in ["mint", "send", "fanout", "connect", "presence"] {
        let ran = chatctl(&["bench", verb, "--duration", "0s"]).run().exits(2);
        assert!(ran.stderr.contains("must be above zero"), "{ran:?}");
    }
}
