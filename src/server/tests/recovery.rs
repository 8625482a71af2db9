//! Drops and what survives them.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{Client, World};
use crate::server::Setup;
use crate::server::core::plan::PlanLimits;

async fn connected(world: &World, parameters: &str) -> (Client, Value) {
    let mut client = world.connect(parameters).await;
    let connected = client.expect(4).await;
    (client, connected)
}

fn publish(msg_serial: u64, data: &str) -> Value {
    json!({"action": 15, "channel": "c", "msgSerial": msg_serial, "messages": [{"data": data}]})
}

#[tokio::test(start_paused = true)]
async fn a_client_that_comes_back_misses_nothing_and_repeats_nothing() {
    let world = World::start();
    let (mut client, first) = connected(&world, "").await;
    client.attach("c").await;
    client.send(publish(0, "a")).await;
    let position = client.expect(15).await["channelSerial"].clone();
    let answer = client.expect(1).await;
    client.drop_socket();

    let (mut other, _) = connected(&world, "clientId=other").await;
    other.send(publish(0, "b")).await;
    other.expect(1).await;

    let key = first["connectionDetails"]["connectionKey"]
        .as_str()
        .unwrap();
    let (mut client, second) = connected(&world, &format!("resume={key}")).await;
    assert_eq!(second["connectionId"], first["connectionId"]);
    assert_ne!(
        second["connectionDetails"]["connectionKey"],
        first["connectionDetails"]["connectionKey"]
    );
    assert!(second["error"].is_null());
    // What it did not see acknowledged is sent again, acknowledged again and not done again.
    client.send(publish(0, "a")).await;
    assert_eq!(client.expect(1).await, answer);
    client
        .send(json!({"action": 10, "channel": "c", "channelSerial": position}))
        .await;
    let attached = client.expect(11).await;
    assert_eq!(
        attached["flags"].as_u64().unwrap() & 0b110,
        0b110,
        "resumed, with a backlog"
    );
    assert_eq!(client.expect(15).await["messages"][0]["data"], "b");
    assert!(client.is_quiet(Duration::from_secs(60)).await);
}

#[tokio::test(start_paused = true)]
async fn a_key_is_no_credential_and_a_wrong_one_no_key() {
    let world = World::start();
    let (_client, first) = connected(&world, "").await;
    let id = first["connectionId"].as_str().unwrap();
    for (key, code) in [
        (format!("{id}!guess"), 80018),
        ("_____!fake".to_owned(), 80018),
        ("aaaaaaaaaa!x".to_owned(), 80008),
    ] {
        let (_, second) = connected(&world, &format!("resume={key}")).await;
        assert_ne!(second["connectionId"], first["connectionId"]);
        assert_eq!(second["error"]["code"], code, "{key}");
    }
    let key = first["connectionDetails"]["connectionKey"]
        .as_str()
        .unwrap();
    let mut thief = world
        .connect_with(&format!(
            "key={}&clientId=thief&resume={key}",
            super::harness::KEY
        ))
        .await;
    assert_eq!(thief.expect(9).await["error"]["code"], 40102);
}

#[tokio::test(start_paused = true)]
async fn the_later_of_two_sockets_wins() {
    let world = World::start();
    let (mut early, first) = connected(&world, "").await;
    early.attach("c").await;
    let key = first["connectionDetails"]["connectionKey"]
        .as_str()
        .unwrap();
    let (mut late, _) = connected(&world, &format!("resume={key}")).await;
    assert_eq!(early.next().await, None);
    late.attach("c").await;
    late.send(publish(0, "x")).await;
    assert_eq!(
        late.expect(15).await["messages"][0]["data"],
        "x",
        "the end of the first took nothing away"
    );
}

#[tokio::test(start_paused = true)]
async fn a_socket_whose_place_is_taken_does_not_end_the_connection() {
    let world = World::start_from(Setup {
        limits: PlanLimits {
            connections: Some(3),
            ..PlanLimits::default()
        },
        ..Setup::default()
    });
    let (mut stuck, first) = connected(&world, "").await;
    stuck.attach("c").await;
    // More than its socket takes: it can't be told that its place is taken.
    let (mut other, _) = connected(&world, "").await;
    for serial in 0..30 {
        other.send(publish(serial, &"x".repeat(60_000))).await;
        other.expect(1).await;
    }
    let key = |connected: &Value| {
        let key = connected["connectionDetails"]["connectionKey"].as_str();
        format!("resume={}", key.unwrap())
    };
    let (late, second) = connected(&world, &key(&first)).await;
    stuck.send(json!({"action": 7})).await;
    assert_eq!(world.rest("GET", "/time", &Value::Null).await.0, 200);
    late.drop_socket();
    let (_late, third) = connected(&world, &key(&second)).await;
    assert!(third["error"].is_null(), "{third}");
    assert_eq!(third["connectionId"], first["connectionId"]);

    // Nor does it take a place for as long as its client does not read.
    tokio::time::sleep(Duration::from_secs(10)).await;
    connected(&world, "").await;
}

