//! Apps that are made in a running server.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{KEY, World};

/// Makes an app and gives its answer.
async fn made(world: &World, body: Value) -> Value {
    let (status, app) = world.rest("POST", "/apps", &body).await;
    assert_eq!(status, 201, "{app}");
    app
}

fn key_of(app: &Value, place: usize) -> String {
    app["keys"][place]["keyStr"].as_str().unwrap().to_owned()
}

/// How many messages the history of channel `c` has for `key`.
async fn history(world: &World, key: &str) -> usize {
    let (status, messages) = world
        .rest_as(key, "GET", "/channels/c/messages", &Value::Null)
        .await;
    assert_eq!(status, 200, "{messages}");
    messages.as_array().unwrap().len()
}

async fn publish(world: &World, key: &str, data: &str) {
    let message = json!({"name": "n", "data": data});
    let (status, answer) = world
        .rest_as(key, "POST", "/channels/c/messages", &message)
        .await;
    assert_eq!(status, 201, "{answer}");
}

#[tokio::test(start_paused = true)]
async fn the_answer_has_what_suites_read() {
    let world = World::start();
    let namespaces = json!([{"id": "persisted", "persisted": true}]);
    let body = json!({
        "keys": [{}, {"capability": "{\"c\":[\"subscribe\"]}", "revocableTokens": true}],
        "namespaces": namespaces,
    });
    let app = made(&world, body).await;
    let id = app["appId"].as_str().unwrap();
    assert_eq!(app["id"], id);
    assert_eq!(app["namespaces"], namespaces);
    assert_eq!((&app["tls"], &app["port"]), (&json!(false), &json!(80)));
    assert_eq!(app["endpoint"], "server");
    let keys = app["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    for key in keys {
        let name = format!("{id}.{}", key["id"].as_str().unwrap());
        assert_eq!(key["keyName"], name);
        let whole = format!("{name}:{}", key["keySecret"].as_str().unwrap());
        assert_eq!(key["keyStr"], whole);
        assert_eq!(key["value"], key["keySecret"]);
        assert_eq!(key["status"], 0);
    }
    let everywhere = r#"{"*":["*"],"[*]*":["*"]}"#;
    assert_eq!(keys[0]["capability"], everywhere);
    assert_eq!(keys[0]["revocableTokens"], false);
    assert_eq!(keys[1]["capability"], r#"{"c":["subscribe"]}"#);
    assert_eq!(keys[1]["revocableTokens"], true);
}

#[tokio::test(start_paused = true)]
async fn without_any_wish_an_app_has_a_key_that_may_do_everything() {
    let world = World::start();
    let app = made(&world, json!({})).await;
    assert_eq!(app["keys"].as_array().unwrap().len(), 1);
    publish(&world, &key_of(&app, 0), "x").await;
}

#[tokio::test(start_paused = true)]
async fn nothing_of_an_app_is_seen_from_another() {
    let world = World::start();
    let one = key_of(&made(&world, json!({})).await, 0);
    let two = key_of(&made(&world, json!({})).await, 0);
    let mut watcher = world
        .connect_with(&format!("key={two}&clientId=watcher"))
        .await;
    watcher.expect(4).await;
    watcher.attach("c").await;
    publish(&world, &one, "of one").await;
    publish(&world, &two, "of two").await;
    assert_eq!(watcher.expect(15).await["messages"][0]["data"], "of two");
    assert!(watcher.is_quiet(Duration::from_secs(60)).await);
    for key in [one.as_str(), two.as_str()] {
        assert_eq!(history(&world, key).await, 1);
    }
    assert_eq!(history(&world, KEY).await, 0);
    // A key of one is none of the other's.
    let secret = one.split_once(':').unwrap().1;
    let mixed = format!("{}:{secret}", two.split_once(':').unwrap().0);
    let (status, refused) = world
        .rest_as(&mixed, "GET", "/channels/c/messages", &Value::Null)
        .await;
    assert_eq!((status, &refused["error"]["code"]), (401, &json!(40101)));
}

#[tokio::test(start_paused = true)]
async fn seeded_members_are_there_and_stay() {
    let world = World::start();
    let channels = json!([{"name": "c", "presence": [
        {"clientId": "ann", "data": "here"},
        {"clientId": "ben", "data": "eyJhIjoxfQ==", "encoding": "json/utf-8/base64"},
    ]}]);
    let app = made(&world, json!({"channels": channels})).await;
    let key = key_of(&app, 0);
    let members = |at: &'static str| {
        let (world, key) = (&world, key.clone());
        async move {
            let (_, members) = world
                .rest_as(&key, "GET", "/channels/c/presence", &Value::Null)
                .await;
            assert_eq!(members.as_array().unwrap().len(), 2, "{at}: {members}");
        }
    };
    members("at once").await;
    tokio::time::sleep(Duration::from_secs(20 * 60)).await;
    members("later").await;
}

