//! `chatctl webhook`, from the built program, with endpoints on this machine.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::guides::run_guide;
use crate::harness::chatctl;
use crate::running::{PATIENCE, Process, Server};

#[test]
fn the_guide_runs_as_it_stands() {
    run_guide(include_str!("../../docs/webhooks.md"));
}

/// A request that an endpoint got.
struct Got {
    head: String,
    body: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value).next()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// An endpoint that answers with these statuses, the last of them again and again. Returns its URL.
fn endpoint(statuses: &[u16]) -> (String, Receiver<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (put, take) = channel();
    let mut statuses = statuses.to_vec();
    statuses.reverse();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let status = match statuses.len() {
                1 => statuses[0],
                _ => statuses.pop().unwrap(),
            };
            let got = read(&mut socket);
            let answer =
                format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = socket.write_all(answer.as_bytes());
            if put.send(got).is_err() {
                return;
            }
        }
    });
    (url, take)
}

fn read(socket: &mut TcpStream) -> Got {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = socket.read(&mut piece).unwrap();
        bytes.extend_from_slice(&piece[..count]);
        let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let got = Got {
            body: bytes[end + 4..].to_vec(),
            head,
        };
        let length: usize = got.header("content-length").unwrap().parse().unwrap();
        if got.body.len() == length {
            return got;
        }
    }
}

/// A server whose admin commands may be run, with a listening `webhook listen`.
fn listening(arguments: &[&str]) -> (Server, Process) {
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "--admin"]);
    let arguments = [&["webhook", "listen"], arguments].concat();
    let listen = Process::start(admin(&server, &arguments));
    listen.stderr.until("listening for");
    (server, listen)
}

fn admin(server: &Server, arguments: &[&str]) -> std::process::Command {
    let mut command = server.command(arguments);
    let token = server.ready["adminToken"].as_str().unwrap();
    command.env("CHATCTL_ADMIN_TOKEN", token);
    command
}

fn run(server: &Server, arguments: &[&str]) -> (i32, String, String) {
    let output = admin(server, arguments).output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn rules(server: &Server) -> Vec<Value> {
    let (status, stdout, _) = run(server, &["webhook", "list", "--rules", "--json"]);
    assert_eq!(status, 0);
    serde_json::from_str(&stdout).unwrap()
}

#[test]
fn listen_prints_events_and_passes_them_on_with_their_signature() {
    let (url, got) = endpoint(&[200]);
    let (server, mut listen) = listening(&[
        "--forward",
        &url,
        "--source",
        "channel.message",
        "--batch",
        "--sign",
        "--json",
    ]);
    let (status, _, stderr) = run(&server, &["room", "send", "lobby", "hi"]);
    assert_eq!(status, 0, "{stderr}");
    let request = got.recv_timeout(PATIENCE).unwrap();
    let printed: Value = serde_json::from_str(&listen.stdout.next()).unwrap();
    assert_eq!(printed["forwarded"], json!({"status": 200}));
    assert_eq!(printed["data"], request.json()["items"][0]["data"]);
    assert_eq!(request.header("x-ably-key"), Some("appid.keyid"));
    let signature = request.header("x-ably-signature").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let body = folder.path().join("body");
    std::fs::write(&body, &request.body).unwrap();
    let body = body.to_str().unwrap();
    let verify = |signature: &str| {
        let arguments = [
            "webhook",
            "verify",
            "--signature",
            signature,
            "--body",
            body,
        ];
        run(&server, &arguments).0
    };
    assert_eq!(verify(signature), 0);
    assert_eq!(
        verify(&signature.replace(|c: char| c.is_ascii_digit(), "A")),
        1
    );
    listen.signal(Signal::INT);
    listen.ends_with(0);
    assert!(rules(&server).is_empty());
}

#[test]
fn an_answer_of_the_endpoint_is_that_of_the_listener() {
    let (url, got) = endpoint(&[404, 200]);
    let (server, listen) = listening(&["--forward", &url, "--source", "channel.message"]);
    run(&server, &["room", "send", "lobby", "hi"]);
    let line = listen.stdout.next();
    assert!(
        line.contains(" channel.message lobby ") && line.ends_with(": hi → 404"),
        "{line}"
    );
    got.recv_timeout(PATIENCE).unwrap();
    let list = || -> Vec<Value> {
        let (_, stdout, _) = run(&server, &["webhook", "list", "--json"]);
        serde_json::from_str(&stdout).unwrap()
    };
    while list()[0]["state"] == "pending" {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(
        (&list()[0]["state"], &list()[0]["status"]),
        (&json!("failed"), &json!(404))
    );
    let (status, stdout, _) = run(&server, &["webhook", "resend", "1", "--json"]);
    let sent: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(
        (status, &sent["state"], &sent["answer"]["status"]),
        (0, &json!("delivered"), &json!(200))
    );
    let (status, _, stderr) = run(&server, &["webhook", "show", "77"]);
    assert_eq!(status, 1);
    assert!(stderr.contains("webhook list"), "{stderr}");
}

#[test]
fn rules_of_a_listener_that_was_killed_are_removed() {
    let (server, listen) = listening(&["--source", "channel.presence"]);
    assert_eq!(rules(&server)[0]["origin"], "lease");
    listen.signal(Signal::KILL);
    let begin = std::time::Instant::now();
    while !rules(&server).is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(45));
        std::thread::sleep(Duration::from_millis(500));
    }
}

