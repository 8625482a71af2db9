//! The bounds of what clients may have the server keep, send and remember.

use serde_json::{Value, json};

use super::harness::{Client, KEY, World};
use crate::server::core::limits::{MAX_MESSAGE_SIZE, MAX_WAITING, WAITING_LOW};

async fn connected(world: &World) -> Client {
    let mut client = world.connect("").await;
    client.expect(4).await;
    client
}

/// Publishes a message with `data` over REST, and returns its serial.
async fn created(world: &World, channel: &str, data: &str) -> String {
    let path = format!("/channels/{channel}/messages");
    let (status, answer) = world.rest("POST", &path, &json!({"data": data})).await;
    assert_eq!(status, 201, "{answer}");
    answer["serials"][0].as_str().unwrap().to_owned()
}

/// Sends a protocol message that is acknowledged, and returns the code of its refusal, 0 if there is none.
async fn code(client: &mut Client, msg_serial: u64, mut message: Value) -> u64 {
    message["msgSerial"] = msg_serial.into();
    client.send(message).await;
    loop {
        let answer = client.event().await;
        match answer["action"].as_u64() {
            Some(1) => return 0,
            Some(2) => return answer["error"]["code"].as_u64().unwrap(),
            _ => {}
        }
    }
}

fn reaction(serial: &str, name: &str) -> Value {
    json!({"messageSerial": serial, "type": "reaction:distinct.v1", "name": name})
}

#[tokio::test(start_paused = true)]
async fn names_and_counts_of_annotations_are_bounded() {
    let world = World::start();
    let serial = created(&world, "c", "x").await;
    let mut client = connected(&world).await;
    let mut number = 0;
    let mut annotate = async |annotations: Vec<Value>| {
        number += 1;
        let message = json!({"action": 21, "channel": "c", "annotations": annotations});
        code(&mut client, number - 1, message).await
    };
    let many = |range: std::ops::Range<usize>| -> Vec<Value> {
        range.map(|n| reaction(&serial, &n.to_string())).collect()
    };
    assert_eq!(annotate(many(0..101)).await, 40003);
    assert_eq!(annotate(many(0..100)).await, 0);
    assert_eq!(annotate(many(100..101)).await, 40003);
    assert_eq!(annotate(many(99..100)).await, 0, "no further name");
    assert_eq!(
        annotate(vec![reaction(&serial, &"x".repeat(257))]).await,
        40003
    );
    let counted = |count: Value| {
        vec![
            json!({"messageSerial": serial, "type": "reaction:multiple.v1", "name": "x", "count": count}),
        ]
    };
    for count in [json!(0), json!(-1), json!(i64::MAX), json!(1_u64 << 53)] {
        assert_eq!(annotate(counted(count)).await, 40003);
    }
    let most = json!((1_u64 << 53) - 1);
    for count in [most.clone(), most.clone(), json!(1)] {
        assert_eq!(annotate(counted(count)).await, 0);
    }
    let path = format!("/channels/c/messages/{serial}");
    let (_, message) = world.rest("GET", &path, &Value::Null).await;
    let summary = &message["annotations"]["summary"];
    assert_eq!(summary["reaction:multiple.v1"]["x"]["total"], most);
    let names = summary["reaction:distinct.v1"].as_object().unwrap();
    assert_eq!(names.len(), 100);
    assert_eq!(names["99"]["total"], 1);
}

#[tokio::test(start_paused = true)]
async fn annotation_types_without_a_method_are_kept_and_not_summed_up() {
    let world = World::start();
    let serial = created(&world, "c", "x").await;
    let mut client = world.connect("").await;
    client.expect(4).await;
    client
        .send(json!({"action": 10, "channel": "c", "flags": (1 << 18) | (1 << 22)}))
        .await;
    client.expect(11).await;
    let path = format!("/channels/c/messages/{serial}/annotations");
    let body = json!([{"type": "com.ably.reactions", "name": "👍"}]);
    assert_eq!(world.rest("POST", &path, &body).await.0, 201);
    let told = client.expect(21).await;
    assert_eq!(told["annotations"][0]["type"], "com.ably.reactions");
    assert!(told["channelSerial"].is_string());
    assert_eq!(client.is_there(), None, "no summary");
    let (_, kept) = world.rest("GET", &path, &Value::Null).await;
    assert_eq!(kept[0]["type"], "com.ably.reactions");
    let (status, error) = world.rest("POST", &path, &json!([{"name": "x"}])).await;
    assert_eq!((status, &error["error"]["code"]), (400, &json!(40003)));
}

