//! Webhooks: what endpoints are told, when, and how often.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::endpoint::{Endpoint, Script};
use super::harness::World;
use crate::server::Setup;
use crate::server::core::outbound::Call;
use crate::server::integrations::RuleForm;
use crate::server::plan::Plan;

const ROOM: &str = "/chat/v4/rooms/arena:eu/messages";
const CHANNEL: &str = "arena:eu::$chat";

/// A webhook that is told of messages in batches, with other members in the place of these.
#[allow(clippy::needless_pass_by_value)] // read better as `rule(json!(…))`
fn rule(members: Value) -> RuleForm {
    let mut rule = json!({
        "id": "hook",
        "ruleType": "http",
        "requestMode": "batch",
        "source": {"type": "channel.message", "channelFilter": "^arena:"},
        "target": {"url": "http://localhost:9000/hook", "headers": [{"name": "X-Me", "value": "ok"}]},
    });
    for (name, value) in members.as_object().unwrap() {
        match (rule[name].is_object(), value.as_object()) {
            (true, Some(inner)) => {
                for (name_inside, value) in inner {
                    rule[name][name_inside] = value.clone();
                }
            }
            _ => rule[name] = value.clone(),
        }
    }
    serde_json::from_value(rule).unwrap()
}

/// A webhook for each event alone, of this source.
fn single(source: &str) -> RuleForm {
    rule(json!({"requestMode": "single", "source": {"type": source}}))
}

/// A server with these rules, whose endpoint does what `scripts` say.
fn start(rules: Vec<RuleForm>, scripts: Vec<Script>) -> (World, Arc<Endpoint>) {
    start_with(rules, scripts, Setup::default())
}

fn start_with(rules: Vec<RuleForm>, scripts: Vec<Script>, setup: Setup) -> (World, Arc<Endpoint>) {
    let endpoint = Endpoint::playing(scripts);
    let setup = Setup {
        rules,
        outbound: Some(Arc::clone(&endpoint) as _),
        admin_token: Some("admin".to_owned()),
        ..setup
    };
    (World::start_from(setup), endpoint)
}

fn answer(status: u16) -> Script {
    Script::Answer(status, "thanks".to_owned())
}

async fn send(world: &World, text: &str) -> Value {
    let (status, sent) = world.rest("POST", ROOM, &json!({"text": text})).await;
    assert_eq!(status, 201, "{sent}");
    sent
}

/// Lets what was started be done.
async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

/// The texts of the messages in a batch or an envelope.
fn texts(body: &Value) -> Vec<String> {
    let items = match body["items"].as_array() {
        Some(items) => items.iter().map(|item| item["data"].clone()).collect(),
        None => vec![body.clone()],
    };
    let messages = items
        .iter()
        .flat_map(|it| it["messages"].as_array().unwrap());
    let texts = messages.map(|message| {
        let data: Value = serde_json::from_str(message["data"].as_str().unwrap()).unwrap();
        data["text"].as_str().unwrap().to_owned()
    });
    texts.collect()
}

async fn deliveries(world: &World) -> Vec<Value> {
    let (status, list) = world
        .admin("GET", "webhooks/deliveries", &Value::Null)
        .await;
    assert_eq!(status, 200, "{list}");
    list.as_array().unwrap().clone()
}

