//! `chatctl serve --dev`, as somebody who works on a front end sees it: the banner, the requests, and what is wrong.

use std::io::{Read as _, Write as _};

use crate::harness::{Run, chatctl, token};
use crate::pty::Terminal;
use crate::running::{Process, Server, command};

const DEV_KEY: &str = "dev.local:dev-secret-not-for-production";

fn at(url: &str, key: &str, arguments: &[&str]) -> Run {
    chatctl(arguments)
        .env("ABLY_API_KEY", key)
        .env("ABLY_ENDPOINT", url)
}

#[test]
fn banner_on_a_terminal_says_how_to_connect() {
    let home = tempfile::tempdir().unwrap();
    let arguments = ["serve", "--dev", "--listen", "127.0.0.1:0"];
    let mut server = Terminal::start(&command(&arguments, home.path()), 100);
    server.shows("for development only");
    for part in [
        "URL        http://127.0.0.1:",
        "Key        dev.local:dev-secret-not-for-production",
        "/api/ably-jwt?clientId=ann",
        "endpoint: 'localhost', port: ",
        "export ABLY_ENDPOINT=http://127.0.0.1:",
    ] {
        server.shows(part);
    }
    server.signal(rustix::process::Signal::INT);
    server.ends_with(0);
}

#[test]
fn each_request_is_a_line_with_its_result() {
    let home = tempfile::tempdir().unwrap();
    let arguments = ["serve", "--dev", "--listen", "127.0.0.1:0"];
    let server = Process::start(command(&arguments, home.path()));
    let url = server.stdout.next();
    let send = ["room", "send", "lobby", "hello", "--client-id", "ann"];
    at(&url, DEV_KEY, &send).run().exits(0);
    let line = server.stderr.until("publish");
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[1..], ["ann", "publish", "lobby", "ok"], "{line}");
    assert_eq!(words[0].len(), "09:41:07".len(), "{line}");
    at(&url, DEV_KEY, &["room", "history", "lobby"])
        .run()
        .exits(0);
    let line = server.stderr.until("history");
    assert!(line.contains("lobby") && line.ends_with("ok"), "{line}");
    let narrow = token(&[
        "--client-id",
        "mallory",
        "--allow",
        "lobby=subscribe",
        "--key",
        DEV_KEY,
    ]);
    chatctl(&["room", "send", "staff", "hello"])
        .env("ABLY_TOKEN", &narrow)
        .env("ABLY_ENDPOINT", &url)
        .run()
        .exits(4);
    let line = server.stderr.until("mallory");
    assert!(line.contains("staff"), "{line}");
    assert!(line.ends_with("40160  no rule grants publish"), "{line}");
    at(&url, "dev.local:wrong", &["room", "history", "lobby"])
        .run()
        .exits(3);
    let line = server.stderr.until("login");
    assert!(line.contains("40101"), "{line}");
    assert!(!line.contains("wrong"), "{line}");
    let tail = [
        "room",
        "tail",
        "lobby",
        "--client-id",
        "bob",
        "--limit",
        "1",
    ];
    let mut tail = Process::start({
        let mut tail = command(&tail, home.path());
        tail.env("ABLY_API_KEY", DEV_KEY).env("ABLY_ENDPOINT", &url);
        tail
    });
    server.stderr.until("connect");
    let line = server.stderr.until("attach");
    assert!(
        line.contains("bob") && line.contains("lobby") && line.ends_with("ok"),
        "{line}"
    );
    at(&url, DEV_KEY, &send).run().exits(0);
    tail.ends_with(0);
    // One line a request.
    server.signal(rustix::process::Signal::TERM);
    let rest = server.stderr.rest();
    let count = |what: &str| rest.iter().filter(|line| line.contains(what)).count();
    assert_eq!(count("publish"), 1, "{rest:?}");
}

