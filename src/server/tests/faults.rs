//! Faults: each does what it says to what peers see, and nothing to what is stored; each rule reaches its own app alone.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{Client, World};
use crate::server::Setup;
use crate::server::faults::{ChaosProfile, FaultReport, RulesForm};

const SECOND: Duration = Duration::from_secs(1);

const ALL: &str = r#"{"*":["*"]}"#;

pub(super) const HISTORY: &str = "/channels/c/messages";

/// A server with these rules, in TOML.
pub(super) fn world(rules: &str) -> World {
    let faults: RulesForm = toml::from_str(rules).unwrap();
    World::start_from(Setup {
        faults,
        admin_token: Some("admin".to_owned()),
        ..Setup::default()
    })
}

pub(super) fn publish(serial: u64, data: &str) -> Value {
    json!({"action": 15, "channel": "c", "msgSerial": serial, "messages": [{"data": data}]})
}

pub(super) async fn attached(world: &World) -> Client {
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.attach("c").await;
    client
}

/// The data of what the client gets next, and of ACKs their action, for as long as anything comes at once.
pub(super) async fn seen(client: &mut Client) -> Vec<String> {
    let mut seen = Vec::new();
    while let Ok(message) = tokio::time::timeout(SECOND / 2, client.event()).await {
        seen.push(match &message["messages"][0]["data"] {
            Value::String(data) => data.clone(),
            _ => message["action"].to_string(),
        });
    }
    seen
}

/// How many messages the channel has.
pub(super) async fn stored(world: &World) -> usize {
    let (status, list) = world.rest("GET", HISTORY, &Value::Null).await;
    assert_eq!(status, 200, "{list}");
    list.as_array().unwrap().len()
}

pub(super) async fn admin(world: &World, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let text = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let request = format!(
        "{method} /chatctl/{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer admin\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{text}",
        text.len()
    );
    let (status, answer) = world.raw(request.as_bytes()).await;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status, serde_json::from_str(body).unwrap_or_default())
}

