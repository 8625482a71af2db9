//! `token issue` and `token revoke`, against a server.

use crate::daemon::Daemon;
use crate::harness::{KEY, Ran, Run, chatctl, token};
use crate::running::{Process, Server, command};

const CONFIG: &str = "[[keys]]\nkey = \"appid.keyid:secret\"\nrevocable-tokens = true\n";

fn revocable() -> (Daemon, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.toml");
    std::fs::write(&file, CONFIG).unwrap();
    let arguments = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--config",
        file.to_str().unwrap(),
    ];
    (Daemon::start(&arguments, &[]), folder)
}

fn at(server: &Daemon, arguments: &[&str]) -> Run {
    chatctl(arguments)
        .with_key()
        .env("ABLY_ENDPOINT", &server.url)
}

fn send(server: &Daemon, token: &str) -> Ran {
    chatctl(&["room", "send", "lobby", "hi", "--json"])
        .env("ABLY_ENDPOINT", &server.url)
        .env("ABLY_TOKEN", token)
        .run()
}

#[test]
fn issued_tokens_say_what_they_are_and_work() {
    let server = Daemon::server(KEY);
    let ran = at(
        &server,
        &[
            "token",
            "issue",
            "--client-id",
            "al",
            "--grant",
            "lobby=all",
            "--json",
        ],
    )
    .run()
    .exits(0);
    let details = ran.json();
    assert_eq!(
        (&details["clientId"], &details["keyName"]),
        (&"al".into(), &"appid.keyid".into())
    );
    assert!(
        details["issued"].is_i64() && details["capability"].as_str().unwrap().contains("lobby")
    );
    send(&server, details["token"].as_str().unwrap()).exits(0);
    let bare = at(
        &server,
        &["token", "issue", "--client-id", "bo", "--ttl", "5m"],
    )
    .run()
    .exits(0);
    let sent = send(&server, &bare.word()).exits(0).json();
    assert_eq!(sent["clientId"], "bo");
    let refused = at(&server, &["token", "issue", "--ttl", "25h", "--json"]).run();
    assert_eq!(refused.error()["code"], 40003);
    let wrong = at(&server, &["token", "issue", "--json"])
        .env("ABLY_API_KEY", "appid.keyid:wrong")
        .run()
        .exits(3);
    assert_eq!(wrong.error()["code"], 40101);
}

#[test]
fn verify_asks_the_endpoint_about_a_token() {
    let server = Daemon::server(KEY);
    let issue = |grant: &str| {
        let all = ["token", "issue", "--client-id=al", "--allow", grant];
        at(&server, &all).run().exits(0).word()
    };
    let live = |token: &str| {
        chatctl(&["token", "verify", token, "--live", "--json"])
            .env("ABLY_ENDPOINT", &server.url)
            .env("ABLY_API_KEY", KEY)
            .run()
    };
    // A token that may not read history is accepted as well.
    for grant in ["*=history", "lobby=publish"] {
        let answer = live(&issue(grant)).exits(0).json();
        assert_eq!(answer["valid"], true);
    }
    let minted = token(&["--client-id=al"]);
    assert!(live(&minted).exits(0).json()["remaining"].is_u64());
    let refused = live("appid.nonsense").exits(1).json();
    assert_eq!(refused["valid"], false);
    let expired = token(&["--client-id=al", "--invalid=expired"]);
    assert_eq!(live(&expired).exits(1).json()["code"], 40142);
    chatctl(&["token", "verify", &minted, "--live"])
        .env("ABLY_ENDPOINT", "http://127.0.0.1:1")
        .env("ABLY_API_KEY", KEY)
        .run()
        .exits(5);
}

