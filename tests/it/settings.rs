//! Where a command talks to and as whom: what is missing, empty or wrong, and how errors look.

use serde_json::Value;

use crate::harness::{KEY, Run, chatctl};
use crate::running::Server;

const SEND: [&str; 4] = ["room", "send", "lobby", "hello"];

/// A send to a port where nobody listens.
fn nowhere() -> Run {
    chatctl(&[&SEND[..], &["--endpoint", "http://127.0.0.1:1"]].concat())
}

#[test]
fn without_credentials_the_way_out_is_named() {
    for arguments in [
        &SEND[..],
        &["room", "history", "lobby"],
        &["room", "tail", "lobby"],
        &["presence", "list", "lobby"],
    ] {
        let ran = chatctl(arguments).env("CI", "true").run().exits(2);
        assert!(ran.stderr.contains("no credentials"), "{ran:?}");
        assert!(ran.stderr.contains("chatctl exec"), "{ran:?}");
        assert!(ran.stderr.contains("chatctl serve --dev"), "{ran:?}");
    }
}

#[test]
fn a_variable_that_is_set_but_empty_is_named() {
    for name in [
        "ABLY_API_KEY",
        "ABLY_TOKEN",
        "ABLY_ENDPOINT",
        "ABLY_PORT",
        "ABLY_TLS",
        "ABLY_CLIENT_ID",
        "CHATCTL_TIMEOUT",
        "CHATCTL_OUTPUT",
        "CHATCTL_LOG_LEVEL",
    ] {
        let run = chatctl(&SEND);
        let run = if name.ends_with("KEY") {
            run
        } else {
            run.with_key()
        };
        let ran = run.env(name, "").run().exits(2);
        assert!(
            ran.stderr.contains(&format!("{name} is set but empty")),
            "{ran:?}"
        );
    }
}

#[test]
fn a_malformed_key_is_named_and_not_repeated() {
    for key in [
        "nonsense-precious",
        "app:precious",
        "app.key",
        ".key:precious",
        "app.:precious",
        "app.key:",
    ] {
        let ran = nowhere().env("ABLY_API_KEY", key).run().exits(2);
        assert!(ran.stderr.contains("ABLY_API_KEY"), "{ran:?}");
        assert!(!ran.stderr.contains("precious"), "{ran:?}");
        let ran = chatctl(&[&SEND[..], &["--key", key]].concat())
            .run()
            .exits(2);
        assert!(ran.stderr.contains("--key"), "{ran:?}");
        assert!(!ran.stderr.contains("precious"), "{ran:?}");
    }
}

#[test]
fn credentials_come_from_files_too() {
    let server = Server::start();
    let file = server.home.path().join("key");
    std::fs::write(&file, format!("{KEY}\n")).unwrap();
    chatctl(
        &[
            &SEND[..],
            &[
                "--key-file",
                file.to_str().unwrap(),
                "--endpoint",
                &server.url,
            ],
        ]
        .concat(),
    )
    .run()
    .exits(0);
    let ran = chatctl(&[&SEND[..], &["--key-file", "/no/such/file"]].concat())
        .run()
        .exits(2);
    assert!(
        ran.stderr.contains("--key-file") && ran.stderr.contains("/no/such/file"),
        "{ran:?}"
    );
    std::fs::write(&file, "").unwrap();
    chatctl(&[&SEND[..], &["--key-file", file.to_str().unwrap()]].concat())
        .run()
        .exits(2);
}

#[test]
fn two_credential_flags_contradict_and_flags_beat_the_environment() {
    let ran = chatctl(&[&SEND[..], &["--key", KEY, "--token", "a.b.c"]].concat())
        .run()
        .exits(2);
    assert!(
        ran.stderr.contains("--key") && ran.stderr.contains("--token"),
        "{ran:?}"
    );

    let server = Server::start();
    server
        .chatctl(&[&SEND[..], &["--key", KEY]].concat())
        .env("ABLY_API_KEY", "app.key:wrong")
        .run()
        .exits(0);
}

