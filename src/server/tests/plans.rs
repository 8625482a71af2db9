//! The limits of plans, each reached and no more than reached.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{Client, KEY, World};
use crate::server::Setup;
use crate::server::core::plan::{Plan, PlanLimits};

fn start(limits: PlanLimits) -> World {
    World::start_from(Setup {
        limits,
        ..Setup::default()
    })
}

fn off() -> PlanLimits {
    PlanLimits::default()
}

async fn connected(world: &World, parameters: &str) -> Client {
    let mut client = world.connect(parameters).await;
    client.expect(4).await;
    client
}

fn message(serial: usize, channel: &str, count: usize) -> Value {
    let messages = vec![json!({"data": "x"}); count];
    json!({"action": 15, "channel": channel, "msgSerial": serial, "messages": messages})
}

/// Sends `count` publishes, and returns the codes of those that are refused; 0 stands for one that is done.
async fn publish(client: &mut Client, first: usize, count: usize, channel: &str) -> Vec<u64> {
    for serial in first..first + count {
        client.send(message(serial, channel, 1)).await;
    }
    let mut codes = Vec::new();
    while codes.len() < count {
        let answer = client.event().await;
        match answer["action"].as_u64() {
            Some(1) => {
                let answered = answer["count"].as_u64().unwrap_or(1);
                codes.extend((0..answered).map(|_| 0));
            }
            Some(2) => codes.push(answer["error"]["code"].as_u64().unwrap()),
            _ => {}
        }
    }
    codes
}

fn count(codes: &[u64], code: u64) -> usize {
    codes.iter().filter(|found| **found == code).count()
}

async fn rest_publish(world: &World, channel: &str, body: &Value) -> (u16, Option<u64>) {
    let path = format!("/channels/{channel}/messages");
    let (status, answer) = world.rest("POST", &path, body).await;
    (status, answer["error"]["code"].as_u64())
}

