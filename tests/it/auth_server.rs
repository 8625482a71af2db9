//! `token serve` and the auth paths of `serve --dev`.

use serde_json::Value;

use crate::daemon::{Answer, Daemon};
use crate::harness::{KEY, chatctl};

const USERS: &str = r#"
[users.alice]
grant  = { "dms:*" = ["send-messages", "receive-messages"] }
claims = { "dms:*" = '{"role":"member"}' }
ttl    = "15m"

[users.bob]
client-id  = "robert"
allow      = { lobby = ["publish"] }
capability = { lobby = ["history"] }

[users.mallory]
banned = true
"#;

fn claims(token: &str) -> Value {
    chatctl(&["claims", "decode", token, "--verify", "--json"])
        .with_key()
        .run()
        .exits(0)
        .json()
}

fn capability(decoded: &Value) -> Value {
    serde_json::from_str(decoded["capability"].as_str().unwrap()).unwrap()
}

fn with_users() -> (Daemon, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users.toml");
    std::fs::write(&file, USERS).unwrap();
    let arguments = [
        "token",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--users",
        file.to_str().unwrap(),
    ];
    (Daemon::start(&arguments, &[("ABLY_API_KEY", KEY)]), folder)
}

#[test]
fn everybody_is_believed_without_a_file() {
    let server = Daemon::start(
        &["token", "serve", "--listen", "127.0.0.1:0", "--ttl", "90s"],
        &[("ABLY_API_KEY", KEY)],
    );
    let query = "/api/ably-jwt?clientId=al&room=lobby&claim=lobby%3Dboss";
    let answer = server.call("GET", query, &[], "");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.head.contains("content-type: application/jwt"));
    assert!(answer.head.contains("cache-control: no-store"));
    let decoded = claims(&answer.body);
    assert_eq!(decoded["clientId"], "al");
    assert_eq!(decoded["userClaims"][0]["userClaim"], "boss");
    assert!(capability(&decoded)["lobby"].as_array().unwrap().len() > 5);
    let lived = decoded["expires"].as_i64().unwrap() - decoded["issued"].as_i64().unwrap();
    assert_eq!(lived, 90_000);

    let form = ["Content-Type: application/x-www-form-urlencoded"];
    let answer = server.call("POST", "/api/ably-jwt", &form, "clientId=bo&ttl=5000");
    assert_eq!(claims(&answer.body)["clientId"], "bo");
    let answer = server.call("GET", "/api/ably-jwt", &[], "");
    assert_eq!(claims(&answer.body)["clientId"], "dev-user");
    assert_eq!(
        server
            .call("GET", "/api/ably-jwt?clientId=*", &[], "")
            .status,
        400
    );
    assert_eq!(server.call("GET", "/time", &[], "").status, 404);
}

