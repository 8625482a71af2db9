//! Tails and sends over links that are cut, stalled, delayed and refused, and servers that die: each message once, in
//! order, and the truth about the rest.

use std::thread;

use rustix::process::Signal;

use crate::durable::Durable;
use crate::proxy::{Proxy, Temper};
use crate::running::{Process, Server};

const ROOMS: [&str; 3] = ["a", "b", "c"];

/// How many messages are sent to each room: ten thousand in all.
const MESSAGES: usize = 3334;

/// What a tail prints for one message.
const LINE: &str = "\"\\(.roomName) \\(.message.text)\"";

/// A tail through `proxy` that is listening; it comes back quickly.
fn tail(server: &Server, proxy: &Proxy, arguments: &[&str]) -> Process {
    let all: Vec<&str> = ["room", "tail"]
        .iter()
        .chain(arguments)
        .chain(&["--jq", LINE, "--", "sh", "-c", "echo listening"])
        .copied()
        .collect();
    let mut command = server.command(&all);
    command
        .env("ABLY_ENDPOINT", &proxy.url)
        .env("CHATCTL_RETRY", "100ms");
    let tail = Process::start(command);
    tail.stderr.until("listening");
    tail
}

/// Sends numbered messages to each room, straight to the server, all rooms at the same time.
fn send(server: &Server, rooms: &[&str], count: usize) {
    thread::scope(|scope| {
        for room in rooms {
            let count = count.to_string();
            let sending = server.chatctl(&["room", "send", room, "{n}", "--count", &count]);
            scope.spawn(move || sending.run().exits(0));
        }
    });
}

fn numbers(count: usize) -> Vec<String> {
    (1..=count).map(|number| number.to_string()).collect()
}

/// Each room's messages among the lines are those numbers, in order, once.
#[track_caller]
fn check(lines: &[String], rooms: &[&str], count: usize) {
    for room in rooms {
        let prefix = format!("{room} ");
        let got: Vec<&str> = lines
            .iter()
            .filter_map(|line| line.strip_prefix(&prefix))
            .collect();
        assert_eq!(got, numbers(count), "{room}");
    }
    assert_eq!(lines.len(), rooms.len() * count);
}

#[test]
fn ten_thousand_messages_are_printed_once_in_order() {
    let server = Server::start();
    let proxy = Proxy::before(&server.url, Temper::Bad(10_000, 60_000));
    let limit = (ROOMS.len() * MESSAGES).to_string();
    let mut tail = tail(&server, &proxy, &["a", "b", "c", "--limit", &limit]);
    send(&server, &ROOMS, MESSAGES);
    let lines = tail.stdout.rest();
    tail.ends_with(0);
    check(&lines, &ROOMS, MESSAGES);
    let [cuts, refusals, pauses] = proxy.counts();
    assert!(
        cuts > 10 && refusals > 1 && pauses > 5,
        "{cuts} cuts, {refusals} refusals, {pauses} pauses"
    );
    let notices = tail.stderr.rest();
    assert!(
        !notices.iter().any(|line| line.contains("discontinuity")),
        "{notices:?}"
    );
}

#[test]
fn messages_during_an_outage_are_caught_up() {
    let server = Server::start();
    let proxy = Proxy::before(&server.url, Temper::Good);
    let mut tail = tail(&server, &proxy, &["a", "--limit", "4000"]);
    proxy.refuse(true);
    tail.stderr.until("disconnected");
    // More than a server lets wait for one connection: 4 MiB.
    let text = format!("{{n}} {}", "x".repeat(1500));
    server
        .chatctl(&[
            "room", "send", "a", &text, "--count", "4000", "--jq", "empty",
        ])
        .run()
        .exits(0);
    proxy.refuse(false);
    let lines = tail.stdout.rest();
    tail.ends_with(0);
    let got: Vec<&str> = lines
        .iter()
        .map(|line| line.split(' ').nth(1).unwrap())
        .collect();
    assert_eq!(got, numbers(4000));
    let notices = tail.stderr.rest();
    assert!(!notices.iter().any(|line| line.contains("discontinuity")));
}

#[test]
fn too_large_gap_is_reported_and_read_from_history() {
    let server = Server::start();
    let proxy = Proxy::before(&server.url, Temper::Good);
    server.send("a", "0");
    let filter = "--jq=.message.text | split(\" \")[0]";
    let all = [
        "room",
        "tail",
        "a",
        "--limit",
        "601",
        filter,
        "--history",
        "1",
    ];
    let mut command = server.command(&all);
    command
        .env("ABLY_ENDPOINT", &proxy.url)
        .env("CHATCTL_RETRY", "100ms");
    let mut tail = Process::start(command);
    assert_eq!(tail.stdout.next(), "0");
    proxy.refuse(true);
    tail.stderr.until("disconnected");
    let text = format!("{{n}} {}", "x".repeat(60_000));
    let messages = [
        "room", "send", "a", &text, "--count", "600", "--jq", "empty",
    ];
    server.chatctl(&messages).run().exits(0);
    proxy.refuse(false);
    tail.stderr.until("discontinuity in a");
    assert_eq!(tail.stdout.rest(), numbers(600));
    tail.ends_with(0);
}

