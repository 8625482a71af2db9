//! Time: dates that jump, and peers of which nothing comes any more.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{Client, KEY, World};
use crate::server::Setup;

const HOUR: Duration = Duration::from_secs(3600);
const SECOND: Duration = Duration::from_secs(1);
const ALL: &str = r#"{"*":["*"]}"#;

async fn connected(world: &World, query: &str) -> (Client, Value) {
    let mut client = world.connect_with(query).await;
    let connected = client.expect(4).await;
    (client, connected)
}

fn publish(serial: u64) -> Value {
    json!({"action": 15, "channel": "c", "msgSerial": serial, "messages": [{"data": "x"}]})
}

/// The date an hour ago, and in an hour.
fn jumps(world: &World) -> [crate::chat_core::clock::Timestamp; 2] {
    [world.now() - HOUR, world.now() + HOUR]
}

#[tokio::test(start_paused = true)]
async fn heartbeats_go_on_whatever_the_date_is_set_to() {
    let world = World::start();
    let (mut client, _) = connected(&world, &format!("key={KEY}&clientId=me")).await;
    for date in jumps(&world) {
        world.clock.set(date);
        for _ in 0..3 {
            let next = tokio::time::timeout(15 * SECOND, client.next()).await;
            assert_eq!(next.expect("no heartbeat").unwrap()["action"], 0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_ends_when_it_should_whatever_the_date_is_set_to() {
    for jump in [0, 1] {
        let world = World::start();
        let token = world.token("me", ALL, 60 * SECOND);
        let (mut client, _) = connected(&world, &format!("access_token={token}")).await;
        let began = tokio::time::Instant::now();
        tokio::time::sleep(10 * SECOND).await;
        world.clock.set(jumps(&world)[jump]);
        client.expect(17).await;
        assert_eq!(began.elapsed().as_secs(), 30);
        assert_eq!(client.expect(6).await["error"]["code"], 40142);
        assert_eq!(began.elapsed().as_secs(), 60);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_revoked_stays_revoked_when_the_date_is_set_back() {
    let world = World::start_revocable(ALL, Setup::default());
    let token = world.token("me", ALL, HOUR);
    let (mut client, _) = connected(&world, &format!("access_token={token}")).await;
    tokio::time::sleep(2 * SECOND).await;
    world.revoke("clientId:me", false).await;
    world.clock.set(world.now() - 10 * SECOND);
    assert_eq!(client.expect(6).await["error"]["code"], 40141);
    let mut late = world.connect_with(&format!("access_token={token}")).await;
    assert_eq!(late.expect(9).await["error"]["code"], 40141);
}

#[tokio::test(start_paused = true)]
async fn a_rate_is_refilled_whatever_the_date_is_set_to() {
    let world = World::start_with(Some(1.0));
    let (mut client, _) = connected(&world, &format!("key={KEY}&clientId=me&echo=false")).await;
    for (serial, date) in (0..).step_by(2).zip(jumps(&world)) {
        client.send(publish(serial)).await;
        client.expect(1).await;
        world.clock.set(date);
        client.send(publish(serial + 1)).await;
        assert_eq!(client.expect(2).await["error"]["code"], 42911);
        tokio::time::sleep(SECOND).await;
    }
}

#[tokio::test(start_paused = true)]
async fn members_stay_as_long_as_they_should_whatever_the_date_is_set_to() {
    for jump in [0, 1] {
        let world = World::start();
        let (mut member, _) = connected(&world, &format!("key={KEY}&clientId=me")).await;
        member
            .send(
                json!({"action": 14, "channel": "c", "msgSerial": 0, "presence": [{"action": 2}]}),
            )
            .await;
        member.expect(1).await;
        let (mut watcher, _) = connected(&world, &format!("key={KEY}&clientId=watcher")).await;
        watcher.attach("c").await;
        watcher.expect(16).await;
        member.drop_socket();
        assert!(watcher.is_quiet(SECOND).await);
        world.clock.set(jumps(&world)[jump]);
        assert!(watcher.is_quiet(13 * SECOND).await);
        let leave = tokio::time::timeout(2 * SECOND, watcher.expect(14)).await;
        assert_eq!(leave.unwrap()["presence"][0]["action"], 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_vanished_goes_and_its_members_with_it() {
    let world = World::start();
    let (mut gone, first) = connected(&world, &format!("key={KEY}&clientId=me")).await;
    gone.send(json!({"action": 14, "channel": "c", "msgSerial": 0, "presence": [{"action": 2}]}))
        .await;
    gone.expect(1).await;
    let (mut watcher, _) = connected(&world, &format!("key={KEY}&clientId=watcher")).await;
    watcher.attach("c").await;
    watcher.expect(16).await;
    // Nothing reads its socket any more, and nothing closes it.
    let leave = tokio::time::timeout(60 * SECOND, watcher.expect(14)).await;
    assert_eq!(leave.expect("a ghost")["presence"][0]["action"], 3);
    // One that comes to life again goes on where it was.
    drop(gone);
    let key = first["connectionDetails"]["connectionKey"]
        .as_str()
        .unwrap();
    let (_, second) = connected(&world, &format!("key={KEY}&clientId=me&resume={key}")).await;
    assert_eq!(second["connectionId"], first["connectionId"]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_only_listens_stays() {
    let world = World::start();
    let (mut client, _) = connected(&world, &format!("key={KEY}&clientId=me")).await;
    client.attach("c").await;
    assert!(client.is_quiet(HOUR).await);
    client.send(publish(0)).await;
    client.expect(15).await;
}