#[tokio::test(start_paused = true)]
async fn plan_is_told_to_clients() {
    for (plan, size, frame, rate) in [
        (Plan::Off, 65_536, 524_288, 1000),
        (Plan::Free, 65_536, 524_288, 50),
        (Plan::Pro, 262_144, 2_097_152, 50),
    ] {
        let world = start(plan.limits());
        let mut client = world.connect("").await;
        let details = client.expect(4).await["connectionDetails"].clone();
        assert_eq!(details["maxMessageSize"], size, "{plan:?}");
        assert_eq!(details["maxFrameSize"], frame, "{plan:?}");
        assert_eq!(details["maxInboundRate"], rate, "{plan:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn connection_publishes_at_its_rate() {
    let world = start(PlanLimits {
        inbound_rate: Some(5),
        ..off()
    });
    let mut client = connected(&world, "echo=false").await;
    let codes = publish(&mut client, 0, 8, "c").await;
    assert_eq!((count(&codes, 0), count(&codes, 42911)), (5, 3));
    // Presence counts too, another connection does not, and the connection lives.
    client
        .send(json!({"action": 14, "channel": "c", "msgSerial": 8, "presence": [{"action": 2}]}))
        .await;
    assert_eq!(client.expect(2).await["error"]["code"], 42911);
    let mut other = connected(&world, "echo=false").await;
    assert_eq!(publish(&mut other, 0, 1, "c").await, [0]);
    client
        .during(tokio::time::sleep(Duration::from_millis(400)))
        .await;
    let codes = publish(&mut client, 9, 3, "d").await;
    assert_eq!((count(&codes, 0), count(&codes, 42911)), (2, 1));
    // What is refused leaves no trace.
    let (_, history) = world
        .rest("GET", "/channels/c/messages", &Value::Null)
        .await;
    assert_eq!(history.as_array().unwrap().len(), 6);
}

#[tokio::test(start_paused = true)]
async fn flood_of_publishes_fails_the_connection() {
    let world = start(PlanLimits {
        inbound_rate: Some(2),
        ..off()
    });
    let mut client = connected(&world, "echo=false").await;
    let codes = publish(&mut client, 0, 40, "c").await;
    assert_eq!(count(&codes, 42911), 38);
    client.send(message(40, "c", 1)).await;
    assert_eq!(client.expect_any(9).await["error"]["code"], 42921);
    assert_eq!(client.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn flood_of_frames_fails_the_connection() {
    let world = start(Plan::Free.limits());
    let mut client = connected(&world, "").await;
    for _ in 0..=2000 {
        client.send(json!({"action": 0})).await;
    }
    assert_eq!(client.expect_any(9).await["error"]["code"], 42924);
}

#[tokio::test(start_paused = true)]
async fn channel_takes_messages_at_its_rate_from_all_publishers() {
    let world = start(PlanLimits {
        channel_rate: Some(3),
        ..off()
    });
    let mut client = connected(&world, "echo=false").await;
    assert_eq!(publish(&mut client, 0, 2, "c").await, [0, 0]);
    assert_eq!(
        rest_publish(&world, "c", &json!({"data": "x"})).await,
        (201, None)
    );
    let refused = (429, Some(42913));
    assert_eq!(
        rest_publish(&world, "c", &json!({"data": "x"})).await,
        refused
    );
    assert_eq!(publish(&mut client, 2, 1, "c").await, [42913]);
    assert_eq!(publish(&mut client, 3, 1, "d").await, [0]);
}

#[tokio::test(start_paused = true)]
async fn channel_takes_bytes_at_its_rate() {
    let world = start(PlanLimits {
        channel_bandwidth: Some(1000),
        ..off()
    });
    let large = json!({"data": "x".repeat(600)});
    assert_eq!(rest_publish(&world, "c", &large).await, (201, None));
    assert_eq!(rest_publish(&world, "c", &large).await, (429, Some(42914)));
    assert_eq!(rest_publish(&world, "d", &large).await, (201, None));
}

#[tokio::test(start_paused = true)]
async fn server_counts_messages_in_and_out() {
    let world = start(PlanLimits {
        message_rate: Some(10),
        ..off()
    });
    let mut first = connected(&world, "").await;
    first.attach("c").await;
    let mut second = connected(&world, "").await;
    second.attach("c").await;
    let body = json!({"data": "x"});
    // Each is one in and two out.
    for _ in 0..4 {
        assert_eq!(rest_publish(&world, "c", &body).await.0, 201);
    }
    assert_eq!(rest_publish(&world, "c", &body).await, (429, Some(42917)));
}

#[tokio::test(start_paused = true)]
async fn repeats_are_not_counted_again() {
    let world = start(PlanLimits {
        channel_rate: Some(1),
        ..off()
    });
    let path = "/chat/v4/rooms/lobby/messages?idempotencyKey=one";
    for _ in 0..3 {
        assert_eq!(world.rest("POST", path, &json!({"text": "x"})).await.0, 201);
    }
}

#[tokio::test(start_paused = true)]
async fn deliveries_over_the_rate_are_dropped_and_told_as_a_discontinuity() {
    let world = start(PlanLimits {
        outbound_rate: Some(5),
        ..off()
    });
    let mut client = connected(&world, "").await;
    client.attach("c").await;
    let mut serials = Vec::new();
    for number in 0..8 {
        let (_, answer) = world
            .rest(
                "POST",
                "/channels/c/messages",
                &json!({"data": number.to_string()}),
            )
            .await;
        serials.push(answer["serials"][0].clone());
    }
    for number in 0..5 {
        assert_eq!(
            client.expect(15).await["messages"][0]["data"],
            number.to_string()
        );
    }
    // One telling for all of them, with the position that the attachment goes on from.
    let told = client.expect(11).await;
    assert_eq!(told["error"]["code"], 80020);
    assert_eq!(told["error"]["statusCode"], 400);
    assert_eq!(told["flags"].as_u64().unwrap() & 4, 0, "not resumed");
    assert!(client.is_quiet(Duration::from_millis(900)).await);
    world
        .rest("POST", "/channels/c/messages", &json!({"data": "next"}))
        .await;
    let next = client.expect(15).await;
    assert_eq!(next["messages"][0]["data"], "next");
    // What was dropped is in history.
    let (_, history) = world
        .rest("GET", "/channels/c/messages", &Value::Null)
        .await;
    assert_eq!(history.as_array().unwrap().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn losses_are_told_once_a_second_and_by_the_name_of_the_attachment() {
    let world = start(PlanLimits {
        outbound_rate: Some(2),
        ..off()
    });
    let mut client = connected(&world, "").await;
    client.attach("[?rewind=1]c").await;
    let mut told = 0;
    for _ in 0..30 {
        client
            .during(rest_publish(&world, "c", &json!({"data": "x"})))
            .await;
        client
            .during(tokio::time::sleep(Duration::from_millis(100)))
            .await;
        while let Some(event) = client.is_there() {
            if event["action"] == 11 {
                assert_eq!(event["channel"], "[?rewind=1]c");
                assert_eq!(event["error"]["code"], 80020);
                told += 1;
            }
        }
    }
    assert!((3..=4).contains(&told), "{told}");
}

#[tokio::test(start_paused = true)]
async fn new_connections_are_let_in_at_their_rate_and_may_try_again() {
    let world = start(PlanLimits {
        connect_rate: Some(2),
        ..off()
    });
    let _first = connected(&world, "").await;
    let _second = connected(&world, "").await;
    let mut third = world.connect("").await;
    let refused = third.expect(6).await;
    assert_eq!(refused["error"]["code"], 80021);
    assert_eq!(refused["error"]["statusCode"], 429);
    tokio::time::sleep(Duration::from_millis(500)).await;
    connected(&world, "").await;
}

#[tokio::test(start_paused = true)]
async fn channels_become_active_at_their_rate() {
    let world = start(PlanLimits {
        activation_rate: Some(2),
        ..off()
    });
    let mut client = connected(&world, "").await;
    client.attach("a").await;
    assert_eq!(
        rest_publish(&world, "b", &json!({"data": "x"})).await.0,
        201
    );
    client.send(json!({"action": 10, "channel": "c"})).await;
    assert_eq!(client.expect(13).await["error"]["code"], 90021);
    assert_eq!(
        rest_publish(&world, "c", &json!({"data": "x"})).await,
        (429, Some(90021))
    );
    // Those that are active already are not counted again.
    for channel in ["a", "b"] {
        assert_eq!(
            rest_publish(&world, channel, &json!({"data": "x"})).await.0,
            201
        );
    }
    client
        .during(tokio::time::sleep(Duration::from_millis(500)))
        .await;
    client.send(json!({"action": 10, "channel": "c"})).await;
    client.expect_any(11).await;
}

#[tokio::test(start_paused = true)]
async fn requests_are_answered_at_their_rate() {
    let world = start(PlanLimits {
        request_rate: Some(2),
        ..off()
    });
    let get = async || {
        world
            .rest("GET", "/channels/c/messages", &Value::Null)
            .await
    };
    assert_eq!((get().await.0, get().await.0), (200, 200));
    let (status, answer) = get().await;
    assert_eq!((status, &answer["error"]["code"]), (429, &json!(42918)));
    // Those for tokens are not counted.
    let (status, _) = world
        .rest(
            "POST",
            "/keys/app.key/requestToken",
            &json!({"keyName": "app.key"}),
        )
        .await;
    assert_ne!(status, 429);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(get().await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn connections_and_channels_and_members_are_counted() {
    let world = start(PlanLimits {
        connections: Some(2),
        channels: Some(3),
        connection_channels: 2,
        members: 2,
        ..off()
    });
    let mut client = connected(&world, "").await;
    client.attach("a").await;
    client.attach("b").await;
    client.send(json!({"action": 10, "channel": "c"})).await;
    assert_eq!(client.expect(9).await["error"]["code"], 90010);
    let mut other = connected(&world, "").await;
    other.attach("c").await;
    other.send(json!({"action": 10, "channel": "d"})).await;
    assert_eq!(other.expect(9).await["error"]["code"], 40114);
    let mut third = world.connect("").await;
    assert_eq!(third.expect(9).await["error"]["code"], 40111);
    // A credential without a clientId may enter any.
    drop((client, other, third));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut client = world.connect_with(&format!("key={KEY}")).await;
    client.expect(4).await;
    for (serial, id) in ["one", "two", "three"].iter().enumerate() {
        let member = json!({"action": 2, "clientId": id});
        client
            .send(json!({"action": 14, "channel": "c", "msgSerial": serial, "presence": [member]}))
            .await;
    }
    assert_eq!(client.expect(1).await["msgSerial"], 0);
    assert_eq!(client.expect(1).await["msgSerial"], 1);
    assert_eq!(client.expect(2).await["error"]["code"], 91003);
}

#[tokio::test(start_paused = true)]
async fn messages_have_the_size_of_the_plan() {
    let limit = 256 * 1024;
    let world = start(Plan::Pro.limits());
    let body = |size: usize| json!({"data": "x".repeat(size)});
    let me = "me".len();
    assert_eq!(
        rest_publish(&world, "c", &body(limit - me)).await,
        (201, None)
    );
    assert_eq!(
        rest_publish(&world, "c", &body(limit - me + 1)).await,
        (413, Some(40009))
    );
    let mut client = connected(&world, "echo=false").await;
    let large = json!([body(limit - me)]);
    client
        .send(json!({"action": 15, "channel": "d", "msgSerial": 0, "messages": large}))
        .await;
    client.expect(1).await;
    // What is appended does not make it larger, either.
    let world = start(PlanLimits {
        message_size: 100,
        ..off()
    });
    assert_eq!(rest_publish(&world, "c", &body(98)).await, (201, None));
    assert_eq!(
        rest_publish(&world, "c", &body(99)).await,
        (413, Some(40009))
    );
}

#[tokio::test(start_paused = true)]
async fn a_share_of_everything_is_refused_where_that_is_asked_for() {
    /// Which of 20 requests a second get through, at a rate of 10.
    async fn answered(seed: u64) -> Vec<bool> {
        let world = start(PlanLimits {
            request_rate: Some(10),
            share_seed: Some(seed),
            ..off()
        });
        let mut answered = Vec::new();
        for _ in 0..400 {
            let path = "/channels/c/messages";
            let (status, answer) = world.rest("GET", path, &Value::Null).await;
            assert!(
                status == 200 || answer["error"]["code"] == 42918,
                "{answer}"
            );
            answered.push(status == 200);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        answered
    }
    let first = answered(1).await;
    let passed = first[100..].iter().filter(|passed| **passed).count();
    assert!((120..=180).contains(&passed), "{passed} of 300");
    assert_eq!(first, answered(1).await);
    assert_ne!(first, answered(2).await);
}
