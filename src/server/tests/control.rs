//! The Control API: its shapes, its refusals, and what a change does at once.

use std::path::Path;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::harness::{KEY, World};
use crate::server::integrations::RuleForm;
use crate::server::{ControlSetup, Namespace, Setup};

/// A server with its Control API.
struct Controlled {
    world: World,
    port: u16,
}

impl Controlled {
    async fn start() -> Self {
        Self::of(None, 1).await
    }

    async fn of(file: Option<&Path>, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let rule = json!({
            "id": "guard",
            "ruleType": "http/before-publish",
            "chatRoomFilter": "/^guarded$/",
            "target": {"url": "http://127.0.0.1:1/", "headers": [{"name": "A", "value": "hidden"}]},
        });
        let setup = Setup {
            namespaces: vec![Namespace {
                id: "fixed".to_owned(),
                ..Namespace::default()
            }],
            rules: vec![serde_json::from_value::<RuleForm>(rule).unwrap()],
            control: Some(ControlSetup::new(vec![listener], Some("token".to_owned()))),
            ..Setup::default()
        };
        let world = World::of(None, file, seed, setup);
        Self { world, port }
    }

    /// Sends a request with these headers, and returns the status, the head and the body.
    async fn raw(
        &self,
        headers: &str,
        (method, path): (&str, &str),
        body: &str,
    ) -> (u16, String, String) {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        socket.read_to_string(&mut text).await.unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_ascii_lowercase(), body.to_owned())
    }

    /// Calls with the token.
    async fn call(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let headers = "Host: localhost:9081\r\nAuthorization: Bearer token\r\n";
        let path = format!("/v1{path}");
        let (status, _, text) = self.raw(headers, (method, &path), &body).await;
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Calls, and expects this status.
    #[track_caller]
    fn done<'a>(
        &'a self,
        status: u16,
        (method, path): (&'a str, &'a str),
        body: &'a Value,
    ) -> impl Future<Output = Value> + 'a {
        let place = std::panic::Location::caller();
        async move {
            let (got, answer) = self.call(method, path, body).await;
            assert_eq!(got, status, "{place}: {method} {path} {body}: {answer}");
            answer
        }
    }

    /// Makes an app with a key, and returns its id, the id of the key, and the key.
    async fn app(&self) -> (String, String, String) {
        let post = ("POST", "/accounts/local/apps");
        let app = self.done(201, post, &json!({"name": "demo"})).await;
        let id = app["id"].as_str().unwrap().to_owned();
        let key = json!({"name": "main", "capability": {"*": ["*"]}});
        let path = format!("/apps/{id}/keys");
        let key = self.done(201, ("POST", &path), &key).await;
        let text = |name: &str| key[name].as_str().unwrap().to_owned();
        (id, text("id"), text("key"))
    }

    async fn publish(&self, key: &str) -> (u16, Value) {
        let message = json!({"name": "n", "data": "d"});
        self.world
            .rest_as(key, "POST", "/channels/c/messages", &message)
            .await
    }
}

const NONE: Value = Value::Null;

#[tokio::test]
async fn only_loopback_hosts_with_the_token_and_no_origin_are_let_in() {
    let control = Controlled::start().await;
    let bearer = "Authorization: Bearer token\r\n";
    for (headers, status, code) in [
        (format!("Host: localhost\r\n{bearer}"), 200, 0),
        (format!("Host: [::1]:9081\r\n{bearer}"), 200, 0),
        ("Host: localhost\r\n".to_owned(), 401, 40100),
        (
            "Host: localhost\r\nAuthorization: Bearer other\r\n".to_owned(),
            401,
            40100,
        ),
        (
            "Host: localhost\r\nAuthorization: Basic token\r\n".to_owned(),
            401,
            40100,
        ),
        (format!("Host: evil.example\r\n{bearer}"), 403, 40300),
        (
            format!("Host: localhost\r\nOrigin: http://localhost\r\n{bearer}"),
            403,
            40300,
        ),
    ] {
        for prefix in ["/v1", "/api/v1"] {
            let path = format!("{prefix}/me");
            let (got, head, body) = control.raw(&headers, ("GET", &path), "").await;
            assert_eq!(got, status, "{headers}{body}");
            assert!(head.contains("content-type: application/json"), "{head}");
            let body: Value = serde_json::from_str(&body).unwrap();
            if status != 200 {
                assert_eq!(
                    (&body["code"], &body["statusCode"]),
                    (&json!(code), &json!(status))
                );
                let href = format!("https://help.ably.io/error/{code}");
                assert_eq!(body["href"], href);
                assert!(body["message"].is_string() && body["error"].is_null());
            }
        }
    }
}

