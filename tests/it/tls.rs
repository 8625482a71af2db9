//! `--tls` of `serve` and `exec`: encrypted, for this program's own client.

use std::path::{Path, PathBuf};

use crate::harness::{Ran, Run, chatctl};
use crate::running::{PATIENCE, Process, Server, answers, command, path};

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
}

#[test]
fn a_mix_up_of_http_and_https_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("ca.pem");
    let encrypted = start(&[
        "self-signed",
        "--tls-cert-out",
        certificate.to_str().unwrap(),
    ]);
    let plain = Server::start();
    let to = |url: &str, arguments: &[&str]| {
        chatctl(arguments)
            .with_key()
            .env("ABLY_ENDPOINT", url)
            .env("CHATCTL_TIMEOUT", "5s")
            .env("SSL_CERT_FILE", certificate.to_str().unwrap())
            .run()
            .exits(5)
    };
    let without = encrypted.url.replacen("https", "http", 1);
    let with = plain.url.replacen("http", "https", 1);
    for arguments in [
        &["room", "send", "lobby", "x"][..],
        &["room", "tail", "lobby", "--limit", "1"],
    ] {
        let ran = to(&without, arguments);
        assert!(ran.stderr.contains("the server speaks TLS"), "{ran:?}");
        assert!(
            !ran.stderr.contains("not known"),
            "nothing was sent: {ran:?}"
        );
        let ran = to(&with, arguments);
        assert!(
            ran.stderr.contains("the server does not speak TLS"),
            "{ran:?}"
        );
        assert!(
            !ran.stderr.contains("not known"),
            "nothing was sent: {ran:?}"
        );
    }
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

/// A certificate for the loopback address and its key, each in a file.
fn pair_in(folder: &Path) -> (PathBuf, PathBuf) {
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (certificate, key)
}

#[test]
fn a_certificate_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = pair_in(folder.path());
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
        (cert.to_string(), "must be self-signed or two files"),
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

/// `exec` of a script, with a folder of its own for temporary files.
fn exec(temporary: &Path, arguments: &[&str], script: &str) -> Run {
    let all: Vec<&str> = ["exec", "--tls"]
        .iter()
        .chain(arguments)
        .copied()
        .chain(["--", "sh", "-c", script])
        .collect();
    chatctl(&all)
        .env("PATH", &path())
        .env("TMPDIR", temporary.to_str().unwrap())
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn exec_command_trusts_its_server_and_cleans_up() {
    let folder = tempfile::tempdir().unwrap();
    let script = "set -e; cd /
        echo $ABLY_TLS $ABLY_ENDPOINT; echo $CHATCTL_URL; echo $ABLY_URL
        grep -c BEGIN $NODE_EXTRA_CA_CERTS; cmp $NODE_EXTRA_CA_CERTS $CHATCTL_CA_FILE; stat -c %a $(dirname $CHATCTL_CA_FILE)
        chatctl room tail lobby --limit 1 --jq .message.text -- chatctl room send lobby hi 2>/dev/null
        eval \"$(chatctl app create --format shell)\"; chatctl room history lobby --jq length
        env -u CHATCTL_CA_FILE chatctl room history lobby 2>/dev/null || echo $?";
    let ran = exec(folder.path(), &["self-signed"], script).run().exits(0);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    let [tls, url, ably_url, count, rights, text, length, code] = &lines[..] else {
        panic!("{ran:?}");
    };
    assert_eq!(*tls, "true 127.0.0.1");
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    assert_eq!(url, ably_url);
    assert_eq!([*count, *rights, *text, *length], ["1", "700", "hi", "0"]);
    assert_eq!(*code, "5", "who is not told to trust it does not");
    assert!(is_empty(folder.path()));
}

#[test]
fn what_node_was_to_trust_before_it_still_trusts() {
    let folder = tempfile::tempdir().unwrap();
    let temporary = folder.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let own = folder.path().join("own.pem");
    let made = rcgen::generate_simple_self_signed(vec!["elsewhere".to_owned()]).unwrap();
    // What stands around a certificate there is of no concern, whatever its encoding.
    let text = [b"caf\xe9\n", made.cert.pem().as_bytes()].concat();
    std::fs::write(&own, text).unwrap();
    let kept = folder.path().join("kept.pem");
    let ran = exec(
        &temporary,
        &["self-signed", "--tls-cert-out", kept.to_str().unwrap()],
        "grep -ac BEGIN $NODE_EXTRA_CA_CERTS $CHATCTL_CA_FILE | cut -d: -f2; chatctl room send lobby hi >/dev/null",
    )
    .env("NODE_EXTRA_CA_CERTS", own.to_str().unwrap())
    .run()
    .exits(0);
    assert_eq!(ran.stdout, "2\n1\n");
    assert!(is_empty(&temporary));
    assert!(kept.exists(), "what was asked for stays");
}

#[test]
fn the_certificate_goes_with_an_exec_that_is_killed() {
    let home = tempfile::tempdir().unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let script = [
        "exec",
        "--tls",
        "self-signed",
        "--",
        "sh",
        "-c",
        "echo there; sleep 300",
    ];
    let mut command = command(&script, home.path());
    command.env("TMPDIR", temporary.path());
    let mut exec = Process::start(command);
    assert_eq!(exec.stdout.next(), "there");
    assert!(!is_empty(temporary.path()));
    exec.signal(rustix::process::Signal::KILL);
    exec.end();
    let start = std::time::Instant::now();
    while !is_empty(temporary.path()) {
        assert!(start.elapsed() < PATIENCE, "it is left behind");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn exec_with_a_certificate_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = pair_in(folder.path());
    let both = format!("{},{}", certificate.display(), key.display());
    let temporary = folder.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let ran = exec(
        &temporary,
        &[&both],
        "cd /; chatctl room send lobby hi >/dev/null; chatctl room history lobby --jq '.[].text'",
    );
    assert_eq!(ran.run().exits(0).stdout, "hi\n");
    let store = format!("sqlite:{}", folder.path().join("new.db").display());
    for (given, word) in [
        ("nowhere.pem,nowhere.key", "nowhere.pem"),
        ("selfsigned", "must be self-signed or two files"),
    ] {
        let ran = exec(&temporary, &[given, "--store", &store], "echo started");
        let ran = ran.run().exits(125);
        assert!(ran.stderr.contains(word), "{ran:?}");
        assert_eq!(ran.stdout, "");
    }
    assert!(
        !folder.path().join("new.db").exists(),
        "nothing is half done"
    );
    assert!(is_empty(&temporary));
}
