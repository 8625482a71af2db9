//! Seeds, and going back to them while clients stay.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{KEY, START, World};
use crate::server::{Namespace, Seed, Setup};

const RESUMED: u64 = 1 << 2;

fn seed() -> Seed {
    serde_json::from_value(json!({"rooms": [{
        "name": "lobby",
        "messages": [
            {"clientId": "bob", "content": {"text": "second"}, "when": {"age": 60_000}},
            {
                "clientId": "ann",
                "content": {"text": "first", "metadata": {"a": 1}, "headers": {"h": "x"}},
                "userClaim": "admin",
                "when": {"age": 3_600_000},
                "reactions": [{"type": "distinct", "name": "+1", "clientId": "bob"}],
            },
            {
                "clientId": "ann",
                "content": {"text": "gone"},
                "when": {"age": 30_000},
                "change": {"isDelete": true, "clientId": "mod", "when": {"age": 20_000}},
            },
        ],
        "members": [{"clientId": "carol", "data": {"status": "away"}}],
    }]}))
    .unwrap()
}

fn world() -> World {
    let setup = Setup {
        seed: seed(),
        ..Setup::default()
    };
    World::start_from(setup)
}

const HISTORY: &str = "/chat/v4/rooms/lobby/messages?orderBy=oldestFirst";
const CHANNEL: &str = "lobby::$chat";

async fn messages(world: &World) -> Vec<Value> {
    let (status, messages) = world.rest("GET", HISTORY, &Value::Null).await;
    assert_eq!(status, 200, "{messages}");
    messages.as_array().unwrap().clone()
}

async fn send(world: &World, text: &str) {
    let path = "/chat/v4/rooms/lobby/messages";
    let (status, answer) = world.rest("POST", path, &json!({"text": text})).await;
    assert_eq!(status, 201, "{answer}");
}

async fn reset(world: &World) {
    let (status, answer) = world.rest("POST", "/apps/app/reset", &Value::Null).await;
    assert_eq!((status, answer), (200, json!({"appId": "app"})));
}