#[test]
fn a_server_that_is_not_ours_can_not_be_listened_to() {
    let ran = chatctl(&[
        "webhook",
        "listen",
        "--key",
        "app.key:s",
        "--endpoint",
        "main",
    ])
    .run()
    .exits(2);
    assert!(
        ran.stderr.contains("can't send webhooks to this machine"),
        "{}",
        ran.stderr
    );
}

#[test]
fn samples_go_to_a_url_in_each_form() {
    let (url, got) = endpoint(&[200]);
    for (options, kind) in [
        (&[][..], "application/json"),
        (&["--raw"][..], "application/json"),
        (&["--msgpack"][..], "application/x-msgpack"),
        (
            &["--batch", "--sign", "--key", "app.key:s"][..],
            "application/json",
        ),
    ] {
        for source in [
            "channel.message",
            "channel.presence",
            "channel.lifecycle",
            "channel.occupancy",
        ] {
            let arguments = [&["webhook", "trigger", source, "--url", &url], options].concat();
            chatctl(&arguments).run().exits(0);
            let request = got.recv_timeout(PATIENCE).unwrap();
            assert_eq!(
                request.header("content-type"),
                Some(kind),
                "{options:?} {source}"
            );
            match options.first() {
                None => assert_eq!(request.json()["source"], source),
                Some(&"--raw") => {
                    assert_eq!(request.header("x-ably-envelope-source"), Some(source));
                }
                Some(&"--batch") => {
                    assert_eq!(request.json()["items"][0]["source"], source);
                    assert!(request.header("x-ably-signature").is_some());
                }
                Some(_) => {}
            }
        }
    }
    let (url, _got) = endpoint(&[500]);
    let ran = chatctl(&["webhook", "trigger", "channel.message", "--url", &url])
        .run()
        .exits(1);
    assert!(ran.stdout.contains("500"), "{}", ran.stdout);
    let closed = "http://127.0.0.1:1/";
    chatctl(&["webhook", "trigger", "channel.message", "--url", closed])
        .run()
        .exits(5);
}

#[test]
fn redirects_of_an_endpoint_are_not_followed() {
    let (elsewhere, other) = endpoint(&[200]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut socket = listener.accept().unwrap().0;
        read(&mut socket);
        let answer = format!(
            "HTTP/1.1 307 X\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        socket.write_all(answer.as_bytes()).unwrap();
    });
    let (server, _listen) = listening(&["--forward", &url, "--source", "channel.message"]);
    run(&server, &["room", "send", "lobby", "hi"]);
    let answer = other.recv_timeout(Duration::from_secs(2));
    assert!(answer.is_err(), "it went elsewhere");
    let (_, stdout, _) = run(
        &server,
        &["webhook", "list", "--json", "--jq", ".[].status"],
    );
    assert_eq!(stdout, "307\n");
}
