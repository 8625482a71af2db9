//! Parameters that stand before a channel's name, `[?rewind=1]NAME`: the way for clients that have no other.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{Client, World};

const HOUR: Duration = Duration::from_secs(3600);

async fn connected(world: &World) -> Client {
    let mut client = world.connect("").await;
    client.expect(4).await;
    client
}

fn publish(serial: u64, channel: &str, data: &str) -> Value {
    json!({"action": 15, "channel": channel, "msgSerial": serial, "messages": [{"data": data}]})
}

#[tokio::test(start_paused = true)]
async fn parameters_before_a_name_count_as_the_channels() {
    let world = World::start();
    for data in ["a", "b", "c"] {
        let path = "/channels/foo/messages";
        world.rest("POST", path, &json!({"data": data})).await;
    }
    let name = "[?rewind=2&occupancy=metrics]foo";
    let mut client = connected(&world).await;
    let attached = client.attach(name).await;
    // Every frame names the channel as the client does, or its SDK would not know it.
    assert_eq!(attached["channel"], name);
    assert_eq!(
        attached["params"],
        json!({"rewind": "2", "occupancy": "metrics"})
    );
    for data in ["b", "c"] {
        let told = client.expect(15).await;
        assert_eq!(
            (&told["channel"], &told["messages"][0]["data"]),
            (&json!(name), &json!(data))
        );
    }
    let occupancy = client.expect(15).await;
    assert_eq!(occupancy["messages"][0]["name"], "[meta]occupancy");

    client.send(publish(0, name, "d")).await;
    let told = client.expect(15).await;
    assert_eq!(
        (&told["channel"], &told["messages"][0]["data"]),
        (&json!(name), &json!("d"))
    );
    client.expect(1).await;
    client
        .send(json!({"action": 14, "channel": name, "msgSerial": 1, "presence": [{"action": 2}]}))
        .await;
    assert_eq!(client.expect(14).await["channel"], name);
    client.expect(1).await;
    client.send(json!({"action": 16, "channel": name})).await;
    assert_eq!(client.expect_any(16).await["channel"], name);

    client.send(json!({"action": 12, "channel": name})).await;
    assert_eq!(client.expect_any(13).await["channel"], name);
    let (_, members) = world
        .rest("GET", "/channels/foo/presence", &Value::Null)
        .await;
    assert_eq!(members, json!([]), "members leave with it");
    let (_, history) = world
        .rest("GET", "/channels/foo/messages", &Value::Null)
        .await;
    assert_eq!(
        history.as_array().unwrap().len(),
        4,
        "it is the same channel"
    );
}

#[tokio::test(start_paused = true)]
async fn a_channel_may_be_attached_under_both_names() {
    let world = World::start();
    let mut client = connected(&world).await;
    client.attach("foo").await;
    client.attach("[?rewind=1]foo").await;
    let (status, _) = world
        .rest("POST", "/channels/foo/messages", &json!({"data": "a"}))
        .await;
    assert_eq!(status, 201);
    let mut names = Vec::new();
    for _ in 0..2 {
        let told = client.expect(15).await;
        names.push(told["channel"].as_str().unwrap().to_owned());
    }
    names.sort();
    assert_eq!(names, ["[?rewind=1]foo", "foo"]);
    client
        .send(json!({"action": 12, "channel": "[?rewind=1]foo"}))
        .await;
    client.expect(13).await;
    client.send(publish(0, "foo", "b")).await;
    assert_eq!(client.expect(15).await["channel"], "foo");
    client.expect(1).await;
    assert!(client.is_quiet(Duration::from_secs(5)).await);
}