#[tokio::test(start_paused = true)]
async fn a_seed_is_there_with_its_times_and_all_that_belongs_to_it() {
    let world = world();
    let [first, second, gone] = &messages(&world).await[..] else {
        panic!("three messages");
    };
    assert_eq!(
        (&first["text"], &first["clientId"]),
        (&json!("first"), &json!("ann"))
    );
    assert_eq!(first["timestamp"], START.0 - 3_600_000);
    assert_eq!(first["metadata"], json!({"a": 1}));
    assert_eq!(first["headers"], json!({"h": "x"}));
    assert_eq!(first["userClaim"], "admin");
    assert_eq!(
        first["reactions"]["distinct"]["+1"]["clientIds"],
        json!(["bob"])
    );
    assert_eq!(second["timestamp"], START.0 - 60_000);
    assert_eq!(
        (&gone["action"], &gone["text"]),
        (&json!("message.delete"), &json!(""))
    );
    assert_eq!(gone["version"]["clientId"], "mod");
    assert_eq!(gone["version"]["timestamp"], START.0 - 20_000);
    let serials: Vec<_> = [first, second, gone]
        .map(|message| message["serial"].as_str().unwrap())
        .into();
    assert!(serials.is_sorted(), "{serials:?}");

    let mut client = world.connect("").await;
    client.expect(4).await;
    let attached = client.attach(CHANNEL).await;
    // A client begins after the seed, whose members it is told.
    assert!(attached["channelSerial"].as_str().unwrap() > serials[2]);
    let sync = client.expect(16).await;
    assert_eq!(sync["presence"][0]["clientId"], "carol");
    assert_eq!(sync["presence"][0]["data"], r#"{"status":"away"}"#);
    // What is sent now comes behind the seed.
    send(&world, "new").await;
    assert_eq!(
        client.expect(15).await["messages"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(messages(&world).await[3]["text"], "new");
}

#[tokio::test(start_paused = true)]
async fn a_reset_goes_back_to_the_seed_and_tells_those_who_are_attached() {
    // One story, told in one go.
    let world = world();
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach(CHANNEL).await;
    client.expect(16).await;
    let other = client.attach("c").await;
    send(&world, "new").await;
    let before = client.expect(15).await;
    client
        .send(
            json!({"action": 14, "channel": CHANNEL, "msgSerial": 0, "presence": [{"action": 2}]}),
        )
        .await;
    client.expect(14).await;
    client.expect(1).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let moment = world.now();
    reset(&world).await;

    let told = [
        client.expect(11).await,
        client.event().await,
        client.event().await,
    ];
    let of = |channel: &str| {
        told.iter()
            .find(|message| message["channel"] == channel && message["action"] == 11)
            .unwrap()
    };
    for attached in [of(CHANNEL), of("c")] {
        assert_eq!(
            attached["flags"].as_u64().unwrap() & RESUMED,
            0,
            "{attached}"
        );
        assert_eq!(attached["error"]["code"], 90003, "{attached}");
    }
    assert!(of(CHANNEL)["channelSerial"].as_str() > before["channelSerial"].as_str());
    assert!(of("c")["channelSerial"].as_str() > other["channelSerial"].as_str());
    assert_eq!(of("c")["flags"].as_u64().unwrap() & 1, 0, "nobody is there");
    let sync = told.iter().find(|message| message["action"] == 16).unwrap();
    let members: Vec<_> = sync["presence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| &member["clientId"])
        .collect();
    assert_eq!(members, ["carol"]);

    let texts: Vec<_> = messages(&world)
        .await
        .iter()
        .map(|message| message["text"].clone())
        .collect();
    assert_eq!(texts, ["first", "second", ""]);
    // Ages are counted from the reset.
    assert_eq!(messages(&world).await[1]["timestamp"], moment.0 - 60_000);
    // The attachment lives.
    send(&world, "newer").await;
    let data = client.expect(15).await["messages"][0]["data"].clone();
    assert!(data.as_str().unwrap().contains("newer"), "{data}");
    assert!(client.is_quiet(Duration::from_secs(5)).await);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_was_away_learns_of_the_gap() {
    let world = world();
    let mut client = world.connect("").await;
    let key = client.expect(4).await["connectionDetails"]["connectionKey"].clone();
    client.attach(CHANNEL).await;
    client.expect(16).await;
    send(&world, "new").await;
    let position = client.expect(15).await["channelSerial"].clone();
    client.drop_socket();
    reset(&world).await;
    let mut client = world
        .connect(&format!("resume={}", key.as_str().unwrap()))
        .await;
    assert!(
        client.expect(4).await["error"].is_null(),
        "the connection itself goes on"
    );
    client
        .send(json!({"action": 10, "channel": CHANNEL, "channelSerial": position}))
        .await;
    let attached = client.expect(11).await;
    assert_eq!(attached["flags"].as_u64().unwrap() & RESUMED, 0);
    assert_eq!(attached["error"]["code"], 90003);
}

/// A seed of one channel as another store kept it, with as many messages as there are texts.
fn elsewhere(texts: &[&str]) -> Seed {
    let entries: Vec<Value> = texts
        .iter()
        .enumerate()
        .map(|(place, text)| {
            let serial = format!("01699999990000-{place:03}@locElsewhere");
            let message = json!({
                "id": format!("there:{place}:0"), "action": 0, "serial": format!("{serial}:000"), "data": text,
                "timestamp": 1_699_999_990_000_i64, "clientId": "ann",
                "version": {"serial": format!("{serial}:000"), "timestamp": 1_699_999_990_000_i64},
            });
            json!({
                "kind": "messages", "serial": serial,
                "frames": [{"action": 15, "channel": "c", "channelSerial": serial, "messages": [message]}],
            })
        })
        .collect();
    serde_json::from_value(json!({"channels": [{"name": "c", "entries": entries}]})).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_past_from_elsewhere_is_no_place_to_go_on_from_but_for_who_has_all_of_it() {
    let world = World::start_from(Setup {
        seed: elsewhere(&["one", "two"]),
        ..Setup::default()
    });
    let attach = json!({"action": 10, "channel": "c", "params": {"rewind": "2"}});
    let from = |position: &Value| json!({"action": 10, "channel": "c", "channelSerial": position});
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.send(attach.clone()).await;
    client.expect(11).await;
    let (first, last) = (client.expect(15).await, client.expect(15).await);
    let serial = "01699999990000-000@locElsewhere:000";
    assert_eq!(first["messages"][0]["serial"], serial);
    assert_eq!(first["messages"][0]["id"], "there:0:0");
    for (position, is_known) in [
        (&first["channelSerial"], false),
        (&last["channelSerial"], true),
    ] {
        let mut client = world.connect("").await;
        client.expect(4).await;
        client.send(from(position)).await;
        let attached = client.expect(11).await;
        let resumed = attached["flags"].as_u64().unwrap() & RESUMED != 0;
        assert_eq!(resumed, is_known, "{attached}");
        assert_eq!(attached["error"].is_null(), is_known, "{attached}");
        assert!(client.is_quiet(Duration::from_secs(5)).await);
    }

    let path = "/channels/c/messages?direction=forwards";
    let (_, before) = world.rest("GET", path, &Value::Null).await;
    assert_eq!(before[0]["serial"], serial);
    world
        .rest("POST", "/channels/c/messages", &json!({"data": "new"}))
        .await;
    assert_eq!(client.expect(15).await["messages"][0]["data"], "new");
    tokio::time::sleep(Duration::from_secs(5)).await;
    reset(&world).await;
    let attached = client.expect(11).await;
    assert_eq!(attached["error"]["code"], 90003, "{attached}");
    assert!(attached["channelSerial"].as_str() > last["channelSerial"].as_str());
    let (_, after) = world.rest("GET", path, &Value::Null).await;
    assert_eq!(after, before, "with the same serials, ids and times");
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.send(from(&last["channelSerial"])).await;
    assert_eq!(client.expect(11).await["error"]["code"], 90003);
}

#[tokio::test(start_paused = true)]
async fn an_app_is_not_made_of_a_past_that_does_not_hang_together() {
    let world = World::start();
    let mut seed = serde_json::to_value(elsewhere(&["one", "two"])).unwrap();
    let body = json!({"seed": seed});
    let (status, app) = world.rest("POST", "/apps", &body).await;
    assert_eq!(status, 201, "{app}");
    let key = app["keys"][0]["keyStr"].as_str().unwrap();
    let (_, kept) = world
        .rest_as(key, "GET", "/channels/c/messages", &Value::Null)
        .await;
    assert_eq!(kept[0]["data"], "two");
    seed["channels"][0]["entries"][1]["serial"] = json!("00000000000000-000@x");
    let (status, refused) = world.rest("POST", "/apps", &json!({"seed": seed})).await;
    assert_eq!((status, &refused["error"]["code"]), (400, &json!(40003)));
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("channel 'c': entry 2"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn resets_under_load_lose_no_acknowledged_message_that_came_after_them() {
    let world = world();
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach("c").await;
    for round in 0..20 {
        let publish = |serial: u64| json!({"action": 15, "channel": "c", "msgSerial": serial, "messages": [{"data": serial.to_string()}]});
        client.send(publish(round * 2)).await;
        reset(&world).await;
        client.send(publish(round * 2 + 1)).await;
        // Everything that was acknowledged after the reset is there.
        while client.expect_any(1).await["msgSerial"] != json!(round * 2 + 1) {}
        let (_, kept) = world
            .rest("GET", "/channels/c/messages", &Value::Null)
            .await;
        let data: Vec<_> = kept
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["data"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(data.first(), Some(&(round * 2 + 1).to_string()), "{data:?}");
        assert!(data.len() <= 2, "{data:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_made_app_goes_back_to_its_own_beginning() {
    let world = World::start();
    let body = json!({
        "seed": seed(),
        "channels": [{"name": "c", "presence": [{"clientId": "ann"}]}],
    });
    let (_, app) = world.rest("POST", "/apps", &body).await;
    let key = app["keys"][0]["keyStr"].as_str().unwrap();
    let path = format!("/apps/{}/reset", app["appId"].as_str().unwrap());
    let path = path.as_str();
    let count = |path: &'static str| {
        let world = &world;
        async move {
            let (_, list) = world.rest_as(key, "GET", path, &Value::Null).await;
            list.as_array().unwrap().len()
        }
    };
    let message = json!({"data": "x"});
    for channel in ["/channels/c/messages", "/channels/other/messages"] {
        world.rest_as(key, "POST", channel, &message).await;
    }
    send(&world, "of another app").await;
    for who in [key, KEY] {
        assert_eq!(world.rest_as(who, "POST", path, &Value::Null).await.0, 200);
        assert_eq!(count("/channels/c/messages").await, 0);
        assert_eq!(count("/channels/other/messages").await, 0);
        assert_eq!(count("/channels/c/presence").await, 1);
        assert_eq!(count(HISTORY).await, 3);
    }
    assert_eq!(
        messages(&world).await.len(),
        1,
        "the other app is as it was"
    );
    let (status, refused) = world
        .rest_as(key, "POST", "/apps/app/reset", &Value::Null)
        .await;
    assert_eq!((status, &refused["error"]["code"]), (401, &json!(40160)));
}

#[tokio::test(start_paused = true)]
async fn namespaces_say_what_channels_refuse() {
    let rule = |id: &str, mutable_messages, identified| Namespace {
        id: id.to_owned(),
        mutable_messages,
        identified,
    };
    let setup = Setup {
        namespaces: vec![rule("fixed", false, false), rule("known", true, true)],
        ..Setup::default()
    };
    let world = World::start_from(setup);
    let message = json!({"data": "x"});
    for (channel, is_refused) in [("fixed:a", true), ("free:a", false)] {
        let path = format!("/channels/{channel}/messages");
        let (_, sent) = world.rest("POST", &path, &message).await;
        let path = format!("{path}/{}", sent["serials"][0].as_str().unwrap());
        let change = json!({"action": 1, "data": "y"});
        let (status, answer) = world.rest("PATCH", &path, &change).await;
        assert_eq!(status == 400, is_refused, "{answer}");
        assert_eq!(answer["error"]["code"] == 93002, is_refused, "{answer}");
    }
    let mut nobody = world.connect_with(&format!("key={KEY}")).await;
    nobody.expect(4).await;
    nobody.attach("free:a").await;
    nobody
        .send(json!({"action": 10, "channel": "known:a"}))
        .await;
    assert_eq!(nobody.expect(9).await["error"]["code"], 40161);
}

#[tokio::test(start_paused = true)]
async fn in_a_file_a_seed_is_planted_once_and_a_reset_outlives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chat.db");
    let start = |number| {
        let setup = Setup {
            seed: seed(),
            ..Setup::default()
        };
        World::start_from_on(&file, number, setup)
    };
    let texts = async |world: &World| -> Vec<Value> {
        let messages = messages(world).await;
        messages
            .iter()
            .map(|message| message["text"].clone())
            .collect()
    };
    let members = async |world: &World| {
        let path = format!("/channels/{}/presence", CHANNEL.replace('$', "%24"));
        world
            .rest("GET", &path, &Value::Null)
            .await
            .1
            .as_array()
            .unwrap()
            .len()
    };
    let world = start(1);
    send(&world, "new").await;
    world.end().await;

    let world = start(2);
    assert_eq!(texts(&world).await, ["first", "second", "", "new"]);
    // Members whose connections ended with the process leave by now; those of a seed never had one.
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(members(&world).await, 1);
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach(CHANNEL).await;
    client.expect(16).await;
    client.during(reset(&world)).await;
    let attached = client.expect(11).await;
    assert_eq!(attached["error"]["code"], 90003);
    client.expect(16).await;
    client.during(send(&world, "newer")).await;
    client.expect(15).await;
    assert_eq!(texts(&world).await, ["first", "second", "", "newer"]);
    world.end().await;

    let world = start(3);
    assert_eq!(texts(&world).await, ["first", "second", "", "newer"]);
    assert_eq!(members(&world).await, 1);
    world.end().await;
}