#[test]
fn misspelt_parameters_are_refused_and_others_ignored() {
    let server = Daemon::start(
        &["token", "serve", "--listen", "127.0.0.1:0"],
        &[("ABLY_API_KEY", KEY)],
    );
    for path in ["/api/ably-jwt", "/api/ably-token"] {
        let answer = server.call("GET", &format!("{path}?clientid=z"), &[], "");
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(answer.body.contains("40002"), "{answer:?}");
        assert!(answer.body.contains("did you mean 'clientId'?"));
        // What SDKs send of their own, and caches.
        let known = format!("{path}?clientId=z&timestamp=1&rnd=2&_=3");
        assert_eq!(server.call("GET", &known, &[], "").status, 200);
        // The authParams of an app.
        let own = format!("{path}?clientId=z&tenant=acme&sessionToken=1");
        assert_eq!(server.call("GET", &own, &[], "").status, 200);
        let form = ["Content-Type: application/x-www-form-urlencoded"];
        let answer = server.call("POST", path, &form, "clientId=z&lang=en");
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[test]
fn ably_token_is_negotiated() {
    let server = Daemon::start(
        &["token", "serve", "--listen", "127.0.0.1:0"],
        &[("ABLY_API_KEY", KEY)],
    );
    let get = |query: &str, accept: &str| -> Answer {
        let path = format!("/api/ably-token?clientId=al{query}");
        server.call("GET", &path, &[&format!("Accept: {accept}")], "")
    };
    let plain = get("", "*/*");
    assert!(plain.head.contains("content-type: text/plain"), "{plain:?}");
    assert_eq!(claims(&plain.body)["clientId"], "al");

    let request = get("", "application/json, text/plain");
    assert!(request.head.contains("content-type: application/json\r\n"));
    assert_eq!(request.json()["keyName"], "appid.keyid");
    assert!(request.json()["mac"].is_string() && request.json()["issued"].is_null());

    let details = get("&format=details", "*/*");
    assert!(details.json()["issued"].is_number());
    assert_eq!(
        claims(details.json()["token"].as_str().unwrap())["clientId"],
        "al"
    );
    let jwt = get("&format=jwt", "*/*");
    assert_eq!(claims(jwt.json().as_str().unwrap())["clientId"], "al");
    // A TokenRequest can't carry them.
    let claimed = get("&claim=lobby%3Dboss", "application/json");
    assert!(claimed.json()["token"].is_string());
    assert_eq!(get("&format=yaml", "*/*").status, 400);
}

#[test]
fn a_file_says_who_gets_what() {
    let (server, _folder) = with_users();
    let get = |query: &str| server.call("GET", &format!("/api/ably-jwt{query}"), &[], "");
    assert_eq!(get("").status, 401);
    for stranger in ["?clientId=mallory", "?user=eve"] {
        let answer = get(stranger);
        assert_eq!(answer.status, 403, "{stranger}");
        let error = &answer.json()["error"];
        assert_eq!(
            (&error["code"], &error["statusCode"]),
            (&40300.into(), &403.into())
        );
        assert!(answer.head.contains("content-type: application/json\r\n"));
    }
    // Wishes make it less and never more.
    let wish = "%7B%22*%22%3A%5B%22*%22%5D%7D";
    let decoded = claims(&get(&format!("?clientId=alice&capability={wish}&ttl=9000000")).body);
    assert_eq!(
        capability(&decoded)["dms:*"],
        serde_json::json!(["publish", "subscribe"])
    );
    assert_eq!(decoded["userClaims"][0]["pattern"], "dms:*");
    let lived = decoded["expires"].as_i64().unwrap() - decoded["issued"].as_i64().unwrap();
    assert_eq!(lived, 15 * 60 * 1000);
    let elsewhere = "%7B%22games%22%3A%5B%22*%22%5D%7D";
    let nothing = get(&format!("?clientId=alice&capability={elsewhere}"));
    assert_eq!(nothing.json()["error"]["code"], 40160);
    let decoded = claims(&get("?user=bob").body);
    assert_eq!(decoded["clientId"], "robert");
    assert_eq!(
        capability(&decoded)["lobby"],
        serde_json::json!(["history", "publish"])
    );
}

#[test]
fn pages_of_any_origin_may_ask() {
    let (server, _folder) = with_users();
    let origin = "Origin: http://localhost:5173";
    let answer = server.call("GET", "/api/ably-jwt?user=bob", &[origin], "");
    assert!(
        answer
            .head
            .contains("access-control-allow-origin: http://localhost:5173")
    );
    assert!(
        answer
            .head
            .contains("access-control-allow-credentials: true")
    );
    let preflight = [origin, "Access-Control-Request-Headers: x-csrf"];
    let answer = server.call("OPTIONS", "/api/ably-token", &preflight, "");
    assert_eq!(answer.status, 204);
    assert!(answer.head.contains("access-control-allow-headers: x-csrf"));
}

#[test]
fn faults_in_the_file_are_named() {
    for (text, word) in [
        (
            "[users.a]\ngrant = { lobby = [\"send-message\"] }",
            "did you mean",
        ),
        ("[users.a]\nttl = \"soon\"", "ttl"),
        ("[users.a]\nclient-id = \"*\"", "nobody's identity"),
        ("[users.a]\nrights = 1", "rights"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("users.toml");
        std::fs::write(&file, text).unwrap();
        let ran = chatctl(&["token", "serve", "--users", file.to_str().unwrap()])
            .with_key()
            .run()
            .exits(2);
        assert!(ran.stderr.contains(word), "{ran:?}");
    }
}
