//! Requests of clients that take too much: time, memory, or what another page's credential opens.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::Instant;

use super::harness::{KEY, World, answer_on};
use crate::server::core::limits::{
    ANSWER_TIMEOUT, BODY_TIMEOUT, HEAD_TIMEOUT, MAX_APP_CHANNELS, MAX_APP_KEYS, MAX_APP_MEMBERS,
    MAX_BATCH_CHANNELS, MAX_BODY, MAX_DEPTH, MAX_HEAD, MAX_HEADERS, MAX_OPEN_BODY, MAX_TARGET,
    MAX_TARGETS, OPEN_BODY_TIMEOUT,
};
use crate::server::{Boundary, Setup};

/// A message of the history of channel `c`, or of none.
async fn history(world: &World, channel: &str) -> usize {
    let path = format!("/channels/{channel}/messages");
    let (_, page) = world.rest("GET", &path, &Value::Null).await;
    page.as_array().unwrap().len()
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("c{number}")).collect()
}

/// A POST whose head promises a body of `length` bytes, with `credential` in its query.
fn post(path: &str, credential: &str, length: usize) -> String {
    format!(
        "POST {path}?{credential} HTTP/1.1\r\nHost: server\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_bounded_by_its_products_before_it_starts() {
    let world = World::start();
    let messages = vec![json!({}); 1000];
    let same = vec!["c0"; 100];
    let specs = vec![json!({"channels": same, "messages": messages}); 100];
    let (status, answer) = world.rest("POST", "/messages", &json!(specs)).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(40034)));
    // Each of these alone is within its bounds.
    let many = json!({"channels": names(100), "messages": vec![json!({"data": "x"}); 101]});
    let (status, answer) = world.rest("POST", "/messages", &many).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(40034)));
    let large = json!({"channels": names(100), "messages": {"data": "x".repeat(65_537)}});
    let (status, answer) = world.rest("POST", "/messages", &large).await;
    assert_eq!((status, &answer["error"]["code"]), (413, &json!(40009)));
    let twice = json!([{"channels": ["c0", "c0"], "messages": {"data": "x"}}]);
    let (status, answer) = world.rest("POST", "/messages", &twice).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(40000)));
    let one = |name: &String| json!({"channels": name, "messages": {"data": "x"}});
    let specs: Vec<Value> = names(MAX_BATCH_CHANNELS + 1).iter().map(one).collect();
    let (status, answer) = world.rest("POST", "/messages", &json!(specs)).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(90010)));
    let (status, _) = world
        .rest(
            "POST",
            "/messages",
            &json!([{"channels": [], "messages": []}]),
        )
        .await;
    assert_eq!(status, 400);
    assert_eq!(history(&world, "c0").await, 0, "nothing of it was done");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_batch_within_its_bounds_is_done() {
    let world = World::start();
    let most = json!({"channels": names(100), "messages": vec![json!({"data": "x"}); 100]});
    let (status, answer) = world.rest("POST", "/messages", &most).await;
    assert_eq!((status, &answer["successCount"]), (201, &json!(100)));
    assert_eq!(history(&world, "c99").await, 100);
    // The same channel in two specs, each with messages of its own.
    let specs = json!([{"channels": "d", "messages": {}}, {"channels": ["d"], "messages": [{}]}]);
    let (status, _) = world.rest("POST", "/messages", &specs).await;
    assert_eq!(status, 201);
    assert_eq!(history(&world, "d").await, 2);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_publish_of_too_many_messages_is_refused() {
    let world = World::start();
    let (status, answer) = world
        .rest(
            "POST",
            "/channels/c/messages",
            &json!(vec![json!({}); 100_000]),
        )
        .await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(40034)));
    world.end().await;
}

/// Makes a body of a value.
type BodyOf<'a> = &'a dyn Fn(Value) -> Value;

/// Returns a JSON object of this depth.
fn nested(depth: usize) -> Value {
    let mut value = json!({});
    for _ in 1..depth {
        value = json!({"a": value});
    }
    value
}