#[tokio::test]
async fn me_has_what_clients_require() {
    let control = Controlled::start().await;
    let me = control.done(200, ("GET", "/me"), &NONE).await;
    let token = me["token"].as_object().unwrap();
    assert!(token["expires_at"].is_null() && token["last_used_at"].is_null());
    assert!(
        token["capabilities"]
            .as_array()
            .unwrap()
            .contains(&json!("write:rule"))
    );
    assert!(me["user"]["id"].is_u64());
    let accounts = control.done(200, ("GET", "/me/accounts"), &NONE).await;
    assert_eq!(accounts, json!([me["account"]]));
    for path in [
        "/queues",
        "/apps/app",
        "/apps/app/queues",
        "/apps/app/pkcs12",
        "/nothing",
    ] {
        let refused = control.done(404, ("GET", path), &NONE).await;
        assert_eq!(refused["code"], 40400, "{path}");
    }
    let invalid = control.done(400, ("GET", "/apps/%ff/keys"), &NONE).await;
    assert_eq!(invalid["code"], 40000);
}

#[tokio::test]
async fn apps_are_made_changed_and_deleted() {
    let control = Controlled::start().await;
    let (id, _, key) = control.app().await;
    assert_eq!(control.publish(&key).await.0, 201);
    let apps = control
        .done(200, ("GET", "/accounts/local/apps"), &NONE)
        .await;
    let of = |name: &str| -> Vec<Value> {
        let apps = apps.as_array().unwrap().iter();
        apps.map(|app| app[name].clone()).collect()
    };
    assert_eq!(of("id"), [json!("app"), json!(id)]);
    let app = &apps[1];
    assert_eq!(app["accountId"], "local");
    assert_eq!(
        (&app["name"], &app["status"]),
        (&json!("demo"), &json!("enabled"))
    );
    assert!(app["created"].is_i64() && app["modified"].is_i64());
    let link = format!("http://localhost:9081/v1/apps/{id}");
    assert_eq!(app["_links"]["self"], link);
    let path = format!("/apps/{id}");
    let change = json!({"name": "other", "tlsOnly": true, "apnsUseSandboxEndpoint": false});
    let app = control.done(200, ("PATCH", &path), &change).await;
    assert_eq!(
        (&app["name"], &app["tlsOnly"]),
        (&json!("other"), &json!(true))
    );
    let mut client = control
        .world
        .connect_with(&format!("key={key}&clientId=me"))
        .await;
    client.expect(4).await;
    control.done(204, ("DELETE", &path), &NONE).await;
    assert_eq!(client.expect(9).await["error"]["code"], 40400);
    assert_eq!(control.publish(&key).await.0, 401);
    control.done(404, ("DELETE", &path), &NONE).await;
    control
        .done(404, ("GET", "/accounts/other/apps"), &NONE)
        .await;
}

