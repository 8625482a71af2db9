//! Whose a publish is: ids and idempotency keys of one client are nobody else's, and who may name others names them one
//! by one.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{Client, KEY, World};

const HOUR: Duration = Duration::from_secs(3600);
const ALL: &str = r#"{"*":["*"]}"#;

async fn connected(world: &World, query: &str) -> (Client, Value) {
    let mut client = world.connect_with(query).await;
    let connected = client.expect(4).await;
    (client, connected)
}

async fn as_client(world: &World, client_id: &str) -> (Client, Value) {
    connected(world, &format!("key={KEY}&clientId={client_id}")).await
}

fn publish(serial: u64, channel: &str, message: &Value) -> Value {
    json!({"action": 15, "channel": channel, "msgSerial": serial, "messages": [message]})
}

async fn history(world: &World, channel: &str) -> Vec<Value> {
    let path = format!("/channels/{channel}/messages?direction=forwards");
    let (_, history) = world.rest("GET", &path, &Value::Null).await;
    history.as_array().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn an_id_of_one_client_is_no_repeat_of_anothers() {
    let world = World::start();
    let path = "/channels/c/messages";
    let token = |client_id: &str| world.token(client_id, ALL, HOUR);
    let anonymous = world.token_of(&[], HOUR);
    let message = |data: &str| json!([{"id": "order:0", "data": data}]);
    let mut serials = Vec::new();
    for round in 0..2 {
        for who in [&token("eve"), &token("ann"), &token("*"), &anonymous] {
            let (status, answer) = world.rest_with(who, "POST", path, &message("first")).await;
            assert_eq!(status, 201, "{answer}");
            serials.push(answer["serials"][0].clone());
        }
        tokio::time::sleep(Duration::from_secs(round)).await;
    }
    // Each is done once, and acknowledged again as the first time (RSL1k).
    assert_eq!(serials[..4], serials[4..]);
    assert_eq!(history(&world, "c").await.len(), 4);
    // Also over a connection, and where somebody who may name others does.
    let (mut ann, _) = as_client(&world, "ann").await;
    ann.send(publish(0, "c", &json!({"id": "order:0"}))).await;
    assert_eq!(ann.expect(1).await["res"][0]["serials"][0], serials[1]);
    let named = json!([{"id": "order:0", "clientId": "ann"}]);
    let (_, answer) = world.rest_with(&token("*"), "POST", path, &named).await;
    assert!(!serials.contains(&answer["serials"][0]), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn an_idempotency_key_is_for_one_operation_of_one_client() {
    let world = World::start();
    let token = |client_id: &str| world.token(client_id, ALL, HOUR);
    let rooms = "/chat/v4/rooms/r/messages";
    let body = json!({"text": "x"});
    // Joined with what stands before it, each would be the same text.
    let (_, first) = world
        .rest_with(
            &token("a"),
            "POST",
            &format!("{rooms}?idempotencyKey=send%20k"),
            &body,
        )
        .await;
    let (_, second) = world
        .rest_with(
            &token("a send"),
            "POST",
            &format!("{rooms}?idempotencyKey=k"),
            &body,
        )
        .await;
    assert_ne!(first["serial"], second["serial"]);
    let serial = first["serial"].as_str().unwrap();
    let path = format!("{rooms}/{serial}?idempotencyKey=k").replace('@', "%40");
    let change = json!({"message": {"text": "y"}});
    let mut versions = Vec::new();
    for _ in 0..2 {
        let (status, changed) = world.rest_with(&token("a"), "PUT", &path, &change).await;
        assert_eq!(status, 200, "{changed}");
        versions.push(changed["version"]["serial"].clone());
    }
    assert_eq!(versions[0], versions[1]);
    // A message's own id is no key of the Chat API.
    let id = json!([{"id": "k", "data": "z"}]);
    let (status, _) = world
        .rest_with(&token("a send"), "POST", "/channels/r::$chat/messages", &id)
        .await;
    assert_eq!(status, 201);
    assert_eq!(history(&world, "r::$chat").await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn ids_of_another_clients_connection_are_refused() {
    let world = World::start();
    let (mut ann, anns) = as_client(&world, "ann").await;
    let (mut eve, eves) = as_client(&world, "eve").await;
    let id = |connected: &Value| format!("{}:7:0", connected["connectionId"].as_str().unwrap());
    let foreign = json!({"id": id(&anns), "data": "x"});
    eve.send(publish(0, "c", &foreign)).await;
    assert_eq!(eve.expect(2).await["error"]["code"], 40006);
    let second = json!({"action": 15, "channel": "c", "msgSerial": 1, "messages": [{}, foreign]});
    eve.send(second).await;
    assert_eq!(eve.expect(2).await["error"]["code"], 40006);
    let member = json!({"action": 2, "id": id(&anns)});
    eve.send(json!({"action": 14, "channel": "c", "msgSerial": 2, "presence": [member]}))
        .await;
    assert_eq!(eve.expect(2).await["error"]["code"], 40006);
    let token = world.token("eve", ALL, HOUR);
    let (status, answer) = world
        .rest_with(&token, "POST", "/channels/c/messages", &foreign)
        .await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(40006)));
    assert!(history(&world, "c").await.is_empty());

    // One's own are fine, and so is what only looks like one: SDKs and people choose ids of this form.
    for (serial, id) in [(3, id(&eves)), (4, "abcdefghij:0".to_owned())] {
        eve.send(publish(serial, "c", &json!({"id": id}))).await;
        eve.expect(1).await;
    }
    let member = json!({"action": 2, "id": id(&eves)});
    eve.send(json!({"action": 14, "channel": "c", "msgSerial": 5, "presence": [member]}))
        .await;
    eve.expect(1).await;
    // A client that could not resume its connection may enter again under its id.
    ann.send(publish(0, "c", &json!({"data": "y"}))).await;
    ann.expect(1).await;
    ann.drop_socket();
    assert_eq!(world.rest("GET", "/time", &Value::Null).await.0, 200);
    let (mut ann, _) = as_client(&world, "ann").await;
    let member = json!({"action": 2, "id": id(&anns)});
    ann.send(json!({"action": 14, "channel": "c", "msgSerial": 0, "presence": [member]}))
        .await;
    ann.expect(1).await;
}

#[tokio::test(start_paused = true)]
async fn who_may_name_others_is_in_a_room_and_names_them() {
    let world = World::start();
    let wildcard = format!("access_token={}", world.token("*", ALL, HOUR));
    for query in [format!("key={KEY}"), wildcard] {
        let (mut client, _) = connected(&world, &query).await;
        client.attach("r::$chat").await;
        let enter = |serial: u64, member: &Value| json!({"action": 14, "channel": "r::$chat", "msgSerial": serial, "presence": [member]});
        client
            .send(enter(0, &json!({"action": 2, "clientId": "ann"})))
            .await;
        assert_eq!(client.expect(14).await["presence"][0]["clientId"], "ann");
        client.expect(1).await;
        let message = json!({"name": "chat.message", "clientId": "ann", "data": "{\"text\":\"x\"}", "encoding": "json"});
        client.send(publish(1, "r::$chat", &message)).await;
        let told = client.expect(15).await;
        assert_eq!(told["messages"][0]["clientId"], "ann");
        client.expect(1).await;
        // An own message of the client that it names, and of nobody else.
        let serial = &told["messages"][0]["serial"];
        let change = |named: Option<&str>| json!({"action": 1, "serial": serial, "data": "y", "version": {"clientId": named}});
        client
            .send(publish(2, "r::$chat", &change(Some("ann"))))
            .await;
        client.expect(15).await;
        client.expect(1).await;

        // What names nobody is refused as before.
        client.send(enter(3, &json!({"action": 2}))).await;
        assert_eq!(client.expect(2).await["error"]["code"], 91000);
        for (serial, message) in [(4, json!({"data": "x"})), (5, change(None))] {
            client.send(publish(serial, "r::$chat", &message)).await;
            assert_eq!(client.expect(2).await["error"]["code"], 40161, "{message}");
        }
        client.send(json!({"action": 7})).await;
        client.expect_any(8).await;
    }
    let anonymous = world.token_of(&[], HOUR);
    let (mut client, _) = connected(&world, &format!("access_token={anonymous}")).await;
    client
        .send(json!({"action": 10, "channel": "r::$chat"}))
        .await;
    assert_eq!(client.expect(9).await["error"]["code"], 40161);
    // REST has no way to name somebody but for the whole request.
    let (status, error) = world
        .rest_with(
            &world.token("*", ALL, HOUR),
            "GET",
            "/chat/v4/rooms/r/messages",
            &Value::Null,
        )
        .await;
    assert_eq!((status, &error["error"]["code"]), (401, &json!(40161)));
}

#[tokio::test(start_paused = true)]
async fn own_messages_of_a_wildcard_are_those_of_the_client_that_it_names() {
    let world = World::start();
    let own = r#"{"*":["publish","subscribe","message-update-own"]}"#;
    let token = world.token("*", own, HOUR);
    let (mut client, _) = connected(&world, &format!("access_token={token}&echo=false")).await;
    client
        .send(publish(0, "c", &json!({"clientId": "ann", "data": "x"})))
        .await;
    let serial = client.expect(1).await["res"][0]["serials"][0].clone();
    for (number, named, code) in [
        (1, Some("ann"), None),
        (2, Some("bob"), Some(40160)),
        (3, None, Some(40166)),
    ] {
        let change =
            json!({"action": 1, "serial": serial, "data": "y", "version": {"clientId": named}});
        client.send(publish(number, "c", &change)).await;
        let answer = client.event().await;
        assert_eq!(
            answer["error"]["code"].as_u64(),
            code,
            "{named:?}: {answer}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_publish_is_refused_where_its_parameters_ask_for_that() {
    let world = World::start();
    let (mut client, _) = as_client(&world, "me").await;
    let mut forced = publish(0, "c", &json!({"data": "x"}));
    forced["params"] = json!({"_forceNack": "true"});
    client.send(forced).await;
    assert_eq!(client.expect(2).await["error"]["code"], 40099);
    let (status, answer) = world
        .rest(
            "POST",
            "/channels/c/messages?_forceNack=true",
            &json!({"data": "x"}),
        )
        .await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(40099)));
    assert!(history(&world, "c").await.is_empty());
    let mut other = publish(1, "c", &json!({"data": "x"}));
    other["params"] = json!({"_forceNack": "false", "quickAck": "true"});
    client.send(other).await;
    client.expect(1).await;
}

#[tokio::test(start_paused = true)]
async fn the_privileged_section_needs_its_right_and_reaches_nobody() {
    let world = World::start();
    let plain = world.token(
        "me",
        r#"{"*":["publish","subscribe","history","message-update-own"]}"#,
        HOUR,
    );
    let (mut client, _) = connected(&world, &format!("access_token={plain}")).await;
    client.attach("c").await;
    let message =
        json!({"data": "x", "extras": {"privileged": {"skipRule": "*"}, "headers": {"a": "b"}}});
    client.send(publish(0, "c", &message)).await;
    assert_eq!(client.expect(2).await["error"]["code"], 40160);
    let (status, error) = world
        .rest_with(&plain, "POST", "/channels/c/messages", &message)
        .await;
    assert_eq!((status, &error["error"]["code"]), (401, &json!(40160)));
    let (status, _) = world.rest("POST", "/channels/c/messages", &message).await;
    assert_eq!(status, 201);
    let told = client.expect(15).await;
    assert_eq!(
        told["messages"][0]["extras"],
        json!({"headers": {"a": "b"}})
    );
}

#[tokio::test(start_paused = true)]
async fn half_an_emoji_does_not_end_the_connection() {
    let world = World::start();
    let (mut client, _) = as_client(&world, "me").await;
    client.attach("c").await;
    client
        .send_text(r#"{"action":15,"channel":"c","msgSerial":0,"messages":[{"data":"a\ud83d"}]}"#)
        .await;
    let told = client.expect(15).await;
    assert_eq!(told["messages"][0]["data"], "a\u{fffd}");
    client.expect(1).await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_to_attach_names_the_room() {
    let world = World::start();
    let token = world.token("me", r#"{"elsewhere":["*"]}"#, HOUR);
    let (mut client, _) = connected(&world, &format!("access_token={token}")).await;
    for (channel, place) in [("lobby::$chat", "room 'lobby'"), ("c", "channel 'c'")] {
        client.send(json!({"action": 10, "channel": channel})).await;
        let error = client.expect(9).await;
        let message = error["error"]["message"].as_str().unwrap();
        assert_eq!(error["error"]["code"], 40160);
        assert!(
            message.contains(place) && !message.contains("$chat"),
            "{message}"
        );
        assert_eq!(error["channel"], channel);
    }
}