#[tokio::test(start_paused = true)]
async fn size_of_the_whole_item_counts_for_every_kind() {
    let world = World::start();
    let serial = created(&world, "c", "x").await;
    let mut client = connected(&world).await;
    client.attach("c").await;
    let large = "x".repeat(MAX_MESSAGE_SIZE);
    let message = |message: Value| json!({"action": 15, "channel": "c", "messages": [message]});
    let annotation = |mut annotation: Value| {
        annotation["messageSerial"] = serial.clone().into();
        annotation["type"] = "x:flag.v1".into();
        json!({"action": 21, "channel": "c", "annotations": [annotation]})
    };
    let member = |mut member: Value| {
        member["action"] = 2.into();
        json!({"action": 14, "channel": "c", "presence": [member]})
    };
    let change = |mut change: Value| {
        change["serial"] = serial.clone().into();
        change["action"] = 1.into();
        message(change)
    };
    let extras = json!({"headers": {"a": large}});
    let refused = [
        message(json!({"data": large, "name": "x"})),
        message(json!({"name": large, "data": "x"})),
        message(json!({"extras": extras})),
        message(json!({"id": format!("{large}xx{}", "x".repeat(256)), "data": "x"})),
        message(json!({"encoding": format!("{large}xx{}", "x".repeat(256)), "data": "x"})),
        change(json!({"data": "y", "version": {"description": large}})),
        change(json!({"data": "y", "version": {"metadata": {"a": large}}})),
        change(json!({"extras": extras})),
        annotation(json!({"data": format!("{large}x")})),
        annotation(json!({"extras": extras})),
        annotation(json!({"id": format!("{large}xx{}", "x".repeat(256))})),
        member(json!({"data": large})),
        member(json!({"extras": extras})),
        member(json!({"id": format!("{large}xx{}", "x".repeat(256))})),
    ];
    let mut number = 0;
    for message in refused {
        let answer = code(&mut client, number, message.clone()).await;
        let text = message.to_string();
        assert_eq!(answer, 40009, "{}", &text[..text.len().min(200)]);
        number += 1;
    }
    // Nothing of it is there.
    let (_, page) = world
        .rest("GET", "/channels/c/messages", &Value::Null)
        .await;
    assert_eq!(
        (page.as_array().unwrap().len(), &page[0]["data"]),
        (1, &json!("x"))
    );
    let (_, members) = world
        .rest("GET", "/channels/c/presence", &Value::Null)
        .await;
    assert_eq!(members, json!([]));
    // The largest message that an SDK sends, with an id of its own.
    let whole = &large[..MAX_MESSAGE_SIZE - "me".len()];
    let whole = json!({"data": whole, "id": "0123456789abcdef:0"});
    assert_eq!(code(&mut client, number, message(whole)).await, 0);
}

#[tokio::test(start_paused = true)]
async fn message_does_not_grow_beyond_the_largest_publish() {
    let world = World::start();
    let serial = created(&world, "c", &"x".repeat(40_000)).await;
    let path = format!("/channels/c/messages/{serial}");
    let append = |length: usize| json!({"action": 5, "data": "y".repeat(length)});
    assert_eq!(world.rest("PATCH", &path, &append(20_000)).await.0, 200);
    let (status, error) = world.rest("PATCH", &path, &append(6_000)).await;
    assert_eq!((status, &error["error"]["code"]), (413, &json!(40009)));
    let (_, message) = world.rest("GET", &path, &Value::Null).await;
    assert_eq!(message["data"].as_str().unwrap().len(), 60_000);
    let (_, versions) = world
        .rest("GET", &format!("{path}/versions"), &Value::Null)
        .await;
    assert_eq!(versions.as_array().unwrap().len(), 2, "it left no trace");
    let delete = json!({"action": 2, "version": {"description": "z".repeat(20_000)}});
    assert_eq!(world.rest("PATCH", &path, &delete).await.0, 200);
}

