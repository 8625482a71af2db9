//! Details of the protocol on which SDKs hang or break.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{START, World};
use crate::server::Setup;
use crate::server::core::plan::PlanLimits;

#[tokio::test(start_paused = true)]
async fn connected_has_details_and_heartbeats_echo_their_id() {
    let world = World::start();
    let mut client = world.connect("v=6").await;
    let connected = client.expect(4).await;
    let details = &connected["connectionDetails"];
    assert_eq!(details["clientId"], "me");
    assert_eq!(
        (&details["maxIdleInterval"], &details["connectionStateTtl"]),
        (&json!(15_000), &json!(120_000))
    );
    client.send(json!({"action": 0, "id": "ping-1"})).await;
    assert_eq!(
        client.next().await.unwrap(),
        json!({"action": 0, "id": "ping-1"})
    );
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_hears_a_heartbeat_within_the_promise() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    for _ in 0..20 {
        let heartbeat = tokio::time::timeout(Duration::from_secs(15), client.next()).await;
        assert_eq!(heartbeat.unwrap().unwrap(), json!({"action": 0}));
    }
}

#[tokio::test(start_paused = true)]
async fn answers_count_protocol_messages_and_write_zero_out() {
    let world = World::start();
    let mut client = world.connect("echo=false").await;
    client.expect(4).await;
    client
        .send(json!({"action": 15, "channel": "c", "msgSerial": 0, "messages": [{"name": "a"}, {"name": "b"}]}))
        .await;
    let ack = client.expect(1).await;
    assert_eq!((&ack["msgSerial"], &ack["count"]), (&json!(0), &json!(1)));
    assert_eq!(ack["res"][0]["serials"].as_array().unwrap().len(), 2);
    client
        .send(json!({"action": 15, "channel": "", "msgSerial": 1, "messages": [{"name": "a"}]}))
        .await;
    let nack = client.expect(2).await;
    assert_eq!(
        (&nack["msgSerial"], &nack["count"], &nack["error"]["code"]),
        (&json!(1), &json!(1), &json!(40010))
    );
}

#[tokio::test(start_paused = true)]
async fn attached_tells_modes_position_and_parameters_also_the_second_time() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    client
        .send(json!({"action": 10, "channel": "c", "channelSerial": null, "params": {"rewind": "1", "agent": "x", "nonsense": "y"}}))
        .await;
    let attached = client.expect(11).await;
    assert_eq!(attached["params"], json!({"rewind": "1"}));
    assert_eq!(
        attached["flags"].as_u64().unwrap() >> 16,
        0b10_1111,
        "the default modes"
    );
    assert!(attached["channelSerial"].is_string());
    assert!(client.attach("c").await["channelSerial"].is_string());
    client
        .send(json!({"action": 12, "channel": "never-attached"}))
        .await;
    assert_eq!(client.expect(13).await["channel"], "never-attached");
}

#[tokio::test(start_paused = true)]
async fn a_bad_name_fails_the_channel_and_not_the_connection() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    for name in ["", "[x", ":a", "a\nb"] {
        client.send(json!({"action": 10, "channel": name})).await;
        let error = client.expect(9).await;
        assert_eq!(
            (&error["channel"], &error["error"]["code"]),
            (&json!(name), &json!(40010))
        );
    }
    client.attach("good").await;
}

#[tokio::test(start_paused = true)]
async fn the_echo_stands_before_the_answer_and_carries_the_same_serial() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach("c").await;
    client
        .send(json!({"action": 15, "channel": "c", "msgSerial": 0, "messages": [{"data": "x"}]}))
        .await;
    let echo = client.expect(15).await;
    let ack = client.expect(1).await;
    assert_eq!(echo["messages"][0]["serial"], ack["res"][0]["serials"][0]);
    assert_eq!(echo["messages"][0]["clientId"], "me");
    assert_eq!(
        echo["messages"][0]["version"]["serial"],
        echo["messages"][0]["serial"]
    );
    client.send(json!({"action": 14, "channel": "c", "msgSerial": 1, "presence": [{"action": 2, "data": "d"}]})).await;
    let enter = client.expect(14).await;
    let connection = enter["presence"][0]["connectionId"].as_str().unwrap();
    assert!(
        enter["presence"][0]["id"]
            .as_str()
            .unwrap()
            .starts_with(connection),
        "genuine"
    );
    client.expect(1).await;
}

