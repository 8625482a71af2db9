//! `chatctl token mint|request|verify`.

use serde_json::{Value, json};

use crate::harness::{chatctl, token};

fn decoded(token: &str) -> Value {
    chatctl(&["claims", "decode", token, "--json"])
        .run()
        .exits(0)
        .json()
}

#[test]
fn mint_prints_a_bare_token_that_verifies() {
    let token = token(&["--client-id", "alice"]);
    assert_eq!(token.matches('.').count(), 2);
    let verified = chatctl(&["token", "verify", &token, "--json"])
        .with_key()
        .run()
        .exits(0)
        .json();
    assert_eq!(verified["valid"], true);
    assert_eq!(verified["failures"], json!([]));
    assert!(verified["remaining"].as_u64().unwrap() > 3_590_000);
    assert!(verified.get("code").is_none());
}

#[test]
fn mint_writes_the_worked_example_byte_for_byte() {
    let minted = chatctl(&[
        "token",
        "mint",
        "--issued-at",
        "2023-11-14T22:13:20Z",
        "--capability",
        r#"{"my-chat-room": ["history","presence","publish","subscribe"]}"#,
        "--client-id",
        "user-123",
        "--claim",
        r#"my-chat-room={"role":"moderator"}"#,
    ])
    .with_key()
    .run()
    .exits(0);
    assert!(
        minted
            .word()
            .ends_with(".QsEOj0-DakldtepaviXGIrOtyx7tCoyxK8hDgNS_yWc")
    );
    assert_eq!(minted.stderr, "");
}

#[test]
fn mint_tells_programs_what_the_token_says() {
    let minted = chatctl(&["token", "mint", "--issued-at", "1700000000000", "--json"])
        .with_key()
        .run()
        .exits(0);
    assert!(minted.stderr.contains("no clientId"), "{minted:?}");
    let value = minted.json();
    assert_eq!(value["keyName"], "appid.keyid");
    assert_eq!(value["issued"], 1_700_000_000_000_i64);
    assert_eq!(value["expires"], 1_700_003_600_000_i64);
    assert_eq!(value["capability"], r#"{"*":["*"]}"#);
    assert!(value.get("clientId").is_none());
}

#[test]
fn mint_takes_rights_claims_and_others() {
    let minted = token(&[
        "--client-id=a",
        "--allow=lobby=publish,history",
        "--grant=dms:*=send-messages,typing",
        "--grant=lobby=update-messages",
        "--claim=lobby=x=y",
        "--channel-claim=news=z",
        "--revocation-key=group",
        "--set=sub=\"me\"",
        "--set=n=1",
    ]);
    let claims = &decoded(&minted)["claims"];
    assert_eq!(
        claims["x-ably-capability"],
        r#"{"dms:*":["publish","subscribe"],"lobby":["history","message-update-own","publish"]}"#
    );
    assert_eq!(claims["ably.room.lobby"], "x=y");
    assert_eq!(claims["ably.channel.news"], "z");
    assert_eq!(claims["x-ably-revocation-key"], "group");
    assert_eq!((&claims["sub"], &claims["n"]), (&json!("me"), &json!(1)));
    let object = token(&[
        "--client-id=a",
        "--allow=a=publish",
        "--capability-as-object",
    ]);
    assert_eq!(
        decoded(&object)["claims"]["x-ably-capability"],
        json!({"a": ["publish"]})
    );
}

#[test]
fn mint_all_is_an_ordinary_users_rights() {
    let minted = token(&["--client-id=a", "--grant=lobby=all"]);
    for feature in [
        "send-messages",
        "delete-messages",
        "occupancy",
        "room-reactions",
    ] {
        chatctl(&["capability", "check", "lobby", "--feature", feature])
            .env("ABLY_TOKEN", &minted)
            .run()
            .exits(0);
    }
    chatctl(&["capability", "check", "lobby", "--op", "message-delete-any"])
        .env("ABLY_TOKEN", &minted)
        .run()
        .exits(1);
}

#[test]
fn times_are_whole_seconds_unless_milliseconds_are_asked_for() {
    let times = |arguments: &[&str]| {
        let minted = chatctl(
            &[
                &["claims", "decode", "--json"],
                &[token(arguments).trim()][..],
            ]
            .concat(),
        );
        let claims = minted.run().exits(0).json()["claims"].clone();
        (claims["iat"].clone(), claims["exp"].clone())
    };
    for arguments in [
        &["--ttl=10m"][..],
        &["--expires-at=+5m"],
        &["--issued-at=-5m", "--expires-at=+5m"],
    ] {
        let (issued, expires) = times(arguments);
        assert!(
            issued.is_i64() && expires.is_i64(),
            "{arguments:?}: {issued} {expires}"
        );
    }
    let (issued, expires) = times(&["--ttl=1500ms"]);
    let life = expires.as_f64().unwrap() - issued.as_f64().unwrap();
    assert!((life - 1.5).abs() < 0.002, "{life}");
}

#[test]
fn mint_counts_and_numbers() {
    let minted = chatctl(&[
        "token",
        "mint",
        "--count",
        "3",
        "--client-id",
        "user-{n}",
        "-o",
        "jsonl",
    ])
    .with_key()
    .run()
    .exits(0);
    let ids: Vec<String> = minted
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["clientId"].to_string())
        .collect();
    assert_eq!(ids, ["\"user-1\"", "\"user-2\"", "\"user-3\""]);
    let bare = token(&["--count=2000", "--client-id=u"]);
    assert_eq!(bare.lines().count(), 2000);
    chatctl(&["token", "mint", "--count=0"])
        .with_key()
        .run()
        .exits(2);
}