#[tokio::test(start_paused = true)]
async fn a_gap_that_cannot_be_filled_is_told() {
    let world = World::start();
    let (mut client, _) = connected(&world, "").await;
    client
        .send(
            json!({"action": 10, "channel": "c", "channelSerial": "01600000000000-000@elsewhere"}),
        )
        .await;
    let attached = client.expect(11).await;
    assert_eq!(attached["error"]["code"], 90003);
    assert_eq!(attached["flags"].as_u64().unwrap() & 0b100, 0);
}

async fn member_and_watcher(world: &World, parameters: &str) -> (Client, Value, Client) {
    let (mut member, connected_as) = connected(world, parameters).await;
    member.attach("c").await;
    member
        .send(json!({"action": 14, "channel": "c", "msgSerial": 0, "presence": [{"action": 2, "data": "here"}]}))
        .await;
    member.expect(14).await;
    member.expect(1).await;
    let (mut watcher, _) = connected(world, "clientId=watcher").await;
    let attached = watcher.attach("c").await;
    assert_eq!(
        attached["flags"].as_u64().unwrap() & 1,
        1,
        "there are members"
    );
    let sync = watcher.expect(16).await;
    assert_eq!(
        (
            &sync["presence"][0]["action"],
            &sync["presence"][0]["clientId"]
        ),
        (&json!(1), &json!("me"))
    );
    assert!(
        sync["channelSerial"].as_str().unwrap().ends_with(':'),
        "the last page"
    );
    (member, connected_as, watcher)
}

