//! How the service is reached: through proxies, over TLS with a certificate of one's own, on fallback hosts, and in
//! either format. Nothing here leaves the machine: names are resolved by the proxy alone.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use tokio_rustls::rustls;

use crate::harness::{KEY, Run, chatctl};
use crate::running::{Process, Server, command};

/// A proxy that knows where hosts are, and keeps what it is asked for.
struct Tunnels {
    url: String,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    /// The heads of the requests for tunnels.
    heads: Vec<String>,
    /// What went through them to the service.
    sent: Vec<u8>,
}

impl Tunnels {
    /// Hosts that end with one of these are there; for all others it is a bad gateway.
    fn to(places: &[(&'static str, SocketAddr)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://me:pass@{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (places, shared) = (places.to_vec(), Arc::clone(&seen));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (places, seen) = (places.clone(), Arc::clone(&shared));
                thread::spawn(move || tunnel(client, &places, &seen));
            }
        });
        Self { url, seen }
    }

    /// The hosts that were asked for, in order.
    fn asked(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let targets = seen.heads.iter().map(|head| {
            let target = head.strip_prefix("CONNECT ").unwrap();
            target.split(' ').next().unwrap().to_owned()
        });
        targets.collect()
    }

    fn sent(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap().sent).into_owned()
    }
}

fn tunnel(mut client: TcpStream, places: &[(&'static str, SocketAddr)], seen: &Mutex<Seen>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if !matches!(client.read(&mut byte), Ok(1)) {
            return;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let host = target.rsplit_once(':').map_or("", |(host, _)| host);
    let place = places.iter().find(|(end, _)| host.ends_with(end));
    seen.lock().unwrap().heads.push(head);
    let Some(mut server) = place.and_then(|(_, at)| TcpStream::connect(at).ok()) else {
        let _ = client.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n");
        return;
    };
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    let (mut from_server, mut to_client) =
        (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || {
        let _ = std::io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Both);
    });
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = client.read(&mut buffer) {
        seen.lock().unwrap().sent.extend_from_slice(&buffer[..read]);
        if server.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Both);
}

/// TLS in front of a server, with a certificate for `names` that is its own authority.
struct Encrypted {
    address: SocketAddr,
    /// The certificate.
    file: PathBuf,
}

impl Encrypted {
    fn before(server: &Server, names: &[&str]) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let file = server.home.path().join("ca.pem");
        std::fs::write(&file, made.cert.pem()).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.unwrap())
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let target = address_of(server);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                while let Ok((client, _)) = listener.accept().await {
                    let acceptor = acceptor.clone();
                    tokio::spawn(async move {
                        let mut client = acceptor.accept(client).await?;
                        let mut server = tokio::net::TcpStream::connect(target).await?;
                        tokio::io::copy_bidirectional(&mut client, &mut server).await
                    });
                }
            });
        });
        Self { address, file }
    }
}

fn address_of(server: &Server) -> SocketAddr {
    let address = server.url.strip_prefix("http://").unwrap();
    address.parse().unwrap()
}

/// `chatctl` as `tester` with these variables.
fn with(arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let run = chatctl(arguments)
        .with_key()
        .env("ABLY_CLIENT_ID", "tester");
    variables
        .iter()
        .fold(run, |run, (name, value)| run.env(name, value))
}

/// Tails a room with these variables, sends to it, and sees that the message comes.
fn talks(home: &Path, variables: &[(&str, &str)]) {
    let binary = env!("CARGO_BIN_EXE_chatctl");
    let mut tail = command(
        &[
            "room",
            "tail",
            "lobby",
            "--limit",
            "1",
            "--jq",
            ".message.text",
            "--",
            binary,
            "room",
            "send",
            "lobby",
            "hello",
        ],
        home,
    );
    tail.env("ABLY_API_KEY", KEY)
        .env("ABLY_CLIENT_ID", "tester")
        .envs(variables.iter().copied());
    let mut tail = Process::start(tail);
    tail.ends_with(0);
    assert_eq!(tail.stdout.rest(), ["hello"]);
}