#[tokio::test(start_paused = true)]
async fn what_is_accepted_is_nested_no_deeper_than_readers_take() {
    let world = World::start();
    let path = "/channels/c/messages";
    let (_, published) = world.rest("POST", path, &json!({"data": "x"})).await;
    let serial = published["serials"][0].as_str().unwrap();
    let message = format!("{path}/{serial}");
    let annotations = format!("{message}/annotations");
    let chat = "/chat/v4/rooms/room/messages";
    let (_, sent) = world.rest("POST", chat, &json!({"text": "x"})).await;
    let sent = format!("{chat}/{}", sent["serial"].as_str().unwrap());
    let annotation =
        |extras: Value| json!({"type": "reaction:flag.v1", "name": "a", "extras": extras});
    let cases: [(&str, &str, BodyOf<'_>); 6] = [
        ("POST", path, &|it| json!({"extras": it})),
        (
            "POST",
            "/messages",
            &|it| json!({"channels": ["c"], "messages": {"extras": it}}),
        ),
        ("PATCH", &message, &|it| json!({"action": 1, "extras": it})),
        (
            "PATCH",
            &message,
            &|it| json!({"action": 1, "version": {"metadata": it}}),
        ),
        ("POST", &annotations, &|it| json!([annotation(it)])),
        ("PUT", &sent, &|it| {
            // Chat's metadata is a part of the data.
            json!({"message": {"text": "x", "metadata": it["a"]}})
        }),
    ];
    let code_of = |answer: &Value| {
        let first = &answer["results"][0]["error"]["code"];
        first.as_u64().or_else(|| answer["error"]["code"].as_u64())
    };
    for (method, path, body) in cases {
        let (_, refused) = world.rest(method, path, &body(nested(MAX_DEPTH + 1))).await;
        assert_eq!(code_of(&refused), Some(40003), "{method} {path}: {refused}");
        let (status, answer) = world.rest(method, path, &body(nested(MAX_DEPTH))).await;
        assert!(status < 300 && code_of(&answer).is_none(), "{answer}");
    }
    // Over a connection, and back from there.
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach("c").await;
    for (depth, action) in [(MAX_DEPTH, 1), (MAX_DEPTH + 1, 2)] {
        let member = json!({"action": 2, "extras": nested(depth)});
        let frame = json!({"action": 14, "channel": "c", "msgSerial": depth, "presence": [member]});
        client.send(frame).await;
        client.expect_any(action).await;
    }
    for path in [path, &format!("{message}/versions"), &annotations, chat] {
        let (status, page) = world.rest("GET", path, &Value::Null).await;
        assert_eq!(status, 200);
        assert!(page.is_array(), "{path} can be read");
    }
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn channels_are_listed_in_pages_while_they_change() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    for name in ["b", "a x", "c", "other"] {
        client.attach(name).await;
    }
    let page = async |path: &str| {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nX-Ably-Version: 4\r\nConnection: close\r\n\r\n"
        );
        let (status, answer) = world.raw(request.as_bytes()).await;
        assert_eq!(status, 200, "{answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let next = head.split("<./").find(|link| link.contains("rel=\"next\""));
        let next = next.and_then(|link| link.split_once('>'));
        let next = next.map(|(path, _)| format!("/{path}&key={KEY}"));
        (serde_json::from_str::<Value>(body).unwrap(), next)
    };
    let first = format!("/channels?by=id&limit=2&key={KEY}");
    let (names, next) = page(&first).await;
    assert_eq!(names, json!(["a x", "b"]));
    // What went and came before the next page moves nothing.
    client.send(json!({"action": 12, "channel": "b"})).await;
    client.expect(13).await;
    client.attach("a").await;
    let (names, next) = page(&next.unwrap()).await;
    assert_eq!((names, next), (json!(["c", "other"]), None));
    let (details, next) = page(&format!("{first}&by=value&direction=backwards&prefix=a")).await;
    assert_eq!(details[0]["name"], "a x");
    assert_eq!(details[1]["channelId"], "a");
    assert_eq!((details.as_array().unwrap().len(), next), (2, None));
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn bodies_have_a_deadline() {
    let world = World::start_provisioning(Setup::default());
    for (path, credential, deadline) in [
        ("/keys/app.key/requestToken", "", OPEN_BODY_TIMEOUT),
        ("/apps", "", OPEN_BODY_TIMEOUT),
        ("/api/ably-jwt", "", OPEN_BODY_TIMEOUT),
        ("/channels/c/messages", "key=app.key:secret", BODY_TIMEOUT),
        ("/apps", "key=app.key:secret", BODY_TIMEOUT),
    ] {
        let mut socket = world.socket(1 << 16);
        let head = post(path, credential, 1000);
        socket.write_all(head.as_bytes()).await.unwrap();
        let start = Instant::now();
        let (mut receive, mut send) = tokio::io::split(socket);
        // One byte a second: never silent, never done.
        let trickle = tokio::spawn(async move {
            loop {
                if send.write_all(b" ").await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        let mut answer = Vec::new();
        let _ = receive.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{path}: {answer}");
        let took = start.elapsed();
        assert!(
            took >= deadline && took <= deadline + Duration::from_secs(2),
            "{path}: {took:?}"
        );
        trickle.abort();
    }
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn credentials_are_judged_before_a_body_comes() {
    let world = World::start();
    for (path, credential) in [
        ("/channels/c/messages", "key=app.key:wrong"),
        ("/channels/c/messages", ""),
        ("/messages", "key=app.key:wrong"),
        (
            "/chat/v4/rooms/lobby/messages",
            "key=app.key:wrong&clientId=me",
        ),
        ("/keys/app.key/revokeTokens", "key=app.key:wrong"),
        ("/keys/app.key/revokeTokens", ""),
        ("/apps", "key=app.key:wrong"),
        ("/apps", ""),
    ] {
        let start = Instant::now();
        let (status, answer) = world.raw(post(path, credential, 1000).as_bytes()).await;
        assert_eq!(status, 401, "{path}: {answer}");
        assert!(start.elapsed() < Duration::from_secs(1), "{path}");
    }
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn bodies_are_bounded_by_what_is_known_of_the_caller() {
    let world = World::start_provisioning(Setup::default());
    for (path, credential, most) in [
        ("/keys/app.key/requestToken", "", MAX_OPEN_BODY),
        ("/apps", "", MAX_OPEN_BODY),
        ("/api/ably-token", "", MAX_OPEN_BODY),
        ("/apps", "key=app.key:secret", MAX_BODY),
        ("/channels/c/messages", "key=app.key:secret", MAX_BODY),
    ] {
        let head = post(path, credential, most + 1);
        let (status, answer) = world
            .raw(&[head.as_bytes(), &vec![b' '; most + 1]].concat())
            .await;
        assert_eq!(status, 413, "{path}: {answer}");
        let head = post(path, credential, most);
        let (status, answer) = world
            .raw(&[head.as_bytes(), &vec![b' '; most]].concat())
            .await;
        assert_ne!(status, 413, "{path}: {answer}");
    }
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn heads_are_bounded_in_time_size_and_fields() {
    let world = World::start();
    let start = Instant::now();
    let (status, _) = world.raw(b"GET /time HTTP/1.1\r\nHost: ser").await;
    assert_eq!(status, 0);
    assert!(start.elapsed() >= HEAD_TIMEOUT && start.elapsed() < HEAD_TIMEOUT * 2);
    let field = "X-Long: ".to_owned() + &"x".repeat(2 * MAX_HEAD) + "\r\n";
    let (status, _) = world
        .raw(format!("GET /time HTTP/1.1\r\n{field}\r\n").as_bytes())
        .await;
    assert_eq!(status, 431);
    let fields = "X: y\r\n".repeat(MAX_HEADERS + 1);
    let (status, _) = world
        .raw(format!("GET /time HTTP/1.1\r\n{fields}\r\n").as_bytes())
        .await;
    assert_eq!(status, 431);
    let long = "x".repeat(MAX_TARGET + 1);
    let (status, _) = world
        .raw(format!("GET /time?{long} HTTP/1.1\r\n\r\n").as_bytes())
        .await;
    assert_eq!(status, 414);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_read_is_not_kept() {
    let world = World::start();
    let messages = vec![json!({"data": "x".repeat(600)}); 100];
    world
        .rest("POST", "/channels/c/messages", &json!(messages))
        .await;
    // A pipe that holds 16 bytes of some 60 KB.
    let mut socket = world.socket(16);
    let request = format!("GET /channels/c/messages?key={KEY} HTTP/1.1\r\nHost: server\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(ANSWER_TIMEOUT + Duration::from_secs(1)).await;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    assert!(answer.len() <= 16, "{}", answer.len());
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_no_more_gets_its_answer() {
    let world = World::start();
    let mut socket = world.socket(1 << 16);
    socket
        .write_all(b"GET /time HTTP/1.1\r\nHost: server\r\n\r\n")
        .await
        .unwrap();
    socket.shutdown().await.unwrap();
    let (status, answer) = answer_on(&mut socket).await;
    assert_eq!(status, 200, "{answer}");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_websocket_may_be_silent_for_longer_than_an_answer() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.during(tokio::time::sleep(ANSWER_TIMEOUT * 3)).await;
    client.attach("c").await;
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn apps_that_anybody_creates_share_a_budget() {
    let world = World::start_provisioning(Setup::default());
    // 22,000 rules in 64 KB, and a third of the budget with a key.
    let rules = vec![json!({}); MAX_BODY / 3 - 100];
    let body = json!({"namespaces": rules});
    let mut made = Vec::new();
    let refused = loop {
        let (status, app) = world.rest("POST", "/apps", &body).await;
        if status != 201 {
            break app;
        }
        made.push(app);
        assert!(made.len() < 100);
    };
    assert_eq!(refused["error"]["code"], 40000, "{refused}");
    let app = made.pop().unwrap();
    let path = format!("/apps/{}", app["appId"].as_str().unwrap());
    assert_eq!(world.rest("DELETE", &path, &Value::Null).await.0, 200);
    assert_eq!(
        world.rest("POST", "/apps", &body).await.0,
        201,
        "the share came back"
    );
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_app_has_bounded_keys_and_channels() {
    let world = World::start();
    for body in [
        json!({"keys": vec![json!({}); MAX_APP_KEYS + 1]}),
        json!({"channels": vec![json!({"name": "c"}); MAX_APP_CHANNELS + 1]}),
    ] {
        let (status, answer) = world.rest("POST", "/apps", &body).await;
        assert_eq!((status, &answer["error"]["code"]), (400, &json!(40000)));
    }
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_app_allows_a_channel_bounded_members() {
    let world = World::start();
    let members: Vec<Value> = (0..=MAX_APP_MEMBERS)
        .map(|number| json!({"clientId": number.to_string()}))
        .collect();
    let body = json!({
        "limits": {"presence": {"maxMembers": MAX_APP_MEMBERS + 1}},
        "channels": [{"name": "c", "presence": members}],
    });
    let (status, answer) = world.rest("POST", "/apps", &body).await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (400, &json!(91003)),
        "{answer}"
    );
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_revocation_has_bounded_targets() {
    let folder = tempfile::tempdir().unwrap();
    // A key with revocable tokens.
    let world = World::start_on(&folder.path().join("chat.db"), 1);
    let targets: Vec<String> = (0..=MAX_TARGETS)
        .map(|number| format!("clientId:{number}"))
        .collect();
    let path = "/keys/app.key/revokeTokens";
    let (status, answer) = world.rest("POST", path, &json!({"targets": targets})).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(40000)));
    world.end().await;
}

/// A request of a page, with these lines in its head.
fn of_page(line: &str, head: &[&str]) -> Vec<u8> {
    let mut text = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
    for field in head {
        text.push_str(field);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text.into_bytes()
}

#[tokio::test(start_paused = true)]
async fn foreign_pages_do_not_get_in_where_the_key_is_public() {
    let mut boundary = Boundary::default();
    boundary.allow_origin("https://app.example").unwrap();
    boundary.allow_host("ably.test").unwrap();
    let world = World::start_from(Setup {
        boundary: Some(boundary),
        ..Setup::default()
    });
    let message = json!({"data": "x"});
    let (status, _) = world.rest("POST", "/channels/c/messages", &message).await;
    assert_eq!(status, 403, "the harness names the Host 'server'");
    let key = format!("key={KEY}");
    let local = "Host: localhost:9080";
    let evil = "Origin: https://evil.example";
    let websocket = [
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    for line in [
        format!("GET /channels/c/messages?{key}"),
        format!("POST /apps/app/reset?{key}"),
        format!("OPTIONS /channels/c/messages?{key}"),
        format!("GET /?{key}"),
        "GET /api/ably-jwt".to_owned(),
        "GET /time".to_owned(),
        "GET /healthz".to_owned(),
        "GET /nowhere".to_owned(),
    ] {
        for head in [
            [local, evil],
            [local, "Origin: null"],
            ["Host: evil.example", ""],
        ] {
            let head: Vec<&str> = head.into_iter().filter(|field| !field.is_empty()).collect();
            let (status, answer) = world.raw(&of_page(&line, &head)).await;
            assert_eq!(status, 403, "{line} {head:?}: {answer}");
            assert!(answer.contains("--allow-"), "{answer}");
            assert!(
                !answer
                    .to_lowercase()
                    .contains("access-control-allow-origin"),
                "{answer}"
            );
            let upgrade = [&head[..], &websocket[..]].concat();
            let request = of_page(&format!("GET /?{key}"), &upgrade);
            let (status, answer) = world.raw(&request).await;
            assert_eq!(status, 403, "{answer}");
        }
    }
    for head in [
        &[local][..],
        &[local, "Origin: http://localhost:3000"],
        &["Host: 127.0.0.1", "Origin: http://127.0.0.1:5173"],
        &["Host: [::1]:9080", "Origin: https://app.example"],
        &["Host: ably.test"],
    ] {
        let (status, answer) = world.raw(&of_page("GET /time", head)).await;
        assert_eq!(status, 200, "{head:?}: {answer}");
    }
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_changes_state_says_that_it_is_json_where_the_key_is_public() {
    let world = World::start_from(Setup {
        boundary: Some(Boundary::default()),
        ..Setup::default()
    });
    let reset = format!("POST /apps/app/reset?key={KEY}");
    let local = "Host: localhost:9080";
    for kind in [
        "Origin: http://localhost:3000",
        "Sec-Fetch-Site: same-origin",
        "Content-Type: text/plain",
        "Content-Type: application/x-www-form-urlencoded",
    ] {
        let (status, answer) = world.raw(&of_page(&reset, &[local, kind])).await;
        assert_eq!(status, 415, "{kind}: {answer}");
    }
    assert_eq!(
        world.raw(&of_page(&reset, &[local])).await.0,
        200,
        "from a program"
    );
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "application/x-msgpack",
    ] {
        let kind = format!("Content-Type: {kind}");
        let (status, answer) = world.raw(&of_page(&reset, &[local, &kind])).await;
        assert_eq!(status, 200, "{kind}: {answer}");
    }
    // A body that is itself the data has any type, from a program.
    let publish = format!("POST /channels/c/messages?enveloped=false&key={KEY}");
    let text = "Content-Type: text/plain";
    assert_eq!(world.raw(&of_page(&publish, &[local, text])).await.0, 201);
    let page = "Origin: http://localhost:3000";
    assert_eq!(
        world.raw(&of_page(&publish, &[local, text, page])).await.0,
        415
    );
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn every_origin_is_taken_where_the_key_is_secret() {
    let world = World::start();
    let head = ["Host: anywhere", "Origin: https://app.example"];
    let request = of_page(&format!("GET /channels/c/messages?key={KEY}"), &head);
    let (status, answer) = world.raw(&request).await;
    assert_eq!(status, 200);
    assert!(
        answer.contains("access-control-allow-origin: https://app.example"),
        "{answer}"
    );
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_unenveloped_body_is_the_data() {
    let world = World::start();
    let send = async |query: &str, head: &[&str], body: &[u8]| {
        let path = format!("/channels/c/messages?enveloped=false&key={KEY}&{query}");
        let length = format!("Content-Length: {}", body.len());
        let mut request = of_page(
            &format!("POST {path}"),
            &[head, &["Host: server", &length]].concat(),
        );
        request.extend_from_slice(body);
        let (status, answer) = world.raw(&request).await;
        assert_eq!(status, 201, "{answer}");
        let (_, page) = world
            .rest("GET", "/channels/c/messages?limit=1", &Value::Null)
            .await;
        page[0].clone()
    };
    let json_body = br#"{"some": "json"}"#;
    let message = send("", &["Content-Type: application/json"], json_body).await;
    assert_eq!(
        (&message["data"], &message["encoding"]),
        (&json!(r#"{"some":"json"}"#), &json!("json"))
    );
    let list = send("", &["Content-Type: application/json"], b"[1]").await;
    assert_eq!(
        (&list["data"], &list["encoding"]),
        (&json!("[1]"), &json!("json"))
    );
    let string = send("", &["Content-Type: application/json"], br#""word""#).await;
    assert_eq!(
        (&string["data"], &string["encoding"]),
        (&json!("word"), &Value::Null)
    );
    let text = send("", &["Content-Type: text/plain"], b"plain").await;
    assert_eq!(
        (&text["data"], &text["encoding"]),
        (&json!("plain"), &Value::Null)
    );
    let bytes = send("", &["Content-Type: application/octet-stream"], b"\xff\x00").await;
    assert_eq!(
        (&bytes["data"], &bytes["encoding"]),
        (&json!("/wA="), &json!("base64"))
    );
    let packed = send(
        "",
        &["Content-Type: application/x-msgpack"],
        b"\x81\xa1a\x01",
    )
    .await;
    assert_eq!(
        (&packed["data"], &packed["encoding"]),
        (&json!(r#"{"a":1}"#), &json!("json"))
    );
    let named = send(
        "name=n&messageId=one:0&encoding=utf-8",
        &["Content-Type: text/plain"],
        b"x",
    )
    .await;
    assert_eq!(
        (&named["name"], &named["id"], &named["encoding"]),
        (&json!("n"), &json!("one:0"), &json!("utf-8"))
    );
    let head = [
        "Content-Type: text/plain",
        "X-Ably-Name: head",
        "X-Ably-Encoding: json",
    ];
    let named = send("name=query", &head, b"[]").await;
    assert_eq!(
        (&named["name"], &named["encoding"]),
        (&json!("head"), &json!("json"))
    );
    world.end().await;
}
