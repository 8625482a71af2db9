//! `chatctl exec --virtual-time`: Node processes and the server on one clock. The real SDKs under it are in tests/sdk.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::harness::{KEY, Ran, chatctl};
use crate::running::{Server, path};

/// Makes the timers of a script virtual, as loading `ably` does.
const INSTALL: &str = "require('timers')[Symbol.for('chatctl.clock')].install(globalThis);\n";

/// The options of every run here.
const VIRTUAL: [&str; 6] = [
    "exec",
    "--virtual-time",
    "--clock-start",
    "2030-01-01T00:00:00Z",
    "--random-seed",
    "7",
];

/// Runs `script` with Node in virtual time.
fn node(script: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &[], script)
}

fn run(folder: &Path, options: &[&str], script: &str) -> Ran {
    let file = folder.join("script.cjs");
    fs::write(&file, format!("{INSTALL}{script}")).unwrap();
    let file = file.to_str().unwrap();
    let arguments = [&VIRTUAL, options, &["--", "node", file]].concat();
    chatctl(&arguments).env("PATH", &path()).run()
}

#[test]
fn hours_pass_in_an_instant_and_in_order() {
    let began = Instant::now();
    let ran = node(
        "const start = Date.now();
         const say = (what) => console.log(what, Date.now() - start, new Date().toISOString());
         setTimeout(say, 7_200_000, 'late');
         setTimeout(say, 20, 'second');
         setTimeout(say, 20, 'third');
         setTimeout(say, 10, 'first');
         let count = 0;
         const timer = setInterval(() => { say('every'); if (++count === 2) clearInterval(timer); }, 1000);
         require('timers/promises').setTimeout(3000, 'promised').then(say);",
    )
    .exits(0);
    assert_eq!(
        ran.stdout,
        "first 10 2030-01-01T00:00:00.010Z\n\
         second 20 2030-01-01T00:00:00.020Z\n\
         third 20 2030-01-01T00:00:00.020Z\n\
         every 1000 2030-01-01T00:00:01.000Z\n\
         every 2000 2030-01-01T00:00:02.000Z\n\
         promised 3000 2030-01-01T00:00:03.000Z\n\
         late 7200000 2030-01-01T02:00:00.000Z\n"
    );
    assert!(began.elapsed() < Duration::from_secs(60));
}

#[test]
fn server_has_the_time_of_its_clients() {
    let ran = node(
        "const get = async () => {
           const url = `${process.env.ABLY_URL}/time`;
           return (await (await fetch(url)).json())[0];
         };
         (async () => {
           const start = Date.now();
           console.log(await get() - start);
           await new Promise((resolve) => setTimeout(resolve, 3_600_000));
           console.log(await get() - start);
         })();",
    )
    .exits(0);
    assert_eq!(ran.stdout, "0\n3600000\n");
}

#[test]
fn chance_of_a_seed_repeats() {
    let script = "console.log(Math.random(), Math.random());";
    let (one, two) = (node(script).exits(0), node(script).exits(0));
    assert_eq!(one.stdout, two.stdout);
}

#[test]
fn children_take_part_from_their_first_line() {
    let ran = node(
        "const { spawn } = require('child_process');
         const start = Date.now();
         setTimeout(() => {
           const child = spawn(process.execPath, ['-e', `
             require('timers')[Symbol.for('chatctl.clock')].install(globalThis);
             console.log('child', Date.now() - ${start});
             setTimeout(() => console.log('child', Date.now() - ${start}), 5000);
           `], { stdio: 'inherit' });
           const timer = setTimeout(() => console.log('parent', Date.now() - start), 3000);
           child.on('exit', () => console.log('over', Date.now() - start));
         }, 60_000);",
    )
    .exits(0);
    assert_eq!(
        ran.stdout,
        "child 60000\nparent 63000\nchild 65000\nover 65000\n"
    );
}

#[test]
fn tokens_of_the_command_have_the_virtual_date() {
    let arguments = [
        &VIRTUAL[..],
        &[
            "--",
            "sh",
            "-c",
            "chatctl claims decode $(chatctl token mint --client-id a) --json",
        ],
    ]
    .concat();
    let ran = chatctl(&arguments).env("PATH", &path()).run().exits(0);
    let decoded: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let issued = decoded["issued"].as_i64().unwrap();
    let start = 1_893_456_000_000;
    assert!((start..start + 60_000).contains(&issued), "{issued}");
}