#[tokio::test(start_paused = true)]
async fn members_outlive_a_short_drop_and_leave_after_a_long_one() {
    let world = World::start();
    let (member, first, mut watcher) = member_and_watcher(&world, "").await;
    member.drop_socket();
    assert!(watcher.is_quiet(Duration::from_secs(14)).await);
    let key = first["connectionDetails"]["connectionKey"]
        .as_str()
        .unwrap();
    let (mut member, _) = connected(&world, &format!("resume={key}")).await;
    let is_quiet = watcher.is_quiet(Duration::from_secs(60));
    assert!(member.during(is_quiet).await, "back in time");
    member.drop_socket();
    let leave = watcher.expect(14).await;
    let message = &leave["presence"][0];
    assert_eq!(
        (&message["action"], &message["data"]),
        (&json!(3), &json!("here")),
        "with its last data"
    );
    let connection = message["connectionId"].as_str().unwrap();
    assert!(
        !message["id"].as_str().unwrap().starts_with(connection),
        "made up, and looks so"
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_may_choose_how_long_its_members_stay() {
    let world = World::start();
    let (member, _, mut watcher) = member_and_watcher(&world, "remainPresentFor=1000").await;
    member.drop_socket();
    assert!(!watcher.is_quiet(Duration::from_secs(2)).await);
}

#[tokio::test(start_paused = true)]
async fn members_leave_at_once_with_close_and_detach() {
    let world = World::start();
    for goodbye in [json!({"action": 7}), json!({"action": 12, "channel": "c"})] {
        let (mut member, _, mut watcher) = member_and_watcher(&world, "").await;
        member.send(goodbye).await;
        let leave = tokio::time::timeout(Duration::from_secs(1), watcher.expect(14))
            .await
            .unwrap();
        assert_eq!(leave["presence"][0]["action"], 3);
        member.event().await;
        drop(member);
        tokio::time::sleep(Duration::from_secs(20)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_is_dropped_while_the_others_get_everything() {
    let world = World::start();
    let slow_socket = world.socket(4096);
    let uri = format!("ws://server/?key={}&clientId=slow", super::harness::KEY);
    let (mut slow, _) = tokio_tungstenite::client_async(uri, slow_socket)
        .await
        .unwrap();
    {
        use futures_util::SinkExt;
        let attach = json!({"action": 10, "channel": "c"}).to_string();
        slow.send(tokio_tungstenite::tungstenite::Message::text(attach))
            .await
            .unwrap();
    }
    let (mut reader, _) = connected(&world, "").await;
    reader.attach("c").await;
    let (mut writer, _) = connected(&world, "clientId=writer").await;
    let data = "x".repeat(60_000);
    for number in 0..100 {
        writer.send(publish(number, &data)).await;
        writer.expect(1).await;
        assert_eq!(
            reader.expect(15).await["messages"][0]["data"]
                .as_str()
                .unwrap()
                .len(),
            data.len()
        );
    }
    let (_, status) = world.rest("GET", "/channels/c", &Value::Null).await;
    assert_eq!(
        status["status"]["occupancy"]["metrics"]["connections"], 1,
        "{status}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_full_room_of_a_thousand_gets_everything_and_syncs_in_pages() {
    let world = World::start();
    let (mut member, _) = connected(&world, "").await;
    let entering: Vec<Value> = (0..150)
        .map(|n| json!({"action": 2, "clientId": format!("m{n}")}))
        .collect();
    let mut wildcard = world
        .connect_with(&format!("key={}", super::harness::KEY))
        .await;
    wildcard.expect(4).await;
    wildcard
        .send(json!({"action": 14, "channel": "c", "msgSerial": 0, "presence": entering}))
        .await;
    wildcard.expect(1).await;
    let mut clients = Vec::new();
    for n in 0..1000 {
        let (mut client, _) = connected(&world, &format!("clientId=c{n}")).await;
        client.attach("c").await;
        let mut synced = 0;
        loop {
            let page = client.expect(16).await;
            synced += page["presence"].as_array().unwrap().len();
            if page["channelSerial"].as_str().unwrap().ends_with(':') {
                break;
            }
        }
        assert_eq!(synced, 150);
        clients.push(client);
    }
    member.send(publish(0, "to all")).await;
    member.expect(1).await;
    for client in &mut clients {
        assert_eq!(client.expect(15).await["messages"][0]["data"], "to all");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_does_not_send_everybody_away_at_once() {
    let world = World::start();
    let mut clients = Vec::new();
    for _ in 0..250 {
        clients.push(connected(&world, "").await.0);
    }
    world.stop();
    let start = world.now();
    let mut told = Vec::new();
    for client in &mut clients {
        let goodbye = client.expect(6).await;
        assert_eq!(goodbye["error"]["code"], 80003);
        told.push(world.now().since(start));
    }
    assert!(
        told.iter().max().unwrap() >= &Duration::from_millis(20),
        "{told:?}"
    );
    assert!(
        told.iter().max().unwrap() < &Duration::from_secs(1),
        "{told:?}"
    );
}

/// An SDK whose leave was lost with its socket sends it again, and then enters what it knew before.
#[tokio::test(start_paused = true)]
async fn a_member_that_left_does_not_come_back_by_its_earlier_id() {
    let world = World::start();
    let mut watcher = world.connect("").await;
    watcher.expect(4).await;
    watcher.attach("c").await;
    let mut client = world.connect("clientId=ann").await;
    let connected = client.expect(4).await;
    let id = connected["connectionId"].as_str().unwrap().to_owned();
    client.attach("c").await;
    let presence = |serial: u64, members: Value| json!({"action": 14, "channel": "c", "msgSerial": serial, "presence": [members]});
    client.send(presence(0, json!({"action": 2}))).await;
    client.expect_any(1).await;
    client.send(presence(1, json!({"action": 3}))).await;
    client
        .send(presence(
            2,
            json!({"action": 2, "id": format!("{id}:0:0"), "clientId": "ann"}),
        ))
        .await;
    for serial in [1, 2] {
        assert_eq!(client.expect_any(1).await["msgSerial"], serial);
    }
    let (_, members) = world
        .rest("GET", "/channels/c/presence", &Value::Null)
        .await;
    assert_eq!(members, json!([]));
    for action in [2, 3] {
        assert_eq!(watcher.expect(14).await["presence"][0]["action"], action);
    }
    assert!(watcher.is_quiet(Duration::from_secs(1)).await);
    // Entering anew is another thing.
    client.send(presence(3, json!({"action": 2}))).await;
    client.expect_any(1).await;
    let (_, members) = world
        .rest("GET", "/channels/c/presence", &Value::Null)
        .await;
    assert_eq!(members.as_array().unwrap().len(), 1);
}
