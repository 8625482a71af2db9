use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

use super::*;
use crate::chat_core::auth::jwt::Minter;
use crate::chat_core::auth::key::ApiKey;
use crate::chat_core::clock::Timestamp;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn key() -> ApiKey {
    ApiKey::parse("appid.keyid:c2VjcmV0").unwrap()
}

fn known(key: &ApiKey) -> Known<'_> {
    Known {
        now: NOW,
        for_chat: false,
        key: Some(key),
        key_capability: None,
    }
}

fn good() -> Value {
    json!({
        "iat": 1_700_000_000,
        "exp": 1_700_003_600,
        "x-ably-capability": r#"{"lobby":["publish","subscribe"]}"#,
        "x-ably-clientId": "bob",
        "ably.room.lobby": "{}",
    })
}

fn token(change: &Value) -> String {
    let mut claims = good();
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::Null => {
                claims.as_object_mut().unwrap().shift_remove(name);
            }
            value => claims[name] = value.clone(),
        }
    }
    Minter::new(&key())
        .sign(claims.as_object().unwrap())
        .unwrap()
}

fn codes(text: &str) -> Vec<(&'static str, Severity)> {
    lint(text, &known(&key()))
        .findings
        .iter()
        .map(|finding| (finding.code, finding.severity))
        .collect()
}

#[test]
fn a_good_token_has_no_findings() {
    assert_eq!(codes(&token(&json!({}))), []);
}

fn each_alone(cases: &[(Value, &str, Severity)]) {
    for (change, code, severity) in cases {
        assert_eq!(codes(&token(change)), [(*code, *severity)], "{change}");
    }
}

#[test]
fn mistakes_in_times_and_clients_are_found() {
    use Severity::{Error, Info, Warn};
    each_alone(&[
        (json!({"iat": null}), "no-iat", Error),
        (json!({"exp": "1700003600"}), "no-expiry", Error),
        (
            json!({"iat": 1_699_999_000, "exp": 1_700_090_000}),
            "ttl-too-long",
            Error,
        ),
        (
            json!({"exp": 1_700_007_200, "x-ably-revocation-key": "g"}),
            "ttl-too-long",
            Warn,
        ),
        (json!({"exp": 1_700_000_030}), "ttl-short", Warn),
        (json!({"exp": 1_700_000_300}), "ttl-short", Info),
        (
            json!({"iat": 1_699_996_400, "exp": 1_700_000_000}),
            "expired",
            Error,
        ),
        (json!({"nbf": 1_700_000_100}), "not-yet-valid", Error),
        (
            json!({"iat": 1_700_000_000_000_i64, "exp": 1_700_003_600_000_i64}),
            "milliseconds",
            Error,
        ),
        (json!({"x-ably-clientId": null}), "clientId-missing", Warn),
        (json!({"x-ably-clientId": "*"}), "clientId-wildcard", Warn),
        (json!({"x-ably-clientId": 7}), "clientId-invalid", Error),
        (json!({"x-ably-clientId": ""}), "clientId-invalid", Error),
    ]);
}

