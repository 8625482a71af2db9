//! What a server counts as messages.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::harness::World;
use crate::server::core::plan::PlanLimits;
use crate::server::{Setup, UsageMeter};

/// A server whose messages are counted, with its meter.
fn start(limits: PlanLimits) -> (World, Arc<UsageMeter>) {
    let setup = Setup {
        admin_token: Some("token".to_owned()),
        limits,
        ..Setup::default()
    };
    let usage = Arc::clone(&setup.usage);
    (World::start_from(setup), usage)
}

#[tokio::test(start_paused = true)]
async fn publishes_count_once_in_and_once_for_each_delivery() {
    let (world, usage) = start(PlanLimits::default());
    let mut first = world.connect("").await;
    first.expect(4).await;
    first.attach("c").await;
    let mut second = world.connect("echo=false").await;
    second.expect(4).await;
    second.attach("c").await;
    let message = json!([{"data": "x"}, {"data": "y".repeat(6000)}]);
    second
        .send(json!({"action": 15, "channel": "c", "msgSerial": 0, "messages": message}))
        .await;
    second.expect(1).await;
    first.expect(15).await;
    first
        .send(json!({"action": 14, "channel": "c", "msgSerial": 0, "presence": [{"action": 2}]}))
        .await;
    first.expect_any(1).await;
    second.expect_any(14).await;
    let report = usage.report(Some("app"));
    // The larger one counts twice, and its author gets neither back.
    assert_eq!(report["published"]["messages"], 3);
    assert_eq!(report["delivered"]["messages"], 3);
    assert_eq!(report["published"]["presence"], 1);
    assert_eq!(report["delivered"]["presence"], 2);
    assert_eq!(report["messages"], 9);
    assert_eq!(report["connections"], json!({"now": 2, "peak": 2}));
    assert_eq!(report["channels"]["peak"], 1);
    assert_eq!(report, {
        let mut all = usage.report(None);
        all["app"] = json!("app");
        all
    });
    assert_eq!(usage.report(Some("other"))["messages"], 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_for_counts() {
    let (world, usage) = start(PlanLimits::default());
    let path = "/chat/v4/rooms/lobby/messages";
    for _ in 0..3 {
        assert_eq!(world.rest("POST", path, &json!({"text": "x"})).await.0, 201);
    }
    world.rest("GET", path, &Value::Null).await;
    let mut client = world.connect("").await;
    client.expect(4).await;
    client
        .send(json!({"action": 10, "channel": "lobby::$chat", "params": {"rewind": "2"}}))
        .await;
    client.expect_any(15).await;
    client
        .during(tokio::time::sleep(Duration::from_secs(1)))
        .await;
    let report = usage.report(Some("app"));
    assert_eq!(report["published"]["total"], 3);
    assert_eq!(report["delivered"]["total"], 0);
    assert_eq!(report["asked"]["messages"], 3 + 2);
    assert_eq!(report["requests"], 4);
    client.drop_socket();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let connections = usage.report(Some("app"))["connections"].clone();
    assert_eq!(connections, json!({"now": 0, "peak": 1}));
}

#[tokio::test(start_paused = true)]
async fn refusals_are_counted_by_code_and_not_as_messages() {
    let (world, usage) = start(PlanLimits {
        channel_rate: Some(1),
        outbound_rate: Some(1),
        ..PlanLimits::default()
    });
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach("c").await;
    client.attach("d").await;
    for channel in ["c", "c", "d"] {
        let path = format!("/channels/{channel}/messages");
        world.rest("POST", &path, &json!({"data": "x"})).await;
    }
    client.expect(15).await;
    assert_eq!(client.expect(11).await["error"]["code"], 80020);
    let report = usage.report(Some("app"));
    assert_eq!(report["refused"], json!({"42913": 1, "80020": 1}));
    assert_eq!(report["published"]["total"], 2);
    let (status, _) = world.rest("POST", "/apps/app/reset", &Value::Null).await;
    assert_eq!(status, 200);
    let report = usage.report(Some("app"));
    assert_eq!(
        (&report["messages"], &report["refused"]),
        (&json!(0), &json!({}))
    );
}