#[test]
fn options_of_node_are_kept() {
    let arguments = [
        &VIRTUAL[..],
        &["--", "node", "-p", "process.env.NODE_OPTIONS"],
    ]
    .concat();
    let ran = chatctl(&arguments)
        .env("PATH", &path())
        .env("NODE_OPTIONS", "--no-warnings")
        .run()
        .exits(0);
    assert!(
        ran.stdout.starts_with("--no-warnings --require /"),
        "{ran:?}"
    );
    let file = ran.stdout.trim().rsplit(' ').next().unwrap();
    assert!(!Path::new(file).exists(), "it is removed at the end");
}

#[test]
fn who_keeps_the_time_is_named_within_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(
        folder.path(),
        &[],
        "setTimeout(() => {}, 1000);
         const until = process.hrtime.bigint() + 5_000_000_000n;
         setTimeout(() => { while (process.hrtime.bigint() < until); }, 10);",
    )
    .exits(0);
    assert!(
        ran.stderr
            .starts_with("warning: virtual time stands still: process 1 (pid "),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("does not answer"), "{ran:?}");

    let stranger = "const net = require('net');
        require('child_process').spawn('sh', ['-c',
          `exec 3<>/dev/tcp/127.0.0.1/${process.env.ABLY_PORT}; sleep 5`].map(String), { shell: false });
        setTimeout(() => {}, 1000);";
    let stranger = stranger.replace("spawn('sh'", "spawn('bash'");
    let ran = run(folder.path(), &[], &stranger).exits(0);
    assert!(
        ran.stderr.contains("is connected and does not take part"),
        "{ran:?}"
    );
}

#[test]
fn time_of_a_server_is_moved_by_hand() {
    let server = Server::start_with(&[
        "--listen",
        "127.0.0.1:0",
        "--clock",
        "virtual",
        "--clock-start",
        "2030-01-01T00:00:00Z",
    ]);
    let token = server.ready["adminToken"].as_str().unwrap().to_owned();
    let clock = |arguments: &[&str]| {
        let arguments = [&["clock"], arguments].concat();
        let run = server.chatctl(&arguments);
        run.env("CHATCTL_ADMIN_TOKEN", &token).run()
    };
    let now = || clock(&["now"]).exits(0).stdout;
    let said = clock(&["now"]).exits(0).stderr;
    assert!(said.starts_with("the time is frozen: "), "{said}");
    assert_eq!(now(), "2030-01-01T00:00:00.000Z\n");
    let sent = server.send("lobby", "hello");
    assert_eq!(sent["timestamp"], 1_893_456_000_000_i64);
    clock(&["advance", "2h"]).exits(0);
    assert_eq!(now(), "2030-01-01T02:00:00.000Z\n");
    clock(&["advance", "--to", "+1h"]).exits(0);
    assert_eq!(now(), "2030-01-01T03:00:00.000Z\n");
    clock(&["advance", "--to", "2030-01-02T00:00:00Z"]).exits(0);
    let status = clock(&["now", "--json"]).exits(0).json();
    assert_eq!(
        (&status["now"], &status["mode"]),
        (&1_893_542_400_000_i64.into(), &"frozen".into())
    );
    let back = clock(&["advance", "--to", "2030-01-01T00:00:00Z"]).exits(6);
    assert!(back.stderr.contains("can't go back"), "{back:?}");
    let run = clock(&["run"]).exits(0);
    assert_eq!(run.stderr, "");
    std::thread::sleep(Duration::from_millis(20));
    clock(&["freeze"]).exits(0);
    let after = now();
    assert!(after.as_str() > "2030-01-02T00:00:00.010Z", "{after}");
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(now(), after);
}

