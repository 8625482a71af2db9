//! A server that keeps its rooms in a file, and the one that comes after it. Its disk takes real time, so time passes
//! here; each start reads the same hour from the clock, which has gone back therefore.

use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::harness::{Client, KEY, World};
use crate::chat_core::auth::{ApiKey, TokenRequest};
use crate::chat_core::random::Random;

const KEY_NAME: &str = "app.key";

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

async fn connected(world: &World, parameters: &str) -> (Client, Value) {
    let mut client = world.connect(parameters).await;
    let connected = client.expect(4).await;
    (client, connected)
}

fn publish(msg_serial: u64, data: &str) -> Value {
    json!({"action": 15, "channel": "c", "msgSerial": msg_serial, "messages": [{"data": data}]})
}

#[tokio::test]
async fn a_client_goes_on_where_it_was_also_in_a_channel_that_was_empty() {
    let folder = folder();
    let file = folder.path().join("a.db");
    let world = World::start_on(&file, 1);
    let (mut client, first) = connected(&world, "").await;
    let position = client.attach("c").await["channelSerial"].clone();
    world.end().await;

    let world = World::start_on(&file, 2);
    let (mut other, _) = connected(&world, "clientId=other").await;
    other.send(publish(0, "a")).await;
    other.expect(1).await;
    let key = first["connectionDetails"]["connectionKey"]
        .as_str()
        .unwrap();
    let (mut client, second) = connected(&world, &format!("resume={key}")).await;
    assert_eq!(second["error"]["code"], 80008, "the connection is another");
    client
        .send(json!({"action": 10, "channel": "c", "channelSerial": position}))
        .await;
    let attached = client.expect(11).await;
    assert_eq!(attached["flags"].as_u64().unwrap() & 0b110, 0b110);
    assert!(attached["error"].is_null());
    assert_eq!(client.expect(15).await["messages"][0]["data"], "a");
    world.end().await;
}

#[tokio::test]
async fn a_socket_whose_place_is_taken_while_it_attaches_leaves_nothing_behind() {
    let folder = folder();
    let world = World::start_on(&folder.path().join("a.db"), 1);
    for round in 0..20 {
        let (mut early, first) = connected(&world, "").await;
        let key = first["connectionDetails"]["connectionKey"].as_str();
        let resume = format!("resume={}", key.unwrap());
        for number in 0..20 {
            let channel = format!("{round}-{number}");
            let attach = json!({"action": 10, "channel": channel});
            early.send(attach).await;
        }
        let (late, _) = connected(&world, &resume).await;
        while early.next().await.is_some() {}
        late.drop_socket();
    }
    let mut in_use = Value::Null;
    // The last ones are let go of once the server has seen the ends of their sockets.
    for _ in 0..100 {
        (_, in_use) = world.rest("GET", "/channels?by=id", &Value::Null).await;
        if in_use == json!([]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(in_use, json!([]));
    world.end().await;
}

#[tokio::test]
async fn serials_go_on_though_the_clock_went_back() {
    let folder = folder();
    let file = folder.path().join("a.db");
    let mut serials: Vec<String> = Vec::new();
    for start in 1..4 {
        let world = World::start_on(&file, start);
        // A moment that the next start has not reached yet.
        tokio::time::sleep(Duration::from_millis(20 / start)).await;
        let (_, sent) = world
            .rest("POST", "/channels/c/messages", &json!({"data": "x"}))
            .await;
        serials.push(sent["serials"][0].as_str().unwrap().to_owned());
        let (_, history) = world
            .rest(
                "GET",
                "/channels/c/messages?direction=forwards",
                &Value::Null,
            )
            .await;
        let read: Vec<&str> = history
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["serial"].as_str().unwrap())
            .collect();
        assert_eq!(read, serials);
        world.end().await;
    }
    assert!(serials.is_sorted_by(|a, b| a < b), "{serials:?}");
}

#[tokio::test]
async fn members_whose_connection_is_lost_leave_within_their_time() {
    let folder = folder();
    let file = folder.path().join("a.db");
    let world = World::start_on(&file, 1);
    let (mut member, _) = connected(&world, "").await;
    member.attach("c").await;
    member
        .send(json!({"action": 14, "channel": "c", "msgSerial": 0, "presence": [{"action": 2, "data": "here"}]}))
        .await;
    member.expect(14).await;
    member.expect(1).await;
    world.end().await;

    let world = World::start_on(&file, 2);
    let (mut watcher, _) = connected(&world, "clientId=watcher").await;
    watcher.attach("c").await;
    let sync = watcher.expect(16).await;
    assert_eq!(sync["presence"][0]["data"], "here");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(16)).await;
    tokio::time::resume();
    let left = watcher.expect(14).await;
    assert_eq!(
        (&left["presence"][0]["action"], &left["presence"][0]["data"]),
        (&json!(3), &json!("here"))
    );
    world.end().await;

    let world = World::start_on(&file, 3);
    let (_, members) = world
        .rest("GET", "/channels/c/presence", &Value::Null)
        .await;
    assert_eq!(members, json!([]));
    let (_, was) = world
        .rest("GET", "/channels/c/presence/history", &Value::Null)
        .await;
    let actions: Vec<&Value> = was
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["action"])
        .collect();
    assert_eq!(actions, [3, 2]);
    world.end().await;
}