#[test]
fn the_endpoint_is_taken_whole_from_one_source() {
    let server = Server::start();
    let port = server.ready["port"].to_string();
    chatctl(&SEND)
        .with_key()
        .env("ABLY_ENDPOINT", "127.0.0.1")
        .env("ABLY_PORT", &port)
        .env("ABLY_TLS", "false")
        .run()
        .exits(0);
    // The flag replaces port and TLS too.
    chatctl(&[&SEND[..], &["--endpoint", &server.url]].concat())
        .with_key()
        .env("ABLY_ENDPOINT", "127.0.0.1")
        .env("ABLY_PORT", "1")
        .env("ABLY_TLS", "true")
        .run()
        .exits(0);
    for (name, value) in [
        ("ABLY_PORT", "http"),
        ("ABLY_TLS", "maybe"),
        ("ABLY_ENDPOINT", "http://"),
    ] {
        let ran = chatctl(&SEND).with_key().env(name, value).run().exits(2);
        assert!(ran.stderr.contains(name), "{ran:?}");
    }
}

#[test]
fn an_endpoint_that_does_not_answer_ends_with_5() {
    let ran = nowhere().with_key().run().exits(5);
    assert!(ran.stderr.contains("127.0.0.1:1"), "{ran:?}");
    assert!(ran.stderr.contains("hint: "), "{ran:?}");
    let ran = chatctl(&[
        "room",
        "tail",
        "lobby",
        "--endpoint",
        "http://127.0.0.1:1",
        "--timeout",
        "1s",
    ])
    .with_key()
    .run()
    .exits(5);
    assert!(ran.stderr.contains("127.0.0.1:1"), "{ran:?}");
}

#[test]
fn silent_service_exits_5_after_the_timeout() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    for arguments in [
        &SEND[..],
        &["room", "history", "lobby"],
        &["room", "tail", "lobby"],
        &["presence", "list", "lobby"],
    ] {
        let start = std::time::Instant::now();
        chatctl(&[arguments, &["--endpoint", &endpoint, "--timeout", "300ms"]].concat())
            .with_key()
            .run()
            .exits(5);
        let took = start.elapsed();
        assert!(
            took.as_millis() >= 300 && took.as_secs() < 8,
            "{arguments:?}: {took:?}"
        );
    }
}

