//! Tokens on a connection: which are refused and how, what they limit, and how one follows another.

use parking_lot::Mutex;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{KEY, World};
use crate::chat_core::auth::ApiKey;
use crate::chat_core::auth::invalid::Invalid;
use crate::chat_core::auth::jwt::{Mint, Minter};
use crate::chat_core::random::Random;
use crate::server::core::plan::PlanLimits;
use crate::server::{AccessLog, Setup};

const HOUR: Duration = Duration::from_secs(3600);

fn limited(world: &World, claims: &[(&str, Value)]) -> String {
    let now = world.now();
    let mint = Mint {
        issued: now,
        expires: now + HOUR,
        client_id: Some("me".to_owned()),
        others: claims
            .iter()
            .map(|(pattern, rate)| {
                let name = format!("ably.limits.publish.perAttachment.maxRate.{pattern}");
                (name, rate.clone())
            })
            .collect(),
        ..Mint::default()
    };
    Minter::new(&ApiKey::parse(KEY).unwrap())
        .sign(&mint.claims())
        .unwrap()
}

fn publish(serial: u64, channel: &str) -> Value {
    json!({"action": 15, "channel": channel, "msgSerial": serial, "messages": [{"name": "a"}]})
}

#[tokio::test(start_paused = true)]
async fn a_token_limits_the_rate_of_publishes_and_the_connection_lives() {
    let world = World::start();
    let token = limited(&world, &[("*", json!(2)), ("slow", json!(0.1))]);
    let mut client = world
        .connect_with(&format!("access_token={token}&echo=false"))
        .await;
    client.expect(4).await;
    client.attach("c").await;
    for serial in 0..2 {
        client.send(publish(serial, "c")).await;
        client.expect(1).await;
    }
    client.send(publish(2, "c")).await;
    let nack = client.expect(2).await;
    assert_eq!(
        (&nack["error"]["code"], &nack["error"]["statusCode"]),
        (&json!(42911), &json!(429))
    );
    // Each channel by itself, and the most specific pattern counts.
    client.send(publish(3, "slow")).await;
    client.expect(1).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    client.send(publish(4, "slow")).await;
    client.expect(2).await;
    client.send(publish(5, "c")).await;
    client.expect(1).await;
    // What was refused has left no trace.
    let (_, history) = world
        .rest("GET", "/channels/c/messages", &Value::Null)
        .await;
    assert_eq!(history.as_array().unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_new_token_changes_the_limit_and_a_key_has_none() {
    let world = World::start();
    let token = limited(&world, &[("*", json!(0.1))]);
    let mut client = world
        .connect_with(&format!("access_token={token}&echo=false"))
        .await;
    client.expect(4).await;
    client.send(publish(0, "c")).await;
    client.expect(1).await;
    client.send(publish(1, "c")).await;
    client.expect(2).await;
    let free = world.token("me", r#"{"*":["*"]}"#, HOUR);
    client
        .send(json!({"action": 17, "auth": {"accessToken": free}}))
        .await;
    client.expect(4).await;
    for serial in 2..20 {
        client.send(publish(serial, "c")).await;
        client.expect(1).await;
    }
    let mut keyed = world.connect("echo=false").await;
    keyed.expect(4).await;
    for serial in 0..20 {
        keyed.send(publish(serial, "c")).await;
        keyed.expect(1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_token_is_asked_for_at_half_of_its_life_and_once() {
    let world = World::start();
    for (life, prompted_at) in [(8, 4), (30, 15), (35, 5), (60, 30)] {
        let token = |world: &World| world.token("me", r#"{"*":["*"]}"#, Duration::from_secs(life));
        let first = token(&world);
        let mut client = world.connect_with(&format!("access_token={first}")).await;
        client.expect(4).await;
        for _ in 0..2 {
            let before = world.now();
            client.expect(17).await;
            let waited = world.now().since(before);
            assert_eq!(waited.as_secs(), prompted_at, "of {life} s");
            client
                .send(json!({"action": 17, "auth": {"accessToken": token(&world)}}))
                .await;
            client.expect(4).await;
        }
    }
    // Too short to be worth it: it ends, and is said to.
    let token = world.token("me", r#"{"*":["*"]}"#, Duration::from_secs(5));
    let mut client = world.connect_with(&format!("access_token={token}")).await;
    client.expect(4).await;
    assert_eq!(client.expect(6).await["error"]["code"], 40142);
}

fn invalid(world: &World, kind: Invalid) -> String {
    let now = world.now();
    let mint = Mint {
        issued: now,
        expires: now + HOUR,
        client_id: Some("me".to_owned()),
        ..Mint::default()
    };
    let key = ApiKey::parse(KEY).unwrap();
    kind.mint(&mint, &key, now, &Random::seeded(3)).unwrap()
}

#[tokio::test(start_paused = true)]
async fn each_kind_of_invalid_token_is_refused_with_its_code() {
    let world = World::start();
    for kind in Invalid::ALL {
        let name = kind.name();
        let token = invalid(&world, kind);
        let mut client = world.connect_with(&format!("access_token={token}")).await;
        let error = client.expect(9).await;
        assert_eq!(error["error"]["code"], kind.code(), "{name}: {error}");
        assert!(error["channel"].is_null());
        assert!(
            client.next().await.is_none(),
            "{name}: the socket is closed"
        );

        // In band as well, where it ends a connection that was good.
        let mut client = world.connect("").await;
        client.expect(4).await;
        client
            .send(json!({"action": 17, "auth": {"accessToken": token}}))
            .await;
        let error = client.expect(9).await;
        assert_eq!(
            error["error"]["code"],
            kind.code(),
            "{name} in band: {error}"
        );
        assert!(
            client.next().await.is_none(),
            "{name}: the socket is closed"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_for_somebody_else_does_not_follow() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    let other = world.token("other", r#"{"*":["*"]}"#, HOUR);
    client
        .send(json!({"action": 17, "auth": {"accessToken": other}}))
        .await;
    let error = client.expect(9).await;
    assert_eq!(
        (&error["error"]["code"], &error["error"]["statusCode"]),
        (&json!(40102), &json!(401))
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_that_chose_who_it_is_stays_who_it_is() {
    let world = World::start();
    let any = || world.token("*", r#"{"*":["*"]}"#, HOUR);
    let mut client = world
        .connect_with(&format!("access_token={}&clientId=me", any()))
        .await;
    for token in [any(), world.token("me", r#"{"*":["*"]}"#, HOUR), any()] {
        let connected = client.expect(4).await;
        assert_eq!(connected["connectionDetails"]["clientId"], "me");
        client
            .send(json!({"action": 17, "auth": {"accessToken": token}}))
            .await;
    }
    let connected = client.expect(4).await;
    assert_eq!(connected["connectionDetails"]["clientId"], "me");
}

#[tokio::test(start_paused = true)]
async fn a_new_token_takes_and_gives_rights_on_the_way() {
    let world = World::start();
    let all = r#"{"a":["publish","subscribe"],"b":["subscribe"]}"#;
    let mut client = world
        .connect_with(&format!("access_token={}", world.token("me", all, HOUR)))
        .await;
    client.expect(4).await;
    client.attach("a").await;
    client.attach("b").await;
    let narrow = world.token("me", r#"{"a":["subscribe"]}"#, HOUR);
    client
        .send(json!({"action": 17, "auth": {"accessToken": narrow}}))
        .await;
    client.expect(4).await;
    let mut seen: Vec<(u64, String, Value)> = Vec::new();
    for _ in 0..2 {
        let message = client.event().await;
        seen.push((
            message["action"].as_u64().unwrap(),
            message["channel"].as_str().unwrap().to_owned(),
            message["error"]["code"].clone(),
        ));
    }
    seen.sort_by(|one, two| one.1.cmp(&two.1));
    assert_eq!(seen[0].0, 11, "a lives on with fewer modes: {seen:?}");
    assert_eq!(seen[1], (9, "b".to_owned(), json!(40160)));
    client.send(publish(0, "a")).await;
    assert_eq!(client.expect(2).await["error"]["code"], 40160);
    let wide = world.token("me", r#"{"*":["*"]}"#, HOUR);
    client
        .send(json!({"action": 17, "auth": {"accessToken": wide}}))
        .await;
    client.expect(4).await;
    client.expect(11).await;
    client.send(publish(1, "a")).await;
    let mut answer = client.event().await;
    if answer["action"] == 15 {
        answer = client.event().await;
    }
    assert_eq!(answer["action"], 1, "{answer}");
}

#[tokio::test(start_paused = true)]
async fn the_auth_server_beside_the_chat_server_gives_tokens_that_are_let_in() {
    let world = World::start();
    let path = "/api/ably-token?clientId=ann&format=details";
    let (status, details) = world.rest("GET", path, &Value::Null).await;
    assert_eq!((status, &details["clientId"]), (200, &json!("ann")));
    let token = details["token"].as_str().unwrap();
    let mut client = world.connect_with(&format!("access_token={token}")).await;
    let connected = client.expect(4).await;
    assert_eq!(connected["connectionDetails"]["clientId"], "ann");
    let body = json!({"user": "bob", "format": "request"});
    let (_, request) = world.rest("POST", "/api/ably-token", &body).await;
    let (status, issued) = world
        .rest("POST", "/keys/app.key/requestToken", &request)
        .await;
    assert_eq!((status, &issued["clientId"]), (201, &json!("bob")));
}

/// A file in memory.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_not_let_in_is_recorded_by_what_they_say_of_themselves() {
    // One story, told in one go.
    let file = Memory::default();
    let world = World::start_from(Setup {
        access_log: Some(AccessLog::to(Box::new(file.clone())).unwrap()),
        limits: PlanLimits {
            connections: Some(1),
            ..PlanLimits::default()
        },
        ..Setup::default()
    });
    let token = |client_id: &str| world.token(client_id, r#"{"*":["*"]}"#, HOUR);
    let forged = token("mallory") + "x";
    for query in [
        "key=app.key:precious&clientId=eve".to_owned(),
        "key=precious".to_owned(),
        format!("access_token={forged}"),
        format!("access_token={}&clientId=alice", token("bob")),
        "clientId=nobody".to_owned(),
    ] {
        world.connect_with(&query).await.expect(9).await;
    }
    let mut bob = world
        .connect_with(&format!("access_token={}", token("bob")))
        .await;
    let id = bob.expect(4).await["connectionId"].clone();
    world.connect("").await.expect(9).await;
    bob.send(json!({"action": 17, "auth": {"accessToken": token("mallory")}}))
        .await;
    bob.expect(9).await;

    let messages = "/channels/c/messages";
    for (key, method, path, body) in [
        ("app.key:precious", "GET", messages, Value::Null),
        ("gone.key:precious", "GET", messages, Value::Null),
        ("app.key:precious", "POST", "/apps/app/reset", Value::Null),
        (
            "app.key:precious",
            "POST",
            "/keys/app.key/revokeTokens",
            json!({"targets": ["clientId:a"]}),
        ),
        (
            KEY,
            "POST",
            "/keys/app.key/requestToken",
            json!({
                "keyName": "app.key", "clientId": "carol", "timestamp": world.now(), "nonce": "0123456789abcdef",
                "capability": "{\"*\":[\"*\"]}", "mac": "cHJlY2lvdXM=",
            }),
        ),
        // Who is let in is not recorded here, whatever becomes of what they ask for.
        (KEY, "GET", messages, Value::Null),
        (KEY, "GET", "/channels/c/messages/none", Value::Null),
    ] {
        world.rest_as(key, method, path, &body).await;
    }
    world.end().await;

    let text = String::from_utf8(file.0.lock().clone()).unwrap();
    for secret in [
        "precious",
        "secret",
        "cHJl",
        forged.as_str(),
        "0123456789abcdef",
    ] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let logins: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|record| record["login"].is_string())
        .collect();
    let told: Vec<Value> = logins
        .iter()
        .map(|record| {
            assert!(
                record["time"].is_i64() && record["operation"].is_null(),
                "{record}"
            );
            let parts = ["login", "keyName", "isToken", "clientId", "result", "code"];
            parts.iter().map(|part| record[part].clone()).collect()
        })
        .collect();
    let expected = json!([
        ["realtime", "app.key", false, "eve", "denied", 40101],
        ["realtime", null, false, null, "denied", 40005],
        ["realtime", "app.key", true, "mallory", "denied", 40144],
        ["realtime", "app.key", true, "alice", "denied", 40102],
        ["realtime", null, null, "nobody", "denied", 40101],
        ["realtime", "app.key", false, "me", "denied", 40111],
        ["realtime", "app.key", true, "mallory", "denied", 40102],
        ["rest", "app.key", false, "me", "denied", 40101],
        ["rest", "gone.key", false, "me", "denied", 40101],
        ["rest", "app.key", false, null, "denied", 40101],
        ["rest", "app.key", false, null, "denied", 40101],
        ["rest", "app.key", null, "carol", "denied", 40101],
    ]);
    assert_eq!(Value::from(told), expected);
    assert_eq!(logins[6]["connectionId"], id, "whose connection it was");
}