#[tokio::test]
async fn a_restart_makes_no_token_and_no_request_good_again() {
    let folder = folder();
    let file = folder.path().join("a.db");
    let world = World::start_on(&file, 1);
    let key = ApiKey::parse(KEY).unwrap();
    let request = TokenRequest::new(&key, world.now(), &Random::seeded(9)).signed(&key);
    let request = serde_json::to_value(request).unwrap();
    let path = format!("/keys/{KEY_NAME}/requestToken");
    let (status, kept) = world.rest("POST", &path, &request).await;
    assert_eq!(status, 201, "{kept}");
    let (_, revoked) = world
        .rest(
            "POST",
            &path,
            &json!({"keyName": KEY_NAME, "clientId": "bad"}),
        )
        .await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let targets = json!({"targets": ["clientId:bad"]});
    let (status, _) = world
        .rest("POST", &format!("/keys/{KEY_NAME}/revokeTokens"), &targets)
        .await;
    assert_eq!(status, 201);
    let revoked_by = world.now();
    world.end().await;

    let world = World::start_on(&file, 2);
    // Until the clock is where it was when the tokens were revoked.
    tokio::time::sleep(revoked_by.since(world.now()) + Duration::from_millis(5)).await;
    let (status, error) = world.rest("POST", &path, &request).await;
    assert_eq!((status, &error["error"]["code"]), (401, &json!(40105)));
    let connect = async |details: &Value| {
        let token = details["token"].as_str().unwrap();
        let mut client = world.connect_with(&format!("access_token={token}")).await;
        client.event().await
    };
    assert_eq!(
        connect(&kept).await["action"],
        4,
        "issued by the server before"
    );
    let refused = connect(&revoked).await;
    assert_eq!(
        (&refused["action"], &refused["error"]["code"]),
        (&json!(9), &json!(40141))
    );
    world.end().await;
}

#[tokio::test]
async fn what_was_done_is_known_after_a_restart_and_not_done_again() {
    let folder = folder();
    let file = folder.path().join("a.db");
    let message = json!({"id": "mine:0", "data": "once"});
    let mut answers = Vec::new();
    for start in 1..3 {
        let world = World::start_on(&file, start);
        answers.push(world.rest("POST", "/channels/c/messages", &message).await);
        let (_, history) = world
            .rest("GET", "/channels/c/messages", &Value::Null)
            .await;
        assert_eq!(history.as_array().unwrap().len(), 1);
        world.end().await;
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn who_attaches_while_much_is_said_hears_all_of_it_once() {
    const COUNT: u64 = 400;
    let folder = folder();
    let world = World::start_on(&folder.path().join("a.db"), 1);
    let (mut teller, _) = connected(&world, "clientId=teller&echo=false").await;
    teller.attach("c").await;
    let (mut first, _) = connected(&world, "").await;
    first.attach("c").await;
    teller.send(publish(0, "0")).await;
    let position = first.expect(15).await["channelSerial"].clone();
    let telling = async {
        for n in 1..COUNT {
            teller.send(publish(n, &n.to_string())).await;
        }
        for _ in 0..COUNT {
            teller.expect(1).await;
        }
    };
    let hearing = async {
        for _ in 0..10 {
            let (mut listener, _) = connected(&world, "").await;
            listener
                .send(json!({"action": 10, "channel": "c", "channelSerial": position}))
                .await;
            let attached = listener.expect(11).await;
            assert!(attached["error"].is_null(), "{attached}");
            for n in 1..COUNT {
                let heard = listener.expect(15).await;
                assert_eq!(heard["messages"][0]["data"], n.to_string());
            }
        }
    };
    tokio::join!(telling, hearing);
    world.end().await;
}

#[tokio::test]
async fn publishes_that_follow_each_other_are_answered_in_their_order() {
    let folder = folder();
    let world = World::start_on(&folder.path().join("a.db"), 1);
    let (mut client, _) = connected(&world, "").await;
    client.attach("c").await;
    for n in 0..60 {
        let mut message = publish(n, &n.to_string());
        if n % 7 == 3 {
            message["messages"][0]["data"] = json!("x".repeat(70_000));
        }
        client.send(message).await;
    }
    client.send(json!({"action": 0, "id": "last"})).await;
    let mut answered = 0;
    let mut heard = Vec::new();
    while answered < 60 {
        let told = client.event().await;
        if told["action"] == 15 {
            heard.push(told["messages"][0]["data"].as_str().unwrap().to_owned());
            continue;
        }
        assert_eq!(told["msgSerial"], answered);
        if answered % 7 == 3 {
            assert_eq!(
                (&told["action"], &told["error"]["code"]),
                (&json!(2), &json!(40009))
            );
        } else {
            assert_eq!(told["action"], 1);
            assert!(
                heard.contains(&answered.to_string()),
                "the echo comes first"
            );
        }
        answered += 1;
    }
    assert_eq!(client.next().await.unwrap()["id"], "last");
    assert!(heard.is_sorted_by_key(|data| data.parse::<u64>().unwrap()));
    world.end().await;
}

#[tokio::test]
async fn what_is_sent_again_before_it_was_answered_is_done_once() {
    const COUNT: usize = 20;
    let folder = folder();
    let world = World::start_on(&folder.path().join("a.db"), 1);
    let (mut client, mut first) = connected(&world, "").await;
    for _ in 0..5 {
        let key = first["connectionDetails"]["connectionKey"]
            .as_str()
            .unwrap();
        for n in 0..COUNT as u64 {
            client.send(publish(n, &n.to_string())).await;
        }
        client.drop_socket();
        (client, first) = connected(&world, &format!("resume={key}")).await;
        assert!(first["error"].is_null());
    }
    for n in 0..COUNT as u64 {
        client.send(publish(n, &n.to_string())).await;
        assert_eq!(client.expect(1).await["msgSerial"], n);
    }
    let (_, history) = world
        .rest("GET", "/channels/c/messages", &Value::Null)
        .await;
    assert_eq!(history.as_array().unwrap().len(), COUNT);
    world.end().await;
}
