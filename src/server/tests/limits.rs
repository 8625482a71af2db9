//! The limits of connections, channels and pages, each reached. Those of requests are in [`super::requests`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::harness::World;
use crate::chat_core::auth::verify::MAX_TOKEN;
use crate::chat_core::error::ErrorInfo;
use crate::server::Setup;
use crate::server::core::apps::App;
use crate::server::core::limits::{
    CHANNEL_ACTIVITY, CONNECTION_STATE_TTL, MAX_CHANNELS, MAX_FRAME_SIZE, MAX_MISSED_SIZE,
    MAX_PAGE, MAX_REWIND, MAX_REWOUND, MAX_UNDER_WAY,
};
use crate::server::core::plan::PlanLimits;
use crate::server::core::publisher::{Api, PublishHook, Screened};
use crate::server::engine::limits::REPEAT_WINDOW;
use crate::server::engine::{ChannelCommand, CommandKind, Pending};

#[tokio::test(start_paused = true)]
async fn a_connection_has_bounded_channels() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    for number in 0..MAX_CHANNELS {
        client.attach(&format!("c{number}")).await;
    }
    let one_more = json!({"action": 10, "channel": "more"});
    client.send(one_more.clone()).await;
    let refused = client.expect(9).await;
    assert_eq!(
        (&refused["channel"], &refused["error"]["code"]),
        (&json!("more"), &json!(90010))
    );
    // A place that is left is free.
    client.send(json!({"action": 12, "channel": "c0"})).await;
    client.expect(13).await;
    client.attach("more").await;
}