#[test]
fn revoked_tokens_are_refused() {
    let (server, _folder) = revocable();
    let old = token(&["--client-id", "al", "--issued-at", "-10s", "--ttl", "30m"]);
    let others = token(&["--client-id", "bo", "--issued-at", "-10s", "--ttl", "30m"]);
    send(&server, &old).exits(0);
    let ran = at(
        &server,
        &["token", "revoke", "--client", "al", "--force", "--json"],
    )
    .run()
    .exits(0);
    assert_eq!(ran.json()["successCount"], 1);
    assert_eq!(ran.json()["results"][0]["target"], "clientId:al");
    assert_eq!(send(&server, &old).exits(3).error()["code"], 40141);
    send(&server, &others).exits(0);

    let grouped = token(&[
        "--client-id",
        "cy",
        "--revocation-key",
        "team",
        "--issued-at",
        "-10s",
        "--ttl",
        "30m",
    ]);
    at(
        &server,
        &[
            "token",
            "revoke",
            "--revocation-key",
            "team",
            "--issued-before",
            "-1m",
            "--force",
        ],
    )
    .run()
    .exits(0);
    send(&server, &grouped).exits(0);
    at(
        &server,
        &["token", "revoke", "--revocation-key", "team", "--force"],
    )
    .run()
    .exits(0);
    send(&server, &grouped).exits(3);
}

#[test]
fn nothing_is_revoked_by_accident() {
    let (server, _folder) = revocable();
    let unsure = at(&server, &["token", "revoke", "--client", "al"])
        .stdin("y\n")
        .run()
        .exits(2);
    assert!(unsure.stderr.contains("--force"), "{unsure:?}");
    at(&server, &["token", "revoke", "--force"]).run().exits(2);
    let mixed_up = at(
        &server,
        &["token", "revoke", "--client-id", "al", "--force"],
    )
    .run()
    .exits(2);
    assert!(mixed_up.stderr.contains("--client"), "{mixed_up:?}");
    let fixed = Daemon::server(KEY);
    let refused = at(
        &fixed,
        &["token", "revoke", "--client", "al", "--force", "--json"],
    )
    .run();
    assert_eq!(refused.error()["code"], 40163);
}

#[test]
fn tail_reconnects_with_a_new_token_after_revocation() {
    let (server, folder) = revocable();
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_chatctl"));
    let mint = format!(
        "ABLY_API_KEY={KEY} {} token mint --client-id al --ttl 30m",
        binary.display()
    );
    let arguments = [
        "room",
        "tail",
        "lobby",
        "--json",
        "--auth-command",
        &mint,
        "--",
        "sh",
        "-c",
        "echo listening",
    ];
    let mut tail = command(&arguments, folder.path());
    tail.env("ABLY_ENDPOINT", &server.url);
    let tail = Process::start(tail);
    tail.stderr.until("listening");
    at(&server, &["token", "revoke", "--client", "al", "--force"])
        .run()
        .exits(0);
    tail.stderr.until("token revoked");
    tail.stderr.until("connected again");
    at(&server, &["room", "send", "lobby", "still here"])
        .env("ABLY_CLIENT_ID", "bo")
        .run()
        .exits(0);
    assert_eq!(tail.stdout.json()["message"]["text"], "still here");
}

#[test]
fn a_credential_of_an_unknown_app_exits_3_and_an_unknown_app_6() {
    let server = Server::start();
    let unknown = "nosuch.key:secret";
    let token = chatctl(&["token", "mint", "--client-id", "a", "--key", unknown]);
    let token = token.run().exits(0).word();
    for arguments in [
        &["token", "issue"][..],
        &["whoami"],
        &["room", "send", "lobby", "hi"],
        &["room", "history", "lobby"],
    ] {
        let run = server.chatctl(arguments).env("ABLY_API_KEY", unknown);
        run.run().exits(3);
    }
    for arguments in [
        &["room", "send", "lobby", "hi"][..],
        &["room", "tail", "lobby", "--limit", "1"],
        &["presence", "list", "lobby"],
    ] {
        let run = chatctl(arguments).env("ABLY_TOKEN", &token);
        let ran = run.env("ABLY_ENDPOINT", &server.url).run();
        let ran = ran.exits(3);
        assert!(ran.stderr.contains("40400"), "{ran:?}");
    }
    let ran = server.chatctl(&["app", "reset", "nosuch", "--force"]).run();
    assert!(ran.exits(6).stderr.contains("40400"));
}