#[test]
fn every_invalid_kind_is_refused_with_its_code() {
    for (kind, code) in [
        ("expired", 40142),
        ("not-yet-valid", 40144),
        ("bad-signature", 40144),
        ("wrong-key", 40144),
        ("unknown-key", 40400),
        ("alg-none", 40144),
        ("no-expiry", 40144),
        ("no-kid", 40144),
        ("capability-garbage", 40144),
        ("milliseconds", 40003),
        ("ttl-too-long", 40003),
        ("truncated", 40144),
    ] {
        let bad = token(&["--client-id=a", "--invalid", kind]);
        let verdict = chatctl(&["token", "verify", "-", "--json"])
            .with_key()
            .stdin(&bad)
            .run()
            .exits(1)
            .json();
        assert_eq!(verdict["code"], code, "{kind}");
        assert_eq!(verdict["failures"][0]["code"], code);
        assert_eq!(verdict["valid"], false);
    }
}

#[test]
fn every_invalid_kind_is_refused_by_server_and_verify() {
    let script = "for kind in expired not-yet-valid bad-signature wrong-key unknown-key alg-none no-expiry no-kid \
        capability-garbage milliseconds ttl-too-long truncated; do \
            token=$(chatctl token mint --client-id a --invalid $kind); \
            there=$(ABLY_TOKEN=$token chatctl room send lobby hi --json 2>&1 >/dev/null | tail -n 1); \
            here=$(chatctl token verify $token --jq .code); \
            echo \"$kind $here $there\"; \
        done";
    let ran = chatctl(&["exec", "--", "/bin/sh", "-c", script])
        .env("PATH", "/usr/bin:/bin")
        .run()
        .exits(0);
    assert_eq!(ran.stdout.lines().count(), 12, "{ran:?}");
    for line in ran.stdout.lines() {
        let (kind, rest) = line.split_once(' ').unwrap();
        let (here, there) = rest.split_once(' ').unwrap();
        let there: Value = serde_json::from_str(there).unwrap();
        assert_eq!(there["error"]["code"].to_string(), here, "{kind}");
    }
}

#[test]
fn a_token_that_will_be_refused_is_warned_of() {
    for (arguments, word) in [
        (["--ttl", "48h"], "ttl-too-long"),
        (["--ttl", "0s"], "no-expiry"),
        (["--capability", "{}"], "capability-garbage"),
        (["--set", "x-ably-clientid=\"a\""], "claim-misspelt"),
    ] {
        let ran = chatctl(&["token", "mint", "--client-id=a", arguments[0], arguments[1]])
            .with_key()
            .run()
            .exits(0);
        assert!(ran.stderr.contains(word), "{ran:?}");
    }
}