#[test]
fn rest_and_websocket_go_through_a_proxy_with_its_password() {
    let server = Server::start();
    let proxy = Tunnels::to(&[("chat.example", address_of(&server))]);
    let endpoint = ("ABLY_ENDPOINT", "http://chat.example:8080");
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        talks(server.home.path(), &[endpoint, (variable, &proxy.url)]);
    }
    assert_eq!(proxy.asked(), ["chat.example:8080"; 6], "both of each");
    let seen = proxy.seen.lock().unwrap();
    for head in &seen.heads {
        let basic = "Proxy-Authorization: Basic bWU6cGFzcw==\r\n";
        assert!(head.contains(basic), "{head}");
    }
    let sent = String::from_utf8_lossy(&seen.sent);
    assert!(sent.contains("Upgrade: websocket") && sent.contains("POST /chat/v4/rooms/lobby"));
}

#[test]
fn this_machine_and_exceptions_are_reached_without_a_proxy() {
    let server = Server::start();
    let dead = ("ALL_PROXY", "http://127.0.0.1:1");
    let home = server.home.path();
    talks(home, &[("ABLY_ENDPOINT", &server.url), dead]);
    let proxy = Tunnels::to(&[]);
    let away = |variables: &[(&str, &str)]| {
        let send = ["room", "send", "lobby", "x", "--timeout", "3s"];
        with(&send, variables).run().exits(5)
    };
    let endpoint = ("ABLY_ENDPOINT", "http://chat.invalid:8080");
    let ran = away(&[
        endpoint,
        ("HTTP_PROXY", &proxy.url),
        ("NO_PROXY", "invalid"),
    ]);
    assert!(proxy.asked().is_empty(), "{ran:?}");
    let ran = away(&[endpoint, ("HTTP_PROXY", &proxy.url)]);
    assert_eq!(proxy.asked().len(), 1);
    let (said, hidden) = ("the proxy at 127.0.0.1:", "pass");
    assert!(
        ran.stderr.contains(said) && !ran.stderr.contains(hidden),
        "{ran:?}"
    );
    let ran = away(&[endpoint, dead]);
    assert!(
        ran.stderr
            .contains("the proxy at 127.0.0.1:1 is not reached"),
        "{ran:?}"
    );
    let ran = with(
        &["room", "send", "lobby", "x"],
        &[endpoint, ("HTTP_PROXY", "http://")],
    );
    assert!(ran.run().exits(2).stderr.contains("HTTP_PROXY"));
}

#[test]
fn own_certificate_is_trusted_by_its_file() {
    let server = Server::start();
    let encrypted = Encrypted::before(&server, &["localhost"]);
    let url = format!("https://localhost:{}", encrypted.address.port());
    let endpoint = ("ABLY_ENDPOINT", &*url);
    let file = encrypted.file.to_str().unwrap();
    talks(server.home.path(), &[endpoint, ("CHATCTL_CA_FILE", file)]);
    let send = ["room", "send", "lobby", "x", "--timeout", "3s"];
    let ran = with(&send, &[endpoint]).run().exits(5);
    assert!(ran.stderr.contains("certificate"), "{ran:?}");
    let trusting = [&send[..], &["--ca-file", file]].concat();
    with(&trusting, &[endpoint]).run().exits(0);
    let lost = with(&send, &[endpoint, ("CHATCTL_CA_FILE", "/nowhere")]).run();
    assert!(
        lost.exits(2)
            .stderr
            .contains("CHATCTL_CA_FILE: can't read /nowhere")
    );
}

