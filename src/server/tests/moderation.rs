//! Rules that are asked before a message is published.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::endpoint::{Endpoint, Script};
use super::harness::World;
use crate::server::Setup;
use crate::server::integrations::RuleForm;

const ROOM: &str = "/chat/v4/rooms/arena:eu/messages";

fn rule(members: &Value) -> RuleForm {
    let mut rule = json!({
        "id": "check",
        "ruleType": "http/before-publish",
        "chatRoomFilter": "/^arena:/",
        "target": {"url": "http://localhost:9000/check", "headers": [{"name": "X-Me", "value": "ok"}]},
    });
    for (name, value) in members.as_object().unwrap() {
        rule[name] = value.clone();
    }
    serde_json::from_value(rule).unwrap()
}

/// A server with these rules, whose endpoint does what `scripts` say.
fn start(rules: Vec<RuleForm>, scripts: Vec<Script>) -> (World, Arc<Endpoint>) {
    let endpoint = Endpoint::playing(scripts);
    let setup = Setup {
        rules,
        outbound: Some(Arc::clone(&endpoint) as _),
        admin_token: Some("admin".to_owned()),
        ..Setup::default()
    };
    (World::start_from(setup), endpoint)
}

async fn send(world: &World, text: &str) -> (u16, Value) {
    world.rest("POST", ROOM, &json!({"text": text})).await
}

