//! `chatctl app`: apps of their own in a running server.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};

use crate::harness::{Ran, chatctl};
use crate::running::{Process, Server, command};

/// `chatctl` with another key, against `server`.
fn with(server: &Server, key: &str, arguments: &[&str]) -> Ran {
    chatctl(arguments)
        .env("ABLY_API_KEY", key)
        .env("ABLY_ENDPOINT", &server.url)
        .env("ABLY_CLIENT_ID", "tester")
        .run()
}

fn created(server: &Server, arguments: &[&str]) -> serde_json::Value {
    let all: Vec<&str> = ["app", "create", "--json"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    server.chatctl(&all).run().exits(0).json()
}

fn first_key(app: &serde_json::Value) -> String {
    app["keys"][0].as_str().unwrap().to_owned()
}

#[test]
fn an_app_has_a_name_in_the_keys_of_a_seed() {
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "--admin", "--chaos", "3"]);
    let app = created(&server, &["--name", "shop"]);
    let key = first_key(&app);
    for _ in 0..60 {
        with(&server, &key, &["room", "history", "lobby", "--limit", "1"]);
    }
    let drawn = chatctl(&["faults", "log", "--all-apps", "--jq", ".[0].key"])
        .env("ABLY_API_KEY", &key)
        .env("ABLY_ENDPOINT", &server.url)
        .env(
            "CHATCTL_ADMIN_TOKEN",
            server.ready["adminToken"].as_str().unwrap(),
        )
        .run()
        .exits(0);
    assert!(drawn.stdout.starts_with("shop/1/0/"), "{drawn:?}");
    let long = "x".repeat(65);
    let ran = server.chatctl(&["app", "create", "--name", &long]).run();
    let ran = ran.exits(2);
    assert!(
        ran.stderr
            .contains("The name of the app is too long: 65 bytes, of 64 allowed"),
        "{ran:?}"
    );
}

#[test]
fn an_app_has_its_own_key_and_its_own_rooms() {
    let server = Server::start();
    let app = created(&server, &[]);
    let key = first_key(&app);
    assert!(
        key.starts_with(&format!("{}.", app["appId"].as_str().unwrap())),
        "{app}"
    );
    assert_eq!(app["url"], server.url);
    assert_eq!(
        (&app["endpoint"], &app["port"]),
        (&server.ready["endpoint"], &server.ready["port"])
    );
    assert_eq!(app["tls"], false);
    with(&server, &key, &["room", "send", "lobby", "of the app"]).exits(0);
    let count = ["room", "history", "lobby", "--jq", "length"];
    assert_eq!(with(&server, &key, &count).exits(0).stdout, "1\n");
    assert_eq!(server.chatctl(&count).run().exits(0).stdout, "0\n");
    // The table has the same, for people.
    let table = server.chatctl(&["app", "create"]).run().exits(0).stdout;
    let lines: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines[0], ["APP", "KEY", "URL"]);
    assert_eq!(lines[1][2], server.url);
    assert!(
        lines[1][1].starts_with(&format!("{}.", lines[1][0])),
        "{table}"
    );
}

/// An endpoint that answers each request with `body`.
fn endpoint(body: String) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut socket in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(socket.try_clone().unwrap());
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|length| length > 2) {
                line.clear();
            }
            let _ = write!(
                socket,
                "HTTP/1.1 201 X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = socket.shutdown(std::net::Shutdown::Write);
            let _ = reader.read_to_end(&mut Vec::new());
        }
    });
    url
}

#[test]
fn nothing_of_an_answer_is_printed_that_a_shell_would_run() {
    let answer = |id: &str, key: &str| {
        serde_json::json!({"appId": id, "keys": [{"keyStr": key}]}).to_string()
    };
    let create = |body: String, form: &str| {
        let all = ["app", "create", "--format", form, "--endpoint"];
        let url = endpoint(body);
        chatctl(&[&all[..], &[url.as_str()]].concat())
            .with_key()
            .run()
    };
    for form in ["shell", "dotenv", "github", "json"] {
        create(answer("a", "a.b:c"), form).exits(0);
        for (id, key) in [
            ("a", "a.b:c'; touch OWNED; '"),
            ("a", "a.b:c\nLD_PRELOAD=x"),
            ("a", "a.b:c\\"),
            ("a", "a.b:$(touch OWNED)"),
            ("a'", "a'.b:c"),
            ("a", "other.b:c"),
        ] {
            let ran = create(answer(id, key), form).exits(5);
            assert_eq!(ran.stdout, "", "{form} {key}");
        }
        let none = serde_json::json!({"appId": "a", "keys": []}).to_string();
        assert_eq!(create(none, form).exits(5).stdout, "");
    }
}