#[test]
fn fallback_hosts_replace_an_unreachable_one() {
    let server = Server::start();
    let names: Vec<String> = ["a", "b", "c", "d", "e"]
        .iter()
        .map(|letter| format!("main.{letter}.fallback.ably-realtime.com"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let encrypted = Encrypted::before(&server, &names);
    let proxy = Tunnels::to(&[("fallback.ably-realtime.com", encrypted.address)]);
    let file = encrypted.file.to_str().unwrap();
    let variables = [
        ("ABLY_ENDPOINT", "main"),
        ("HTTPS_PROXY", &*proxy.url),
        ("CHATCTL_CA_FILE", file),
    ];
    talks(server.home.path(), &variables);
    let asked = proxy.asked();
    assert_eq!(asked.len(), 4, "{asked:?}");
    // The tail's and the send's: each begins with the first host, and goes on at once.
    for pair in asked.chunks(2) {
        assert_eq!(pair[0], "main.realtime.ably.net:443");
        assert!(
            pair[1].ends_with(".fallback.ably-realtime.com:443"),
            "{pair:?}"
        );
    }
    // What worked is asked first from then on, within a command.
    let lines = ["room", "send", "lobby", "{n}", "--count", "20"];
    with(&lines, &variables).run().exits(0);
    assert_eq!(proxy.asked().len(), 6, "{:?}", proxy.asked());
    // With nobody at home anywhere, four are asked and it is said.
    let nobody = Tunnels::to(&[]);
    let variables = [variables[0], ("HTTPS_PROXY", &nobody.url), variables[2]];
    with(&["room", "send", "lobby", "x"], &variables)
        .run()
        .exits(5);
    assert_eq!(nobody.asked().len(), 4, "{:?}", nobody.asked());
}

/// A proxy whose tunnels lead to somebody who never says anything.
fn silent_hosts() -> (TcpListener, Tunnels) {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = Tunnels::to(&[("", silent.local_addr().unwrap())]);
    (silent, proxy)
}

#[test]
fn the_timeout_bounds_an_operation_with_all_its_hosts_and_attempts() {
    let (_silent, proxy) = silent_hosts();
    let variables = [("ABLY_ENDPOINT", "main"), ("HTTPS_PROXY", &*proxy.url)];
    for operation in [
        &["room", "send", "lobby", "x"][..],
        &["room", "history", "lobby"],
        &["occupancy", "get", "lobby"],
        &["room", "tail", "lobby", "--limit", "1"],
    ] {
        let (before, began) = (proxy.asked().len(), Instant::now());
        let timed = [operation, &["--timeout", "4s"]].concat();
        with(&timed, &variables).run().exits(5);
        let took = began.elapsed().as_secs_f32();
        assert!((3.5..5.5).contains(&took), "{operation:?} took {took} s");
        let asked = proxy.asked().len() - before;
        assert!(asked >= 3, "{operation:?} tried {asked} hosts");
    }
}

#[test]
fn the_timeout_bounds_a_token_and_the_call_that_needs_it_together() {
    let home = tempfile::tempdir().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let began = Instant::now();
    let fetched = "sleep 2; echo app.token";
    let send = ["room", "send", "lobby", "x", "--timeout", "3s"];
    let output = command(&send, home.path())
        .env("ABLY_ENDPOINT", &endpoint)
        .env("CHATCTL_AUTH_COMMAND", fetched)
        .output()
        .unwrap();
    let took = began.elapsed().as_secs_f32();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert!((2.5..4.5).contains(&took), "it took {took} s");
}

#[test]
fn either_format_is_spoken() {
    for (choice, media_type, query) in [
        (None, "application/x-msgpack", "format=msgpack"),
        (Some("json"), "application/json", "heartbeats="),
        (Some("msgpack"), "application/x-msgpack", "format=msgpack"),
    ] {
        let server = Server::start();
        let proxy = Tunnels::to(&[("chat.example", address_of(&server))]);
        let mut variables = vec![
            ("ABLY_ENDPOINT", "http://chat.example"),
            ("HTTP_PROXY", &*proxy.url),
        ];
        variables.extend(choice.map(|choice| ("CHATCTL_WIRE", choice)));
        talks(server.home.path(), &variables);
        let sent = proxy.sent();
        let spoken = format!("content-type: {media_type}");
        assert!(sent.contains(&spoken) && sent.contains(query), "{sent}");
        assert_eq!(sent.contains("msgpack"), choice != Some("json"));
    }
    let ran = with(&["room", "send", "lobby", "x", "--wire", "xml"], &[]).run();
    assert!(ran.exits(2).stderr.contains("must be json or msgpack"));
}
