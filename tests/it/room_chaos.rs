//! A tail over a link that is cut again and again: each message once, in order.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::running::Server;

const ROOMS: [&str; 3] = ["a", "b", "c"];
const MESSAGES: usize = 400;

/// Passes connections on, and cuts each after some thousands of bytes from the server.
struct Proxy {
    url: String,
    cuts: Arc<AtomicUsize>,
}

impl Proxy {
    fn before(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let target = server.url.strip_prefix("http://").unwrap().to_owned();
        let cuts = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&cuts);
        thread::spawn(move || {
            for (number, client) in listener.incoming().map_while(Result::ok).enumerate() {
                let Ok(server) = TcpStream::connect(&target) else {
                    return;
                };
                // From a few to many frames, and in the middle of one: lengths that no frame is a part of.
                let budget = 3001 + (number * 7919) % 15_013;
                let (up, down) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                thread::spawn(move || pass(up, server, usize::MAX));
                let cuts = Arc::clone(&counted);
                thread::spawn(move || {
                    if pass(down, client, budget) {
                        cuts.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        Self { url, cuts }
    }
}

/// Passes on up to `budget` bytes, and says whether it was that which ended it.
fn pass(mut from: TcpStream, mut to: TcpStream, mut budget: usize) -> bool {
    let mut buffer = [0; 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let passed = read.min(budget);
        budget -= passed;
        if to.write_all(&buffer[..passed]).is_err() || budget == 0 {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    budget == 0
}

#[test]
fn each_message_is_printed_once_and_in_order_however_often_the_link_is_cut() {
    let server = Server::start();
    let proxy = Proxy::before(&server);
    let limit = (ROOMS.len() * MESSAGES).to_string();
    let mut tail = server.command(&[
        "room",
        "tail",
        "a",
        "b",
        "c",
        "--limit",
        &limit,
        "--duration",
        "100s",
        "--jq",
        "\"\\(.roomName) \\(.message.text)\"",
        "--",
        "sh",
        "-c",
        "echo listening",
    ]);
    tail.env("ABLY_ENDPOINT", &proxy.url);
    let mut tail = crate::running::Process::start(tail);
    tail.stderr.until("listening");
    thread::scope(|scope| {
        for room in ROOMS {
            let count = MESSAGES.to_string();
            let sending = server.chatctl(&["room", "send", room, "{n}", "--count", &count]);
            scope.spawn(move || sending.run().exits(0));
        }
    });
    tail.ends_with(0);
    let lines = tail.stdout.rest();
    for room in ROOMS {
        let prefix = format!("{room} ");
        let got = lines.iter().filter_map(|line| line.strip_prefix(&prefix));
        let expected: Vec<String> = (1..=MESSAGES).map(|n| n.to_string()).collect();
        assert_eq!(got.collect::<Vec<_>>(), expected, "{room}");
    }
    assert!(proxy.cuts.load(Ordering::Relaxed) > 5);
    let notices = tail.stderr.rest();
    assert!(
        !notices.iter().any(|line| line.contains("discontinuity")),
        "{notices:?}"
    );
}
