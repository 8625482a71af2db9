//! How long a client may be away and go on where it was: what counts is the time that it was away, not how old the last
//! message of a channel is.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{Client, World};
use crate::server::Setup;

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

async fn connected(world: &World, parameters: &str) -> (Client, String) {
    let mut client = world.connect(parameters).await;
    let connected = client.expect(4).await;
    let key = connected["connectionDetails"]["connectionKey"].as_str();
    (client, key.unwrap().to_owned())
}

fn publish(serial: u64, data: &str) -> Value {
    json!({"action": 15, "channel": "c", "msgSerial": serial, "messages": [{"data": data}]})
}

async fn attach_from(client: &mut Client, position: &Value) -> (bool, Value) {
    client
        .send(json!({"action": 10, "channel": "c", "channelSerial": position}))
        .await;
    let attached = client.expect(11).await;
    let is_resumed = attached["flags"].as_u64().unwrap() & 0b100 != 0;
    (is_resumed, attached["error"]["code"].clone())
}

const CONTINUED: (bool, Value) = (true, Value::Null);

fn late() -> (bool, Value) {
    (false, json!(90003))
}

/// A client that is attached where one message was sent ten minutes ago, with its key and position.
async fn in_a_quiet_room(world: &World) -> (Client, String, Value) {
    let (mut client, key) = connected(world, "").await;
    client.attach("c").await;
    client.send(publish(0, "old")).await;
    let position = client.expect(15).await["channelSerial"].clone();
    client.expect(1).await;
    assert!(client.is_quiet(10 * MINUTE).await);
    (client, key, position)
}

#[tokio::test(start_paused = true)]
async fn a_short_drop_in_a_quiet_room_is_no_discontinuity() {
    let world = World::start();
    let (client, mut key, position) = in_a_quiet_room(&world).await;
    client.drop_socket();
    for how in ["resume", "recover"] {
        tokio::time::sleep(SECOND).await;
        let (mut client, next) = connected(&world, &format!("{how}={key}")).await;
        assert_eq!(
            attach_from(&mut client, &position).await,
            CONTINUED,
            "{how}"
        );
        key = next;
        client.drop_socket();
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_was_forgotten_while_the_server_ran_is_a_discontinuity() {
    let world = World::start();
    let (client, key, position) = in_a_quiet_room(&world).await;
    client.drop_socket();
    tokio::time::sleep(3 * MINUTE).await;
    // As SDKs do however long they were away.
    let (mut client, _) = connected(&world, &format!("resume={key}")).await;
    assert_eq!(attach_from(&mut client, &position).await, late());
}

#[tokio::test(start_paused = true)]
async fn a_connection_of_an_earlier_process_is_continued_by_position() {
    let world = World::start();
    let (mut client, _) = connected(&world, "").await;
    client.attach("c").await;
    client.send(publish(0, "a")).await;
    let position = client.expect(15).await["channelSerial"].clone();
    let (mut client, _) = connected(&world, "resume=aaaaaaaaaa!x").await;
    assert_eq!(attach_from(&mut client, &position).await, CONTINUED);
}

#[tokio::test(start_paused = true)]
async fn three_minutes_away_from_a_quiet_room_is_a_discontinuity() {
    let world = World::start();
    let (client, _, position) = in_a_quiet_room(&world).await;
    client.drop_socket();
    tokio::time::sleep(3 * MINUTE).await;
    // As SDKs do once the state of the connection is gone: a new connection, and the position.
    let (mut client, _) = connected(&world, "").await;
    assert_eq!(attach_from(&mut client, &position).await, late());
    // From there on it is attached, and goes on as everybody.
    client.send(publish(0, "new")).await;
    assert_eq!(client.expect(15).await["messages"][0]["data"], "new");
}

#[tokio::test(start_paused = true)]
async fn a_young_position_is_continued_on_a_new_connection() {
    let world = World::start();
    let (mut client, _) = connected(&world, "").await;
    client.attach("c").await;
    client.send(publish(0, "a")).await;
    let position = client.expect(15).await["channelSerial"].clone();
    client.expect(1).await;
    client.send(publish(1, "b")).await;
    client.expect(15).await;
    client.expect(1).await;
    client.drop_socket();
    for (wait, expected) in [(119 * SECOND, CONTINUED), (2 * SECOND, late())] {
        tokio::time::sleep(wait).await;
        let (mut client, _) = connected(&world, "").await;
        assert_eq!(
            attach_from(&mut client, &position).await,
            expected,
            "{wait:?}"
        );
        if expected == CONTINUED {
            assert_eq!(client.expect(15).await["messages"][0]["data"], "b");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_attached_is_not_away_however_quiet_it_is() {
    let world = World::start();
    let (mut client, _, position) = in_a_quiet_room(&world).await;
    // As SDKs do when the options of a channel change.
    assert_eq!(attach_from(&mut client, &position).await, CONTINUED);
    client.send(json!({"action": 12, "channel": "c"})).await;
    client.expect(13).await;
    assert_eq!(attach_from(&mut client, &position).await, late());
}

#[tokio::test(start_paused = true)]
async fn the_beginning_of_a_channel_has_no_age() {
    let world = World::start();
    let (mut client, _) = connected(&world, "").await;
    let begin = client.attach("c").await["channelSerial"].clone();
    client.drop_socket();
    tokio::time::sleep(SECOND).await;
    let (mut client, _) = connected(&world, "").await;
    assert_eq!(attach_from(&mut client, &begin).await, CONTINUED);
}

#[tokio::test(start_paused = true)]
async fn the_window_can_be_set() {
    let world = World::start_from(Setup {
        continuity_window: Some(20 * MINUTE),
        ..Setup::default()
    });
    let (_client, _, position) = in_a_quiet_room(&world).await;
    let (mut client, _) = connected(&world, "").await;
    assert_eq!(attach_from(&mut client, &position).await, CONTINUED);
}

#[tokio::test]
async fn a_restart_in_a_quiet_room_is_no_discontinuity() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let world = World::start_on(&file, 1);
    let (mut client, key) = connected(&world, "").await;
    client.attach("c").await;
    client.send(publish(0, "old")).await;
    let position = client.expect(15).await["channelSerial"].clone();
    client.expect(1).await;
    world.end().await;

    let world = World::start_on(&file, 2);
    world.clock.set(world.now() + 10 * MINUTE);
    let (mut client, _) = connected(&world, &format!("resume={key}")).await;
    assert_eq!(attach_from(&mut client, &position).await, CONTINUED);
    let (mut client, _) = connected(&world, "").await;
    assert_eq!(attach_from(&mut client, &position).await, late());
    world.end().await;
}