#[tokio::test(start_paused = true)]
async fn operations_by_nobody_are_refused_in_a_room_and_forged_claims_are_dropped() {
    let world = World::start();
    let mut nobody = world
        .connect_with(&format!("key={}", super::harness::KEY))
        .await;
    nobody.expect(4).await;
    nobody.send(json!({"action": 15, "channel": "r::$chat", "msgSerial": 0, "messages": [{"name": "x"}]})).await;
    assert_eq!(nobody.expect(2).await["error"]["code"], 40161);
    let mut somebody = world.connect("").await;
    somebody.expect(4).await;
    somebody.attach("r::$chat").await;
    let forged = json!({"userClaim": "forged", "headers": {"a": 1}});
    somebody
        .send(json!({"action": 15, "channel": "r::$chat", "msgSerial": 0, "messages": [{"name": "x", "extras": forged, "serial": "s", "connectionId": "other"}]}))
        .await;
    let echo = somebody.expect(15).await;
    assert_eq!(echo["messages"][0]["extras"], json!({"headers": {"a": 1}}));
    assert_ne!(echo["messages"][0]["serial"], "s");
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_is_none_ends_the_connection_with_a_reason() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.send(json!([1, 2, 3])).await;
    assert_eq!(client.expect(9).await["error"]["code"], 40000);
    assert_eq!(client.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_stopping_server_says_so_before_it_closes() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    world.stop();
    let message = client.expect(6).await;
    assert_eq!(
        (&message["error"]["code"], &message["error"]["statusCode"]),
        (&json!(80003), &json!(503))
    );
    assert_eq!(client.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_asked_for_again_and_its_end_ends_the_connection() {
    let world = World::start();
    let token = world.token("me", r#"{"*":["*"]}"#, Duration::from_secs(60));
    let mut client = world.connect_with(&format!("access_token={token}")).await;
    client.expect(4).await;
    let request_reauth = client.expect(17).await;
    assert_eq!(request_reauth, json!({"action": 17}));
    assert_eq!(world.clock_now() - START.millis(), 30_000);
    let longer = world.token("me", r#"{"other":["subscribe"]}"#, Duration::from_secs(60));
    client.attach("c").await;
    client
        .send(json!({"action": 17, "auth": {"accessToken": longer}}))
        .await;
    client.expect(4).await;
    let narrowed = client.expect(9).await;
    assert_eq!(
        (&narrowed["channel"], &narrowed["error"]["code"]),
        (&json!("c"), &json!(40160))
    );
    client.expect(17).await;
    let end = client.expect(6).await;
    assert_eq!(end["error"]["code"], 40142);
    assert_eq!(world.clock_now() - START.millis(), 90_000);
    assert_eq!(client.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_token_ends_the_connection() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    let token = world.token("other", r#"{"*":["*"]}"#, Duration::from_secs(60));
    client
        .send(json!({"action": 17, "auth": {"accessToken": token}}))
        .await;
    assert_eq!(client.expect(9).await["error"]["code"], 40102);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_is_refused_and_leaves_no_trace() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    let large = "x".repeat(65_537);
    client
        .send(json!({"action": 15, "channel": "c", "msgSerial": 0, "messages": [{"data": large}]}))
        .await;
    assert_eq!(client.expect(2).await["error"]["code"], 40009);
    let (status, answer) = world
        .rest("POST", "/chat/v4/rooms/r/messages", &json!({"text": large}))
        .await;
    assert_eq!((status, &answer["error"]["code"]), (413, &json!(40009)));
    assert_eq!(
        world
            .rest("GET", "/chat/v4/rooms/r/messages", &Value::Null)
            .await,
        (200, json!([]))
    );
    assert_eq!(
        world
            .rest("GET", "/channels/c/messages", &Value::Null)
            .await,
        (200, json!([]))
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_may_limit_how_fast_is_published() {
    let world = World::start_with(Some(2.0));
    let mut client = world.connect("").await;
    client.expect(4).await;
    let mut codes = Vec::new();
    for number in 0..4 {
        if number == 3 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        client
            .send(json!({"action": 15, "channel": "c", "msgSerial": number, "messages": [{"data": "x"}]}))
            .await;
        codes.push(client.event().await["error"]["code"].as_u64());
    }
    assert_eq!(codes, [None, None, Some(42911), None]);
}

#[tokio::test(start_paused = true)]
async fn every_answer_about_a_message_agrees() {
    // One story, told in one go.
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach("r::$chat").await;
    let body = json!({"text": "hi", "metadata": {"z": 1, "a": {"b": null}}, "headers": {"n": 22}});
    let (status, sent) = world.rest("POST", "/chat/v4/rooms/r/messages", &body).await;
    assert_eq!(status, 201);
    assert_eq!(
        sent["metadata"].to_string(),
        r#"{"z":1,"a":{"b":null}}"#,
        "in their order"
    );
    let serial = sent["serial"]
        .as_str()
        .unwrap()
        .replace('@', "%40")
        .replace(':', "%3A");
    let path = format!("/chat/v4/rooms/r/messages/{serial}");
    assert_eq!(world.rest("GET", &path, &Value::Null).await.1, sent);
    let created = client.expect(15).await;
    assert_eq!(created["messages"][0]["version"], sent["version"]);

    let update = json!({"message": {"text": "ho"}, "description": "why"});
    let (status, updated) = world.rest("PUT", &path, &update).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&updated["metadata"], &updated["headers"]),
        (&json!({}), &json!({})),
        "replaced, not merged"
    );
    assert_eq!(
        (&updated["serial"], &updated["timestamp"]),
        (&sent["serial"], &sent["timestamp"])
    );
    assert!(updated["version"]["serial"].as_str() > sent["version"]["serial"].as_str());
    let event = client.expect(15).await;
    assert_eq!(
        (
            &event["messages"][0]["action"],
            &event["messages"][0]["version"]
        ),
        (&json!(1), &updated["version"])
    );

    let (status, deleted) = world
        .rest("POST", &format!("{path}/delete"), &json!({}))
        .await;
    assert_eq!(
        (status, &deleted["text"], &deleted["action"]),
        (200, &json!(""), &json!("message.delete"))
    );
    assert_eq!(
        deleted["version"].as_object().unwrap().len(),
        3,
        "serial, timestamp, clientId and no more"
    );
    client.expect(15).await;
    let (_, versions) = world
        .rest("GET", &format!("{path}/versions"), &Value::Null)
        .await;
    assert_eq!(versions, json!([sent, updated, deleted]));
    let (_, history) = world
        .rest("GET", "/chat/v4/rooms/r/messages", &Value::Null)
        .await;
    assert_eq!(history, json!([deleted]));
}

#[tokio::test(start_paused = true)]
async fn an_event_is_on_its_way_before_its_rest_call_is_answered() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach("r::$chat").await;
    for number in 0..200 {
        let text = json!({"text": number.to_string()});
        world.rest("POST", "/chat/v4/rooms/r/messages", &text).await;
        let event = client.is_there().expect("the answer came first");
        assert_eq!(event["action"], 15);
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_idempotency_key_sends_once() {
    let world = World::start();
    let path = "/chat/v4/rooms/r/messages?idempotencyKey=a%2Bb";
    let (_, first) = world.rest("POST", path, &json!({"text": "once"})).await;
    let (status, second) = world.rest("POST", path, &json!({"text": "once"})).await;
    assert_eq!((status, &second), (201, &first));
    let (_, history) = world
        .rest("GET", "/chat/v4/rooms/r/messages", &Value::Null)
        .await;
    assert_eq!(history, json!([first]));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_held_back_comes_before_the_end_of_the_connection() {
    let enter =
        json!({"action": 14, "channel": "r::$chat", "msgSerial": 0, "presence": [{"action": 2}]});
    let typing = json!({"action": 15, "channel": "r::$chat", "msgSerial": 1, "messages": [
        {"name": "typing.started", "extras": {"ephemeral": true}},
    ]});
    let ping = json!({"action": 0, "id": "ping"});
    let goodbye = json!({"action": 7});
    let nonsense = json!({"action": 17});
    // What the client asks for last, and how it is answered.
    for (last, closing) in [(goodbye, 8), (nonsense, 9)] {
        let world = World::start();
        let mut client = world.connect("echo=false").await;
        client.expect(4).await;
        let before = world.clock_now();
        for message in [&enter, &typing, &ping, &last] {
            client.send(message.clone()).await;
        }
        for serial in [0, 1] {
            assert_eq!(client.expect(1).await["msgSerial"], serial);
        }
        assert_eq!(client.next().await.unwrap()["id"], "ping");
        client.expect(closing).await;
        assert_eq!(client.next().await, None);
        assert_eq!(world.clock_now(), before, "nobody waits for time");
    }
    // The server ends the connection itself.
    let world = World::start();
    let mut client = world.connect("echo=false").await;
    client.expect(4).await;
    client.send(enter).await;
    client.send(ping).await;
    tokio::task::yield_now().await;
    world.stop();
    assert_eq!(client.expect(1).await["msgSerial"], 0);
    assert_eq!(client.next().await.unwrap()["id"], "ping");
    client.expect(6).await;
}

#[tokio::test(start_paused = true)]
async fn connections_beyond_the_limit_are_refused_and_those_that_are_there_stay() {
    let world = World::start_from(Setup {
        limits: PlanLimits {
            connections: Some(2),
            ..PlanLimits::default()
        },
        ..Setup::default()
    });
    let mut first = world.connect("").await;
    let key = first.expect(4).await["connectionDetails"]["connectionKey"].clone();
    let mut second = world.connect("").await;
    second.expect(4).await;
    for _ in 0..2 {
        let mut third = world.connect("").await;
        let refused = third.expect(9).await;
        assert_eq!(
            (&refused["error"]["code"], &refused["error"]["statusCode"]),
            (&json!(40111), &json!(403))
        );
        assert_eq!(third.next().await, None);
    }
    // Who is not who they say learns that, not how many there are.
    let mut nobody = world.connect_with("key=app.key:wrong").await;
    assert_eq!(nobody.expect(9).await["error"]["code"], 40101);
    second.attach("c").await;

    // Who comes back before the server knows of the drop takes the own place.
    let resume = format!("resume={}", key.as_str().unwrap());
    let mut again = world.connect(&resume).await;
    assert!(again.expect(4).await["error"].is_null());
    assert_eq!(first.next().await, None);
    let mut third = world.connect("").await;
    assert_eq!(third.expect(9).await["error"]["code"], 40111);

    second.send(json!({"action": 7})).await;
    second.expect(8).await;
    assert_eq!(second.next().await, None);
    second.drop_socket();
    // The server has seen the end of the socket once time passes.
    tokio::time::sleep(Duration::from_millis(1)).await;
    let mut third = world.connect("").await;
    third.expect(4).await;
}

impl World {
    fn clock_now(&self) -> i64 {
        use crate::chat_core::clock::Clock;
        self.clock.now().millis()
    }
}