#[allow(clippy::too_many_lines)] // a table of cases
#[tokio::test]
async fn bodies_of_another_shape_are_refused_in_the_vendors_words() {
    let control = Controlled::start().await;
    let apps = "/accounts/local/apps";
    for (path, body, status, words) in [
        (apps, json!([]), 400, "must be a JSON object"),
        (apps, json!({}), 400, "'name' is required"),
        (
            apps,
            json!({"name": "x", "nmae": 1}),
            400,
            "nmae Property Not Defined",
        ),
        (apps, json!({"name": 1}), 400, "'name' must be a string"),
        (apps, json!({"name": ""}), 422, "1 to 64"),
        (apps, json!({"name": "x", "fcmKey": "k"}), 422, "push"),
        (
            "/apps/app/keys",
            json!({"name": "x"}),
            400,
            "'capability' is required",
        ),
        (
            "/apps/app/keys",
            json!({"name": "x", "capability": "{}"}),
            400,
            "object",
        ),
        (
            "/apps/app/keys",
            json!({"name": "x", "capability": {"*": ["pubish"]}}),
            422,
            "publish",
        ),
        (
            "/apps/app/namespaces",
            json!({"persisted": true}),
            400,
            "'id' is required",
        ),
        (
            "/apps/app/namespaces",
            json!({"id": "a:b"}),
            422,
            "first ':'",
        ),
        (
            "/apps/app/namespaces",
            json!({"id": "fixed"}),
            422,
            "There is a namespace",
        ),
        (
            "/apps/app/namespaces",
            json!({"id": "n", "authenticated": true, "identified": false}),
            422,
            "one member by two names",
        ),
        (
            "/apps/app/namespaces",
            json!({"id": "n", "batchingInterval": 5}),
            422,
            "20 to 1000",
        ),
        (
            "/apps/none/namespaces",
            json!({"id": "n"}),
            404,
            "No app 'none'",
        ),
        ("/apps/app/rules", json!({}), 400, "'ruleType' is required"),
        (
            "/apps/app/rules",
            json!({"ruleType": "kafka"}),
            422,
            "not served",
        ),
        (
            "/apps/app/rules",
            json!({"ruleType": "http"}),
            400,
            "'requestMode' is required",
        ),
        (
            "/apps/app/rules",
            json!({"ruleType": "http", "id": "x"}),
            400,
            "id Property Not Defined",
        ),
        (
            "/apps/app/rules",
            json!({"ruleType": "http", "target": {"uri": "x"}}),
            400,
            "target.uri Property Not Defined",
        ),
        (
            "/apps/app/rules",
            json!({
                "ruleType": "http", "requestMode": "single",
                "source": {"type": "presence.message", "channelFilter": ""},
                "target": {"url": "http://127.0.0.1:1/", "format": "json"},
            }),
            422,
            "source.type",
        ),
        (
            "/apps/app/rules",
            json!({
                "ruleType": "http", "requestMode": "single",
                "source": {"type": "channel.message", "channelFilter": "(?=a)"},
                "target": {"url": "http://127.0.0.1:1/", "format": "json"},
            }),
            400,
            "channelFilter",
        ),
    ] {
        let refused = control.done(status, ("POST", path), &body).await;
        let message = refused["message"].as_str().unwrap();
        assert!(message.contains(words), "{body}: {message}");
    }
}