#[test]
fn tokens_wrong_paths_and_foreign_pages_are_lines_too() {
    let home = tempfile::tempdir().unwrap();
    let arguments = ["serve", "--dev", "--listen", "127.0.0.1:0"];
    let server = Process::start(command(&arguments, home.path()));
    let url = server.stdout.next();
    let address = url.strip_prefix("http://").unwrap().to_owned();
    let get = |path: &str, more: &str| {
        let mut socket = std::net::TcpStream::connect(&address).unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{more}");
        write!(socket, "{head}Connection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).unwrap();
    };
    let line = |path: &str, more: &str, part: &str| -> Vec<String> {
        get(path, more);
        let line = server.stderr.until(part);
        let words = line.split_whitespace().skip(1);
        words.map(str::to_owned).collect()
    };
    let words = line("/api/ably-jwt?clientId=ann", "", "/api/ably-jwt");
    assert_eq!(words, ["ann", "GET", "/api/ably-jwt", "ok"]);
    let words = line("/api/ably-token?clientid=bo", "", "/api/ably-token");
    assert_eq!(words[..4], ["-", "GET", "/api/ably-token", "40002"]);
    let words = line("/chat/v9/rooms?key=a.b:hidden", "", "/chat/v9");
    assert_eq!(words[..4], ["-", "GET", "/chat/v9/rooms", "40400"]);
    let foreign = "Origin: https://evil.example\r\n";
    let words = line("/time", foreign, "/time");
    assert_eq!(words[..4], ["-", "GET", "/time", "40300"]);
    assert!(words.join(" ").contains("--allow-origin"), "{words:?}");
    server.signal(rustix::process::Signal::TERM);
    let rest = server.stderr.rest();
    assert!(!rest.iter().any(|line| line.contains("/time")), "{rest:?}");
}

#[test]
fn the_log_has_each_request_with_its_room() {
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "-v"]);
    server.send("lobby", "hello");
    let line = server.process.stderr.until("publish");
    assert!(
        line.contains("place=lobby") && line.contains("result=ok"),
        "{line}"
    );
    server.chatctl(&["room", "history", "lobby"]).run().exits(0);
    let line = server.process.stderr.until("history");
    assert!(
        line.contains("place=lobby") && line.contains("result=ok"),
        "{line}"
    );
}

#[test]
fn a_taken_port_is_explained() {
    let server = Server::start();
    let taken = server.url.strip_prefix("http://").unwrap();
    for arguments in [
        &["serve", "--listen", taken][..],
        &["serve", "--dev", "--listen", taken],
        &["serve", "--listen", "127.0.0.1:0", "--metrics", taken],
    ] {
        let ran = chatctl(arguments).with_key().run().exits(2);
        if cfg!(target_os = "linux") {
            let process = format!("(process {})", server.process.pid().as_raw_nonzero());
            assert!(ran.stderr.contains(&process), "{ran:?}");
        }
        let option = if arguments.contains(&"--metrics") {
            "--metrics"
        } else {
            "--listen"
        };
        assert!(
            ran.stderr.contains(&format!("{option} 127.0.0.1:0")),
            "{ran:?}"
        );
    }
}

/// The answer to a request for the server's address.
fn page(server: &Server, head: &str) -> String {
    let address = server.url.strip_prefix("http://").unwrap();
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    write!(socket, "GET / HTTP/1.1\r\n{head}Connection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn the_address_answers_people_with_a_text() {
    let server = Server::start();
    for accept in [
        "",
        "Accept: */*\r\n",
        "Accept: text/html,application/xhtml+xml\r\n",
    ] {
        let answer = page(&server, &format!("Host: localhost:1234\r\n{accept}"));
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("content-type: text/plain"), "{answer}");
        assert!(
            answer.contains("export ABLY_ENDPOINT=http://localhost:1234\n"),
            "{answer}"
        );
    }
    for head in [
        "Host: localhost\r\nAccept: application/json\r\n",
        "Host: localhost\r\nAccept: application/x-msgpack, application/json\r\n",
        "Host: $(id)\r\n",
        "Host: localhost\r\nUpgrade: h2c\r\n",
    ] {
        let answer = page(&server, head);
        assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(!answer.contains("$(id)"), "{answer}");
    }
}