async fn texts(world: &World) -> Vec<String> {
    let (_, page) = world.rest("GET", ROOM, &Value::Null).await;
    let page = page.as_array().unwrap().iter();
    page.map(|it| it["text"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn the_endpoint_is_asked_as_documented_and_may_replace_all() {
    let accept =
        json!({"action": "accept", "message": {"text": "g* ez", "headers": {"tier": "gold"}}});
    let (world, endpoint) = start(vec![rule(&json!({}))], vec![Script::json(&accept)]);
    let claims = [
        ("x-ably-clientId", json!("mika")),
        ("ably.room.arena:*", json!("{\"rank\":7}")),
    ];
    let token = world.token_of(&claims, Duration::from_secs(60));
    let body =
        json!({"text": "gg ez", "metadata": {"lang": "de"}, "headers": {"tier": "gold", "n": 1}});
    let mut reader = world.connect("").await;
    reader.expect(4).await;
    reader.attach("arena:eu::$chat").await;
    let (status, sent) = world.rest_with(&token, "POST", ROOM, &body).await;
    assert_eq!(status, 201, "{sent}");
    let asked = json!({
        "source": "channel.message", "appId": "app", "room": "arena:eu", "site": "local", "ruleId": "check",
        "message": {
            "clientId": "mika", "text": "gg ez", "metadata": {"lang": "de"},
            "headers": {"tier": "gold", "n": 1}, "userClaim": "{\"rank\":7}",
        },
    });
    assert_eq!(endpoint.bodies(), [asked]);
    let call = &endpoint.calls()[0];
    assert_eq!(
        (
            call.headers["x-me"].as_bytes(),
            call.headers["content-type"].as_bytes()
        ),
        (&b"ok"[..], &b"application/json"[..])
    );
    assert_eq!(sent["text"], "g* ez");
    assert_eq!(
        (&sent["metadata"], &sent["headers"]),
        (&json!({}), &json!({"tier": "gold"}))
    );
    assert_eq!(sent["userClaim"], "{\"rank\":7}");
    let event = reader.expect(15).await;
    let data: Value = serde_json::from_str(event["messages"][0]["data"].as_str().unwrap()).unwrap();
    assert_eq!(data, json!({"text": "g* ez", "metadata": {}}));
    assert_eq!(texts(&world).await, ["g* ez"]);
}

#[tokio::test(start_paused = true)]
async fn a_rejection_tells_its_detail_and_leaves_nothing() {
    let detail = json!({"reason": "insult", "field": "text"});
    for (rejection, members, code) in [
        (
            json!({"action": "reject", "rejectionDetail": detail}),
            json!({}),
            42211,
        ),
        (
            json!({"action": "reject"}),
            json!({"rejectCode": 42213}),
            42213,
        ),
    ] {
        let (world, _) = start(vec![rule(&members)], vec![Script::json(&rejection)]);
        let (status, answer) = send(&world, "bad").await;
        let error = &answer["error"];
        assert_eq!(
            (status, &error["code"], &error["statusCode"]),
            (422, &json!(code), &json!(422))
        );
        assert_eq!(error.get("detail"), rejection.get("rejectionDetail"));
        assert!(texts(&world).await.is_empty());
        let (status, _) = world
            .rest(
                "POST",
                "/chat/v4/rooms/lobby/messages",
                &json!({"text": "bad"}),
            )
            .await;
        assert_eq!(status, 201, "a room that the rule is not about");
    }
}

/// What a script leads to: how often the endpoint is asked, and the answer.
#[allow(clippy::too_many_lines)] // a table of cases
#[tokio::test(start_paused = true)]
async fn failures_are_retried_and_end_as_the_rule_says() {
    let ok = Script::json(&json!({"action": "accept"}));
    let fail = |status| Script::Answer(status, String::new());
    let config = |members: &Value| {
        let mut config = json!({"retryTimeout": 3000, "maxRetries": 2, "failedAction": "REJECT", "tooManyRequestsAction": "RETRY"});
        for (name, value) in members.as_object().unwrap() {
            config[name] = value.clone();
        }
        json!({"beforePublishConfig": config})
    };
    let late = Duration::from_millis(2_950);
    let huge = format!(r#"{{"action":"accept","x":"{}"}}"#, "x".repeat(10));
    for (name, scripts, members, calls, status) in [
        ("4xx", vec![fail(404), ok.clone()], json!({}), 1, 422),
        (
            "5xx then a verdict",
            vec![fail(500), fail(503), ok.clone()],
            json!({}),
            3,
            201,
        ),
        (
            "5xx until the retries are over",
            vec![fail(500)],
            json!({}),
            3,
            422,
        ),
        (
            "no retries",
            vec![fail(500), ok.clone()],
            json!({"maxRetries": 0}),
            1,
            422,
        ),
        (
            "429 is retried",
            vec![fail(429), ok.clone()],
            json!({}),
            2,
            201,
        ),
        (
            "429 fails",
            vec![fail(429), ok.clone()],
            json!({"tooManyRequestsAction": "FAIL"}),
            1,
            422,
        ),
        (
            "not reached",
            vec![Script::Refuse, ok.clone()],
            json!({}),
            2,
            201,
        ),
        (
            "never an answer",
            vec![Script::Silence, ok.clone()],
            json!({}),
            1,
            422,
        ),
        (
            "a wait past the window is not begun",
            vec![Script::Late(late, 500, String::new()), ok.clone()],
            json!({}),
            1,
            422,
        ),
        ("201", vec![fail(201), ok.clone()], json!({}), 1, 422),
        ("a redirect", vec![fail(302), ok.clone()], json!({}), 1, 422),
        (
            "no verdict",
            vec![Script::Answer(200, "{}".into()), ok.clone()],
            json!({}),
            1,
            422,
        ),
        (
            "other members",
            vec![Script::Answer(200, huge)],
            json!({}),
            1,
            201,
        ),
        (
            "no time",
            vec![ok.clone()],
            json!({"retryTimeout": 0}),
            0,
            422,
        ),
        (
            "published all the same",
            vec![fail(500)],
            json!({"failedAction": "PUBLISH"}),
            3,
            201,
        ),
        (
            "a rejection is none",
            vec![Script::json(&json!({"action": "reject"}))],
            json!({"failedAction": "PUBLISH"}),
            1,
            422,
        ),
    ] {
        let (world, endpoint) = start(vec![rule(&config(&members))], scripts);
        let began = world.now();
        let (got, answer) = send(&world, "hello").await;
        assert_eq!(
            (endpoint.calls().len(), got),
            (calls, status),
            "{name}: {answer}"
        );
        assert!(
            world.now().since(began) <= Duration::from_millis(3_000),
            "{name}"
        );
        if got == 422 {
            assert_eq!(answer["error"]["code"], 42211, "{name}");
            assert!(texts(&world).await.is_empty(), "{name}");
        } else {
            assert_eq!(texts(&world).await, ["hello"], "{name}");
        }
        let bodies = endpoint.bodies();
        assert!(bodies.iter().all(|body| *body == bodies[0]), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn rules_are_asked_in_their_order() {
    let second = rule(&json!({"id": "second"}));
    let replaced = Script::json(&json!({"action": "accept", "message": {"text": "two"}}));
    let rejected = Script::json(&json!({"action": "reject"}));
    let (world, endpoint) = start(
        vec![rule(&json!({})), second.clone()],
        vec![replaced, rejected.clone()],
    );
    let (status, answer) = send(&world, "one").await;
    assert_eq!(status, 422);
    assert!(
        answer["error"]["message"]
            .as_str()
            .unwrap()
            .contains("'second'"),
        "{answer}"
    );
    let bodies = endpoint.bodies();
    assert_eq!(
        (&bodies[0]["message"]["text"], &bodies[1]["message"]["text"]),
        (&json!("one"), &json!("two"))
    );
    // The first rejection is the last question.
    let (world, endpoint) = start(vec![rule(&json!({})), second], vec![rejected]);
    assert_eq!(send(&world, "one").await.0, 422);
    assert_eq!(endpoint.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn only_sent_messages_are_asked_about_unless_the_rule_says_also() {
    let reject_bad = |also: Value| {
        let members = json!({"also": also, "ruleType": "hive/text-model-only", "words": {"hate": {"bad": 3}},
            "target": {"apiKey": "dummy", "thresholds": {"hate": 3}}});
        start(vec![rule(&members)], vec![])
    };
    for (also, edit, publish) in [
        (json!([]), 200, 201),
        (json!(["edits"]), 422, 201),
        (json!(["pubsub"]), 200, 422),
    ] {
        let (world, _) = reject_bad(also);
        let (_, sent) = send(&world, "fine").await;
        let path = format!("{ROOM}/{}", sent["serial"].as_str().unwrap());
        let body = json!({"message": {"text": "bad"}});
        let (status, _) = world.rest("PUT", &path, &body).await;
        assert_eq!(status, edit);
        let (status, _) = world
            .rest("POST", &format!("{path}/delete"), &json!({}))
            .await;
        assert_eq!(status, 200, "a delete has no text");
        for data in [
            json!({"data": "bad"}),
            json!({"name": "chat.message", "data": "{\"text\":\"bad\"}", "encoding": "json"}),
        ] {
            let path = "/channels/arena:eu%3A%3A$chat/messages";
            let (status, answer) = world.rest("POST", path, &data).await;
            assert_eq!(status, publish, "{answer}");
            if status == 422 {
                let detail = json!({"provider": "hive", "reason": "hate", "severity": "3"});
                assert_eq!(
                    (&answer["error"]["code"], &answer["error"]["detail"]),
                    (&json!(42213), &detail)
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeat_is_not_asked_about_twice() {
    let rejected = Script::json(&json!({"action": "reject"}));
    let (world, endpoint) = start(
        vec![rule(&json!({}))],
        vec![
            Script::Late(
                Duration::from_secs(1),
                200,
                json!({"action": "accept", "message": {"text": "new"}}).to_string(),
            ),
            rejected,
        ],
    );
    let body = json!({"text": "once", "idempotencyKey": "k"});
    let path = format!("{ROOM}?idempotencyKey=k");
    let (one, two) = tokio::join!(
        world.rest("POST", &path, &body),
        world.rest("POST", &path, &body)
    );
    assert_eq!((one.0, &one.1["text"]), (201, &json!("new")), "{}", one.1);
    assert_eq!(one.1["serial"], two.1["serial"], "{}", two.1);
    let again = world.rest("POST", &path, &body).await;
    assert_eq!(again.1["serial"], one.1["serial"]);
    assert_eq!((endpoint.calls().len(), texts(&world).await.len()), (1, 1));
    // A rejection is repeated as well.
    let path = format!("{ROOM}?idempotencyKey=other");
    let body = json!({"text": "once", "idempotencyKey": "other"});
    for _ in 0..2 {
        assert_eq!(world.rest("POST", &path, &body).await.0, 422);
    }
    assert_eq!(endpoint.calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_verdict_is_carried_out_where_the_sender_has_gone() {
    let answer = Script::Late(
        Duration::from_secs(2),
        200,
        json!({"action": "accept"}).to_string(),
    );
    let (world, _) = start(vec![rule(&json!({}))], vec![answer]);
    let sending = send(&world, "still there");
    assert!(
        tokio::time::timeout(Duration::from_secs(1), sending)
            .await
            .is_err()
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(texts(&world).await, ["still there"]);
}

#[tokio::test(start_paused = true)]
async fn a_held_message_waits_for_a_person() {
    let held = rule(&json!({"action": "hold", "target": null}));
    let (world, endpoint) = start(vec![held], vec![]);
    for (text, verdict, body, status, published) in [
        ("fine", "accept", json!({}), 201, Some("fine")),
        ("rude", "accept", json!({"text": "r*de"}), 201, Some("r*de")),
        (
            "bad",
            "reject",
            json!({"detail": {"reason": "no"}}),
            422,
            None,
        ),
    ] {
        let before = texts(&world).await.len();
        let decide = async {
            loop {
                tokio::time::sleep(Duration::from_millis(100)).await;
                let (_, list) = world.admin("GET", "moderation", &Value::Null).await;
                let Some(note) = list.as_array().unwrap().first() else {
                    continue;
                };
                assert_eq!(
                    (&note["text"], &note["roomName"], &note["ruleId"]),
                    (&json!(text), &json!("arena:eu"), &json!("check"))
                );
                let id = note["id"].as_str().unwrap();
                let path = format!("moderation/{id}/{verdict}");
                assert_eq!(world.admin("POST", &path, &body).await.0, 200);
                assert_eq!(
                    world.admin("POST", &path, &body).await.0,
                    404,
                    "it is decided"
                );
                break;
            }
        };
        let ((got, answer), ()) = tokio::join!(send(&world, text), decide);
        assert_eq!(got, status, "{answer}");
        let now = texts(&world).await;
        if let Some(published) = published {
            assert_eq!(now[0], published);
        } else {
            assert_eq!(answer["error"]["detail"], body["detail"]);
            assert_eq!(now.len(), before);
        }
    }
    let began = world.now();
    assert_eq!(send(&world, "forgotten").await.0, 422);
    assert_eq!(world.now().since(began).as_secs(), 8);
    assert!(endpoint.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_reset_ends_what_is_held_and_keeps_the_rules() {
    let held = rule(&json!({"action": "hold", "target": null, "holdFor": 600_000}));
    let (world, _) = start(vec![held], vec![]);
    let reset = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (status, _) = world.rest("POST", "/apps/app/reset", &Value::Null).await;
        assert_eq!(status, 200);
    };
    let ((status, answer), ()) = tokio::join!(send(&world, "lost"), reset);
    assert_eq!(status, 422, "{answer}");
    assert_eq!(world.now().since(super::harness::START).as_secs(), 1);
    assert!(texts(&world).await.is_empty());
    let again = tokio::time::timeout(Duration::from_secs(5), send(&world, "held again")).await;
    assert!(again.is_err(), "the rule is still there");
}

#[tokio::test(start_paused = true)]
async fn a_rule_is_asked_by_hand() {
    let words = rule(
        &json!({"id": "words", "ruleType": "bodyguard/text-moderation", "words": {"spam": {"buy": 1}}, "target": {"apiKey": "dummy"}}),
    );
    let off = rule(&json!({"id": "off", "status": "disabled"}));
    let (world, endpoint) = start(
        vec![rule(&json!({})), words, off],
        vec![Script::Answer(500, String::new())],
    );
    for (name, text, verdict) in [
        ("words", "buy now", "reject"),
        ("words", "hello", "accept"),
        ("check", "hello", "undecided"),
    ] {
        let body = json!({"rule": name, "text": text});
        let (status, answer) = world.admin("POST", "moderation/check", &body).await;
        assert_eq!(
            (status, &answer["verdict"]),
            (200, &json!(verdict)),
            "{answer}"
        );
    }
    for (name, status) in [("none", 404), ("off", 400)] {
        let body = json!({"rule": name, "text": "x"});
        let (got, answer) = world.admin("POST", "moderation/check", &body).await;
        assert_eq!(got, status, "{answer}");
    }
    assert_eq!(endpoint.calls().len(), 4);
    assert!(texts(&world).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_dashboard_deletes_by_its_callback() {
    use base64::Engine as _;
    let (world, _) = start(vec![], vec![]);
    let (_, sent) = send(&world, "spam").await;
    let serial = sent["serial"].as_str().unwrap();
    let body = json!({"serial": serial, "room": "arena:eu"});
    let path = |client_id: &str| {
        let encoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(client_id);
        format!("/chat/v4/moderation/hive/delete?clientId={encoded}")
    };
    let token = world.token(
        "bob",
        r#"{"arena:*":["publish","message-delete-any"]}"#,
        Duration::from_secs(60),
    );
    let weak = world.token(
        "bob",
        r#"{"arena:*":["publish","message-delete-own"]}"#,
        Duration::from_secs(60),
    );
    let unknown = json!({"serial": "01700000000000-000@none:000", "room": "arena:eu"});
    for (token, path, body, status, code) in [
        (
            &token,
            "/chat/v4/moderation/hive/delete".to_owned(),
            &body,
            400,
            40012,
        ),
        (
            &token,
            "/chat/v4/moderation/hive/delete?clientId=*".to_owned(),
            &body,
            400,
            40012,
        ),
        (&token, path("ann"), &body, 400, 40012),
        (
            &token,
            path("bob"),
            &json!({"room": "arena:eu"}),
            400,
            40003,
        ),
        (&token, path("bob"), &json!({"serial": serial}), 400, 40003),
        (&token, path("bob"), &unknown, 404, 40400),
        (&weak, path("bob"), &body, 401, 40160),
    ] {
        let (got, answer) = world.rest_with(token, "POST", &path, body).await;
        assert_eq!(
            (got, &answer["error"]["code"]),
            (status, &json!(code)),
            "{path} {answer}"
        );
    }
    assert_eq!(texts(&world).await, ["spam"]);
    let (status, deleted) = world.rest("POST", &path("möd>?"), &body).await;
    assert_eq!(
        (status, &deleted["action"]),
        (200, &json!("message.delete")),
        "{deleted}"
    );
    assert_eq!(deleted["version"]["clientId"], "möd>?");
    assert_eq!(texts(&world).await, [""]);
}

#[tokio::test(start_paused = true)]
async fn an_app_has_bounded_rules() {
    let (world, _) = start(vec![], vec![]);
    let rules = |count: usize| -> Vec<Value> {
        let rules = (0..count).map(|number| json!({"id": number.to_string(), "ruleType": "http/before-publish", "action": "hold"}));
        rules.collect()
    };
    let create = async |count| {
        world
            .rest("POST", "/apps", &json!({"rules": rules(count)}))
            .await
    };
    let (status, answer) = create(101).await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (401, &json!(40125)),
        "{answer}"
    );
    assert_eq!(create(100).await.0, 201);
}

#[test]
fn rules_that_are_wrong_say_where() {
    use crate::chat_core::clock::Timestamp;
    use crate::server::core::integrations::{Origin, Rule};
    for (members, field, word) in [
        (
            json!({"ruleType": "http/before-publihs"}),
            "ruleType",
            "http/before-publish",
        ),
        (json!({"status": "on"}), "status", "enabled or disabled"),
        (
            json!({"invocationMode": "AFTER_PUBLISH"}),
            "invocationMode",
            "BEFORE_PUBLISH",
        ),
        (
            json!({"chatRoomFilter": "^arena"}),
            "chatRoomFilter",
            "slashes",
        ),
        (
            json!({"chatRoomFilter": "/(a)\\1/"}),
            "chatRoomFilter",
            "RE2",
        ),
        (json!({"target": null}), "target.url", "missing"),
        (
            json!({"target": {"url": "ftp://x"}}),
            "target.url",
            "http://",
        ),
        (
            json!({"target": {"url": "http://me:pw@x/"}}),
            "target.url",
            "header",
        ),
        (
            json!({"target": {"url": "http://x", "apiKey": "k"}}),
            "target",
            "apiKey",
        ),
        (
            json!({"target": {"url": "http://x", "headers": [{"name": "a b", "value": ""}]}}),
            "target.headers",
            "no name",
        ),
        (
            json!({"beforePublishConfig": {"retryTimeout": 10_001}}),
            "beforePublishConfig.retryTimeout",
            "10000",
        ),
        (
            json!({"beforePublishConfig": {"maxRetries": 11}}),
            "beforePublishConfig.maxRetries",
            "10",
        ),
        (
            json!({"beforePublishConfig": {"failedAction": "DROP"}}),
            "beforePublishConfig.failedAction",
            "REJECT or PUBLISH",
        ),
        (json!({"rejectCode": 40000}), "rejectCode", "42213"),
        (json!({"also": ["typing"]}), "also", "edits"),
        (json!({"words": {"a": {"b": 1}}}), "words", "provider"),
        (json!({"holdFor": 5}), "holdFor", "hold"),
        (
            json!({"ruleType": "http", "chatRoomFilter": null}),
            "source",
            "missing",
        ),
        (
            json!({"ruleType": "http", "chatRoomFilter": null, "source": {"type": "channel.typing"}}),
            "source.type",
            "channel.message",
        ),
    ] {
        let fault =
            Rule::new("r".to_owned(), rule(&members), Origin::Http, Timestamp(0)).unwrap_err();
        assert_eq!(fault.field, field, "{members}: {fault}");
        assert!(fault.message.contains(word), "{members}: {fault}");
    }
}
