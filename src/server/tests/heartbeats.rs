//! Heartbeats in virtual time: exactly as promised, to all idle clients at once, and no other stops of the clock.

use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::json;

use super::harness::{Client, START, World};
use crate::chat_core::clock::{Clock as _, VirtualClock};

/// Lets everything go on that can.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

fn after(seconds: u64) -> crate::chat_core::clock::Timestamp {
    START + Duration::from_secs(seconds)
}

async fn connected(world: &World) -> Client {
    let mut client = world.connect("").await;
    client.expect(4).await;
    client
}

/// Lets the time go on to `until`; returns when it stopped, and when each of `clients` heard a heartbeat.
async fn run(
    clock: &VirtualClock,
    until: u64,
    clients: &mut [Client],
) -> (Vec<u64>, Vec<Vec<u64>>) {
    let mut stops = Vec::new();
    let mut heard = vec![Vec::new(); clients.len()];
    while let Some(next) = clock.next_deadline().filter(|next| *next <= after(until)) {
        clock.advance(next);
        settle().await;
        let second = clock.now().since(START).as_secs();
        stops.push(second);
        for (client, heard) in clients.iter_mut().zip(&mut heard) {
            while let Some(frame) = client.next().now_or_never() {
                assert_eq!(frame.expect("it stays")["action"], 0);
                heard.push(second);
            }
        }
    }
    (stops, heard)
}

#[tokio::test]
async fn idle_clients_hear_them_at_the_same_moments_and_the_time_stops_for_nothing_else() {
    let clock = VirtualClock::starting_at(START);
    let world = World::start_by(&clock);
    let mut clients = Vec::new();
    for second in [0, 2, 6] {
        clock.advance(after(second));
        clients.push(connected(&world).await);
    }
    let (stops, heard) = run(&clock, 3600, &mut clients).await;
    let every: Vec<u64> = (1..=240).map(|count| 15 * count).collect();
    assert_eq!(stops, every);
    for heard in heard {
        assert_eq!(heard, every);
    }
}

#[tokio::test]
async fn who_was_told_something_hears_one_15_seconds_after_that() {
    let clock = VirtualClock::starting_at(START);
    let world = World::start_by(&clock);
    let mut client = connected(&world).await;
    client.attach("c").await;
    clock.advance(after(10));
    let body = json!({"data": "x"});
    client
        .during(world.rest("POST", "/channels/c/messages", &body))
        .await;
    client.expect(15).await;
    let mut clients = [client];
    let (stops, heard) = run(&clock, 60, &mut clients).await;
    assert_eq!(heard, [[25, 40, 55]]);
    assert_eq!(stops, [15, 25, 40, 55]);
    let [client] = clients;
    client.drop_socket();
    settle().await;
    let (stops, _) = run(&clock, 600, &mut []).await;
    assert!(stops.len() <= 4, "nobody is there: {stops:?}");
}
