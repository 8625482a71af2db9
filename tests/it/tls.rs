//! `serve --tls`: encrypted, for this program's own client.

use std::path::Path;

use crate::harness::{Ran, chatctl};
use crate::running::{Process, Server, answers};

fn start(arguments: &[&str]) -> Server {
    let all: Vec<&str> = ["--listen", "127.0.0.1:0", "--tls"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    Server::start_with(&all)
}

/// `chatctl` that trusts `certificate` and nobody else.
fn trusting(server: &Server, certificate: &Path, arguments: &[&str]) -> Ran {
    server
        .chatctl(arguments)
        .env("SSL_CERT_FILE", certificate.to_str().unwrap())
        .run()
}

#[test]
fn a_certificate_of_its_own_serves_those_who_trust_it() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("ca.pem");
    let server = start(&[
        "self-signed",
        "--tls-cert-out",
        certificate.to_str().unwrap(),
    ]);
    let port = server.ready["port"].as_u64().unwrap();
    assert_eq!(server.url, format!("https://127.0.0.1:{port}"));
    assert_eq!(server.ready["tls"], true);
    let pem = std::fs::read_to_string(&certificate).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
    assert!(!pem.contains("PRIVATE"), "{pem}");

    // REST, by address and by name.
    trusting(&server, &certificate, &["room", "send", "lobby", "one"]).exits(0);
    let by_name = chatctl(&["room", "send", "lobby", "two"])
        .with_key()
        .env("ABLY_ENDPOINT", &format!("https://localhost:{port}"))
        .env("SSL_CERT_FILE", certificate.to_str().unwrap())
        .run();
    by_name.exits(0);

    // WebSocket, with a frame of many packets.
    let mut command = server.command(&[
        "room",
        "tail",
        "lobby",
        "--jq",
        ".message.text | length",
        "--limit",
        "2",
        "--",
        "sh",
        "-c",
        "echo listening",
    ]);
    command.env("SSL_CERT_FILE", &certificate);
    let mut tail = Process::start(command);
    tail.stderr.until("listening");
    let long = "x".repeat(60_000);
    trusting(&server, &certificate, &["room", "send", "lobby", &long]).exits(0);
    assert_eq!(tail.stdout.next(), "60000");
    trusting(&server, &certificate, &["room", "send", "lobby", "x"]).exits(0);
    assert_eq!(tail.stdout.next(), "1");
    tail.ends_with(0);

    let app = trusting(&server, &certificate, &["app", "create", "--json"])
        .exits(0)
        .json();
    assert_eq!(
        (&app["tls"], &app["url"]),
        (&true.into(), &server.ready["url"])
    );
}

#[test]
fn who_does_not_trust_it_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("ca.pem");
    let server = start(&[
        "self-signed",
        "--tls-cert-out",
        certificate.to_str().unwrap(),
    ]);
    let other = folder.path().join("other.pem");
    let _other = start(&["self-signed", "--tls-cert-out", other.to_str().unwrap()]);
    let ran = trusting(&server, &other, &["room", "send", "lobby", "x"]).exits(5);
    assert!(ran.stderr.contains("certificate"), "{ran:?}");
    // Plain HTTP is no way in.
    let plain = server.url.replacen("https", "http", 1);
    chatctl(&["room", "send", "lobby", "x"])
        .with_key()
        .env("ABLY_ENDPOINT", &plain)
        .env("CHATCTL_TIMEOUT", "5s")
        .run()
        .exits(5);
}

#[test]
fn a_client_that_never_shakes_hands_keeps_nobody_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("ca.pem");
    let mut server = start(&[
        "self-signed",
        "--tls-cert-out",
        certificate.to_str().unwrap(),
    ]);
    let address = server.url.strip_prefix("https://").unwrap().to_owned();
    let silent: Vec<_> = (0..20)
        .map(|_| std::net::TcpStream::connect(&address).unwrap())
        .collect();
    trusting(&server, &certificate, &["room", "send", "lobby", "x"]).exits(0);
    server.stop();
    drop(silent);
    assert!(!answers(&format!("http://{address}")));
}

#[test]
fn a_certificate_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (
        folder.path().join("cert.pem"),
        folder.path().join("key.pem"),
    );
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let both = format!("{},{}", certificate.display(), key.display());
    let server = start(&[&both]);
    trusting(&server, &certificate, &["room", "send", "lobby", "x"]).exits(0);

    let other = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    std::fs::write(&key, other.signing_key.serialize_pem()).unwrap();
    let cert = certificate.display();
    for (given, word) in [
        (both.clone(), "--tls: "),
        (format!("{cert},{cert}"), "no private key"),
        (
            format!("{},{}", key.display(), key.display()),
            "no certificate",
        ),
        (format!("{cert},nowhere.pem"), "nowhere.pem"),
        (cert.to_string(), "neither self-signed nor two files"),
        ("self-signed".to_owned(), "--tls-cert-out"),
    ] {
        let ran = chatctl(&["serve", "--listen", "127.0.0.1:0", "--tls", &given])
            .with_key()
            .run()
            .exits(2);
        assert!(ran.stderr.contains(word), "{given}: {ran:?}");
        assert!(!ran.stderr.contains("PRIVATE"), "{ran:?}");
    }
}
