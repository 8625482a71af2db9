//! `chatctl claims decode|resolve|lint`.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::harness::{KEY, chatctl, token};

#[test]
fn decode_shows_claims_as_unverified() {
    let minted = token(&[
        "--client-id=alice",
        "--allow=lobby=subscribe,publish",
        "--claim=lobby={\"role\":\"mod\"}",
        "--claim=*=guest",
    ]);
    let ran = chatctl(&["claims", "decode", &minted]).run().exits(0);
    for part in [
        "NOT verified",
        "alice",
        "appid.keyid",
        "lobby: publish, subscribe",
        "in 60 minutes",
    ] {
        assert!(ran.stdout.contains(part), "{part}: {ran:?}");
    }
    let value = chatctl(&["claims", "decode", &minted, "--json"])
        .run()
        .exits(0)
        .json();
    assert_eq!(value["kind"], "jwt");
    assert_eq!(value["verified"], Value::Null);
    assert_eq!(value["header"]["kid"], "appid.keyid");
    assert_eq!(value["clientId"], "alice");
    assert_eq!(
        value["expires"].as_i64().unwrap() - value["issued"].as_i64().unwrap(),
        3_600_000
    );
    assert_eq!(
        value["userClaims"],
        json!([
            {"pattern": "lobby", "userClaim": r#"{"role":"mod"}"#},
            {"pattern": "*", "userClaim": "guest"},
        ])
    );
    assert_eq!(value["warnings"], json!([]));
}

#[test]
fn decode_looks_through_what_is_around_a_token() {
    let minted = token(&["--client-id=alice"]);
    for text in [
        format!("Bearer {minted}"),
        format!(r#"{{"token":"{minted}","issued":1,"expires":2}}"#),
        format!("wss://host/?access_token={minted}&v=5"),
        format!("{minted}\n"),
    ] {
        let value = chatctl(&["claims", "decode", "-", "--jq", ".clientId"])
            .stdin(&text)
            .run()
            .exits(0);
        assert_eq!(value.word(), "alice", "{text}");
    }
    let ably = r#"{"token":"app.xyz","keyName":"app.key","expires":2,"capability":"{\"a\":[\"publish\"]}","clientId":"bob"}"#;
    let value = chatctl(&["claims", "decode", ably, "--json"])
        .run()
        .exits(0)
        .json();
    assert_eq!(value["kind"], "ably-token");
    assert_eq!(
        (&value["keyName"], &value["clientId"]),
        (&json!("app.key"), &json!("bob"))
    );
}

#[test]
fn decode_verifies_when_it_is_asked_to() {
    let minted = token(&["--client-id=alice"]);
    let verify = |key: &str| {
        chatctl(&["claims", "decode", &minted, "--verify", "--json"])
            .env("ABLY_API_KEY", key)
            .run()
    };
    assert_eq!(
        verify("appid.keyid:secret").exits(0).json()["verified"],
        true
    );
    let bad = verify("appid.keyid:other").exits(1).json();
    assert_eq!(bad["verified"], false);
    assert_eq!(bad["failures"][0]["code"], 40144);
}

#[test]
fn decode_names_non_tokens_without_showing_secrets() {
    let ran = chatctl(&["claims", "decode", "a.b:hidden", "--json"])
        .run()
        .exits(1);
    assert_eq!(ran.error()["code"], 40005);
    assert!(ran.stderr.contains("API key (a.b)") && !ran.stderr.contains("hidden"));
    let none = chatctl(&["claims", "decode"]).run().exits(2);
    assert!(none.stderr.contains("there is no token"));
}

#[test]
fn decode_never_shows_a_key_as_its_name() {
    // {"alg":"HS256","kid":"a.b:hidden"}
    let header = "eyJhbGciOiJIUzI1NiIsImtpZCI6ImEuYjpoaWRkZW4ifQ";
    let text = format!("{header}.e30.c2ln");
    for arguments in [
        &["claims", "decode", &text][..],
        &["claims", "decode", &text, "--json"],
    ] {
        let ran = chatctl(arguments).run().exits(0);
        assert!(
            !ran.stdout.contains("hidden") && ran.stdout.contains("a.b"),
            "{ran:?}"
        );
    }
}

#[test]
fn resolve_gives_the_claim_and_the_pattern() {
    let minted = token(&[
        "--client-id=a",
        "--claim=*=all",
        "--claim=dms:*=dms",
        "--claim=dms:alice=",
    ]);
    let expected = json!([
        {"roomName": "dms:alice", "pattern": "dms:alice", "userClaim": ""},
        {"roomName": "dms", "pattern": "dms:*", "userClaim": "dms"},
        {"roomName": "hall", "pattern": "*", "userClaim": "all"},
    ]);
    let rooms = ["--room", "dms:alice", "--room", "dms", "--room", "hall"];
    let mut arguments = vec!["claims", "resolve", &minted, "--json"];
    arguments.extend(rooms);
    assert_eq!(chatctl(&arguments).run().exits(0).json(), expected);
    let list = [
        "claims",
        "resolve",
        "--json",
        "--room",
        "dms:alice",
        "dms",
        "hall",
        &minted,
    ];
    assert_eq!(chatctl(&list).run().exits(0).json(), expected);
    let none = token(&["--client-id=a", "--channel-claim=*=x"]);
    assert_eq!(
        chatctl(&["claims", "resolve", &none, "--room", "a", "--json"])
            .run()
            .exits(0)
            .json(),
        json!([{"roomName": "a", "pattern": null, "userClaim": null}])
    );
}

#[test]
fn resolve_takes_rooms_behind_the_token() {
    let minted = token(&["--client-id=a", "--claim", "lobby=x", "--claim", "dms:*=y"]);
    let claims = |ran: crate::harness::Ran| -> Vec<Value> {
        let each = ran.exits(0).json();
        let each = each.as_array().unwrap().iter();
        each.map(|one| one["userClaim"].clone()).collect()
    };
    let behind = chatctl(&["claims", "resolve", &minted, "lobby", "dms:a", "--json"]).run();
    assert_eq!(claims(behind), [json!("x"), json!("y")]);
    // With a token in the settings every word is a room, also one that looks like an Ably token.
    let set = chatctl(&["claims", "resolve", "lobby", "a.b", "--json"])
        .env("ABLY_TOKEN", &minted)
        .run();
    assert_eq!(claims(set), [json!("x"), Value::Null]);
    let none = chatctl(&["claims", "resolve", &minted]).run().exits(2);
    assert!(none.stderr.contains("ROOM is missing"), "{none:?}");
}

#[test]
fn lint_finds_mistakes_and_exits_by_the_worst() {
    let good = token(&["--client-id=a", "--allow=lobby=publish"]);
    let clean = chatctl(&["claims", "lint", &good])
        .with_key()
        .run()
        .exits(0);
    assert_eq!(clean.word(), "no findings");
    let warned = token(&["--client-id=*"]);
    chatctl(&["claims", "lint", &warned]).run().exits(0);
    let bad = token(&["--set=x-ably-clientid=\"a\"", "--allow=lobby=publish"]);
    let found = chatctl(&["claims", "lint", &bad, "--chat", "--json"])
        .run()
        .exits(1)
        .json();
    let codes: Vec<&str> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["clientId-missing", "claim-misspelt"]);
    assert!(found[0]["why"].is_string() && found[0]["fix"].is_string());
}

#[test]
fn decode_tells_a_plain_jwt_from_an_ably_one() {
    let header = r#"{"alg":"RS256","kid":"auth0-key"}"#;
    let plain = jwt(
        header,
        r#"{"iss":"https://x.eu.auth0.com/","sub":"ann","exp":2000000000}"#,
    );
    let ran = chatctl(&["claims", "decode", &plain]).run().exits(0);
    let first = ran.stdout.lines().next().unwrap();
    assert!(first.contains("a JWT, not an Ably one: RS256"), "{first}");
    assert!(first.contains("no x-ably-* claims"), "{first}");
    assert!(!ran.stdout.contains("everything"), "{ran:?}");
}

#[test]
fn outer_token_is_shown_and_its_expiry_is_a_finding() {
    let inner = token(&["--client-id=a", "--allow=lobby=publish"]);
    let claims = format!(
        r#"{{"iss":"https://issuer","sub":"ann","exp":1700000000,"x-ably-token":"{inner}"}}"#
    );
    let outer = jwt(r#"{"alg":"RS256"}"#, &claims);
    let shown = chatctl(&["claims", "decode", &outer]).run().exits(0).stdout;
    for part in [
        "outer issuer   https://issuer",
        "outer subject  ann",
        "outer expiry ",
        "2023-",
    ] {
        assert!(shown.contains(part), "{shown}");
    }
    let found = chatctl(&["claims", "lint", &outer, "--json"])
        .run()
        .exits(0);
    assert_eq!(found.json()[0]["code"], "outer-expired");
    // The inner token alone counts, as on the server.
    let verify = chatctl(&["token", "verify", &outer]).with_key().run();
    verify.exits(0);
}

#[test]
fn token_request_is_linted_as_what_it_is() {
    let request = |arguments: &[&str]| {
        let all = [&["token", "request"], arguments].concat();
        chatctl(&all).with_key().run().exits(0).word()
    };
    let lint = |text: &str| {
        chatctl(&["claims", "lint", text, "--json"])
            .with_key()
            .run()
    };
    let codes = |found: &Value| -> Vec<String> {
        let each = found.as_array().unwrap().iter();
        each.map(|finding| finding["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let good = request(&["--client-id=a", "--allow=lobby=publish"]);
    assert_eq!(lint(&good).exits(0).json(), json!([]));
    let mut bad: Value = serde_json::from_str(&request(&[])).unwrap();
    bad["timestamp"] = json!(1_700_000_000_000_i64);
    bad["nonce"] = json!("short");
    bad["ttl"] = json!(90_000_000);
    let found = codes(&lint(&bad.to_string()).exits(1).json());
    for code in [
        "request-stale",
        "request-nonce",
        "ttl-too-long",
        "wrong-secret",
        "clientId-missing",
        "capability-missing",
    ] {
        assert!(found.iter().any(|one| one == code), "{code}: {found:?}");
    }
    bad.as_object_mut().unwrap().remove("mac");
    let unsigned = codes(&lint(&bad.to_string()).exits(1).json());
    assert!(unsigned.iter().any(|code| code == "request-unsigned"));
}

#[test]
fn lint_with_the_key_recognises_the_wrong_secret() {
    let minted = chatctl(&["token", "mint", "--client-id=a", "--allow=a=publish"])
        .env("ABLY_API_KEY", "appid.keyid:appid.keyid")
        .run()
        .exits(0)
        .word();
    let ran = chatctl(&["claims", "lint", &minted])
        .with_key()
        .run()
        .exits(1);
    assert!(ran.stdout.contains("name of the key"), "{ran:?}");
}

#[test]
fn token_option_works_before_and_after_the_command() {
    let minted = token(&["--client-id=alice"]);
    for line in [
        ["claims", "decode", "--token", &minted],
        ["--token", &minted, "claims", "decode"],
        ["token", "verify", "--token", &minted],
        ["claims", "lint", "--token", &minted],
    ] {
        chatctl(&line).with_key().run().exits(0);
    }
    chatctl(&["claims", "resolve", "--room=lobby", "--token", &minted])
        .run()
        .exits(0);
}

/// A JWT with a made-up signature.
fn jwt(header: &str, claims: &str) -> String {
    let part = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.c2ln", part(header), part(claims))
}

#[test]
fn what_is_no_token_is_named_by_decode_and_lint() {
    let error = r#"{"error":{"code":40140,"message":"hidden"}}"#;
    for (text, what, hint) in [
        (error, "an error answer (code 40140)", "chatctl error 40140"),
        (KEY, "an API key (appid.keyid)", "chatctl token mint"),
        (
            "eyJhbGciOiJIUzI1NiJ9.e30",
            "without its signature",
            "copy the token whole",
        ),
        ("", "it is empty", "check the variable"),
        (
            "https://example.com/auth",
            "a URL without a token",
            "chatctl auth check",
        ),
    ] {
        let ran = chatctl(&["claims", "decode", "--", text]).run().exits(1);
        assert!(
            ran.stderr.contains(what) && ran.stderr.contains(hint),
            "{ran:?}"
        );
        let ran = chatctl(&["claims", "lint", "--", text]).run().exits(1);
        assert!(
            ran.stdout.contains(what) && ran.stdout.contains(hint),
            "{ran:?}"
        );
        assert!(!ran.stdout.contains("hidden"), "{ran:?}");
    }
    let cut = token(&["--client-id", "a"]);
    let (unsigned, _) = cut.rsplit_once('.').unwrap();
    let ran = chatctl(&["claims", "lint", &format!("{unsigned}.")])
        .run()
        .exits(1);
    assert!(ran.stdout.contains("its signature is empty"), "{ran:?}");
}