#[tokio::test]
async fn a_revoked_key_ends_its_connections_and_lets_nobody_in() {
    let control = Controlled::start().await;
    let (id, key_id, key) = control.app().await;
    let keys = format!("/apps/{id}/keys");
    let body = json!({"name": "b", "capability": {"b": ["subscribe", "publish"]}});
    let other = control.done(201, ("POST", &keys), &body).await;
    assert_eq!(other["capability"], json!({"b": ["publish", "subscribe"]}));
    assert_eq!(
        (&other["status"], &other["revocableTokens"]),
        (&json!(0), &json!(false))
    );
    let connect = |key: &str| format!("key={key}&clientId=me");
    let mut client = control.world.connect_with(&connect(&key)).await;
    client.expect(4).await;
    let other_key = other["key"].as_str().unwrap();
    let mut stays = control.world.connect_with(&connect(other_key)).await;
    stays.expect(4).await;
    let path = format!("{keys}/{key_id}/revoke");
    control.done(200, ("POST", &path), &NONE).await;
    assert_eq!(client.expect(9).await["error"]["code"], 40131);
    let (status, refused) = control.publish(&key).await;
    assert_eq!((status, &refused["error"]["code"]), (401, &json!(40131)));
    let mut late = control.world.connect_with(&connect(&key)).await;
    assert_eq!(late.expect(9).await["error"]["code"], 40131);
    let all = control.done(200, ("GET", &keys), &NONE).await;
    let marks: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["status"])
        .collect();
    assert_eq!(marks, [&json!(1), &json!(0)]);
    stays.attach("b").await;
    // From the next login on.
    let path = format!("{keys}/{}", other["id"].as_str().unwrap());
    let change = json!({"capability": {"c": ["publish"]}, "name": "c"});
    let changed = control.done(200, ("PATCH", &path), &change).await;
    assert_eq!(
        (&changed["name"], &changed["key"]),
        (&json!("c"), &other["key"])
    );
    assert_eq!(control.publish(other_key).await.0, 201);
}

#[tokio::test]
async fn what_the_configuration_states_is_read_only() {
    let control = Controlled::start().await;
    for (method, path) in [
        ("PATCH", "/apps/app"),
        ("DELETE", "/apps/app"),
        ("PATCH", "/apps/app/keys/key"),
        ("POST", "/apps/app/keys/key/revoke"),
        ("PATCH", "/apps/app/namespaces/fixed"),
        ("DELETE", "/apps/app/namespaces/fixed"),
        ("PATCH", "/apps/app/rules/guard"),
        ("DELETE", "/apps/app/rules/guard"),
    ] {
        let refused = control.done(403, (method, path), &json!({})).await;
        assert_eq!(refused["code"], 40300);
        let message = refused["message"].as_str().unwrap();
        assert!(message.contains("configuration"), "{message}");
    }
    let keys = control.done(200, ("GET", "/apps/app/keys"), &NONE).await;
    assert_eq!(
        (&keys[0]["key"], &keys[0]["name"]),
        (&json!(KEY), &json!("key"))
    );
    let rule = control
        .done(200, ("GET", "/apps/app/rules/guard"), &NONE)
        .await;
    assert_eq!(rule["target"]["headers"][0]["value"], "***");
    assert_eq!(
        rule["source"],
        json!({"channelFilter": "", "type": "channel.message"})
    );
    assert_eq!(
        (&rule["requestMode"], &rule["version"]),
        (&json!("single"), &json!("1.2"))
    );
}