#[tokio::test(start_paused = true)]
async fn an_app_has_bounded_active_channels() {
    let world = World::start_from(Setup {
        limits: PlanLimits {
            channels: Some(2),
            ..PlanLimits::default()
        },
        ..Setup::default()
    });
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach("a").await;
    let publish = async |channel: &str| {
        let path = format!("/channels/{channel}/messages");
        let (status, answer) = world.rest("POST", &path, &json!({"data": "x"})).await;
        (status, answer["error"]["code"].as_u64())
    };
    assert_eq!(publish("a").await.0, 201);
    assert_eq!(publish("b").await.0, 201);
    assert_eq!(publish("c").await, (403, Some(40114)));
    client.send(json!({"action": 10, "channel": "c"})).await;
    assert_eq!(client.expect_any(9).await["error"]["code"], 40114);
    let (_, history) = world
        .rest("GET", "/channels/c/messages", &Value::Null)
        .await;
    assert_eq!(history, json!([]), "what is refused leaves no trace");
    // A place is free once its channel is detached from, or quiet.
    client.send(json!({"action": 12, "channel": "a"})).await;
    client.expect_any(13).await;
    client.attach("c").await;
    assert_eq!(publish("d").await, (403, Some(40114)));
    client.during(tokio::time::sleep(CHANNEL_ACTIVITY)).await;
    assert_eq!(publish("d").await.0, 201);
    client
        .send(json!({"action": 14, "channel": "e", "msgSerial": 0, "presence": [{"action": 2}]}))
        .await;
    assert_eq!(client.expect_any(2).await["error"]["code"], 40114);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_rewind_has_bounded_messages() {
    let world = World::start();
    let messages = vec![json!({"data": "x"}); MAX_REWOUND];
    let last = json!({"data": "last"});
    for body in [json!(messages), last] {
        world.rest("POST", "/channels/c/messages", &body).await;
    }
    for (rewind, most) in [("5000", MAX_REWIND), ("60s", MAX_REWOUND)] {
        let mut client = world.connect("").await;
        client.expect(4).await;
        client
            .send(json!({"action": 10, "channel": "c", "params": {"rewind": rewind}}))
            .await;
        client.expect(11).await;
        let mut got = Vec::new();
        while let Ok(event) = tokio::time::timeout(Duration::from_secs(1), client.event()).await {
            let messages = event["messages"].as_array().cloned().unwrap_or_default();
            got.extend(messages.into_iter().map(|message| message["data"].clone()));
        }
        assert_eq!(got.len(), most, "{rewind}");
        assert_eq!(got[most - 1], "last", "the newest");
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_attachment_has_missed_is_bounded() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    let position = client.attach("c").await["channelSerial"].clone();
    client.send(json!({"action": 12, "channel": "c"})).await;
    client.expect(13).await;
    let message = json!({"data": "x".repeat(60_000)});
    for _ in 0..MAX_MISSED_SIZE / 60_000 + 10 {
        world.rest("POST", "/channels/c/messages", &message).await;
    }
    client
        .send(json!({"action": 10, "channel": "c", "channelSerial": position}))
        .await;
    let mut told = 0;
    loop {
        let event = client.event().await;
        if event["error"]["code"] == 90003 {
            break;
        }
        told += event["messages"].as_array().map_or(0, Vec::len);
        assert!(told <= MAX_MISSED_SIZE / 60_000 + 5, "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeat_is_known_for_a_bounded_time() {
    let world = World::start();
    let path = "/chat/v4/rooms/lobby/messages?idempotencyKey=one";
    let send = async || {
        let (status, message) = world.rest("POST", path, &json!({"text": "x"})).await;
        assert_eq!(status, 201, "{message}");
        message["serial"].clone()
    };
    let first = send().await;
    tokio::time::sleep(REPEAT_WINDOW.mul_f64(0.9)).await;
    assert_eq!(send().await, first);
    tokio::time::sleep(REPEAT_WINDOW).await;
    assert_ne!(send().await, first);
}

#[tokio::test(start_paused = true)]
async fn a_frame_has_a_bounded_size() {
    let world = World::start();
    let mut client = world.connect("").await;
    client.expect(4).await;
    let fill = "x".repeat(MAX_FRAME_SIZE - 100);
    client
        .send(json!({"action": 0, "id": "ping", "fill": fill}))
        .await;
    assert_eq!(client.next().await.unwrap()["id"], "ping");
    let fill = "x".repeat(MAX_FRAME_SIZE);
    client
        .send(json!({"action": 0, "id": "ping", "fill": fill}))
        .await;
    while let Some(message) = client.next().await {
        assert_ne!(message["id"], "ping");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_has_bounded_items() {
    let world = World::start();
    for path in [
        "/channels/c/messages",
        "/chat/v4/rooms/lobby/messages",
        "/channels",
        "/stats",
    ] {
        let limit = |limit: usize| format!("{path}?limit={limit}");
        assert_eq!(
            world.rest("GET", &limit(MAX_PAGE), &Value::Null).await.0,
            200,
            "{path}"
        );
        let (status, refused) = world.rest("GET", &limit(MAX_PAGE + 1), &Value::Null).await;
        assert_eq!(
            (status, &refused["error"]["code"]),
            (400, &json!(40003)),
            "{path}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_has_a_bounded_size() {
    let world = World::start();
    for (length, code) in [(MAX_TOKEN, 40144), (MAX_TOKEN + 1, 40005)] {
        let token = format!("a.b.{}", "x".repeat(length - 4));
        let request = format!(
            "GET /channels/c/messages HTTP/1.1\r\nHost: server\r\nAuthorization: Bearer {token}\r\n\
             Connection: close\r\n\r\n"
        );
        let (_, answer) = world.raw(request.as_bytes()).await;
        assert!(
            answer.contains(&format!("x-ably-errorcode: {code}")),
            "{answer}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_state_of_a_connection_is_kept_for_a_bounded_time() {
    let world = World::start();
    for (away, is_resumed) in [
        (CONNECTION_STATE_TTL.mul_f64(0.99), true),
        (CONNECTION_STATE_TTL.mul_f64(1.01), false),
    ] {
        let mut client = world.connect("").await;
        let first = client.expect(4).await;
        let key = first["connectionDetails"]["connectionKey"]
            .as_str()
            .unwrap()
            .to_owned();
        client.drop_socket();
        tokio::time::sleep(away).await;
        let mut client = world.connect(&format!("resume={key}")).await;
        let again = client.expect(4).await;
        assert_eq!(again["connectionId"] == first["connectionId"], is_resumed);
        let code = if is_resumed {
            Value::Null
        } else {
            json!(80008)
        };
        assert_eq!(again["error"]["code"], code);
    }
}

/// Answers late, and refuses.
struct Slow;

impl PublishHook for Slow {
    fn applies_to(&self, _: &App, _: &str, _: Api, _: &CommandKind) -> bool {
        true
    }

    fn check(&self, _: Screened) -> Pending<'static, ChannelCommand> {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(10)).await;
            Err(ErrorInfo::new(42211, 422, "refused"))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_has_bounded_publishes_under_way() {
    let world = World::start_from(Setup {
        publish_hook: Some(Arc::new(Slow)),
        ..Setup::default()
    });
    let mut client = world.connect("").await;
    client.expect(4).await;
    let publish = |serial: usize| json!({"action": 15, "channel": "c", "msgSerial": serial, "messages": [{"data": "x"}]});
    for serial in 0..MAX_UNDER_WAY {
        client.send(publish(serial)).await;
    }
    // Not read before one of them has ended, which the time of the hook bounds.
    client.send(json!({"action": 0, "id": "ping"})).await;
    assert!(client.is_quiet(Duration::from_secs(5)).await);
    let mut answered = 0;
    loop {
        let message = client.next().await.unwrap();
        if message["id"] == "ping" {
            break;
        }
        answered += usize::from(message["action"] == 2);
    }
    assert!(answered > 0);
}