#[test]
fn a_capability_that_grants_nothing_is_refused_with_another_code() {
    for (capability, code) in [
        ("{}", "40160"),
        (r#"{"a":[]}"#, "40160"),
        ("{", "40144"),
        (r#"{"*":"*"}"#, "40144"),
    ] {
        let mut findings = Findings::default();
        let claims = json!({"x-ably-capability": capability});
        capability::lint(claims.as_object().unwrap(), None, &mut findings);
        let found = findings.finish().findings;
        let garbage = found.iter().find(|it| it.code == "capability-garbage");
        let why = garbage.unwrap().why;
        assert!(why.contains(code), "{capability}: {why}");
    }
}

#[test]
fn mistakes_in_capabilities_are_found() {
    use Severity::{Error, Info, Warn};
    each_alone(&[
        (
            json!({"x-ably-capability": {"a": ["publish"]}}),
            "capability-object",
            Warn,
        ),
        (
            json!({"x-ably-capability": "{"}),
            "capability-garbage",
            Error,
        ),
        (
            json!({"x-ably-capability": r#"{"a":[]}"#}),
            "capability-garbage",
            Error,
        ),
        (
            json!({"x-ably-capability": null}),
            "capability-missing",
            Warn,
        ),
        (
            json!({"x-ably-capability": r#"{"*":["*"]}"#}),
            "capability-full",
            Warn,
        ),
        (
            json!({"x-ably-capability": r#"{"a":["message-update-any"]}"#}),
            "capability-full",
            Info,
        ),
        (
            json!({"x-ably-capability": r#"{"a":["read"]}"#}),
            "operation-unknown",
            Warn,
        ),
        (
            json!({"x-ably-capability": r#"{"a*":["publish"]}"#}),
            "wildcard-partial-segment",
            Warn,
        ),
        (
            json!({"x-ably-capability": r#"{"a:*":["publish"]}"#}),
            "namespace-root",
            Info,
        ),
        (
            json!({"x-ably-capability": r#"{"a::$chat":["publish"]}"#}),
            "resource-is-channel",
            Warn,
        ),
        (
            json!({"x-ably-capability": r#"{"a":["history"]}"#}),
            "feature-incomplete",
            Info,
        ),
    ]);
}

#[test]
fn mistakes_in_names_and_user_claims_are_found() {
    use Severity::{Error, Info, Warn};
    each_alone(&[
        (
            json!({"x-ably-capabilities": "{}"}),
            "claim-misspelt",
            Error,
        ),
        (json!({"x-ably-clientid": "x"}), "claim-misspelt", Error),
        (json!({"clientId": "x"}), "claim-misspelt", Error),
        (json!({"ably.rooms.a": "{}"}), "claim-misspelt", Error),
        (json!({"ably.room.": "{}"}), "claim-misspelt", Error),
        (
            json!({"ably.room.a": {"role": "x"}}),
            "user-claim-not-string",
            Error,
        ),
        (
            json!({"ably.room.a": r#"{"mail":"bob@example.com"}"#}),
            "user-claim-secret",
            Warn,
        ),
        (
            json!({"ably.room.a": "moderator"}),
            "user-claim-not-json",
            Info,
        ),
        (json!({"ably.room.*": "{}"}), "user-claim-shadowed", Info),
    ]);
    for harmless in [
        json!({"sub": "x", "aud": "y", "jti": "z", "x-ably-appId": "appid"}),
        json!({"ably.limits.publish.perAttachment.maxRate.*": 5}),
        json!({"ably.channel.a": "{}"}),
    ] {
        assert_eq!(codes(&token(&harmless)), [], "{harmless}");
    }
}

#[test]
fn misspelt_claims_are_named_rightly() {
    let message = |claim: &str| {
        lint(&token(&json!({claim: "{}"})), &known(&key())).findings[0]
            .message
            .clone()
    };
    for (claim, meant) in [
        ("x-ably-capabilities", "'x-ably-capability'"),
        ("X-Ably-ClientId", "'x-ably-clientId'"),
        ("ably.Room.a.b", "'ably.room.a.b'"),
        ("ably.channels.a", "'ably.channel.a'"),
    ] {
        assert!(message(claim).contains(meant), "{}", message(claim));
    }
}

#[test]
fn chat_needs_a_client() {
    let key = key();
    let for_chat = Known {
        for_chat: true,
        ..known(&key)
    };
    let findings = lint(&token(&json!({"x-ably-clientId": null})), &for_chat).findings;
    assert_eq!(findings[0].severity, Severity::Error);
}

#[test]
fn the_wrong_secret_is_recognised() {
    let sign = |secret: &str| {
        Minter::with(Some("appid.keyid"), secret)
            .sign(good().as_object().unwrap())
            .unwrap()
    };
    for (secret, word) in [
        ("secret", "decoded from base64"),
        ("appid.keyid:c2VjcmV0", "whole key"),
        ("appid.keyid", "name of the key"),
        ("other", "does not fit"),
    ] {
        let findings = lint(&sign(secret), &known(&key())).findings;
        assert_eq!(findings[0].code, "wrong-secret");
        assert!(findings[0].message.contains(word), "{findings:?}");
    }
}

#[test]
fn headers_are_looked_at() {
    let with_header = |header: Value| {
        format!(
            "{}.{}.c2ln",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(good().to_string())
        )
    };
    for (header, code) in [
        (json!({"alg": "none", "kid": "a.b"}), "alg-unsupported"),
        (json!({"alg": "HS256"}), "kid-missing"),
        (json!({"alg": "HS256", "kid": 7}), "kid-not-key-name"),
        (json!({"alg": "HS256", "kid": "keyid"}), "kid-not-key-name"),
        (
            json!({"alg": "HS256", "kid": "a.b:hidden"}),
            "kid-not-key-name",
        ),
    ] {
        let findings = lint(&with_header(header.clone()), &known(&key())).findings;
        assert_eq!(findings.len(), 1, "{header}");
        assert_eq!(findings[0].code, code);
        assert!(!findings[0].message.contains("hidden"));
    }
}

#[test]
fn what_is_no_jwt_is_said_to_be_what_it_is() {
    for text in ["a.b:hidden", "app.token", "a.b.c", ""] {
        let found = codes(text);
        assert_eq!(found, [("not-a-jwt", Severity::Error)], "{text}");
    }
    let wrapped = STANDARD.encode(token(&json!({})));
    assert_eq!(codes(&wrapped), [("not-a-jwt", Severity::Info)]);
    let padded = format!(
        "{}=.e30.sig",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","kid":"a.b"} "#)
    );
    assert!(codes(&padded).contains(&("not-a-jwt", Severity::Error)));
}

#[test]
fn rights_beyond_the_key_are_found() {
    let key = key();
    let narrow = Capability::parse(r#"{"lobby":["subscribe"]}"#).unwrap();
    let with_key = Known {
        key_capability: Some(&narrow),
        ..known(&key)
    };
    let findings = lint(&token(&json!({})), &with_key).findings;
    assert_eq!(findings[0].code, "exceeds-key");
    assert!(findings[0].message.contains(r#"{"lobby":["subscribe"]}"#));
}

#[test]
fn a_token_inside_another_is_looked_at() {
    let outer = format!(
        "{}.{}.c2ln",
        URL_SAFE_NO_PAD
            .encode(json!({"alg": "RS256", "x-ably-token": token(&json!({}))}).to_string()),
        URL_SAFE_NO_PAD.encode(json!({"exp": 1_700_009_999}).to_string())
    );
    assert_eq!(codes(&outer), [("embedded-outlives", Severity::Error)]);
}

#[test]
fn every_rule_has_its_own_words() {
    let mut seen = std::collections::HashSet::new();
    for rule in RULES {
        assert!(seen.insert(rule.code));
        assert!(!rule.why.is_empty() && !rule.fix.is_empty());
    }
}

proptest::proptest! {
    #[test]
    fn no_token_panics(
        text in ".*",
        names in proptest::collection::vec("(x-ably-|ably[.]|ably[.]room[.])?[a-z:*$\\[\\]@.]{0,12}", 0..5),
        values in proptest::collection::vec("[a-z@.:{}\"\\[\\]*,0-9]{0,16}", 5),
    ) {
        let _ = codes(&text);
        let mut claims = good();
        for (name, value) in names.iter().zip(values) {
            claims[name.as_str()] = serde_json::from_str(&value).unwrap_or(Value::String(value));
        }
        let _ = codes(&token(&claims));
    }
}

#[test]
fn the_rules_that_were_applied_are_told_whether_they_find_something_or_not() {
    let key = key();
    let good = lint(&token(&json!({})), &known(&key));
    assert_eq!(good.findings, []);
    let all = |applied: &[&str]| -> Vec<&'static str> {
        let codes = RULES.iter().map(|rule| rule.code);
        codes.filter(|code| !applied.contains(code)).collect()
    };
    let others = [
        "embedded-outlives",
        "outer-expired",
        "request-unsigned",
        "request-stale",
        "request-nonce",
    ];
    let but = |code: &'static str| all(&[&others[..], &[code]].concat());
    // There is no token inside, and the capability of the key is not known.
    assert_eq!(good.applied, but("exceeds-key"));
    let narrow = Capability::parse(r#"{"lobby":["subscribe"]}"#).unwrap();
    let told = Known {
        key: None,
        key_capability: Some(&narrow),
        ..known(&key)
    };
    let unsigned = lint(&token(&json!({})), &told);
    assert_eq!(unsigned.applied, but("wrong-secret"));
    assert_eq!(lint("nonsense", &told).applied, ["not-a-jwt"]);
    let alone = lint_capability(&narrow, None);
    assert_eq!(alone.applied.len(), 8);
    assert!(alone.applied.contains(&"operation-unknown"));
}