#[tokio::test]
async fn namespaces_act_at_once_and_give_back_what_they_were_given() {
    let control = Controlled::start().await;
    let (id, _, key) = control.app().await;
    let path = format!("/apps/{id}/namespaces");
    let body = json!({"id": "c", "identified": true, "persistLast": true, "conflationKey": "k"});
    let made = control.done(201, ("POST", &path), &body).await;
    for (name, value) in [
        ("id", json!("c")),
        ("appId", json!(id)),
        ("authenticated", json!(true)),
        ("persistLast", json!(true)),
        ("conflationKey", json!("k")),
        ("mutableMessages", json!(false)),
        ("batchingEnabled", json!(false)),
        ("batchingInterval", json!(20)),
    ] {
        assert_eq!(made[name], value, "{name}");
    }
    assert!(made.get("identified").is_none());
    let message = json!({"name": "n", "data": "d"});
    let anonymous = format!("/channels/c/messages?key={key}");
    let publish = || control.world.request("", "POST", &anonymous, &message);
    assert_eq!(publish().await.0, 401);
    let one = format!("{path}/c");
    let made = control
        .done(200, ("PATCH", &one), &json!({"authenticated": false}))
        .await;
    assert_eq!(
        (&made["authenticated"], &made["persistLast"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(publish().await.0, 201);
    control.done(204, ("DELETE", &one), &NONE).await;
    assert_eq!(control.done(200, ("GET", &path), &NONE).await, json!([]));
    control.done(404, ("DELETE", &one), &NONE).await;
}

#[tokio::test]
async fn a_rule_acts_from_the_next_message_and_is_changed_in_parts() {
    let control = Controlled::start().await;
    let (id, _, key) = control.app().await;
    let path = format!("/apps/{id}/rules");
    let body = json!({
        "ruleType": "bodyguard/text-moderation",
        "invocationMode": "BEFORE_PUBLISH",
        "beforePublishConfig": {"maxRetries": 1, "retryTimeout": 1000},
        "target": {"apiKey": "dummy"},
        "words": {"spam": {"buy": 1}},
    });
    let rule = control.done(201, ("POST", &path), &body).await;
    assert_eq!(rule["target"]["apiKey"], "dummy");
    let send = |text: &'static str| {
        let (control, key) = (&control, key.clone());
        async move {
            let body = json!({"text": text});
            let path = "/chat/v4/rooms/lobby/messages";
            control.world.rest_as(&key, "POST", path, &body).await
        }
    };
    let (status, refused) = send("buy it").await;
    assert_eq!((status, &refused["error"]["code"]), (422, &json!(42213)));
    let one = format!("{path}/{}", rule["id"].as_str().unwrap());
    // As it was answered, it can be sent back.
    let change = json!({
        "source": rule["source"], "requestMode": rule["requestMode"],
        "beforePublishConfig": {"maxRetries": 2}, "status": "disabled",
    });
    let changed = control.done(200, ("PATCH", &one), &change).await;
    let config = json!({"maxRetries": 2, "retryTimeout": 1000});
    assert_eq!(changed["beforePublishConfig"], config);
    assert_eq!(changed["created"], rule["created"]);
    assert_eq!(send("buy it").await.0, 201);
    let other = json!({"ruleType": "http"});
    control.done(422, ("PATCH", &one), &other).await;
    assert_eq!(control.done(200, ("GET", &one), &NONE).await, changed);
    control.done(204, ("DELETE", &one), &NONE).await;
    control.done(404, ("GET", &one), &NONE).await;
}

#[tokio::test]
async fn webhooks_are_answered_with_every_member_of_their_target() {
    let control = Controlled::start().await;
    let body = json!({
        "ruleType": "http", "requestMode": "batch", "status": "enabled",
        "source": {"type": "channel.message", "channelFilter": "^a"},
        "target": {"url": "http://127.0.0.1:1/", "format": "json", "enveloped": true},
    });
    let rule = control.done(201, ("POST", "/apps/app/rules"), &body).await;
    let target = json!({
        "url": "http://127.0.0.1:1/", "format": "json", "enveloped": false,
        "headers": [], "signingKeyId": null,
    });
    assert_eq!(rule["target"], target);
    let one = format!("/apps/app/rules/{}", rule["id"].as_str().unwrap());
    let change =
        json!({"target": {"url": "http://127.0.0.1:2/"}, "source": {"channelFilter": "b"}});
    let rule = control.done(200, ("PATCH", &one), &change).await;
    assert_eq!(rule["target"]["url"], "http://127.0.0.1:2/");
    assert_eq!(rule["target"]["format"], "json");
    assert_eq!(
        rule["source"],
        json!({"channelFilter": "b", "type": "channel.message"})
    );
}

#[tokio::test]
async fn statistics_are_what_was_counted() {
    let control = Controlled::start().await;
    let (id, _, key) = control.app().await;
    let path = format!("/apps/{id}/stats");
    assert_eq!(control.done(200, ("GET", &path), &NONE).await, json!([]));
    for _ in 0..3 {
        control.publish(&key).await;
    }
    let stats = control.done(200, ("GET", &path), &NONE).await;
    let interval = &stats[0];
    let entries = json!({
        "messages.all.all.count": 3, "messages.all.messages.count": 3,
        "messages.inbound.all.all.count": 3, "messages.inbound.all.messages.count": 3,
        "channels.peak": 1,
        "apiRequests.all.succeeded": 3, "apiRequests.other.succeeded": 3,
    });
    assert_eq!(interval["entries"], entries);
    assert_eq!(
        (&interval["appId"], &interval["unit"]),
        (&json!(id), &json!("minute"))
    );
    assert_eq!(interval["intervalId"], "2023-11-14:22:13");
    let path = "/accounts/local/stats?unit=day&limit=1&direction=forwards";
    let stats = control.done(200, ("GET", path), &NONE).await;
    assert_eq!(stats[0]["intervalId"], "2023-11-14:00");
    assert_eq!(stats[0]["entries"]["messages.all.all.count"], 3);
    let later = "/accounts/local/stats?start=1800000000000";
    assert_eq!(control.done(200, ("GET", later), &NONE).await, json!([]));
    control
        .done(400, ("GET", "/apps/app/stats?unit=year"), &NONE)
        .await;
}

#[tokio::test]
async fn what_was_made_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let control = Controlled::of(Some(&file), 1).await;
    let (id, key_id, key) = control.app().await;
    let (_, gone_id, gone) = {
        let (gone, key, text) = control.app().await;
        control
            .done(204, ("DELETE", &format!("/apps/{gone}")), &NONE)
            .await;
        (gone, key, text)
    };
    let namespace = json!({"id": "n", "authenticated": true, "persistLast": true});
    let rule = json!({
        "ruleType": "http", "requestMode": "single",
        "source": {"type": "channel.message", "channelFilter": ""},
        "target": {"url": "http://127.0.0.1:1/", "format": "json"},
    });
    for app in [id.as_str(), "app"] {
        control
            .done(
                201,
                ("POST", &format!("/apps/{app}/namespaces")),
                &namespace,
            )
            .await;
        control
            .done(201, ("POST", &format!("/apps/{app}/rules")), &rule)
            .await;
    }
    let extra = json!({"name": "extra", "capability": {"*": ["*"]}});
    let extra = control.done(201, ("POST", "/apps/app/keys"), &extra).await;
    assert_eq!(control.publish(&key).await.0, 201);
    let revoke = format!("/apps/app/keys/{}/revoke", extra["id"].as_str().unwrap());
    control.done(200, ("POST", &revoke), &NONE).await;
    let state = async |control: &Controlled| {
        let mut all = vec![
            control
                .done(200, ("GET", "/accounts/local/apps"), &NONE)
                .await,
        ];
        // The server's own app is as old as the server.
        all[0].as_array_mut().unwrap().remove(0);
        for app in [id.as_str(), "app"] {
            for part in ["keys", "namespaces", "rules"] {
                let path = format!("/apps/{app}/{part}");
                let list = control.done(200, ("GET", &path), &NONE).await;
                let made = list.as_array().unwrap().iter();
                let made = made
                    .filter(|it| it["id"] != "key" && it["id"] != "fixed" && it["id"] != "guard");
                let mut made: Vec<Value> = made.cloned().collect();
                made.sort_by_key(|it| it["id"].as_str().map(str::to_owned));
                all.push(json!(made));
            }
        }
        all
    };
    let before = state(&control).await;
    control.world.end().await;
    let control = Controlled::of(Some(&file), 2).await;
    assert_eq!(state(&control).await, before);
    assert_eq!(control.publish(&key).await.0, 201);
    let path = "/channels/c/messages";
    let (_, history) = control.world.rest_as(&key, "GET", path, &NONE).await;
    assert_eq!(history.as_array().unwrap().len(), 2);
    assert_eq!(control.publish(&gone).await.0, 401, "{gone_id} {key_id}");
}
