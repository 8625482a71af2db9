//! What a token limits, and how a connection goes from token to token.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{KEY, World};
use crate::chat_core::auth::ApiKey;
use crate::chat_core::auth::jwt::{Mint, Minter};

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