/// Fills a channel with messages of `size` bytes, numbered.
async fn fill(world: &World, channel: &str, count: usize, size: usize) {
    let mut client = connected(world).await;
    for number in 0..count {
        let data = format!("{number:05}{}", "x".repeat(size));
        let message = json!({"action": 15, "channel": channel, "messages": [{"data": data}]});
        assert_eq!(code(&mut client, number as u64, message).await, 0);
    }
}

/// Reads messages until there are `count`, and checks that they are numbered from `first` on.
async fn is_told(client: &mut Client, first: usize, count: usize) {
    for number in first..first + count {
        let told = client.expect(15).await;
        let data = told["messages"][0]["data"].as_str().unwrap();
        assert_eq!(data[..5], format!("{number:05}"));
    }
}

#[tokio::test(start_paused = true)]
async fn client_that_reads_gets_all_that_it_asked_for_however_much_it_is() {
    let world = World::start();
    let size = 60_000;
    let count = 2 * MAX_WAITING / size;
    let mut client = connected(&world).await;
    let begin = client.attach("c").await["channelSerial"].clone();
    client.send(json!({"action": 12, "channel": "c"})).await;
    client.expect(13).await;
    fill(&world, "c", count, size).await;
    for attach in [
        json!({"action": 10, "channel": "c", "params": {"rewind": "1000"}}),
        json!({"action": 10, "channel": "c", "params": {"rewind": "10m"}}),
        json!({"action": 10, "channel": "c", "channelSerial": begin}),
    ] {
        client.send(attach.clone()).await;
        client.expect(11).await;
        let told = if attach["params"]["rewind"] == "1000" {
            100
        } else {
            count
        };
        is_told(&mut client, count - told, told).await;
        client.send(json!({"action": 12, "channel": "c"})).await;
        client.expect(13).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_while_an_attachment_catches_up_follows_in_order_and_once() {
    let world = World::start();
    let (size, count) = (60_000, 50);
    fill(&world, "c", count, size).await;
    let mut client = connected(&world).await;
    client
        .send(json!({"action": 10, "channel": "c", "params": {"rewind": "50"}}))
        .await;
    client.expect(11).await;
    // It has read nothing of the backlog yet, of which the socket takes a part.
    let mut other = connected(&world).await;
    for number in 0..3 {
        let data = format!("{:05}", count + number);
        let message = json!({"action": 15, "channel": "c", "messages": [{"data": data}]});
        assert_eq!(code(&mut other, 2 * number as u64, message).await, 0);
        let typing = json!({"data": "typing", "extras": {"ephemeral": true}});
        let message = json!({"action": 15, "channel": "c", "messages": [typing]});
        assert_eq!(code(&mut other, 2 * number as u64 + 1, message).await, 0);
    }
    assert!(
        count * size > (1 << 20) + WAITING_LOW,
        "it is still catching up"
    );
    is_told(&mut client, 0, count + 3).await;
    for _ in 0..3 {
        assert_eq!(client.expect(15).await["messages"][0]["data"], "typing");
    }
    let message = json!({"action": 15, "channel": "c", "messages": [{"data": "live"}]});
    assert_eq!(code(&mut other, 10, message).await, 0);
    assert_eq!(client.expect(15).await["messages"][0]["data"], "live");
}

#[tokio::test(start_paused = true)]
async fn client_that_does_not_read_what_it_asked_for_is_let_go_in_time() {
    let world = World::start();
    fill(&world, "c", 100, 60_000).await;
    let mut client = connected(&world).await;
    client
        .send(json!({"action": 10, "channel": "c", "params": {"rewind": "100"}}))
        .await;
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    let mut told = 0;
    let last = loop {
        match client.next().await {
            Some(message) if message["action"] == 15 => told += 1,
            Some(message) if message["action"] == 6 => break Some(message),
            Some(_) => {}
            None => break None,
        }
    };
    assert!(told < 100, "{told}");
    if let Some(last) = last {
        assert_eq!(last["error"]["code"], 80003);
    }
    assert!(client.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn presence_set_is_bounded_and_told_in_pages() {
    let world = World::start();
    let mut client = connected(&world).await;
    let mut other = world.connect_with(&format!("key={KEY}")).await;
    other.expect(4).await;
    let enter = |client_id: &str, size: usize| {
        json!({"action": 14, "channel": "c", "presence": [
            {"action": 2, "clientId": client_id, "data": "x".repeat(size)},
        ]})
    };
    let mut number = 0;
    let mut refused = 0;
    while refused == 0 {
        refused = code(&mut other, number, enter(&number.to_string(), 60_000)).await;
        number += 1;
    }
    assert_eq!((refused, number), (91006, 18));
    assert_eq!(
        code(&mut other, number, enter("0", 10)).await,
        0,
        "it shrinks"
    );
    client.attach("c").await;
    let mut members = 0;
    loop {
        let page = client.expect(16).await;
        assert!(page.to_string().len() < 140_000);
        members += page["presence"].as_array().unwrap().len();
        if page["channelSerial"].as_str().unwrap().ends_with(':') {
            break;
        }
    }
    assert_eq!(members, 17);
    // Who was refused does not leave.
    other.drop_socket();
    let mut left = 0;
    while left < 17 {
        let told = client.expect(14).await;
        for member in told["presence"].as_array().unwrap() {
            assert_eq!(member["action"], 3);
            assert_ne!(member["clientId"], "17");
            left += 1;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn pages_of_large_messages_have_fewer_and_meet() {
    let world = World::start();
    fill(&world, "c", 100, 60_000).await;
    let mut path = "/channels/c/messages?limit=1000&direction=forwards".to_owned();
    let (status, page) = world.rest("GET", &path, &Value::Null).await;
    assert_eq!(status, 200);
    let first = page.as_array().unwrap().len();
    assert!((50..100).contains(&first), "{first}");
    path = format!(
        "{path}&cursor={}",
        page[first - 1]["serial"].as_str().unwrap()
    );
    let (_, page) = world.rest("GET", &path, &Value::Null).await;
    assert_eq!(page.as_array().unwrap().len(), 100 - first);
    assert!(
        page[0]["data"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{first:05}"))
    );
}

#[tokio::test(start_paused = true)]
async fn summary_of_one_client_has_the_totals_of_all() {
    let world = World::start();
    let serial = created(&world, "c", "x").await;
    let path = format!("/channels/c/messages/{serial}");
    for client_id in ["ann", "bob"] {
        let mut client = world
            .connect_with(&format!("key={KEY}&clientId={client_id}"))
            .await;
        client.expect(4).await;
        let named =
            |name: &str| json!({"messageSerial": serial, "type": "x:distinct.v1", "name": name});
        let annotations = [named("a"), named(client_id)];
        let message = json!({"action": 21, "channel": "c", "annotations": annotations});
        assert_eq!(code(&mut client, 0, message).await, 0);
    }
    let of = async |query: &str| {
        let path = format!("{path}/client-summary{query}");
        world.rest("GET", &path, &Value::Null).await
    };
    let (status, summary) = of("?forClientId=ann").await;
    assert_eq!(status, 200);
    let expected = json!({"x:distinct.v1": {
        "a": {"total": 2, "clientIds": ["ann"], "clipped": true},
        "ann": {"total": 1, "clientIds": ["ann"], "clipped": false},
    }});
    assert_eq!(summary, expected);
    assert_eq!(
        of("").await,
        (200, json!({"x:distinct.v1": {}})),
        "of the caller"
    );
    assert_eq!(of("?forClientId=*").await.0, 400);
    let unknown = "/channels/c/messages/01700000000000-000@locA:000/client-summary";
    assert_eq!(world.rest("GET", unknown, &Value::Null).await.0, 404);
}