#[test]
fn a_past_joins_what_follows_over_the_worst_of_links() {
    let server = Server::start();
    send(&server, &["a"], 2500);
    let proxy = Proxy::before(&server.url, Temper::Bad(40_000, 300_000));
    let mut tail = tail(&server, &proxy, &["a", "--since", "-1h", "--limit", "2501"]);
    server.send("a", "2501");
    let lines = tail.stdout.rest();
    tail.ends_with(0);
    check(&lines, &["a"], 2501);
}

#[test]
fn a_silent_link_is_given_up_and_nothing_is_lost() {
    let server = Server::start();
    let proxy = Proxy::before(&server.url, Temper::Good);
    let tail = tail(&server, &proxy, &["a"]);
    server.send("a", "1");
    assert_eq!(tail.stdout.next(), "a 1");
    proxy.stall(true);
    server.send("a", "2");
    // 15 s that a server may be silent, and 10 s more.
    tail.stderr.until("silent for too long");
    proxy.cut();
    proxy.stall(false);
    assert_eq!(tail.stdout.next(), "a 2");
    server.send("a", "3");
    assert_eq!(tail.stdout.next(), "a 3");
}

#[test]
fn gap_is_reported_and_filled_from_history() {
    let first = Server::start();
    let proxy = Proxy::before(&first.url, Temper::Good);
    let tail = tail(&first, &proxy, &["a", "b"]);
    first.send("a", "before");
    assert_eq!(tail.stdout.next(), "a before");
    proxy.refuse(true);
    tail.stderr.until("disconnected");
    // Another server, which knows nothing of what was.
    let second = Server::start();
    second.send("a", "meanwhile");
    proxy.lead_to(&second.url);
    proxy.refuse(false);
    tail.stderr.until("discontinuity in a");
    tail.stderr.until("discontinuity in b");
    assert_eq!(tail.stdout.next(), "a meanwhile");
    second.send("b", "after");
    assert_eq!(tail.stdout.next(), "b after");
    second.send("a", "after");
    assert_eq!(tail.stdout.next(), "a after");
}

#[test]
fn tail_continues_after_a_server_restart() {
    let mut first = Server::start();
    let tail = {
        let mut command =
            first.command(&["room", "tail", "a", "--jq", LINE, "--events", "messages"]);
        command.env("CHATCTL_RETRY", "100ms");
        Process::start(command)
    };
    while first
        .chatctl(&["occupancy", "get", "a", "--jq", ".connections"])
        .run()
        .word()
        == "0"
    {}
    first.send("a", "before");
    assert_eq!(tail.stdout.next(), "a before");
    first.process.signal(Signal::KILL);
    first.process.end();
    tail.stderr.until("disconnected");
    let second = Server::start_again(&first);
    second.send("a", "after");
    tail.stderr.until("discontinuity in a");
    assert_eq!(tail.stdout.next(), "a after");
}

