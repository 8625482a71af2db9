//! `serve --control`, from the built program.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::guides::run_guide;
use crate::harness::chatctl;
use crate::running::{Process, Server, command};

/// Calls the Control API at `url` with `token`, and returns status and body.
fn call(url: &str, token: &str, (method, path): (&str, &str), body: &Value) -> (u16, Value) {
    let headers = format!("Authorization: Bearer {token}\r\n");
    request(url, &headers, (method, path), body)
}

fn request(url: &str, headers: &str, (method, path): (&str, &str), body: &Value) -> (u16, Value) {
    let address = url.strip_prefix("http://").unwrap();
    let (address, prefix) = address.split_once('/').unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    write!(
        stream,
        "{method} /{prefix}{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let status = text.split(' ').nth(1).unwrap().parse().unwrap();
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status, serde_json::from_str(body).unwrap_or_default())
}

/// Sends a message with a key.
fn send(server: &Server, key: &str, text: &str) -> crate::harness::Ran {
    chatctl(&["room", "send", "lobby", text, "--client-id", "me", "--json"])
        .env("ABLY_API_KEY", key)
        .env("ABLY_ENDPOINT", &server.url)
        .run()
}

const NONE: Value = Value::Null;

#[test]
fn the_guide_runs_as_it_stands() {
    run_guide(include_str!("../../docs/control-api.md"));
}

#[test]
fn an_app_a_key_and_a_rule_act_at_once() {
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"]);
    let url = server.ready["controlUrl"].as_str().unwrap();
    let token = server.ready["controlToken"].as_str().unwrap();
    let notice = server.process.stderr.until("control API: ");
    assert!(notice.contains(url) && notice.contains(token), "{notice}");
    let done = |status: u16, method: &str, path: &str, body: Value| {
        let (got, answer) = call(url, token, (method, path), &body);
        assert_eq!(got, status, "{method} {path}: {answer}");
        answer
    };
    let app = done(201, "POST", "/accounts/local/apps", json!({"name": "demo"}));
    let app = format!("/apps/{}", app["id"].as_str().unwrap());
    let key = json!({"name": "main", "capability": {"*": ["*"]}});
    let key = done(201, "POST", &format!("{app}/keys"), key);
    let text = key["key"].as_str().unwrap();
    send(&server, text, "hello").exits(0);
    let rule = json!({
        "ruleType": "bodyguard/text-moderation",
        "invocationMode": "BEFORE_PUBLISH",
        "beforePublishConfig": {},
        "target": {"apiKey": "dummy"},
        "words": {"spam": {"buy": 1}},
    });
    done(201, "POST", &format!("{app}/rules"), rule);
    send(&server, text, "buy it").exits(6);
    let namespace = json!({"id": "news", "authenticated": true});
    let made = done(201, "POST", &format!("{app}/namespaces"), namespace);
    assert_eq!(made["authenticated"], true);
    let path = format!("{app}/keys/{}/revoke", key["id"].as_str().unwrap());
    done(200, "POST", &path, NONE);
    let refused = send(&server, text, "hello").exits(3);
    assert!(refused.stderr.contains("40131"), "{}", refused.stderr);
    let stats = done(200, "GET", &format!("{app}/stats"), NONE);
    assert!(stats[0]["entries"]["messages.inbound.all.all.count"].is_u64());
    let own = server.ready["keys"][0].as_str().unwrap();
    let (own, _) = own.split_once('.').unwrap();
    let refused = done(403, "DELETE", &format!("/apps/{own}"), NONE);
    assert_eq!(refused["code"], 40300);
}

#[test]
fn strangers_and_pages_are_refused() {
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "--control", "localhost:0"]);
    let url = server.ready["controlUrl"].as_str().unwrap();
    let url = url.replace("localhost", "127.0.0.1");
    let token = server.ready["controlToken"].as_str().unwrap();
    let get = |headers: &str| request(&url, headers, ("GET", "/me"), &NONE);
    assert_eq!(get("").0, 401);
    assert_eq!(get("Authorization: Bearer other\r\n").0, 401);
    let bearer = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(get(&bearer).0, 200);
    let (status, refused) = get(&format!("{bearer}Origin: http://localhost:3000\r\n"));
    assert_eq!((status, &refused["code"]), (403, &json!(40300)));
}

#[test]
fn the_token_of_the_environment_is_not_shown() {
    let home = tempfile::tempdir().unwrap();
    let arguments = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--control",
        "127.0.0.1:0",
        "--json",
    ];
    let mut serve = command(&arguments, home.path());
    serve.env("CHATCTL_CONTROL_TOKEN", "of-my-own");
    let server = Process::start(serve);
    let ready = server.stdout.json();
    assert!(ready.get("controlToken").is_none());
    let notice = server.stderr.until("control API: ");
    assert!(!notice.contains("of-my-own"), "{notice}");
    let url = ready["controlUrl"].as_str().unwrap();
    assert_eq!(call(url, "of-my-own", ("GET", "/me"), &NONE).0, 200);
    assert_eq!(call(url, "other", ("GET", "/me"), &NONE).0, 401);
}

#[test]
fn with_dev_any_token_is_taken() {
    let home = tempfile::tempdir().unwrap();
    let arguments = [
        "serve",
        "--dev",
        "--listen",
        "127.0.0.1:0",
        "--control",
        "127.0.0.1:0",
        "--json",
    ];
    let server = Process::start(command(&arguments, home.path()));
    let ready = server.stdout.json();
    let url = ready["controlUrl"].as_str().unwrap();
    assert_eq!(call(url, "anything", ("GET", "/me"), &NONE).0, 200);
    assert_eq!(request(url, "", ("GET", "/me"), &NONE).0, 401);
    // Another key than the public one is not given away to everybody.
    let arguments = [&arguments[..], &["--key", "a.b:secret"]].concat();
    let server = Process::start(command(&arguments, home.path()));
    let ready = server.stdout.json();
    let url = ready["controlUrl"].as_str().unwrap();
    assert_eq!(call(url, "anything", ("GET", "/me"), &NONE).0, 401);
    assert!(ready["controlToken"].is_string());
}

#[test]
fn an_address_that_is_not_loopback_is_refused() {
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--control", "0.0.0.0:0"];
    let ran = chatctl(&arguments).run().exits(2);
    assert!(ran.stderr.contains("not loopback"), "{}", ran.stderr);
}