#[test]
fn an_error_is_an_object_where_json_was_asked_for() {
    let asked = [&["--json"][..], &["-o", "json"], &["-o", "jsonl"]];
    for form in asked {
        let ran = nowhere_with(form).with_key().run().exits(5);
        let error = ran.error();
        assert_eq!(
            (&error["code"], &error["statusCode"], &error["href"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        assert!(
            error["message"].is_string() && error["hint"].is_string(),
            "{error}"
        );
        assert_eq!(ran.stdout, "");
        assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");

        let ran = chatctl(&[&["room", "history"][..], form].concat())
            .run()
            .exits(2);
        assert!(
            ran.error()["message"].as_str().unwrap().contains("ROOM"),
            "{ran:?}"
        );
    }
    let ran = nowhere().env("CHATCTL_OUTPUT", "json").run().exits(2);
    assert!(
        ran.error()["hint"].as_str().unwrap().contains("exec"),
        "{ran:?}"
    );

    let server = Server::start();
    let ran = server
        .chatctl(&[&SEND[..], &["--json"]].concat())
        .env("ABLY_API_KEY", "appid.keyid:wrong")
        .run()
        .exits(3);
    let error = ran.error();
    assert_eq!(
        (error["code"].as_u64(), error["statusCode"].as_u64()),
        (Some(40101), Some(401))
    );
    assert_eq!(error["href"], "https://help.ably.io/error/40101");
}

fn nowhere_with(form: &[&str]) -> Run {
    chatctl(&[&SEND[..], &["--endpoint", "http://127.0.0.1:1"], form].concat())
}

#[test]
fn error_for_people_has_code_hint_and_page() {
    let server = Server::start();
    let ran = server
        .chatctl(&SEND)
        .env("ABLY_API_KEY", "appid.keyid:wrong")
        .run()
        .exits(3);
    let first = ran.stderr.lines().next().unwrap();
    assert!(
        first.starts_with("error: ") && first.contains("40101"),
        "{ran:?}"
    );
    assert!(
        ran.stderr
            .contains("help: https://help.ably.io/error/40101"),
        "{ran:?}"
    );
    assert!(!ran.stderr.contains('\u{1b}'), "{ran:?}");
}

#[test]
fn client_id_defaults_to_the_user_name() {
    let server = Server::start();
    let sent_as = |run: Run| {
        run.env("ABLY_ENDPOINT", &server.url)
            .with_key()
            .run()
            .exits(0)
            .word()
    };
    let jq = [&SEND[..], &["--jq", ".clientId"]].concat();
    assert_eq!(sent_as(chatctl(&jq).env("ABLY_CLIENT_ID", "ann")), "ann");
    let flag = [&jq[..], &["--client-id", "bob"]].concat();
    assert_eq!(sent_as(chatctl(&flag).env("ABLY_CLIENT_ID", "ann")), "bob");
    // The name belongs to the number of the user, whatever the environment says.
    let user = String::from_utf8(
        std::process::Command::new("id")
            .arg("-un")
            .output()
            .unwrap()
            .stdout,
    )
    .unwrap();
    assert_eq!(
        sent_as(chatctl(&jq).env("USER", "somebody-else")),
        user.trim()
    );
}

#[test]
fn a_wrong_duration_or_form_is_a_usage_error() {
    for flags in [
        &["--timeout", "5"][..],
        &["--timeout", "-5s"],
        &["-o", "xml"],
        &["--log-level", "loud"],
        &["--json", "-o", "json"],
    ] {
        chatctl(&[&SEND[..], flags].concat())
            .with_key()
            .run()
            .exits(2);
    }
    for (name, value) in [
        ("CHATCTL_TIMEOUT", "5"),
        ("CHATCTL_OUTPUT", "xml"),
        ("CHATCTL_LOG_LEVEL", "loud"),
    ] {
        let ran = chatctl(&SEND).with_key().env(name, value).run().exits(2);
        assert!(ran.stderr.contains(name), "{ran:?}");
    }
}

#[test]
fn version_and_help_are_results() {
    let ran = chatctl(&["--version"]).run().exits(0);
    assert_eq!(
        ran.stdout,
        concat!("chatctl ", env!("CARGO_PKG_VERSION"), "\n")
    );
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["room", "--help"],
        &["room", "tail", "--help"],
        &["exec", "-h"],
    ] {
        let ran = chatctl(arguments).run().exits(0);
        assert!(ran.stdout.contains("Usage: "), "{ran:?}");
        assert_eq!(ran.stderr, "");
    }
    chatctl(&[]).run().exits(0);
}

#[test]
fn a_url_says_port_and_tls_by_itself() {
    let server = Server::start();
    let port = server.ready["port"].to_string();
    let send = |endpoint: &str| {
        chatctl(&SEND)
            .with_key()
            .env("ABLY_ENDPOINT", endpoint)
            .env("ABLY_PORT", &port)
            .env("ABLY_TLS", "false")
            .run()
    };
    // What is meant for an encrypted link never goes to what listens at the other port.
    let ran = send("https://127.0.0.1:1").exits(5);
    assert!(ran.stderr.contains("https://127.0.0.1:1"), "{ran:?}");
    send("https://127.0.0.1").exits(5);
    let ran = send("127.0.0.1:1").exits(2);
    for word in ["ABLY_ENDPOINT", "ABLY_PORT", "127.0.0.1:1", &port] {
        assert!(ran.stderr.contains(word), "{ran:?}");
    }
    send("127.0.0.1").exits(0);
    send(&server.url).exits(0);
    send(&format!("127.0.0.1:{port}")).exits(0);
    let ran = chatctl(&SEND)
        .with_key()
        .env("ABLY_ENDPOINT", &server.url)
        .env("ABLY_PORT", "1")
        .env("ABLY_TLS", "true");
    ran.run().exits(0);
}

#[test]
fn port_alone_is_named_as_an_endpoint() {
    for (name, value) in [("ABLY_PORT", "99"), ("ABLY_TLS", "false")] {
        let ran = chatctl(&SEND).env(name, value).run().exits(2);
        assert!(
            ran.stderr.contains(&format!("{name} names an endpoint")),
            "{ran:?}"
        );
    }
}

#[test]
fn an_empty_name_is_refused_before_anything_is_asked() {
    for arguments in [
        &["room", "send", "", "x"][..],
        &["room", "history", ""],
        &["room", "tail", ""],
        &["presence", "list", ""],
        &["typing", "start", ""],
        &["occupancy", "get", ""],
        &["app", "delete", ""],
        &["app", "reset", ""],
    ] {
        let ran = chatctl(arguments)
            .with_key()
            .env("ABLY_ENDPOINT", "http://127.0.0.1:1")
            .run()
            .exits(2);
        assert!(ran.stderr.contains("empty"), "{ran:?}");
        assert!(ran.stderr.contains("variable"), "{ran:?}");
    }
}

#[test]
fn unreadable_token_is_a_rejected_credential() {
    let server = Server::start();
    for token in ["garbage", "a.b.c"] {
        chatctl(&SEND)
            .env("ABLY_ENDPOINT", &server.url)
            .env("ABLY_TOKEN", token)
            .env("ABLY_CLIENT_ID", "me")
            .run()
            .exits(3);
    }
}

#[test]
fn quotes_around_a_variable_are_named() {
    for (name, value) in [
        ("ABLY_TOKEN", "\"a.b.c\""),
        ("ABLY_API_KEY", "'a.b:c'"),
        ("ABLY_ENDPOINT", "\"localhost:1\""),
        ("CHATCTL_TIMEOUT", "'1s'"),
    ] {
        let ran = chatctl(&SEND)
            .env("ABLY_API_KEY", KEY)
            .env(name, value)
            .run();
        let words = format!("{name} has quotes around its value");
        assert!(ran.exits(2).stderr.contains(&words));
    }
}

#[test]
fn a_client_that_nobody_can_be_is_refused_with_a_hint_of_its_own() {
    for (client_id, words) in [("*", "in tokens alone"), ("a\nb", "line breaks")] {
        let ran = nowhere().with_key().env("ABLY_CLIENT_ID", client_id).run();
        let ran = ran.exits(2);
        assert!(
            ran.stderr.contains("40012") && ran.stderr.contains(words),
            "{ran:?}"
        );
    }
    let numbered = crate::harness::token(&["--set", "x-ably-clientId=5"]);
    let ran = nowhere().env("ABLY_TOKEN", &numbered).run().exits(3);
    assert!(ran.stderr.contains("is a number"), "{ran:?}");
    let ran = nowhere()
        .env("CHATCTL_AUTH_COMMAND", &format!("echo {numbered}"))
        .env("PATH", &crate::running::path())
        .run()
        .exits(3);
    assert!(ran.stderr.contains("is a number"), "{ran:?}");
}

#[test]
fn secrets_in_a_mistyped_line_are_not_repeated() {
    let send = ["room", "send", "l", "x"];
    for arguments in [
        &["app.key:hidden-secret"][..],
        &["room", "app.key:hidden-secret"],
        &[&send[..], &["--endpoint", "https://me:hidden@host"]].concat(),
        &[&send[..], &["--endpoint", "app.key:hidden-secret"]].concat(),
        &[&send[..], &["--output", "app.key:hidden-secret"]].concat(),
    ] {
        for more in [&[][..], &["--json"]] {
            let ran = chatctl(&[arguments, more].concat()).with_key().run();
            let ran = ran.exits(2);
            assert!(!ran.stderr.contains("hidden"), "{ran:?}");
        }
    }
}

#[test]
fn byte_order_marks_are_dropped_and_utf_16_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let marked = write("key", format!("\u{feff}{KEY}\n").as_bytes());
    let mint = ["token", "mint", "--key-file"];
    chatctl(&[&mint[..], &[&marked]].concat()).run().exits(0);
    let wide: Vec<u8> = KEY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = write("wide", &wide);
    let ran = chatctl(&[&mint[..], &[&wide]].concat()).run().exits(2);
    assert!(ran.stderr.contains("UTF-16"), "{ran:?}");
    let capability = write("capability", "\u{feff}{\"a\":[\"publish\"]}".as_bytes());
    let capability = format!("@{capability}");
    let check = [
        "capability",
        "check",
        "a",
        "--op",
        "publish",
        "--capability",
    ];
    chatctl(&[&check[..], &[&capability]].concat())
        .run()
        .exits(0);
    let config = "\u{feff}[[keys]]\nkey = 'nonsense'\n";
    let config = write("config.toml", config.as_bytes());
    let ran = chatctl(&["serve", "--config", &config]).run().exits(2);
    assert!(ran.stderr.contains("API key"), "{ran:?}");
    let marked = format!("\u{feff}{KEY}");
    let mint = chatctl(&["token", "mint"]).env("ABLY_API_KEY", &marked);
    mint.run().exits(0);
}

#[test]
fn nothing_is_started_for_a_room_that_can_not_be() {
    for arguments in [
        &["room", "send", "", "hi"][..],
        &["room", "history", ""],
        &["presence", "list", ""],
    ] {
        let ran = chatctl(arguments).run().exits(2);
        assert!(ran.stderr.contains("room name"), "{ran:?}");
        assert!(!ran.stderr.contains("local server"), "{ran:?}");
    }
}

#[test]
fn tls_variable_takes_any_case() {
    let server = Server::start();
    let port = server.ready["port"].to_string();
    for value in ["False", "FALSE", "Off"] {
        chatctl(&SEND)
            .with_key()
            .env("ABLY_ENDPOINT", "127.0.0.1")
            .env("ABLY_PORT", &port)
            .env("ABLY_TLS", value)
            .run()
            .exits(0);
    }
}

#[test]
fn client_flag_against_the_tokens_own_is_refused() {
    let token = crate::harness::token(&["--client-id", "al"]);
    let server = Server::start();
    let send = |more: &[&str]| {
        chatctl(&[&SEND[..], &["--jq", ".clientId"], more].concat())
            .env("ABLY_ENDPOINT", &server.url)
            .env("ABLY_TOKEN", &token)
    };
    let ran = send(&["--client-id", "bob"]).run().exits(2);
    for words in ["'al'", "'bob'", "--client-id", "ABLY_TOKEN"] {
        assert!(ran.stderr.contains(words), "{ran:?}");
    }
    assert_eq!(send(&["--client-id", "al"]).run().exits(0).word(), "al");
    // That of the environment is for all credentials: the token's own wins.
    let ambient = send(&[]).env("ABLY_CLIENT_ID", "bob").run().exits(0);
    assert_eq!(ambient.word(), "al");
}

#[test]
fn wrong_scheme_and_other_servers_have_hints_of_their_own() {
    let server = Server::start();
    let https = server.url.replace("http:", "https:");
    let ran = chatctl(&[&SEND[..], &["--endpoint", &https]].concat());
    let ran = ran.with_key().run().exits(5);
    assert!(ran.stderr.contains("does not speak TLS"), "{ran:?}");
    assert!(
        ran.stderr.contains(&format!("use {}", server.url)),
        "{ran:?}"
    );

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let other = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            use std::io::{Read as _, Write as _};
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(
                b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno",
            );
        }
    });
    let ran = chatctl(&[&SEND[..], &["--endpoint", &other]].concat())
        .with_key()
        .run();
    assert!(
        ran.stderr
            .contains(&format!("{other} does not answer as Ably does")),
        "{ran:?}"
    );
}

#[test]
fn quiet_hides_notices_and_never_errors() {
    let ran = chatctl(&["token", "mint", "-q"]).with_key().run().exits(0);
    assert_eq!(ran.stderr, "");
    let loud = chatctl(&["token", "mint"]).with_key().run().exits(0);
    assert!(loud.stderr.contains("note: "), "{loud:?}");
    let ran = chatctl(&["room", "history", "", "--quiet"]).run().exits(2);
    assert!(ran.stderr.starts_with("error: "), "{ran:?}");
}