#[test]
fn the_variables_lead_to_the_app() {
    let server = Server::start();
    let shell = server
        .chatctl(&["app", "create", "--format", "shell"])
        .run()
        .exits(0)
        .stdout;
    let script = format!(
        "{shell}\nexec {} room send lobby hello --client-id tester --json",
        env!("CARGO_BIN_EXE_chatctl")
    );
    let ran = std::process::Command::new("sh")
        .args(["-c", &script])
        .env_clear()
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:?}");
    for (form, line) in [
        ("dotenv", format!("CHATCTL_URL=\"{}\"", server.url)),
        ("github", format!("CHATCTL_URL={}", server.url)),
    ] {
        let printed = server
            .chatctl(&["app", "create", "--format", form])
            .run()
            .exits(0);
        assert!(
            printed.stdout.lines().any(|printed| printed == line),
            "{printed:?}"
        );
    }
    let json = server
        .chatctl(&["app", "create", "--format", "json"])
        .run()
        .exits(0)
        .json();
    assert_eq!(json["CHATCTL_URL"], server.url);
    assert_eq!(json["ABLY_TLS"], "false");
}

#[test]
fn keys_may_do_what_they_are_given() {
    let server = Server::start();
    let app = created(
        &server,
        &[
            "--capability",
            r#"{"*":["*"]}"#,
            "--capability",
            r#"{"lobby":["history"]}"#,
        ],
    );
    let weak = app["keys"][1].as_str().unwrap();
    with(&server, weak, &["room", "history", "lobby"]).exits(0);
    with(&server, weak, &["room", "send", "lobby", "x"]).exits(4);
    with(&server, weak, &["app", "reset"]).exits(4);
    server
        .chatctl(&["app", "create", "--capability", "{"])
        .run()
        .exits(2);
}

#[test]
fn who_may_make_apps() {
    let server = Server::start();
    let key = first_key(&created(&server, &[]));
    let ran = with(&server, &key, &["app", "create"]).exits(4);
    assert!(ran.stderr.contains("40160"), "{ran:?}");
    with(&server, "appid.keyid:wrong", &["app", "create"]).exits(3);
    let nobody = |server: &Server| {
        chatctl(&["app", "create"])
            .env("ABLY_ENDPOINT", &server.url)
            .run()
    };
    nobody(&server).exits(3);
    let open = Server::start_with(&["--listen", "127.0.0.1:0", "--provision-apps"]);
    nobody(&open).exits(0);
    chatctl(&["app", "reset"])
        .env("ABLY_ENDPOINT", &server.url)
        .run()
        .exits(2);
    // A key that is meant for Ably is not shown around.
    let ran = chatctl(&["app", "create"]).with_key().run().exits(2);
    assert!(ran.stderr.contains("ABLY_ENDPOINT"), "{ran:?}");
}

#[test]
fn reset_restores_the_seed_under_a_running_tail() {
    let server = Server::start();
    let seed = server.home.path().join("seed.jsonl");
    std::fs::write(
        &seed,
        "{\"roomName\":\"lobby\",\"clientId\":\"ann\",\"text\":\"seeded\",\"age\":\"1h\"}\n",
    )
    .unwrap();
    let app = created(&server, &["--seed", seed.to_str().unwrap()]);
    let key = first_key(&app);
    let mut tail = command(
        &[
            "room",
            "tail",
            "lobby",
            "--json",
            "--events",
            "messages,connection",
        ],
        server.home.path(),
    );
    tail.env("ABLY_API_KEY", &key)
        .env("ABLY_ENDPOINT", &server.url)
        .env("ABLY_CLIENT_ID", "watcher");
    let tail = Process::start(tail);
    tail.stdout.until("listening");
    with(&server, &key, &["room", "send", "lobby", "new"]).exits(0);
    tail.stdout.until("\"new\"");
    with(&server, &key, &["app", "reset"]).exits(0);
    tail.stdout.until("discontinuity");
    let texts = ["room", "history", "lobby", "--jq", "[.[].text]"];
    assert_eq!(
        with(&server, &key, &texts).exits(0).stdout,
        "[\"seeded\"]\n"
    );
    with(&server, &key, &["room", "send", "lobby", "newer"]).exits(0);
    tail.stdout.until("\"newer\"");
}

#[test]
fn a_deleted_app_is_gone() {
    let server = Server::start();
    let app = created(&server, &[]);
    let key = first_key(&app);
    let id = app["appId"].as_str().unwrap();
    assert_eq!(with(&server, &key, &["app", "delete"]).exits(0).word(), id);
    with(&server, &key, &["room", "history", "lobby"]).exits(3);
    server.chatctl(&["app", "delete", id]).run().exits(6);
    // The server's own key deletes apps within it, but not its own.
    let other = created(&server, &[]);
    server
        .chatctl(&["app", "delete", other["appId"].as_str().unwrap()])
        .run()
        .exits(0);
    let ran = server.chatctl(&["app", "delete"]).run().exits(4);
    assert!(ran.stderr.contains("not deleted"), "{ran:?}");
}

#[test]
fn reset_of_the_local_server_wants_to_be_confirmed() {
    let ran = chatctl(&["app", "reset"]).run().exits(2);
    assert!(
        ran.stderr.contains("every room on the local server"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("--force"), "{ran:?}");
}