/// What is in a room, oldest first.
fn texts(server: &Server, room: &str) -> Vec<String> {
    let history = [
        "room", "history", room, "--all", "--order", "oldest", "--jq", ".[].text",
    ];
    let ran = server.chatctl(&history).run().exits(0);
    ran.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn ten_thousand_lines_arrive_once_in_order() {
    let server = Server::start();
    let proxy = Proxy::before(&server.url, Temper::Bad(100_000, 400_000));
    let lines = numbers(10_000);
    let ran = server
        .chatctl(&["room", "send", "a", "--lines"])
        .env("ABLY_ENDPOINT", &proxy.url)
        .stdin(&format!("{}\n", lines.join("\n")))
        .run()
        .exits(0);
    assert_eq!(ran.stdout.lines().count(), 10_000);
    assert_eq!(texts(&server, "a"), lines);
    assert!(proxy.counts()[0] > 10, "{:?}", proxy.counts());
}

/// As many lines as a bulk has that is interrupted.
const BULK: usize = 3000;

/// A pipe with a bulk of lines into `room send --lines --resume`, in the server's home.
fn bulk(server: &Server, url: &str) -> Process {
    let script = format!(
        "seq {BULK} | {} room send a --lines --resume state --timeout 3s",
        env!("CARGO_BIN_EXE_chatctl")
    );
    let mut shell = server.command(&[]);
    let variables: Vec<_> = shell
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    shell = std::process::Command::new("sh");
    shell
        .args(["-c", &script])
        .env_clear()
        .envs(variables)
        .env("ABLY_ENDPOINT", url)
        .current_dir(server.home.path())
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    Process::start(shell)
}

/// How many lines were sent, as the last notice says.
#[track_caller]
fn said(notices: &[String]) -> usize {
    let last = notices.last().unwrap();
    let (count, _) = last
        .split_once(" lines sent; ")
        .unwrap_or_else(|| panic!("{last}"));
    count.parse().unwrap()
}

#[test]
fn interrupted_bulk_reports_progress_and_sends_the_rest_once() {
    let server = Server::start();
    let proxy = Proxy::before(&server.url, Temper::Good);
    let mut sending = bulk(&server, &proxy.url);
    for _ in 0..700 {
        sending.stdout.next();
    }
    proxy.refuse(true);
    sending.ends_with(5);
    let printed = 700 + sending.stdout.rest().len();
    let notices = sending.stderr.rest();
    assert_eq!(said(&notices), printed, "{notices:?}");
    let there = texts(&server, "a").len();
    assert!(
        there == printed || there == printed + 1,
        "{there}, {printed}"
    );
    if there > printed {
        let word = format!("line {} may have been sent", printed + 1);
        assert!(notices.last().unwrap().contains(&word), "{notices:?}");
    }
    proxy.refuse(false);
    let mut rest = bulk(&server, &proxy.url);
    assert_eq!(rest.stdout.rest().len(), BULK - printed);
    rest.ends_with(0);
    assert_eq!(texts(&server, "a"), numbers(BULK));
}

#[test]
fn bulk_reports_progress_when_the_server_is_killed() {
    let mut server = Server::start();
    let mut sending = bulk(&server, &server.url);
    for _ in 0..500 {
        sending.stdout.next();
    }
    server.process.signal(Signal::KILL);
    server.process.end();
    sending.ends_with(5);
    let printed = 500 + sending.stdout.rest().len();
    assert_eq!(said(&sending.stderr.rest()), printed);
    let mut second = Server::start_again(&server);
    std::mem::swap(&mut second.home, &mut server.home);
    let mut rest = bulk(&second, &second.url);
    rest.stdout.rest();
    rest.ends_with(0);
    assert_eq!(texts(&second, "a"), numbers(BULK)[printed..]);
}

#[test]
fn bulk_is_complete_after_a_kill_and_a_second_run() {
    let durable = Durable::new();
    let server = durable.start();
    let mut sending = bulk(&server, &server.url);
    for _ in 0..500 {
        sending.stdout.next();
    }
    let port = server.ready["port"].as_u64().unwrap();
    server.process.signal(Signal::KILL);
    sending.ends_with(5);
    let printed = 500 + sending.stdout.rest().len();
    assert_eq!(said(&sending.stderr.rest()), printed);
    let address = format!("127.0.0.1:{port}");
    let mut second = Server::start_with(&["--listen", &address, "--store", &durable.store()]);
    let there = texts(&second, "a").len();
    assert!(
        there == printed || there == printed + 1,
        "{there}, {printed}"
    );
    // The state of the first run lies in the home of its server.
    second.home = server.home;
    let mut rest = bulk(&second, &second.url);
    assert_eq!(rest.stdout.rest().len(), BULK - printed);
    rest.ends_with(0);
    assert_eq!(texts(&second, "a"), numbers(BULK));
}

#[test]
fn tail_loses_nothing_when_a_durable_server_is_killed() {
    let durable = Durable::new();
    let mut server = durable.start();
    let proxy = Proxy::before(&server.url, Temper::Bad(10_000, 60_000));
    let mut tail = tail(&server, &proxy, &["a", "b", "c", "--limit", "3000"]);
    let mut senders: Vec<Process> = ROOMS
        .iter()
        .map(|room| {
            let all = ["room", "send", room, "{n}", "--count", "1000"];
            Process::start(server.command(&all))
        })
        .collect();
    for _ in 0..2 {
        for _ in 0..300 {
            senders[0].stdout.next();
        }
        server = durable.replace(server);
    }
    for sender in &mut senders {
        sender.stdout.rest();
        sender.ends_with(0);
    }
    let lines = tail.stdout.rest();
    tail.ends_with(0);
    check(&lines, &ROOMS, 1000);
    let notices = tail.stderr.rest();
    assert!(
        !notices.iter().any(|line| line.contains("discontinuity")),
        "{notices:?}"
    );
    drop(server);
}

#[test]
fn a_message_whose_answer_is_lost_is_sent_once() {
    let server = Server::start();
    let proxy = Proxy::before(&server.url, Temper::Good);
    proxy.lose_answers(2);
    let ran = server
        .chatctl(&["room", "send", "a", "hello", "--json"])
        .env("ABLY_ENDPOINT", &proxy.url)
        .run()
        .exits(0);
    let history = server
        .chatctl(&["room", "history", "a", "--jq", ".[].serial"])
        .run()
        .exits(0);
    let serial = history.word();
    assert_eq!(ran.json()["serial"], *serial);
    // Nor is anything else that may be asked for twice given up for one answer.
    for arguments in [
        &["room", "update", "a", &serial, "again"][..],
        &["reaction", "send", "a", &serial, "like"],
        &["reaction", "remove", "a", &serial, "like"],
        &["room", "get", "a", &serial],
        &["room", "delete", "a", &serial],
    ] {
        proxy.lose_answers(1);
        let run = server.chatctl(arguments).env("ABLY_ENDPOINT", &proxy.url);
        run.run().exits(0);
    }
    let versions = ["room", "versions", "a", &serial, "--jq", "map(.action)"];
    let ran = server.chatctl(&versions).run().exits(0);
    let expected = r#"["message.create","message.update","message.delete"]"#;
    assert_eq!(ran.word(), expected, "each was done once");
}

#[test]
fn message_without_an_answer_may_have_been_sent() {
    let server = Server::start();
    let proxy = Proxy::before(&server.url, Temper::Good);
    proxy.lose_answers(usize::MAX);
    let send = |arguments: &[&str]| {
        let all: Vec<&str> = ["room", "send", "a"]
            .iter()
            .chain(arguments)
            .chain(&["--timeout", "500ms"])
            .copied()
            .collect();
        let run = server.chatctl(&all).env("ABLY_ENDPOINT", &proxy.url);
        run.stdin("two\nthree\n").run().exits(5)
    };
    let ran = send(&["one"]);
    let unknown = "the message may have been sent: ";
    assert!(ran.stderr.contains(unknown), "{ran:?}");
    assert!(!ran.stderr.contains("could not reach"), "{ran:?}");
    let ran = send(&["--lines"]);
    assert!(
        ran.stderr.contains("line 1 may have been sent: "),
        "{ran:?}"
    );
    assert!(
        ran.stderr
            .contains("0 lines sent; line 1 may have been sent; the rest were not"),
        "{ran:?}"
    );
    assert_eq!(texts(&server, "a"), ["one", "two"], "each is there once");
    // A link that swallows everything is no better.
    proxy.lose_answers(0);
    proxy.stall(true);
    let ran = send(&["four"]);
    proxy.stall(false);
    assert!(ran.stderr.contains(unknown), "{ran:?}");
    // Where nobody is, nothing is open.
    let ran = server
        .chatctl(&["room", "send", "a", "five"])
        .env("ABLY_ENDPOINT", "http://127.0.0.1:1")
        .run()
        .exits(5);
    assert!(!ran.stderr.contains("not known"), "{ran:?}");
}

/// The most memory that a process ever had, in KiB.
fn peak(process: &Process) -> usize {
    let path = format!("/proc/{}/status", process.pid().as_raw_nonzero());
    let status = std::fs::read_to_string(path).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.unwrap().split_whitespace().nth(1).unwrap();
    number.parse().unwrap()
}

#[test]
fn long_history_takes_constant_memory() {
    let server = Server::start();
    let text = format!("{{n}} {}", "x".repeat(30_000));
    let messages = [
        "room", "send", "a", &text, "--count", "3000", "--jq", "empty",
    ];
    server.chatctl(&messages).run().exits(0);
    for (past, first) in [(["--since", "-1h"], 1), (["--history", "2900"], 101)] {
        let filter = ".message.text | .[:5]";
        let all = ["room", "tail", "a", past[0], past[1], "--jq", filter];
        let tail = Process::start(server.command(&all));
        for number in first..=3000 {
            assert!(tail.stdout.next().starts_with(&number.to_string()));
        }
        let peak = peak(&tail);
        assert!(peak < 64 * 1024, "{past:?} took {peak} KiB for 90 MB");
    }
}

#[test]
fn quiet_tail_still_reports_a_gap() {
    let first = Server::start();
    let proxy = Proxy::before(&first.url, Temper::Good);
    first.send("a", "before");
    let all = [
        "room",
        "tail",
        "a",
        "--quiet",
        "--history",
        "1",
        "--jq",
        ".message.text",
    ];
    let mut command = first.command(&all);
    command
        .env("ABLY_ENDPOINT", &proxy.url)
        .env("CHATCTL_RETRY", "100ms");
    let tail = Process::start(command);
    assert_eq!(tail.stdout.next(), "before");
    proxy.refuse(true);
    let second = Server::start();
    proxy.lead_to(&second.url);
    proxy.refuse(false);
    let first_line = tail.stderr.next();
    assert!(first_line.contains("discontinuity in a"), "{first_line}");
}
