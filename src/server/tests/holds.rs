//! Holds: what a rule holds waits until the rule is removed, goes on in order then, and is dropped with its connection.

use std::time::Duration;

use serde_json::{Value, json};

use super::faults::{HISTORY, admin, attached, publish, seen, stored, world};
use super::harness::{Client, World};
use crate::server::Setup;
use crate::server::limits::MAX_WAITING;

const MINUTE: Duration = Duration::from_mins(1);

/// A server that holds what `selector` names, and a client that has sent three messages.
async fn holding(selector: &str) -> (World, Client) {
    let world = world(&format!(
        "[[fault]]\nname = \"held\"\n{selector}\ndo = \"hold\""
    ));
    let mut client = attached(&world).await;
    for (serial, data) in (0..).zip(["one", "two", "three"]) {
        client.send(publish(serial, data)).await;
    }
    (world, client)
}

async fn clear(world: &World) {
    let (status, _) = admin(world, "DELETE", "faults/held?allApps=true", &Value::Null).await;
    assert_eq!(status, 200);
}

#[tokio::test(start_paused = true)]
async fn frames_and_commits_are_held_until_the_rule_is_removed() {
    let all = ["one", "1", "two", "1", "three", "1"];
    for (selector, before, count) in [
        ("at = \"out\"\naction = \"MESSAGE\"\nnth = 1", vec![], 3),
        ("at = \"out\"\naction = \"MESSAGE\"", vec![], 3),
        ("at = \"ack\"", vec!["one"], 3),
        ("at = \"in\"\naction = \"MESSAGE\"\nnth = 1", vec![], 0),
        (
            "at = \"in\"\naction = \"MESSAGE\"\nnth = 2",
            vec!["one", "1"],
            1,
        ),
        ("at = \"commit\"\ntimes = 1", vec![], 0),
        ("at = \"commit\"\nnth = 3", vec!["one", "1", "two", "1"], 2),
    ] {
        let (world, mut client) = holding(selector).await;
        assert_eq!(seen(&mut client).await, before, "{selector}");
        assert!(client.is_quiet(MINUTE).await, "{selector}");
        assert_eq!(stored(&world).await, count, "{selector}");
        client.during(clear(&world)).await;
        assert_eq!(seen(&mut client).await, all[before.len()..], "{selector}");
        assert_eq!(stored(&world).await, 3, "{selector}");
    }
}

#[tokio::test(start_paused = true)]
async fn requests_and_answers_are_held_until_the_rule_is_removed() {
    for (at, count) in [("request", 0), ("commit", 0), ("answer", 1)] {
        let rule = format!("[[fault]]\nname = \"held\"\nat = \"{at}\"\ndo = \"hold\"\ntimes = 1");
        let world = world(&rule);
        let body = json!({"data": "one"});
        let mut sent = Box::pin(world.rest("POST", HISTORY, &body));
        let waited = tokio::time::timeout(MINUTE, &mut sent).await;
        assert!(waited.is_err(), "{at}");
        assert_eq!(stored(&world).await, count, "{at}");
        clear(&world).await;
        assert_eq!(sent.await.0, 201, "{at}");
        assert_eq!(stored(&world).await, 1, "{at}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_held_is_dropped_with_its_connection() {
    for selector in [
        "at = \"in\"\naction = \"MESSAGE\"\nnth = 2",
        "at = \"commit\"\nnth = 2",
    ] {
        let (world, mut client) = holding(selector).await;
        assert_eq!(seen(&mut client).await, ["one", "1"], "{selector}");
        client.drop_socket();
        tokio::time::sleep(MINUTE).await;
        let census = world.census().await;
        assert_eq!(census.connections, 0, "{selector}: the end was seen");
        clear(&world).await;
        tokio::time::sleep(MINUTE).await;
        // Nor is what came behind it.
        assert_eq!(stored(&world).await, 1, "{selector}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_of_which_too_much_is_held_is_cut_off() {
    for selector in ["at = \"out\"\naction = \"MESSAGE\"", "at = \"commit\""] {
        let (world, mut client) = holding(selector).await;
        let text = "x".repeat(60_000);
        let most = (MAX_WAITING / 60_000 + 5) as u64;
        for serial in 3..most {
            client.send_if_open(publish(serial, &text)).await;
        }
        let end = tokio::time::timeout(MINUTE, async { while client.next().await.is_some() {} });
        end.await.unwrap_or_else(|_| panic!("{selector}: it stays"));
        drop(world);
    }
}

#[tokio::test(start_paused = true)]
async fn the_reset_of_an_app_releases_and_its_end_drops_what_is_held() {
    for ending in ["reset", "delete"] {
        let world = World::start_provisioning(Setup {
            admin_token: Some("admin".to_owned()),
            ..Setup::default()
        });
        let (_, app) = world.rest("POST", "/apps", &json!({})).await;
        let id = app["appId"].as_str().unwrap();
        let key = app["keys"][0]["keyStr"].as_str().unwrap();
        let rule = json!({"at": "request", "method": "POST", "path": HISTORY, "do": "hold"});
        admin(&world, "POST", &format!("faults?app={id}"), &rule).await;
        let request = format!(
            "POST {HISTORY}?key={key} HTTP/1.1\r\nHost: s\r\nContent-Type: application/json\r\n\
             Content-Length: 12\r\nConnection: close\r\n\r\n{{\"data\":\"x\"}}"
        );
        let mut sent = Box::pin(world.raw(request.as_bytes()));
        assert!(tokio::time::timeout(MINUTE, &mut sent).await.is_err());
        let (method, path) = match ending {
            "reset" => ("POST", format!("/apps/{id}/reset")),
            _ => ("DELETE", format!("/apps/{id}")),
        };
        assert_eq!(world.rest(method, &path, &Value::Null).await.0, 200);
        let expected = if ending == "reset" { 201 } else { 0 };
        assert_eq!(sent.await.0, expected, "{ending}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_ends_waits_for_nothing_that_is_held() {
    let (world, mut client) = holding("at = \"commit\"").await;
    assert_eq!(seen(&mut client).await, Vec::<String>::new());
    let request = format!(
        "POST {HISTORY}?key=app.key:secret HTTP/1.1\r\nHost: s\r\nContent-Type: application/json\r\n\
         Content-Length: 12\r\n\r\n{{\"data\":\"x\"}}"
    );
    let mut socket = world.socket(1 << 16);
    tokio::io::AsyncWriteExt::write_all(&mut socket, request.as_bytes())
        .await
        .unwrap();
    tokio::time::sleep(MINUTE).await;
    let began = tokio::time::Instant::now();
    let reading = async { while client.next().await.is_some() {} };
    tokio::join!(world.end(), reading);
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
}
