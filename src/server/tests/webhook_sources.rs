//! What each source of webhooks tells, and what ends its deliveries; metachannels, which tell clients the same.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::endpoint::{Endpoint, Script};
use super::harness::{KEY, World};
use crate::chat_core::protocol::Format;
use crate::server::Setup;
use crate::server::integrations::RuleForm;

const ROOM: &str = "/chat/v4/rooms/arena:eu/messages";
const CHANNEL: &str = "arena:eu::$chat";

fn rule(id: &str, source: &str, mode: &str) -> RuleForm {
    serde_json::from_value(json!({
        "id": id, "ruleType": "http", "requestMode": mode, "source": {"type": source},
        "target": {"url": format!("http://localhost:9000/{id}")},
    }))
    .unwrap()
}

/// A server that tells an endpoint of this source.
fn start(source: &str, mode: &str) -> (World, Arc<Endpoint>) {
    start_with(vec![rule("hook", source, mode)], vec![])
}

fn start_with(rules: Vec<RuleForm>, scripts: Vec<Script>) -> (World, Arc<Endpoint>) {
    let endpoint = Endpoint::playing(scripts);
    let setup = Setup {
        rules,
        outbound: Some(Arc::clone(&endpoint) as _),
        admin_token: Some("admin".to_owned()),
        ..Setup::default()
    };
    (World::start_from(setup), endpoint)
}

async fn send(world: &World, text: &str) -> String {
    let (status, sent) = world.rest("POST", ROOM, &json!({"text": text})).await;
    assert_eq!(status, 201, "{sent}");
    sent["serial"].as_str().unwrap().to_owned()
}

async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

/// The data of the events of a metachannel in a frame, with their names.
fn told(frame: &Value) -> (String, Value) {
    let message = &frame["messages"][0];
    let data = serde_json::from_str(message["data"].as_str().unwrap()).unwrap();
    (message["name"].as_str().unwrap().to_owned(), data)
}