fn header<'a>(call: &'a Call, name: &str) -> &'a str {
    call.headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_message_is_told_in_a_signed_batch() {
    let signed = rule(json!({"target": {"signingKeyId": "key"}}));
    let (world, endpoint) = start(vec![signed], vec![answer(200)]);
    let sent = send(&world, "gg").await;
    settle().await;
    let calls = endpoint.calls();
    assert_eq!(calls.len(), 1);
    let call = &calls[0];
    assert_eq!(call.url, "http://localhost:9000/hook");
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-ably-version", "1.2"),
        ("x-me", "ok"),
        ("x-ably-key", "app.key"),
    ] {
        assert_eq!(header(call, name), value);
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret");
    let signature = STANDARD.decode(header(call, "x-ably-signature")).unwrap();
    hmac::verify(&key, &call.body, &signature).unwrap();
    let body = &endpoint.bodies()[0];
    let serial = body["items"][0]["serial"].clone();
    assert!(serial.as_str().unwrap().starts_with("chatctl-"), "{serial}");
    let message = body["items"][0]["data"]["messages"][0].clone();
    assert_eq!(
        *body,
        json!({"items": [{
            "webhookId": "hook", "source": "channel.message", "serial": serial,
            "timestamp": sent["timestamp"], "name": "channel.message",
            "data": {"channelId": CHANNEL, "site": "local", "messages": [message]},
        }]})
    );
    assert_eq!(
        message,
        json!({
            "id": message["id"], "name": "chat.message", "data": "{\"text\":\"gg\",\"metadata\":{}}",
            "encoding": "json", "clientId": "me", "timestamp": sent["timestamp"],
            "action": 0, "serial": sent["serial"],
            "version": {"serial": sent["serial"], "timestamp": sent["timestamp"]},
        })
    );
    let listed = deliveries(&world).await;
    assert_eq!(
        listed,
        [json!({
            "id": "1", "ruleId": "hook", "timestamp": listed[0]["timestamp"], "source": "channel.message",
            "channel": CHANNEL, "events": 1, "state": "delivered", "attempts": 1, "status": 200,
        })]
    );
    let (_, one) = world
        .admin("GET", "webhooks/deliveries/1", &Value::Null)
        .await;
    assert_eq!(one["answer"]["body"], "thanks");
    assert_eq!(one["request"]["headers"]["x-me"], "***");
    assert_eq!(
        one["request"]["body"],
        String::from_utf8(call.body.to_vec()).unwrap()
    );
    let (_, rules) = world.admin("GET", "webhooks", &Value::Null).await;
    assert_eq!(
        rules,
        json!([{
            "id": "hook", "status": "enabled", "origin": "config", "source": "channel.message",
            "channelFilter": "^arena:", "requestMode": "batch", "url": "http://localhost:9000/hook",
            "waiting": 0, "delivered": 1, "failed": 0, "dropped": 0,
        }])
    );
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn batches_go_once_a_second_in_order_with_what_came_meanwhile() {
    let (world, endpoint) = start(vec![rule(json!({}))], vec![answer(204)]);
    for n in 0..130 {
        send(&world, &n.to_string()).await;
        if n == 0 {
            settle().await;
        }
    }
    assert_eq!(endpoint.calls().len(), 1);
    let begin = world.now();
    sleep(Duration::from_millis(998)).await;
    assert_eq!(endpoint.calls().len(), 1, "{begin}");
    sleep(Duration::from_secs(2)).await;
    let bodies = endpoint.bodies();
    let sizes: Vec<usize> = bodies.iter().map(|body| texts(body).len()).collect();
    assert_eq!(sizes, [1, 100, 29]);
    let all: Vec<String> = bodies.iter().flat_map(texts).collect();
    let expected: Vec<String> = (0..130).map(|n| n.to_string()).collect();
    assert_eq!(all, expected);
    // At once again, but never twice a second.
    sleep(Duration::from_secs(5)).await;
    send(&world, "later").await;
    settle().await;
    send(&world, "last").await;
    settle().await;
    assert_eq!(endpoint.calls().len(), 4);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(endpoint.calls().len(), 5);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_fails_is_sent_again_ever_later_with_newer_events() {
    let scripts = vec![
        answer(400),
        Script::Refuse,
        answer(302),
        answer(500),
        answer(200),
    ];
    let (world, endpoint) = start(vec![rule(json!({}))], scripts);
    let began = world.now();
    send(&world, "first").await;
    settle().await;
    send(&world, "second").await;
    let mut seen = 1;
    let mut waits: Vec<u64> = Vec::new();
    let mut last = 0;
    for at in 0..2000_u64 {
        if endpoint.calls().len() > seen {
            seen += 1;
            waits.push((at * 10 - last).div_euclid(100));
            last = at * 10;
        }
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(waits, [14, 20, 28, 40], "since {began}");
    let all: Vec<Vec<String>> = endpoint.bodies().iter().map(texts).collect();
    assert_eq!(all[0], ["first"]);
    for later in &all[1..] {
        assert_eq!(*later, ["first", "second"]);
    }
    let listed = deliveries(&world).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (
            &listed[0]["state"],
            &listed[0]["attempts"],
            &listed[0]["events"]
        ),
        (&json!("delivered"), &json!(5), &json!(2))
    );
    let (_, one) = world
        .admin("GET", "webhooks/deliveries/1", &Value::Null)
        .await;
    let codes: Vec<&Value> = one["attemptLog"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["error"]["code"])
        .collect();
    assert_eq!(
        codes,
        [
            &json!(70002),
            &json!(70001),
            &json!(70002),
            &json!(70002),
            &Value::Null
        ]
    );
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn waits_end_at_a_minute_and_events_at_five() {
    let (world, endpoint) = start(vec![rule(json!({}))], vec![answer(500)]);
    send(&world, "old").await;
    sleep(Duration::from_secs(200)).await;
    send(&world, "newer").await;
    sleep(Duration::from_secs(199)).await;
    let last = endpoint.bodies().last().map(texts).unwrap();
    assert_eq!(last, ["newer"], "the old one is discarded");
    let before = endpoint.calls().len();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(endpoint.calls().len(), before + 1);
    sleep(Duration::from_secs(200)).await;
    let calls = endpoint.calls().len();
    sleep(Duration::from_secs(100)).await;
    assert_eq!(endpoint.calls().len(), calls, "nothing waits any more");
    let states: Vec<Value> = deliveries(&world)
        .await
        .iter()
        .map(|it| it["state"].clone())
        .collect();
    assert!(states.iter().all(|state| state == "failed"), "{states:?}");
    let (_, rules) = world.admin("GET", "webhooks", &Value::Null).await;
    assert_eq!(
        (&rules[0]["failed"], &rules[0]["waiting"]),
        (&json!(2), &json!(0))
    );
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn single_events_are_enveloped() {
    let (world, endpoint) = start(vec![single("channel.message")], vec![answer(200)]);
    let sent = send(&world, "gg").await;
    settle().await;
    let body = &endpoint.bodies()[0];
    assert_eq!(
        *body,
        json!({
            "source": "channel.message", "appId": "app", "channel": CHANNEL, "site": "local", "ruleId": "hook",
            "timestamp": sent["timestamp"], "messages": body["messages"],
        })
    );
    let call = &endpoint.calls()[0];
    assert_eq!(header(call, "x-ably-version"), "1.2");
    for absent in ["x-ably-key", "x-ably-signature", "x-ably-envelope-appid"] {
        assert!(!call.headers.contains_key(absent));
    }
    assert_eq!(texts(body), ["gg"]);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_event_alone_has_what_it_is_about_in_its_headers() {
    let bare = json!({
        "requestMode": "single", "source": {"channelFilter": ""}, "target": {"enveloped": false},
    });
    let (world, endpoint) = start(vec![rule(bare)], vec![answer(200)]);
    let sent = send(&world, "gg").await;
    settle().await;
    let call = &endpoint.calls()[0];
    assert_eq!(call.body, r#"{"text":"gg","metadata":{}}"#);
    let timestamp = sent["timestamp"].to_string();
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-ably-version", "1.2"),
        ("x-ably-envelope-appid", "app"),
        ("x-ably-envelope-channel", CHANNEL),
        ("x-ably-envelope-rule-id", "hook"),
        ("x-ably-envelope-site", "local"),
        ("x-ably-envelope-source", "channel.message"),
        ("x-ably-message-name", "chat.message"),
        ("x-ably-message-client-id", "me"),
        ("x-ably-message-encoding", "json"),
        ("x-ably-message-timestamp", timestamp.as_str()),
    ] {
        assert_eq!(header(call, name), value, "{name}");
    }
    for (body, kind, sent) in [
        (json!({"data": "grüße"}), "text/plain", "grüße"),
        (json!({"name": "n"}), "text/plain", ""),
        (
            json!({"data": "aGk=", "encoding": "base64"}),
            "application/octet-stream",
            "hi",
        ),
        (
            json!({"data": "[1]", "encoding": "json"}),
            "application/json",
            "[1]",
        ),
    ] {
        let (status, _) = world.rest("POST", "/channels/plain/messages", &body).await;
        assert_eq!(status, 201);
        settle().await;
        let call = endpoint.calls().pop().unwrap();
        assert_eq!(
            (header(&call, "content-type"), &*call.body),
            (kind, sent.as_bytes())
        );
    }
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn single_events_are_retried_where_that_may_help() {
    for (script, attempts, state, code) in [
        (answer(200), 1, "delivered", Value::Null),
        (answer(299), 1, "delivered", Value::Null),
        (answer(302), 1, "failed", json!(70002)),
        (answer(404), 1, "failed", json!(70002)),
        (answer(429), 3, "failed", json!(42923)),
        (answer(500), 3, "failed", json!(70002)),
        (Script::Refuse, 3, "failed", json!(70001)),
        (Script::Silence, 3, "failed", json!(70001)),
    ] {
        let is_silent = matches!(script, Script::Silence);
        let (world, endpoint) = start(vec![single("channel.message")], vec![script]);
        send(&world, "gg").await;
        let spent = if is_silent { 15 } else { 0 };
        for (after, calls) in [(3 + spent, 1), (2, 2), (19 + spent, 2), (2, 3), (100, 3)] {
            sleep(Duration::from_secs(after)).await;
            assert_eq!(endpoint.calls().len(), calls.min(attempts), "{code}");
        }
        let listed = deliveries(&world).await;
        assert_eq!(
            (
                &listed[0]["state"],
                &listed[0]["attempts"],
                &listed[0]["error"]["code"]
            ),
            (&json!(state), &json!(attempts), &code)
        );
        world.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn single_events_do_not_wait_for_each_other() {
    let slow = Script::Late(Duration::from_secs(10), 200, String::new());
    let (world, endpoint) = start(vec![single("channel.message")], vec![slow]);
    for n in 0..30 {
        send(&world, &n.to_string()).await;
    }
    settle().await;
    assert_eq!(endpoint.calls().len(), 25, "so many at one time");
    sleep(Duration::from_secs(11)).await;
    assert_eq!(endpoint.calls().len(), 30);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn with_a_plan_few_events_wait_and_the_rest_is_dropped() {
    let slow = Script::Late(Duration::from_secs(10), 200, String::new());
    let setup = Setup {
        limits: crate::server::plan::PlanLimits {
            request_rate: None,
            inbound_rate: None,
            channel_rate: None,
            ..Plan::Free.limits()
        },
        ..Setup::default()
    };
    let (world, endpoint) = start_with(vec![single("channel.message")], vec![slow], setup);
    let mut reader = world.connect("").await;
    reader.expect(4).await;
    reader.attach("[meta]log").await;
    for n in 0..40 {
        send(&world, &n.to_string()).await;
    }
    settle().await;
    sleep(Duration::from_secs(30)).await;
    assert_eq!(endpoint.calls().len(), 35);
    let dropped = deliveries(&world).await;
    let dropped: Vec<&Value> = dropped
        .iter()
        .filter(|it| it["state"] == "dropped")
        .collect();
    assert_eq!(dropped.len(), 1);
    assert_eq!(
        (&dropped[0]["events"], &dropped[0]["error"]["code"]),
        (&json!(5), &json!(70003))
    );
    let told = reader.expect(15).await;
    let data: Value = serde_json::from_str(told["messages"][0]["data"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&data["ruleId"], &data["error"]["code"]),
        (&json!("hook"), &json!(70003))
    );
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn beyond_the_rate_of_a_plan_events_are_dropped() {
    let setup = Setup {
        limits: crate::server::plan::PlanLimits {
            webhook_rate: Some(3),
            ..Plan::Off.limits()
        },
        ..Setup::default()
    };
    let (world, endpoint) = start_with(vec![single("channel.message")], vec![answer(200)], setup);
    for n in 0..5 {
        send(&world, &n.to_string()).await;
    }
    settle().await;
    assert_eq!(endpoint.calls().len(), 3);
    let listed = deliveries(&world).await;
    assert_eq!(
        (&listed[0]["events"], &listed[0]["error"]["code"]),
        (&json!(2), &json!(42925))
    );
    world.end().await;
}