#[tokio::test(start_paused = true)]
async fn a_connection_counts_once_whatever_names_it_attaches_by() {
    let world = World::start();
    let mut client = connected(&world).await;
    let occupancy = async || {
        let (_, details) = world.rest("GET", "/channels/foo", &Value::Null).await;
        let metrics = &details["status"]["occupancy"]["metrics"];
        let count = |name: &str| metrics[name].as_u64().unwrap();
        (
            count("connections"),
            count("publishers"),
            count("subscribers"),
        )
    };
    client.attach("[?modes=subscribe]foo").await;
    assert_eq!(occupancy().await, (1, 0, 1));
    client.attach("[?modes=publish]foo").await;
    assert_eq!(occupancy().await, (1, 1, 1));
    client.attach("foo").await;
    let mut other = connected(&world).await;
    other.attach("foo").await;
    assert_eq!(occupancy().await, (2, 2, 2));
    for name in ["foo", "[?modes=subscribe]foo"] {
        client.send(json!({"action": 12, "channel": name})).await;
        client.expect_any(13).await;
    }
    assert_eq!(occupancy().await, (2, 2, 1));
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_the_message_says_counts_before_what_the_name_says() {
    let world = World::start();
    let mut client = connected(&world).await;
    let attach = json!({
        "action": 10, "channel": "[?rewind=1&modes=subscribe]foo", "params": {"modes": "publish", "agent": "x"},
    });
    client.send(attach).await;
    let attached = client.expect(11).await;
    assert_eq!(
        attached["params"],
        json!({"modes": "publish", "rewind": "1"})
    );
    assert_eq!(attached["flags"].as_u64().unwrap() >> 16, 0b10);
}

#[tokio::test(start_paused = true)]
async fn rights_are_those_of_the_name_without_parameters() {
    let world = World::start();
    let rights = r#"{"foo":["subscribe","publish"],"lobby":["subscribe"],"[?rewind=1]bar":["*"]}"#;
    let token = world.token("me", rights, HOUR);
    let mut client = world.connect_with(&format!("access_token={token}")).await;
    client.expect(4).await;
    client.attach("[?rewind=1]foo").await;
    client.attach("[?rewind=1]lobby::$chat").await;
    client
        .send(json!({"action": 10, "channel": "[?rewind=1]bar"}))
        .await;
    let error = client.expect(9).await;
    assert_eq!(
        (&error["channel"], &error["error"]["code"]),
        (&json!("[?rewind=1]bar"), &json!(40160))
    );
    // Another token is judged by the same.
    let narrow = world.token("me", r#"{"lobby":["subscribe"]}"#, HOUR);
    client
        .send(json!({"action": 17, "auth": {"accessToken": narrow}}))
        .await;
    client.expect(4).await;
    let error = client.expect(9).await;
    assert_eq!(
        (&error["channel"], &error["error"]["code"]),
        (&json!("[?rewind=1]foo"), &json!(40160))
    );
}

#[tokio::test(start_paused = true)]
async fn rest_takes_names_with_parameters() {
    let world = World::start();
    let name = "%5B%3Frewind%3D1%5Dfoo";
    let (status, published) = world
        .rest(
            "POST",
            &format!("/channels/{name}/messages"),
            &json!({"data": "a"}),
        )
        .await;
    assert_eq!((status, &published["channel"]), (201, &json!("foo")));
    let batch = json!({"channels": ["[?rewind=1]foo", "[meta]foo"], "messages": {"data": "b"}});
    let (_, answer) = world.rest("POST", "/messages", &batch).await;
    assert_eq!(
        (&answer["successCount"], &answer["failureCount"]),
        (&json!(1), &json!(1))
    );
    for path in ["foo", name] {
        let path = format!("/channels/{path}/messages");
        let (_, history) = world.rest("GET", &path, &Value::Null).await;
        assert_eq!(history.as_array().unwrap().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn other_qualifiers_are_refused_and_said_to_be() {
    let world = World::start();
    let mut client = connected(&world).await;
    for (name, why) in [
        ("[filter=bmFtZSA9PSBgImEiYA==]foo", "derived channels"),
        ("[meta][meta]log", "begins with"),
        ("[x]foo", "qualifier"),
    ] {
        client.send(json!({"action": 10, "channel": name})).await;
        let error = client.expect(9).await;
        let message = error["error"]["message"].as_str().unwrap();
        assert_eq!(
            (&error["channel"], &error["error"]["code"]),
            (&json!(name), &json!(40010))
        );
        assert!(message.contains(why), "{message}");
        client.send(publish(0, name, "x")).await;
        assert_eq!(client.expect(2).await["error"]["code"], 40010);
    }
    let path = "/channels/%5Bx%5Dlog/messages";
    let (status, error) = world.rest("GET", path, &Value::Null).await;
    assert_eq!((status, &error["error"]["code"]), (400, &json!(40010)));
}