#[tokio::test(start_paused = true)]
async fn an_app_that_nobody_uses_is_dropped() {
    let world = World::start();
    let used = key_of(&made(&world, json!({})).await, 0);
    let unused = key_of(&made(&world, json!({})).await, 0);
    let connected = key_of(&made(&world, json!({})).await, 0);
    let mut client = world
        .connect_with(&format!("key={connected}&clientId=me"))
        .await;
    client.expect(4).await;
    for _ in 0..3 {
        let wait = tokio::time::sleep(Duration::from_secs(11 * 60));
        client.during(wait).await;
        assert_eq!(history(&world, &used).await, 0);
    }
    let (status, refused) = world
        .rest_as(&unused, "GET", "/channels/c/messages", &Value::Null)
        .await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (401, &json!(40101)),
        "{refused}"
    );
    assert_eq!(history(&world, &connected).await, 0);
    // The server's own app is there for as long as the server is.
    tokio::time::sleep(Duration::from_secs(24 * 60 * 60)).await;
    assert_eq!(history(&world, KEY).await, 0);
}

#[tokio::test(start_paused = true)]
async fn apps_are_made_by_whole_keys_of_the_server() {
    let world = World::start();
    let body = json!({"keys": [{}, {"capability": "{\"*\":[\"publish\"]}"}]});
    let app = made(&world, body).await;
    for (key, code) in [
        ("app.key:wrong".to_owned(), 40101),
        ("nonsense".to_owned(), 40005),
        // Keys of an app within the server, whatever they may do there.
        (key_of(&app, 0), 40160),
        (key_of(&app, 1), 40160),
    ] {
        let (_, refused) = world.rest_as(&key, "POST", "/apps", &json!({})).await;
        assert_eq!(refused["error"]["code"], code, "{key}");
    }
}

#[tokio::test(start_paused = true)]
async fn bad_bodies_are_refused_and_make_nothing() {
    let world = World::start();
    let member = json!({"clientId": "a"});
    for (body, word) in [
        (json!("text"), ""),
        (json!({"keys": [{"capability": "{"}]}), "capability"),
        (json!({"keys": vec![json!({}); 101]}), "Too many"),
        (
            json!({"channels": [{"name": ":x", "presence": [member]}]}),
            "channel name",
        ),
        (
            json!({"seed": {"rooms": [{"name": "r", "messages": [{"clientId": "a"}]}]}}),
            "text is empty",
        ),
        (json!({"seed": {"rooms": [{"name": ""}]}}), "room name"),
    ] {
        let (status, refused) = world.rest("POST", "/apps", &body).await;
        assert_eq!(status, 400, "{body}: {refused}");
        let message = refused["error"]["message"].as_str().unwrap();
        assert!(message.contains(word), "{body}: {message}");
    }
    let too_many = json!({"limits": {"presence": {"maxMembers": 1}}, "channels": [
        {"name": "c", "presence": [{"clientId": "a"}, {"clientId": "b"}]},
    ]});
    let (status, refused) = world.rest("POST", "/apps", &too_many).await;
    assert_eq!((status, &refused["error"]["code"]), (400, &json!(91003)));
}

#[tokio::test(start_paused = true)]
async fn an_app_is_deleted_with_its_clients_told() {
    let world = World::start();
    let body = json!({"keys": [{}, {"capability": "{\"*\":[\"publish\"]}"}]});
    let app = made(&world, body).await;
    let path = format!("/apps/{}", app["appId"].as_str().unwrap());
    let (key, weak) = (key_of(&app, 0), key_of(&app, 1));
    let other = key_of(&made(&world, json!({})).await, 0);
    let mut client = world.connect_with(&format!("key={key}&clientId=me")).await;
    client.expect(4).await;
    for wrong in [&weak, &other] {
        let (status, refused) = world.rest_as(wrong, "DELETE", &path, &Value::Null).await;
        assert_eq!((status, &refused["error"]["code"]), (401, &json!(40160)));
    }
    let (status, answer) = world.rest_as(&key, "DELETE", &path, &Value::Null).await;
    assert_eq!((status, &answer["appId"]), (200, &app["appId"]));
    let told = client.expect(9).await;
    assert_eq!(told["error"]["code"], 40400);
    assert_eq!(client.next().await, None);
    let (status, _) = world
        .rest_as(&key, "GET", "/channels/c/messages", &Value::Null)
        .await;
    assert_eq!(status, 401);
    // The server's key is over the apps within it, and not over itself.
    let another = made(&world, json!({})).await;
    let path = format!("/apps/{}", another["appId"].as_str().unwrap());
    assert_eq!(world.rest("DELETE", &path, &Value::Null).await.0, 200);
    let (status, refused) = world.rest("DELETE", "/apps/app", &Value::Null).await;
    assert_eq!((status, &refused["error"]["code"]), (403, &json!(40300)));
    assert_eq!(
        world.rest("DELETE", "/apps/none", &Value::Null).await.0,
        404
    );
}