/// A client that is connected by hand, and reads nothing for now.
fn connected(server: &Server) -> TcpStream {
    let address = server.url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    let request = format!(
        "GET /?key={KEY}&format=json HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).unwrap();
    let mut head = [0; 12];
    socket.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 101");
    socket
}

#[test]
fn idle_clients_stop_the_time_240_times_an_hour_and_stay() {
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "--clock", "virtual"]);
    let token = server.ready["adminToken"].as_str().unwrap().to_owned();
    let advance = |span: &str| {
        let run = server.chatctl(&["clock", "advance", span, "--json"]);
        let run = run.env("CHATCTL_ADMIN_TOKEN", &token).run();
        run.exits(0).json()
    };
    let mut clients = vec![connected(&server)];
    advance("3s");
    clients.push(connected(&server));
    let advanced = advance("1h");
    let steps = advanced["steps"].as_u64().unwrap();
    assert!((239..=245).contains(&steps), "{advanced}");
    for mut client in clients {
        client
            .set_read_timeout(Some(Duration::from_millis(200)))
            .unwrap();
        let mut told = Vec::new();
        let _ = client.read_to_end(&mut told);
        let told = String::from_utf8_lossy(&told).into_owned();
        let heartbeats = told.matches("{\"action\":0}").count();
        assert!((239..=241).contains(&heartbeats), "{heartbeats}: {told}");
        assert!(!told.contains("\"action\":6"), "{told}");
    }
}

#[test]
fn clock_of_the_machine_is_read_and_not_moved() {
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "--admin"]);
    let token = server.ready["adminToken"].as_str().unwrap();
    let run = |arguments: &[&str]| {
        let run = server.chatctl(arguments);
        run.env("CHATCTL_ADMIN_TOKEN", token).run()
    };
    let real = run(&["clock", "now", "--json"]).exits(0).json();
    assert_eq!(real["mode"], "real");
    let refused = run(&["clock", "advance", "1s"]).exits(6);
    assert!(
        refused.stderr.contains("serve --clock virtual"),
        "{refused:?}"
    );
}

#[test]
fn members_of_a_client_that_is_gone_leave_when_the_time_has_come() {
    let arguments = [
        &VIRTUAL[..],
        &["--", "sh", "-c",
          "chatctl clock freeze >&2; (chatctl presence enter lobby --client-id ann >&2 & echo $! > pid; wait) & \
           until chatctl presence list lobby --jq '.[].clientId' | grep ann; do :; done; kill -KILL $(cat pid); \
           chatctl clock advance 14s; chatctl presence list lobby --jq '.[].clientId'; \
           chatctl clock advance 1s; chatctl presence list lobby --jq '.[].clientId'"],
    ]
    .concat();
    let ran = chatctl(&arguments).env("PATH", &path()).run().exits(0);
    assert_eq!(
        ran.stdout, "ann\n2030-01-01T00:00:14.000Z\nann\n2030-01-01T00:00:15.000Z\n",
        "{}",
        ran.stderr
    );
}

#[test]
fn what_can_not_be_virtual_is_refused() {
    let refused = |arguments: &[&str]| {
        let ran = chatctl(arguments).env("PATH", &path()).run().exits(125);
        ran.stderr
    };
    let tls = refused(&[
        "exec",
        "--virtual-time",
        "--tls",
        "self-signed",
        "--",
        "true",
    ]);
    assert!(
        tls.contains("--virtual-time can't be used with --tls"),
        "{tls}"
    );
    let start = refused(&["exec", "--clock-start", "2030-01-01", "--", "true"]);
    assert!(
        start.contains("--clock-start needs --virtual-time"),
        "{start}"
    );
    let refused_serve = |arguments: &[&str]| {
        let arguments = [&["serve", "--listen", "127.0.0.1:0"], arguments].concat();
        chatctl(&arguments).run().exits(2).stderr
    };
    let tls = refused_serve(&["--clock", "virtual", "--tls", "self-signed"]);
    assert!(
        tls.contains("--clock virtual can't be used with --tls"),
        "{tls}"
    );
    let start = refused_serve(&["--clock-start", "2030-01-01"]);
    assert!(
        start.contains("--clock-start needs --clock virtual"),
        "{start}"
    );
    let time = refused(&[
        "exec",
        "--virtual-time",
        "--clock-start",
        "soon",
        "--",
        "true",
    ]);
    assert!(time.contains("--clock-start"), "{time}");
}