#[test]
fn slips_are_usage_errors_that_name_the_right_word() {
    for (arguments, hint) in [
        (["--allow", "a=publsh"], "did you mean 'publish'?"),
        (
            ["--grant", "a=send-message"],
            "did you mean 'send-messages'?",
        ),
        (["--allow", "[meta]x=subscribe"], "--capability"),
        (["--claim", "lobby::$chat=x"], "did you mean 'lobby'?"),
        (["--set", "sub=me"], "a string needs quotes"),
        (["--capability", "{"], "a capability is an object"),
        (["--capability", r#"{"a":["publsh"]}"#], ""),
        (["--issued-at", "soon"], ""),
        (["--allow", "a"], ""),
        (["--client-id", ""], ""),
        (["--invalid", "expird"], ""),
    ] {
        let ran = chatctl(&["token", "mint", "--json", arguments[0], arguments[1]])
            .with_key()
            .run()
            .exits(2);
        let error = ran.error();
        assert_eq!(error["code"], Value::Null);
        if !hint.is_empty() {
            assert!(error["hint"].as_str().unwrap().contains(hint), "{error}");
        }
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn without_a_key_the_ways_to_one_are_named() {
    for verb in ["mint", "request"] {
        let ran = chatctl(&["token", verb]).env("CI", "true").run().exits(2);
        for way in ["ABLY_API_KEY", "chatctl exec", "chatctl serve --dev"] {
            assert!(ran.stderr.contains(way), "{ran:?}");
        }
    }
    let empty = chatctl(&["token", "mint"]).env("ABLY_API_KEY", "").run();
    assert!(
        empty
            .exits(2)
            .stderr
            .contains("ABLY_API_KEY is set but empty")
    );
    let broken = chatctl(&["token", "mint"])
        .env("ABLY_API_KEY", "a.b:hid:den")
        .run();
    assert!(!broken.exits(2).stderr.contains("hid"));
}

#[test]
fn request_is_signed_and_reads_back() {
    let request = chatctl(&[
        "token",
        "request",
        "--timestamp=1700000000000",
        "--nonce=0123456789abcdef",
    ])
    .with_key()
    .run()
    .exits(0);
    assert_eq!(
        request.word(),
        r#"{"keyName":"appid.keyid","timestamp":1700000000000,"nonce":"0123456789abcdef","mac":"/ZkEQW5vwD4Let4iVkpMjYH9vqLNchaiBrxaXOn8AWw="}"#
    );
    let described = chatctl(&["claims", "decode", "-", "--verify", "--json"])
        .with_key()
        .stdin(&request.stdout)
        .run()
        .exits(0)
        .json();
    assert_eq!(
        (&described["kind"], &described["verified"]),
        (&json!("token-request"), &json!(true))
    );
    let wishes = chatctl(&[
        "token",
        "request",
        "--client-id=*",
        "--ttl=30m",
        "--allow=b=subscribe,publish",
    ])
    .with_key()
    .run()
    .exits(0)
    .json();
    assert_eq!(wishes["ttl"], 1_800_000);
    assert_eq!(wishes["clientId"], "*");
    assert_eq!(wishes["capability"], r#"{"b":["publish","subscribe"]}"#);
}

#[test]
fn verify_lists_every_failure() {
    let bad = token(&[
        "--client-id=a",
        "--invalid=expired",
        "--set=x-ably-clientId=7",
    ]);
    let ran = chatctl(&["token", "verify", &bad])
        .env("ABLY_API_KEY", "appid.keyid:other")
        .run()
        .exits(1);
    for code in ["40144", "40142", "40012"] {
        assert!(ran.stdout.contains(code), "{ran:?}");
    }
    assert!(ran.stdout.starts_with("not valid"), "{ran:?}");
}

#[test]
fn verify_answers_no_to_what_is_no_token() {
    for text in ["", "nonsense", "a.b.c", "{}", "appid.keyid:secret"] {
        let verdict = chatctl(&["token", "verify", "-", "--json"])
            .with_key()
            .stdin(text)
            .run()
            .exits(1)
            .json();
        assert_eq!(verdict["valid"], false, "{text}");
    }
}

#[test]
fn verify_looks_at_the_times_without_a_key() {
    let minted = token(&["--client-id=a", "--ttl=20m"]);
    let times = |arguments: &[&str]| {
        let mut all = vec!["token", "verify", &minted, "--times-only", "--json"];
        all.extend(arguments);
        chatctl(&all).run()
    };
    times(&[]).exits(0);
    times(&["--min-remaining", "10m"]).exits(0);
    let soon = times(&["--min-remaining", "30m"]).exits(1).json();
    assert_eq!(soon["failures"][0]["code"], Value::Null);
    let expired = token(&["--client-id=a", "--invalid=expired"]);
    let details = format!(r#"{{"token":"app.x","expires":{}}}"#, 1_700_000_000_000_i64);
    for text in [&expired, &details] {
        let verdict = chatctl(&["token", "verify", text, "--times-only", "--json"])
            .run()
            .exits(1)
            .json();
        assert_eq!(verdict["code"], 40142);
    }
    let no_key = chatctl(&["token", "verify", &minted]).run().exits(2);
    assert!(no_key.stderr.contains("ABLY_API_KEY"));
}

#[test]
fn verify_says_that_an_ably_token_needs_its_issuer() {
    for arguments in [
        &[][..],
        &["--times-only"],
        &["--live", "--min-remaining=1m"],
    ] {
        let all = [&["token", "verify", "appid.token"], arguments].concat();
        let ran = chatctl(&all).with_key().run().exits(2);
        assert!(ran.stderr.contains("an Ably token"), "{ran:?}");
    }
    let offline = chatctl(&["token", "verify", "appid.token"]).run().exits(2);
    assert!(offline.stderr.contains("can't be verified offline"));
    assert!(offline.stderr.contains("--live"));
}

#[test]
fn partial_wildcard_is_answered_with_whole_segments() {
    let ran = chatctl(&["token", "mint", "--client-id=a", "--grant", "chat-*=all"])
        .with_key()
        .run()
        .exits(0);
    assert!(ran.stderr.contains("use 'chat:*'"), "{ran:?}");
    assert!(!ran.stderr.contains("chat-:"), "{ran:?}");
}

#[test]
fn verify_holds_a_token_to_what_its_key_may() {
    let minted = token(&["--client-id=a", "--allow=lobby=publish"]);
    let verify = |capability: &str| {
        chatctl(&[
            "token",
            "verify",
            &minted,
            "--key-capability",
            capability,
            "--json",
        ])
        .with_key()
        .run()
    };
    verify(r#"{"*":["publish"]}"#).exits(0);
    assert_eq!(
        verify(r#"{"*":["history"]}"#).exits(1).json()["code"],
        40160
    );
}