#[tokio::test(start_paused = true)]
async fn frames_to_a_client_are_dropped_doubled_replaced_and_reordered() {
    for (fault, expected) in [
        ("do = \"drop\"", vec!["1", "two", "1", "three", "1"]),
        (
            "do = \"duplicate\"",
            vec!["one", "one", "1", "two", "1", "three", "1"],
        ),
        (
            "do = \"replace\"\nframe = {action = 15, channel = \"c\", messages = [{data = \"other\"}]}",
            vec!["other", "1", "two", "1", "three", "1"],
        ),
        (
            "do = \"inject\"\nframe = {action = 17}",
            vec!["17", "one", "1", "two", "1", "three", "1"],
        ),
        (
            "do = \"reorder\"",
            vec!["1", "one", "two", "1", "three", "1"],
        ),
        (
            "do = \"delay\"\nby = \"100ms\"",
            vec!["one", "1", "two", "1", "three", "1"],
        ),
        (
            "do = \"late\"\nby = \"100ms\"",
            vec!["1", "two", "1", "three", "1", "one"],
        ),
        ("do = \"silence\"", vec![]),
    ] {
        let world = world(&format!(
            "[[fault]]\nat = \"out\"\naction = \"MESSAGE\"\nnth = 1\n{fault}"
        ));
        let mut client = attached(&world).await;
        for (serial, data) in (0..).zip(["one", "two", "three"]) {
            client.send(publish(serial, data)).await;
        }
        assert_eq!(seen(&mut client).await, expected, "{fault}");
        assert_eq!(stored(&world).await, 3, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn frames_of_a_client_are_dropped_doubled_refused_and_delayed() {
    for (fault, expected, count) in [
        ("do = \"drop\"", vec!["two", "1"], 1),
        // The second is a repeat of the first, and is answered as it was.
        ("do = \"duplicate\"", vec!["one", "1", "1", "two", "1"], 2),
        (
            "do = \"refuse\"\ncode = 42911\nstatus = 429",
            vec!["2", "two", "1"],
            1,
        ),
        (
            "do = \"delay\"\nby = \"100ms\"",
            vec!["one", "1", "two", "1"],
            2,
        ),
    ] {
        let world = world(&format!(
            "[[fault]]\nat = \"in\"\naction = \"message\"\nnth = 1\n{fault}"
        ));
        let mut client = attached(&world).await;
        client.send(publish(0, "one")).await;
        client.send(publish(1, "two")).await;
        assert_eq!(seen(&mut client).await, expected, "{fault}");
        assert_eq!(stored(&world).await, count, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_lost_after_the_commit_and_a_refusal_comes_before_it() {
    for (fault, expected, count) in [
        ("at = \"ack\"\ndo = \"drop\"", vec!["one"], 1),
        (
            "at = \"ack\"\ndo = \"nack\"\ncode = 42911",
            vec!["one", "2"],
            1,
        ),
        (
            "at = \"commit\"\ndo = \"refuse\"\ncode = 50001",
            vec!["2"],
            0,
        ),
    ] {
        let world = world(&format!("[[fault]]\n{fault}"));
        let mut client = attached(&world).await;
        client.send(publish(0, "one")).await;
        assert_eq!(seen(&mut client).await, expected, "{fault}");
        assert_eq!(stored(&world).await, count, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn requests_are_answered_by_rules_before_or_after_they_are_done() {
    let body = json!({"data": "one"});
    for (at, count) in [("request", 0), ("answer", 1)] {
        let world = world(&format!(
            "[[fault]]\nat = \"{at}\"\nmethod = \"post\"\npath = \"/channels/*/messages\"\ndo = \"answer\"\nstatus = 503\n\
             times = 1"
        ));
        let (status, answer) = world.rest("POST", HISTORY, &body).await;
        assert_eq!((status, &answer["error"]["code"]), (503, &json!(50300)));
        assert_eq!(stored(&world).await, count, "{at}");
        let (status, _) = world.rest("POST", HISTORY, &body).await;
        assert_eq!(status, 201, "{at}: once is enough");
    }
    for (at, count) in [("request", 0), ("answer", 1)] {
        let world = world(&format!(
            "[[fault]]\nat = \"{at}\"\nmethod = \"POST\"\ndo = \"cut\""
        ));
        let request = format!(
            "POST {HISTORY}?key=app.key:secret HTTP/1.1\r\nHost: server\r\nContent-Type: application/json\r\n\
             Content-Length: 14\r\n\r\n{{\"data\":\"one\"}}"
        );
        assert_eq!(world.raw(request.as_bytes()).await, (0, String::new()));
        assert_eq!(stored(&world).await, count, "{at}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_cut_closed_disconnected_or_failed_on_time() {
    for (fault, last) in [
        ("do = \"cut\"", None),
        ("do = \"close\"\nclose-code = 1011", None),
        ("do = \"disconnect\"", Some((6, 80003))),
        ("do = \"expire\"", Some((6, 40142))),
        ("do = \"fail\"\ncode = 40099", Some((9, 40099))),
    ] {
        let world = world(&format!(
            "[[fault]]\nat = \"timer\"\nafter = \"5s\"\nclient = \"me\"\n{fault}\ntimes = 1"
        ));
        let mut client = attached(&world).await;
        assert!(client.is_quiet(4 * SECOND).await, "{fault}");
        let next = tokio::time::timeout(2 * SECOND, client.next()).await;
        let next = next.unwrap_or_else(|_| panic!("{fault}: nothing came"));
        let told = next.map(|it| (it["action"].as_u64().unwrap(), it["error"]["code"].clone()));
        let expected = last.map(|(action, code)| (action, json!(code)));
        assert_eq!(told, expected, "{fault}");
        if last.is_some() {
            assert_eq!(client.next().await, None, "{fault}");
        }
        // Once: the next connection stays.
        let mut client = attached(&world).await;
        assert!(client.is_quiet(20 * SECOND).await, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connect_request_is_refused_forgotten_or_not_let_in() {
    let world = world(
        "[[fault]]\nat = \"connect\"\ndo = \"refuse\"\nstatus = 418\nnth = 2\n\
         [[fault]]\nat = \"connect\"\ndo = \"forget\"\nnth = 2\n\
         [[fault]]\nat = \"connect\"\ndo = \"fail\"\nnth = 2",
    );
    let mut client = world.connect("").await;
    let first = client.expect(4).await;
    let key = first["connectionDetails"]["connectionKey"]
        .as_str()
        .unwrap();
    let request = "GET /?key=app.key:secret HTTP/1.1\r\nHost: s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let mut socket = world.socket(1 << 16);
    tokio::io::AsyncWriteExt::write_all(&mut socket, request.as_bytes())
        .await
        .unwrap();
    let mut head = [0; 12];
    tokio::io::AsyncReadExt::read_exact(&mut socket, &mut head)
        .await
        .unwrap();
    assert_eq!(&head, b"HTTP/1.1 418");
    // Rules count what no earlier rule took.
    let mut client = world.connect(&format!("resume={key}")).await;
    let second = client.expect(4).await;
    assert_eq!(second["error"]["code"], 80008);
    assert_ne!(second["connectionId"], first["connectionId"]);
    let mut client = world.connect("").await;
    assert_eq!(client.expect(9).await["error"]["code"], 40099);
}

#[tokio::test(start_paused = true)]
async fn continuity_is_lost_and_channels_detach_at_once() {
    let world = world("");
    let mut client = attached(&world).await;
    let lose = json!({"do": "lose-continuity", "channel": "c", "client": "me"});
    let (status, answer) = client
        .during(admin(&world, "POST", "faults/actions", &lose))
        .await;
    assert_eq!((status, &answer["connections"]), (200, &json!(1)));
    let told = client.expect(11).await;
    assert_eq!(told["error"]["code"], 90003);
    assert_eq!(told["flags"].as_u64().unwrap() & 0b100, 0, "not resumed");
    let detach = json!({"do": "detach", "channel": "c", "code": 90198});
    client
        .during(admin(&world, "POST", "faults/actions", &detach))
        .await;
    assert_eq!(client.expect(13).await["error"]["code"], 90198);
    // What is detached gets nothing, until it attaches again.
    client.send(publish(0, "one")).await;
    assert_eq!(seen(&mut client).await, ["1"]);
    client.attach("c").await;
    client.send(publish(1, "two")).await;
    assert_eq!(seen(&mut client).await, ["two", "1"]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_offline_reaches_nothing_until_it_is_over() {
    let world = world("");
    let mut client = attached(&world).await;
    let offline = json!({"do": "offline", "for": "1m", "client": "me"});
    let (_, answer) = client
        .during(admin(&world, "POST", "faults/actions", &offline))
        .await;
    assert_eq!(answer["connections"], 1);
    assert_eq!(client.next().await, None);
    let try_it = format!(
        "GET {HISTORY}?key=app.key:secret&clientId=me HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(world.raw(try_it.as_bytes()).await.0, 0);
    // As SDKs with a key say who they are.
    let by_header = try_it
        .replace("&clientId=me", "")
        .replace("Host: s", "Host: s\r\nX-Ably-ClientId: bWU=");
    assert_eq!(world.raw(by_header.as_bytes()).await.0, 0);
    let other = try_it.replace("clientId=me", "clientId=you");
    assert_eq!(world.raw(other.as_bytes()).await.0, 200, "others go on");
    tokio::time::sleep(61 * SECOND).await;
    assert_eq!(world.raw(try_it.as_bytes()).await.0, 200);
    attached(&world).await;
}

#[tokio::test(start_paused = true)]
async fn members_of_a_dropped_connection_stay_as_long_as_a_rule_says() {
    for (by, stays) in [("0s", false), ("1m", true)] {
        let world = world(&format!(
            "[[fault]]\nat = \"leave\"\ndo = \"delay\"\nby = \"{by}\""
        ));
        let mut client = attached(&world).await;
        let enter =
            json!({"action": 14, "channel": "c", "msgSerial": 0, "presence": [{"action": 2}]});
        client.send(enter).await;
        client.expect_any(1).await;
        client.drop_socket();
        tokio::time::sleep(20 * SECOND).await;
        let (_, members) = world
            .rest("GET", "/channels/c/presence", &Value::Null)
            .await;
        assert_eq!(
            members.as_array().unwrap().len(),
            usize::from(stays),
            "{by}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn rules_reach_their_own_app_and_end_with_its_reset() {
    let world = World::start_provisioning(Setup {
        admin_token: Some("admin".to_owned()),
        ..Setup::default()
    });
    let (_, app) = world.rest("POST", "/apps", &json!({})).await;
    let (id, key) = (
        app["appId"].as_str().unwrap(),
        app["keys"][0]["keyStr"].as_str().unwrap(),
    );
    let rule = json!({"at": "request", "method": "POST", "do": "answer", "status": 500});
    let (status, ids) = admin(&world, "POST", &format!("faults?app={id}"), &rule).await;
    assert_eq!((status, &ids["ids"]), (200, &json!(["1"])));
    let body = json!({"data": "x"});
    assert_eq!(world.rest_as(key, "POST", HISTORY, &body).await.0, 500);
    assert_eq!(
        world.rest("POST", HISTORY, &body).await.0,
        201,
        "another app"
    );
    let (_, listed) = admin(&world, "GET", &format!("faults?app={id}"), &Value::Null).await;
    assert_eq!(
        (&listed[0]["fired"], &listed[0]["rule"]["status"]),
        (&json!(1), &json!(500))
    );
    assert_eq!(
        admin(&world, "GET", "faults", &Value::Null).await.1,
        json!([])
    );
    assert_eq!(
        world
            .rest("POST", &format!("/apps/{id}/reset"), &Value::Null)
            .await
            .0,
        200
    );
    assert_eq!(world.rest_as(key, "POST", HISTORY, &body).await.0, 201);
    // For all apps.
    admin(&world, "POST", "faults?allApps=true", &rule).await;
    for key in [key, super::harness::KEY] {
        assert_eq!(world.rest_as(key, "POST", HISTORY, &body).await.0, 500);
    }
    let (status, _) = admin(&world, "DELETE", "faults/1?allApps=true", &Value::Null).await;
    assert_eq!(status, 200);
    assert_eq!(world.rest("POST", HISTORY, &body).await.0, 201);
    assert_eq!(
        admin(&world, "DELETE", "faults/1", &Value::Null).await.0,
        404
    );
}

#[tokio::test(start_paused = true)]
async fn only_who_started_the_server_sets_rules() {
    let world = world("");
    let request = |headers: &str| {
        format!("GET /chatctl/faults HTTP/1.1\r\nConnection: close\r\n{headers}\r\n\r\n")
    };
    let basic = "Authorization: Basic YXBwLmtleTpzZWNyZXQ=";
    for (headers, expected) in [
        ("Host: localhost\r\nAuthorization: Bearer admin", 200),
        (
            "Host: 127.0.0.1:9\r\nAuthorization: bearer admin\r\nOrigin: http://127.0.0.1:9",
            200,
        ),
        ("Host: localhost\r\nAuthorization: Bearer admin2", 401),
        ("Host: localhost", 401),
        (&format!("Host: localhost\r\n{basic}"), 401),
        ("Host: evil.example\r\nAuthorization: Bearer admin", 403),
        (
            "Host: localhost\r\nAuthorization: Bearer admin\r\nOrigin: http://localhost:3000",
            403,
        ),
        (
            "Host: localhost\r\nAuthorization: Bearer admin\r\nOrigin: null",
            403,
        ),
    ] {
        let (status, answer) = world.raw(request(headers).as_bytes()).await;
        assert_eq!(status, expected, "{headers}");
        assert!(
            !answer.to_lowercase().contains("access-control"),
            "{headers}"
        );
    }
    let without = World::start();
    let (status, _) = without
        .raw(request("Host: localhost\r\nAuthorization: Bearer admin").as_bytes())
        .await;
    assert_eq!(status, 404);
}

#[tokio::test(start_paused = true)]
async fn a_server_with_faults_says_so() {
    let world = world("");
    let ready = b"GET /readyz HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n";
    assert!(world.raw(ready).await.1.ends_with("\r\n\r\nready\n"));
    let rule = json!({"at": "out", "do": "drop"});
    admin(&world, "POST", "faults", &rule).await;
    assert!(world.raw(ready).await.1.contains("fails on purpose"));
    admin(&world, "DELETE", "faults", &Value::Null).await;
    assert!(world.raw(ready).await.1.ends_with("\r\n\r\nready\n"));
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_a_rule_is_named() {
    let world = world("");
    for (rule, fault) in [
        (json!({"at": "out"}), "'do' is missing"),
        (
            json!({"do": "dorp", "at": "out"}),
            "unknown fault 'dorp': did you mean 'drop'?",
        ),
        (json!({"do": "drop"}), "'at' is missing"),
        (
            json!({"do": "drop", "at": "outt"}),
            "unknown point 'outt': did you mean 'out'?",
        ),
        (
            json!({"do": "drop", "at": "request"}),
            "is not for at = \"request\": it is for in, presence, out, ack",
        ),
        (json!({"do": "delay", "at": "out"}), "'by' is missing"),
        (
            json!({"do": "delay", "at": "out", "by": "soon"}),
            "'by': 'soon' is not a duration",
        ),
        (
            json!({"do": "drop", "at": "out", "code": 1}),
            "'code' is not for do = \"drop\"",
        ),
        (
            json!({"do": "drop", "at": "out", "path": "/"}),
            "'path' is not for at = \"out\"",
        ),
        (
            json!({"do": "drop", "at": "out", "nth": 0}),
            "'nth' must be a number from 1",
        ),
        (
            json!({"do": "drop", "at": "out", "action": "SHOUT"}),
            "there is no action 'SHOUT'",
        ),
        (json!({"do": "drop", "at": "out", "atfer": "1s"}), "atfer"),
        (
            json!({"do": "replace", "at": "out", "frame": {}}),
            "'frame' must be a table with an action",
        ),
        (json!({"do": "nack", "at": "out"}), "it is for ack"),
        (
            json!({"fault": [{"do": "drop", "at": "out", "atfer": "1s"}]}),
            "unknown field `atfer`",
        ),
        (
            json!({"do": "delay", "at": "store", "by": "1s", "client": "me"}),
            "'client' is not for at = \"store\"",
        ),
        (
            json!({"do": "hold", "at": "out", "by": "1s"}),
            "'by' is not for do = \"hold\"",
        ),
        (
            json!({"do": "cut", "at": "out", "after": "1s"}),
            "'after' is for at = \"timer\"",
        ),
    ] {
        let (status, answer) = admin(&world, "POST", "faults", &rule).await;
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert_eq!(status, 400, "{rule}");
        assert!(message.contains(fault), "{rule}: {message}");
    }
    assert_eq!(
        admin(&world, "GET", "faults", &Value::Null).await.1,
        json!([])
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_for_which_too_much_is_kept_is_cut_off() {
    let world = world("[[fault]]\nat = \"out\"\naction = \"MESSAGE\"\ndo = \"delay\"\nby = \"1h\"");
    let mut client = attached(&world).await;
    let body = json!({"data": "x".repeat(60_000)});
    let most = crate::server::limits::MAX_WAITING / 60_000 + 2;
    for _ in 0..most {
        assert_eq!(
            client.during(world.rest("POST", HISTORY, &body)).await.0,
            201
        );
    }
    assert_eq!(client.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn an_app_is_called_as_its_maker_says_in_the_keys_of_a_seed() {
    let report = FaultReport::default();
    let world = World::start_provisioning(Setup {
        chaos: Some((3, ChaosProfile::Hostile)),
        admin_token: Some("admin".to_owned()),
        fault_report: report.clone(),
        ..Setup::default()
    });
    let long = json!({"name": "x".repeat(65)});
    assert_eq!(world.rest("POST", "/apps", &long).await.0, 400);
    let (_, app) = world.rest("POST", "/apps", &json!({"name": "shop"})).await;
    let key = app["keys"][0]["keyStr"].as_str().unwrap();
    for _ in 0..100 {
        world
            .rest_as(key, "POST", HISTORY, &json!({"data": "x"}))
            .await;
    }
    let entries = report.entries();
    assert!(!entries.is_empty());
    for entry in entries {
        let key = entry["key"].as_str().unwrap();
        assert!(key.starts_with("shop/1/0/"), "{key}");
    }
}

/// The faults that a seed has for an app that sends, by keys alone.
async fn drawn(seed: u64, client_id: &str, channel: &str, random: u64) -> Vec<Value> {
    let report = FaultReport::default();
    let setup = Setup {
        chaos: Some((seed, ChaosProfile::Rough)),
        fault_report: report.clone(),
        ..Setup::default()
    };
    let world = World::of(None, None, random, setup);
    let path = format!("/channels/{channel}/messages?clientId={client_id}");
    for _ in 0..200 {
        let request = format!(
            "POST {path}&key=app.key:secret HTTP/1.1\r\nHost: s\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: 12\r\n\r\n{{\"data\":\"x\"}}"
        );
        world.raw(request.as_bytes()).await;
    }
    let entries = report.entries().into_iter();
    entries
        .map(|entry| json!([entry["key"], entry["do"], entry["replay"]]))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_seed_decides_by_order_and_never_by_names() {
    let one = drawn(7, "ann", "a", 1).await;
    assert!(one.len() > 3, "{one:?}");
    assert_eq!(one, drawn(7, "zoe", "another", 99).await);
    assert_ne!(one, drawn(8, "ann", "a", 1).await);
    // What was drawn stands as rules, which do the same without the seed.
    let rules: Vec<Value> = one.iter().map(|entry| entry[2].clone()).collect();
    let faults: RulesForm = serde_json::from_value(json!({"fault": rules})).unwrap();
    assert_eq!(faults.faults(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn the_least_that_a_seed_leaves_of_an_app_is_enough_to_finish() {
    for seed in 0..20 {
        let world = World::start_from(Setup {
            chaos: Some((seed, ChaosProfile::Rough)),
            ..Setup::default()
        });
        let mut failed = 0;
        for _ in 0..100 {
            let (status, _) = world.rest("POST", HISTORY, &json!({"data": "x"})).await;
            failed += usize::from(status != 201);
            if status != 201 {
                // One that asks again gets through.
                assert_eq!(
                    world.rest("POST", HISTORY, &json!({"data": "x"})).await.0,
                    201
                );
            }
        }
        assert!(failed <= 20, "seed {seed}: {failed}");
    }
}

#[tokio::test(start_paused = true)]
async fn reads_of_the_store_fail_or_wait_and_writes_do_not() {
    let world = world("[[fault]]\nname = \"reads\"\nat = \"store\"\ndo = \"refuse\"");
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.send(publish(0, "one")).await;
    assert_eq!(seen(&mut client).await, ["1"], "it is written");
    for path in [HISTORY, "/channels/c/presence"] {
        let (status, answer) = world.rest("GET", path, &Value::Null).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (500, &json!(50000)),
            "{path}"
        );
    }
    client.send(json!({"action": 10, "channel": "c"})).await;
    assert_eq!(
        client.event().await["error"]["code"],
        50000,
        "an attach reads"
    );
    admin(&world, "DELETE", "faults?allApps=true", &Value::Null).await;
    assert_eq!(stored(&world).await, 1);
    let slow = json!({"at": "store", "do": "delay", "by": "3s", "channel": "c"});
    admin(&world, "POST", "faults", &slow).await;
    let began = tokio::time::Instant::now();
    assert_eq!(stored(&world).await, 1);
    assert_eq!(began.elapsed().as_secs(), 3);
}

/// What a seed draws for a client with a token, or with a key, that gets many messages; it comes back where it lost its
/// connection, and answers AUTH.
async fn drawn_for(seed: u64, profile: ChaosProfile, is_token: bool) -> Vec<String> {
    let report = FaultReport::default();
    let world = World::start_from(Setup {
        chaos: Some((seed, profile)),
        fault_report: report.clone(),
        ..Setup::default()
    });
    let token = || world.token("me", ALL, 3600 * SECOND);
    let mut client: Option<Client> = None;
    for _ in 0..200 {
        let Some(open) = &mut client else {
            let query = if is_token {
                format!("access_token={}", token())
            } else {
                "key=app.key:secret&clientId=me".to_owned()
            };
            client = world.try_connect(&query).await;
            match &mut client {
                Some(open) => {
                    let attach = json!({"action": 10, "channel": "c"});
                    open.send_if_open(attach).await;
                }
                None => tokio::time::sleep(SECOND).await,
            }
            continue;
        };
        let other = world.token("other", ALL, 3600 * SECOND);
        let body = json!({"data": "x"});
        world.rest_with(&other, "POST", HISTORY, &body).await;
        let mut has_ended = false;
        while let Ok(next) = tokio::time::timeout(SECOND, open.next()).await {
            has_ended = next.is_none();
            match next {
                None => break,
                Some(frame) if frame["action"] == 17 => {
                    let auth = json!({"action": 17, "auth": {"accessToken": token()}});
                    open.send_if_open(auth).await;
                }
                Some(_) => {}
            }
        }
        if has_ended {
            client = None;
        }
    }
    let drawn = report.entries().into_iter();
    let drawn = drawn.filter(|entry| entry["rule"] == "chaos");
    let named = drawn.map(|entry| match entry["replay"]["code"].as_u64() {
        Some(40142) => "expire".to_owned(),
        _ => entry["do"].as_str().unwrap().to_owned(),
    });
    named.collect()
}

#[tokio::test(start_paused = true)]
async fn clients_with_tokens_alone_are_asked_for_another_or_lose_theirs() {
    use ChaosProfile::{Mild, Rough};
    for (profile, is_token, asks, expires) in [
        (Mild, true, true, false),
        (Rough, true, true, true),
        (Rough, false, false, false),
    ] {
        let mut drawn = Vec::new();
        for seed in 0..6 {
            drawn.extend(drawn_for(seed, profile, is_token).await);
        }
        let has = |name: &str| drawn.iter().any(|drawn| drawn == name);
        let found = (has("ask-token"), has("expire"));
        assert_eq!(found, (asks, expires), "{profile:?} {is_token}: {drawn:?}");
        let again = drawn_for(0, profile, is_token).await;
        assert_eq!(drawn[..again.len()], again);
    }
}