#[tokio::test(start_paused = true)]
async fn changes_and_summaries_are_messages_and_annotations_are_not() {
    let (world, endpoint) = start("channel.message", "single");
    let serial = send(&world, "one").await;
    let message = format!("{ROOM}/{serial}");
    let react = json!({"type": "distinct", "name": "👍"});
    let reactions = format!("{message}/reactions");
    let (status, _) = world.rest("POST", &reactions, &react).await;
    assert_eq!(status, 201);
    let update = json!({"message": {"text": "two"}, "description": "typo"});
    let (status, answer) = world.rest("PUT", &message, &update).await;
    assert_eq!(status, 200, "{answer}");
    let (status, _) = world
        .rest("POST", &format!("{message}/delete"), &json!({}))
        .await;
    assert_eq!(status, 200);
    // Typing and room reactions are not kept, and not told.
    let typing = json!({"name": "typing.started", "extras": {"ephemeral": true}});
    let path = "/channels/arena:eu::$chat/messages";
    assert_eq!(world.rest("POST", path, &typing).await.0, 201);
    settle().await;
    let mut bodies = endpoint.bodies();
    bodies.sort_by_key(|body| body["messages"][0]["version"]["serial"].to_string());
    let messages: Vec<&Value> = bodies.iter().map(|body| &body["messages"][0]).collect();
    let mut actions: Vec<u64> = messages
        .iter()
        .map(|it| it["action"].as_u64().unwrap())
        .collect();
    actions.sort_unstable();
    assert_eq!(actions, [0, 1, 2, 4]);
    let of = |action: u64| messages.iter().find(|it| it["action"] == action).unwrap();
    for action in [0, 1, 2, 4] {
        assert_eq!(of(action)["serial"], serial, "{action}");
    }
    let total =
        |action| &of(action)["annotations"]["summary"]["reaction:distinct.v1"]["👍"]["total"];
    assert_eq!((total(4), total(1)), (&json!(1), &json!(1)));
    assert_eq!(of(2)["annotations"], Value::Null);
    assert_eq!(of(1)["version"]["description"], "typo");
    assert!(of(1)["data"].as_str().unwrap().contains("two"));
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn several_messages_of_one_publish_are_one_item_or_one_request_each() {
    let rules = vec![
        rule("alone", "channel.message", "single"),
        rule("batch", "channel.message", "batch"),
    ];
    let (world, endpoint) = start_with(rules, vec![]);
    let messages = json!([{"data": "a"}, {"data": "b"}]);
    assert_eq!(
        world
            .rest("POST", "/channels/plain/messages", &messages)
            .await
            .0,
        201
    );
    settle().await;
    let calls = endpoint.calls();
    let to = |path: &str| calls.iter().filter(|call| call.url.path() == path).count();
    assert_eq!((to("/alone"), to("/batch")), (2, 1));
    for (call, body) in calls.iter().zip(endpoint.bodies()) {
        match call.url.path() {
            "/batch" => {
                assert_eq!(body["items"].as_array().unwrap().len(), 1);
                assert_eq!(
                    body["items"][0]["data"]["messages"]
                        .as_array()
                        .unwrap()
                        .len(),
                    2
                );
            }
            _ => assert_eq!(body["messages"].as_array().unwrap().len(), 1),
        }
    }
    world.end().await;
}

#[derive(serde::Deserialize)]
struct Batch {
    items: Vec<Item>,
}
#[derive(serde::Deserialize)]
struct Item {
    data: Data,
}
#[derive(serde::Deserialize)]
struct Data {
    messages: Vec<crate::chat_core::protocol::Message>,
}

#[tokio::test(start_paused = true)]
async fn bytes_are_base64_in_json_and_bytes_in_messagepack() {
    let binary = json!({
        "id": "binary", "ruleType": "http", "requestMode": "batch", "source": {"type": "channel.message"},
        "target": {"url": "http://localhost:9000/binary", "format": "msgpack"},
    });
    let rules = vec![
        rule("text", "channel.message", "batch"),
        serde_json::from_value(binary).unwrap(),
    ];
    let (world, endpoint) = start_with(rules, vec![]);
    let message = json!({"data": "aGk=", "encoding": "base64"});
    assert_eq!(
        world
            .rest("POST", "/channels/plain/messages", &message)
            .await
            .0,
        201
    );
    settle().await;
    let calls = endpoint.calls();
    let to = |path: &str| calls.iter().find(|call| call.url.path() == path).unwrap();
    let text: Value = serde_json::from_slice(&to("/text").body).unwrap();
    let sent = &text["items"][0]["data"]["messages"][0];
    assert_eq!(
        (&sent["data"], &sent["encoding"]),
        (&json!("aGk="), &json!("base64"))
    );
    let call = to("/binary");
    assert_eq!(call.headers["content-type"], "application/x-msgpack");
    let batch: Batch = Format::MessagePack.decode(&call.body).unwrap();
    let message = &batch.items[0].data.messages[0];
    let expected = crate::chat_core::protocol::Data::Binary("hi".into());
    assert_eq!((&message.data, &message.encoding), (&Some(expected), &None));
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn presence_is_told_also_where_a_client_is_lost() {
    let (world, endpoint) = start("channel.presence", "single");
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach(CHANNEL).await;
    for (serial, action, data) in [(0, 2, "here"), (1, 4, "away"), (2, 2, "again")] {
        let member = json!({"action": action, "data": data});
        let message =
            json!({"action": 14, "channel": CHANNEL, "msgSerial": serial, "presence": [member]});
        client.send(message).await;
        client.expect_any(1).await;
    }
    settle().await;
    let bodies = endpoint.bodies();
    let actions: Vec<&Value> = bodies
        .iter()
        .map(|it| &it["presence"][0]["action"])
        .collect();
    assert_eq!(actions, [&json!(2), &json!(4), &json!(4)]);
    let first = &bodies[0];
    assert_eq!(
        (&first["source"], &first["channel"]),
        (&json!("channel.presence"), &json!(CHANNEL))
    );
    let member = &first["presence"][0];
    assert_eq!(
        (&member["clientId"], &member["data"]),
        (&json!("me"), &json!("here"))
    );
    for known in ["id", "connectionId", "timestamp"] {
        assert!(!member[known].is_null(), "{known}: {member}");
    }
    client.drop_socket();
    sleep(Duration::from_secs(16)).await;
    let last = endpoint.bodies().pop().unwrap();
    assert_eq!(last["presence"][0]["action"], 3);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn presence_alone_names_its_action_in_a_header() {
    let bare = json!({
        "id": "bare", "ruleType": "http", "requestMode": "single", "source": {"type": "channel.presence"},
        "target": {"url": "http://localhost:9000/bare", "enveloped": false},
    });
    let (world, endpoint) = start_with(vec![serde_json::from_value(bare).unwrap()], vec![]);
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach(CHANNEL).await;
    let member = json!({"action": 2, "data": "here"});
    client
        .send(json!({"action": 14, "channel": CHANNEL, "msgSerial": 0, "presence": [member]}))
        .await;
    client.expect_any(1).await;
    settle().await;
    let call = &endpoint.calls()[0];
    assert_eq!(
        (&*call.body, &call.headers["x-ably-message-action"]),
        (&b"here"[..], &"enter".parse().unwrap())
    );
    assert!(!call.headers.contains_key("x-ably-message-name"));
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_channel_is_active_until_a_minute_after_its_last_use() {
    let (world, endpoint) = start("channel.lifecycle", "batch");
    let states = |endpoint: &Endpoint| -> Vec<(String, i64, i64)> {
        let bodies = endpoint.bodies();
        let items = bodies
            .iter()
            .flat_map(|body| body["items"].as_array().unwrap());
        let state = |item: &Value| {
            let data = &item["data"];
            assert_eq!(
                (&data["channelId"], &data["name"]),
                (&json!(CHANNEL), &json!(CHANNEL))
            );
            let is_active = item["name"] == "channel.opened";
            assert_eq!(data["status"]["isActive"], is_active);
            let metrics = &data["status"]["occupancy"]["metrics"];
            assert_eq!(metrics.as_object().unwrap().len(), 8);
            let name = item["name"].as_str().unwrap().to_owned();
            (
                name,
                metrics["connections"].as_i64().unwrap(),
                item["timestamp"].as_i64().unwrap(),
            )
        };
        items.map(state).collect()
    };
    send(&world, "one").await;
    sleep(Duration::from_secs(40)).await;
    send(&world, "two").await;
    sleep(Duration::from_secs(59)).await;
    assert_eq!(states(&endpoint).len(), 1);
    let begin = states(&endpoint)[0].2;
    sleep(Duration::from_secs(2)).await;
    let all = states(&endpoint);
    assert_eq!(
        (all[1].0.as_str(), all[1].2 - begin),
        ("channel.closed", 100_000)
    );
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach(CHANNEL).await;
    client.during(sleep(Duration::from_secs(200))).await;
    let all = states(&endpoint);
    assert_eq!(all.len(), 3);
    assert_eq!((all[2].0.as_str(), all[2].1), ("channel.opened", 1));
    client.send(json!({"action": 12, "channel": CHANNEL})).await;
    client.expect(13).await;
    client.during(sleep(Duration::from_secs(59))).await;
    assert_eq!(states(&endpoint).len(), 3);
    client.during(sleep(Duration::from_secs(3))).await;
    let all = states(&endpoint);
    assert_eq!((all[3].0.as_str(), all[3].1), ("channel.closed", 0));
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn each_change_of_the_occupancy_is_told() {
    let (world, endpoint) = start("channel.occupancy", "single");
    let numbers = |endpoint: &Endpoint| -> Vec<(Value, Value)> {
        let metrics = |body: Value| {
            assert_eq!(body["name"], "channel.occupancy");
            let metrics = body["data"]["status"]["occupancy"]["metrics"].clone();
            (
                metrics["connections"].clone(),
                metrics["presenceMembers"].clone(),
            )
        };
        endpoint.bodies().into_iter().map(metrics).collect()
    };
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach(CHANNEL).await;
    client.during(sleep(Duration::from_secs(2))).await;
    client
        .send(
            json!({"action": 14, "channel": CHANNEL, "msgSerial": 0, "presence": [{"action": 2}]}),
        )
        .await;
    client.expect_any(1).await;
    client.during(sleep(Duration::from_secs(2))).await;
    client.drop_socket();
    sleep(Duration::from_secs(30)).await;
    let expected = [(1, 0), (1, 1), (0, 1), (0, 0)];
    assert_eq!(
        numbers(&endpoint),
        expected.map(|(one, two)| (json!(one), json!(two)))
    );
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn publishes_may_ask_that_rules_are_not_told() {
    let rules = vec![
        rule("one", "channel.message", "single"),
        rule("two", "channel.message", "single"),
    ];
    let (world, endpoint) = start_with(rules, vec![]);
    for (skip, told) in [
        (json!("*"), vec![]),
        (json!(["one"]), vec!["/two"]),
        (json!(["other"]), vec!["/one", "/two"]),
    ] {
        let before = endpoint.calls().len();
        let extras = json!({"privileged": {"skipRule": skip}, "headers": {"a": 1}});
        let message = json!({"data": "x", "extras": extras});
        assert_eq!(
            world
                .rest("POST", "/channels/plain/messages", &message)
                .await
                .0,
            201
        );
        settle().await;
        let calls = endpoint.calls();
        let mut paths: Vec<&str> = calls[before..].iter().map(|call| call.url.path()).collect();
        paths.sort_unstable();
        assert_eq!(paths, told, "{skip}");
        if let Some(body) = endpoint.bodies().get(before) {
            assert_eq!(body["messages"][0]["extras"], json!({"headers": {"a": 1}}));
        }
    }
    let capability = r#"{"*":["publish"]}"#;
    let token = world.token("me", capability, Duration::from_secs(60));
    let message = json!({"data": "x", "extras": {"privileged": {"skipRule": "*"}}});
    let (status, refused) = world
        .rest_with(&token, "POST", "/channels/plain/messages", &message)
        .await;
    assert_eq!((status, &refused["error"]["code"]), (401, &json!(40160)));
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_reset_forgets_what_waits_and_keeps_the_rules() {
    let rules = vec![rule("hook", "channel.message", "batch")];
    let (world, endpoint) = start_with(rules, vec![Script::Answer(500, String::new())]);
    send(&world, "before").await;
    settle().await;
    let (status, _) = world.rest("POST", "/apps/app/reset", &Value::Null).await;
    assert_eq!(status, 200);
    let calls = endpoint.calls().len();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(endpoint.calls().len(), calls);
    let (_, log) = world
        .admin("GET", "webhooks/deliveries", &Value::Null)
        .await;
    assert_eq!(log, json!([]));
    endpoint.play(Script::Answer(200, String::new()));
    send(&world, "after").await;
    settle().await;
    let last = endpoint.bodies().pop().unwrap().to_string();
    assert!(last.contains("after") && !last.contains("before"), "{last}");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_sent_once_when_the_server_stops() {
    let rules = vec![
        rule("batch", "channel.message", "batch"),
        rule("alone", "channel.message", "single"),
    ];
    let (world, endpoint) = start_with(rules, vec![Script::Answer(500, String::new())]);
    send(&world, "one").await;
    settle().await;
    send(&world, "two").await;
    settle().await;
    assert_eq!(endpoint.calls().len(), 3);
    let begin = tokio::time::Instant::now();
    world.end().await;
    assert!(begin.elapsed() < Duration::from_secs(1));
    let paths: Vec<String> = endpoint.calls()[3..]
        .iter()
        .map(|it| it.url.path().to_owned())
        .collect();
    let count = |path| paths.iter().filter(|it| *it == path).count();
    assert_eq!((count("/batch"), count("/alone")), (1, 2), "{paths:?}");
}

#[tokio::test(start_paused = true)]
async fn a_delivery_can_be_sent_again() {
    let rules = vec![rule("hook", "channel.message", "single")];
    let scripts = vec![
        Script::Answer(404, "no".to_owned()),
        Script::Answer(200, "yes".to_owned()),
    ];
    let (world, endpoint) = start_with(rules, scripts);
    send(&world, "one").await;
    settle().await;
    let (status, again) = world
        .admin("POST", "webhooks/deliveries/1/resend", &Value::Null)
        .await;
    assert_eq!(
        (status, &again["state"], &again["resendOf"]),
        (200, &json!("delivered"), &json!("1"))
    );
    let calls = endpoint.calls();
    assert_eq!((calls.len(), &calls[0].body), (2, &calls[1].body));
    for path in ["webhooks/deliveries/9", "webhooks/deliveries/x"] {
        assert_eq!(world.admin("GET", path, &Value::Null).await.0, 404);
    }
    assert_eq!(
        world
            .admin("POST", "webhooks/deliveries/9/resend", &Value::Null)
            .await
            .0,
        404
    );
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn samples_are_told_to_the_webhooks_of_their_source() {
    let (world, endpoint) = start("channel.presence", "batch");
    let sample = |source: &str| json!({"source": source, "roomName": "support", "text": "away"});
    let (_, none) = world
        .admin("POST", "webhooks/trigger", &sample("channel.message"))
        .await;
    assert_eq!(none, json!({"rules": []}));
    let (_, told) = world
        .admin("POST", "webhooks/trigger", &sample("channel.presence"))
        .await;
    assert_eq!(told, json!({"rules": ["hook"]}));
    settle().await;
    let body = &endpoint.bodies()[0];
    assert_eq!(body["items"][0]["data"]["channelId"], "support::$chat");
    let (status, _) = world
        .admin("POST", "webhooks/trigger", &sample("nothing"))
        .await;
    assert_eq!(status, 400);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_rule_for_a_while_is_gone_once_it_is_not_renewed() {
    let (world, endpoint) = start_with(vec![], vec![]);
    let form = json!({
        "ruleType": "http", "requestMode": "single", "source": {"type": "channel.message"},
        "target": {"url": "http://127.0.0.1:9000/"},
    });
    let (status, lease) = world.admin("POST", "webhooks/leases", &form).await;
    assert_eq!(status, 200, "{lease}");
    let path = format!("webhooks/leases/{}", lease["id"].as_str().unwrap());
    for _ in 0..3 {
        sleep(Duration::from_secs(20)).await;
        assert_eq!(world.admin("POST", &path, &Value::Null).await.0, 200);
    }
    send(&world, "heard").await;
    settle().await;
    assert_eq!(endpoint.calls().len(), 1);
    assert_eq!(
        endpoint.calls()[0].trust,
        crate::server::core::outbound::Trust::Guest
    );
    sleep(Duration::from_secs(31)).await;
    assert_eq!(world.admin("POST", &path, &Value::Null).await.0, 404);
    send(&world, "not heard").await;
    settle().await;
    assert_eq!(endpoint.calls().len(), 1);
    let (_, lease) = world.admin("POST", "webhooks/leases", &form).await;
    let path = format!("webhooks/leases/{}", lease["id"].as_str().unwrap());
    assert_eq!(world.admin("DELETE", &path, &Value::Null).await.0, 200);
    let (_, rules) = world.admin("GET", "webhooks", &Value::Null).await;
    assert_eq!(rules, json!([]));
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn metachannels_tell_of_channels_and_connections_while_somebody_listens() {
    let (world, _) = start_with(vec![], vec![]);
    let mut early = world.connect("").await;
    early.expect(4).await;
    early.attach("before").await;
    let mut client = world.connect("").await;
    client.expect(4).await;
    let attached = client.attach("[meta]channel.lifecycle").await;
    assert_eq!(
        attached["flags"].as_u64().unwrap() & 0xff_0000,
        1 << 18,
        "{attached}"
    );
    client.attach("[meta?rewind=1]connection.lifecycle").await;
    let mut other = world
        .connect_with(&format!("key={KEY}&clientId=other"))
        .await;
    other.expect(4).await;
    let (name, data) = told(&client.expect(15).await);
    assert_eq!(
        (name.as_str(), &data["clientId"]),
        ("connection.opened", &json!("other"))
    );
    other.attach("room").await;
    let (name, data) = told(&client.expect(15).await);
    assert_eq!(
        (name.as_str(), &data["name"]),
        ("channel.opened", &json!("room"))
    );
    assert_eq!(data["status"]["occupancy"]["metrics"]["connections"], 1);
    // It was active before anybody listened.
    early
        .send(
            json!({"action": 15, "channel": "before", "msgSerial": 0, "messages": [{"data": "x"}]}),
        )
        .await;
    early.expect_any(1).await;
    other.drop_socket();
    let (name, _) = told(&early.during(client.expect(15)).await);
    assert_eq!(name, "connection.closed");
    let closed = early.during(client.expect(15)).await;
    assert_eq!(told(&closed).0, "channel.closed");
    let (status, history) = world
        .rest(
            "GET",
            "/channels/%5Bmeta%5Dchannel.lifecycle/messages",
            &Value::Null,
        )
        .await;
    assert_eq!((status, history.as_array().unwrap().len()), (200, 2));
    let (_, channels) = world.rest("GET", "/channels?by=id", &Value::Null).await;
    assert_eq!(channels, json!(["before"]));
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_written_to_metachannels_that_nobody_is_attached_to() {
    let (world, _) = start_with(vec![], vec![]);
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach("[meta]channel.lifecycle").await;
    client
        .send(json!({"action": 12, "channel": "[meta]channel.lifecycle"}))
        .await;
    client.expect(13).await;
    client.attach("room").await;
    settle().await;
    let (_, history) = world
        .rest(
            "GET",
            "/channels/%5Bmeta%5Dchannel.lifecycle/messages",
            &Value::Null,
        )
        .await;
    assert_eq!(history, json!([]));
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn metachannels_need_a_capability_of_their_own_and_take_no_publish() {
    let (world, _) = start_with(vec![], vec![]);
    let hour = Duration::from_secs(3600);
    for (capability, attaches, reads) in [
        (r#"{"*":["*"]}"#, false, false),
        (r#"{"[meta]*":["subscribe"]}"#, true, false),
        (r#"{"[meta]log":["history","subscribe"]}"#, true, true),
        (r#"{"[*]*":["*"]}"#, true, true),
        (r#"{"[meta]other":["*"]}"#, false, false),
    ] {
        let token = world.token("me", capability, hour);
        let mut client = world.connect_with(&format!("access_token={token}")).await;
        client.expect(4).await;
        client
            .send(json!({"action": 10, "channel": "[meta]log"}))
            .await;
        let answer = client.event().await;
        assert_eq!(answer["action"] == 11, attaches, "{capability}: {answer}");
        if !attaches {
            assert_eq!(answer["error"]["code"], 40160);
        }
        let path = "/channels/%5Bmeta%5Dlog/messages";
        let (status, _) = world.rest_with(&token, "GET", path, &Value::Null).await;
        assert_eq!(status == 200, reads, "{capability}");
    }
    let path = "/channels/%5Bmeta%5Dlog/messages";
    let (status, refused) = world.rest("POST", path, &json!({"data": "x"})).await;
    assert_eq!((status, &refused["error"]["code"]), (401, &json!(40160)));
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach("[meta]log").await;
    for (serial, frame) in [
        (0, json!({"action": 15, "messages": [{"data": "x"}]})),
        (1, json!({"action": 14, "presence": [{"action": 2}]})),
    ] {
        let mut frame = frame;
        frame["channel"] = json!("[meta]log");
        frame["msgSerial"] = json!(serial);
        client.send(frame).await;
        let refused = client.expect(2).await;
        assert_eq!(refused["error"]["code"], 40160);
    }
    world.end().await;
}
