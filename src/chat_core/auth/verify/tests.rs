use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::chat_core::auth::ably_token::{AblyToken, Sealer};
use crate::chat_core::auth::identity::ClientIdentity;
use crate::chat_core::auth::jwt::{Mint, Minter};
use crate::chat_core::auth::keys::{KeyEntry, KeyRing};
use crate::chat_core::auth::{ApiKey, Operation, Target};
use crate::chat_core::random::Random;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn key() -> ApiKey {
    ApiKey::parse("appid.keyid:secret").unwrap()
}

fn keys() -> KeyRing {
    KeyRing::new([KeyEntry::new(
        key(),
        Capability::parse(r#"{"*":["publish","subscribe"]}"#).unwrap(),
    )])
}

fn claims(extra: Value) -> Map<String, Value> {
    let mut claims = Mint {
        issued: NOW,
        expires: Timestamp(NOW.millis() + 3_600_000),
        ..Mint::default()
    }
    .claims();
    if let Value::Object(extra) = extra {
        for (name, value) in extra {
            match value {
                Value::Null => claims.shift_remove(&name),
                value => claims.insert(name, value),
            };
        }
    }
    claims
}

fn token(extra: Value) -> String {
    Minter::new(&key()).sign(&claims(extra)).unwrap()
}

fn codes(token: &str) -> Vec<(u32, u16)> {
    verify_all(token, &keys(), NOW).map_or_else(
        |errors| errors.iter().map(|e| (e.code, e.status_code)).collect(),
        |_| Vec::new(),
    )
}

#[test]
fn a_good_token_gives_identity_rights_and_claims() {
    let verified = verify(
        &token(json!({
            "x-ably-capability": r#"{"lobby":["publish","history"]}"#,
            "x-ably-clientId": "bob",
            "x-ably-revocation-key": "group",
            "ably.room.lobby": "mod",
        })),
        &keys(),
        NOW,
    )
    .unwrap();
    assert_eq!(verified.identity, ClientIdentity::Fixed("bob".to_owned()));
    assert_eq!(verified.capability.text(), r#"{"lobby":["publish"]}"#);
    assert_eq!(verified.revocation_key.as_deref(), Some("group"));
    assert_eq!(
        verified
            .user_claims
            .resolve_room("lobby")
            .unwrap()
            .user_claim,
        "mod"
    );
    assert_eq!(verified.issued, NOW);
    let whole = verify(&token(json!({})), &keys(), NOW).unwrap();
    assert_eq!(whole.identity, ClientIdentity::Anonymous);
    assert_eq!(whole.capability.text(), r#"{"*":["publish","subscribe"]}"#);
}

#[test]
fn each_fault_has_its_code() {
    for (extra, code) in [
        (json!({"iat": null}), (40144, 400)),
        (json!({"exp": "1700003600"}), (40144, 400)),
        (
            json!({"iat": 1_700_000_030, "exp": 1_700_000_030}),
            (40144, 400),
        ),
        (json!({"exp": 1_700_090_000}), (40003, 400)),
        (json!({"iat": 1_700_000_061}), (40144, 401)),
        (json!({"nbf": 1_700_000_061}), (40144, 401)),
        (
            json!({"iat": 1_699_990_000, "exp": 1_700_000_000}),
            (40142, 401),
        ),
        (json!({"x-ably-clientId": ""}), (40012, 400)),
        (json!({"x-ably-clientId": 7}), (40012, 400)),
        (json!({"x-ably-capability": "{"}), (40144, 400)),
        (json!({"x-ably-capability": 7}), (40144, 400)),
        (json!({"x-ably-capability": r#"{"a":[]}"#}), (40144, 400)),
        (
            json!({"x-ably-capability": r#"{"a":["history"]}"#}),
            (40160, 401),
        ),
        (json!({"x-ably-capability": "{}"}), (40160, 401)),
        (json!({"x-ably-token": 7}), (40144, 401)),
    ] {
        assert_eq!(codes(&token(extra.clone())), [code], "{extra}");
    }
    for extra in [
        json!({"iat": 1_700_000_060}),
        json!({"exp": 1_700_086_400}),
        json!({"exp": 1_700_000_000.001}),
        json!({"x-ably-capability": {"a": ["publish"]}}),
        json!({"x-ably-capability": r#"{"a":["publish","tomorrow"]}"#}),
        json!({"x-ably-capability": ""}),
        json!({"aud": "x", "nbf": 1}),
    ] {
        assert_eq!(codes(&token(extra.clone())), [], "{extra}");
    }
}

#[test]
fn all_failures_are_listed_in_order_and_the_first_is_reported() {
    let token = Minter::with(Some("appid.keyid"), "other")
        .sign(&claims(json!({"iat": 1, "exp": 2, "x-ably-clientId": 7})))
        .unwrap();
    assert_eq!(codes(&token), [(40144, 401), (40142, 401), (40012, 400)]);
    let error = verify(&token, &keys(), NOW).unwrap_err();
    assert!(error.message.contains("invalid signature"), "{error}");
}

#[test]
fn keys_are_told_apart() {
    let sign = |kid| {
        Minter::with(kid, "secret")
            .sign(&claims(json!({})))
            .unwrap()
    };
    assert_eq!(codes(&sign(Some("invalid.invalid"))), [(40400, 404)]);
    assert_eq!(codes(&sign(Some("appid.other"))), [(40400, 401)]);
    assert_eq!(codes(&sign(None)), [(40144, 401)]);
    let whole = verify(&sign(Some("appid.keyid:hidden")), &keys(), NOW);
    assert!(whole.is_ok() || !whole.unwrap_err().message.contains("hidden"));
    let mut entry = KeyEntry::new(key(), Capability::all());
    entry.revoked = true;
    let error = verify(&token(json!({})), &KeyRing::new([entry]), NOW).unwrap_err();
    assert_eq!(error.code, 40131);
}

#[test]
fn a_revocable_key_makes_short_tokens() {
    let mut entry = KeyEntry::new(key(), Capability::all());
    entry.revocable_tokens = true;
    let keys = KeyRing::new([entry]);
    assert!(verify(&token(json!({})), &keys, NOW).is_ok());
    let long = token(json!({"exp": 1_700_003_601}));
    assert_eq!(verify(&long, &keys, NOW).unwrap_err().code, 40003);
}

#[test]
fn unreadable_texts_are_told_from_broken_tokens() {
    let big = "a".repeat(200_000);
    for text in ["", "abc", "a b", "a.b.c.d", "ä", &big] {
        assert_eq!(
            codes(text),
            [(40005, 400)],
            "{}",
            &text[..text.len().min(9)]
        );
    }
    assert_eq!(codes("a.b.c"), [(40144, 401)]);
    assert_eq!(codes("nowhere.token"), [(40400, 404)]);
    assert_eq!(codes("appid.token"), [(40143, 401)]);
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA-OAEP"}"#);
    assert_eq!(codes(&format!("{header}.a.b.c.d"))[0], (40144, 401));
}

fn envelope(header: &Value, payload: &Value) -> String {
    format!(
        "{}.{}.c2ln",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(payload.to_string())
    )
}

#[test]
fn the_token_inside_another_providers_counts() {
    let inner = token(json!({"x-ably-clientId": "bob", "ably.room.*": "in"}));
    let in_header = envelope(&json!({"alg": "RS256", "x-ably-token": inner}), &json!({}));
    let in_claims = envelope(
        &json!({"alg": "RS256"}),
        &json!({"x-ably-token": inner, "exp": 1_700_003_600, "ably.room.*": "out"}),
    );
    let header = URL_SAFE_NO_PAD.encode(json!({"enc": "x", "x-ably-token": inner}).to_string());
    let encrypted = format!("{header}.a.b.c.d");
    for outer in [in_header, in_claims, encrypted] {
        let verified = verify(&outer, &keys(), NOW).unwrap();
        assert_eq!(verified.identity, ClientIdentity::Fixed("bob".to_owned()));
        let claim = verified.user_claims.resolve_room("a").unwrap();
        assert_eq!(claim.user_claim, "in");
    }
    let outlived = envelope(
        &json!({"alg": "RS256", "x-ably-token": inner}),
        &json!({"exp": 1_700_003_601}),
    );
    assert_eq!(codes(&outlived), [(40144, 401)]);
    let nested = token(json!({"x-ably-token": inner}));
    let twice = envelope(&json!({"alg": "RS256", "x-ably-token": nested}), &json!({}));
    assert_eq!(codes(&twice), [(40144, 401)]);
}

struct Server {
    keys: KeyRing,
    sealer: Sealer,
}

impl Keys for Server {
    fn app_exists(&self, app_id: &str) -> bool {
        self.keys.app_exists(app_id)
    }

    fn key(&self, name: &str) -> Option<std::sync::Arc<KeyEntry>> {
        self.keys.key(name)
    }

    fn is_revoked(&self, token: &TokenFacts<'_>) -> bool {
        token.client_id == Some("revoked")
    }

    fn sealer(&self) -> Option<&Sealer> {
        Some(&self.sealer)
    }
}

#[test]
fn ably_tokens_are_opened_by_their_issuer() {
    let server = Server {
        keys: keys(),
        sealer: Sealer::new(&[3; 32]).unwrap(),
    };
    let seal = |client_id: Option<&str>, expires: i64| {
        let token = AblyToken {
            key_name: "appid.keyid".to_owned(),
            issued: NOW,
            expires: Timestamp(expires),
            capability: r#"{"a":["*"]}"#.to_owned(),
            client_id: client_id.map(str::to_owned),
        };
        server.sealer.seal(&token, &Random::seeded(1)).unwrap()
    };
    let after = NOW.millis() + 1;
    let verified = verify(&seal(Some("*"), after), &server, NOW).unwrap();
    assert_eq!(verified.identity, ClientIdentity::Wildcard);
    assert!(
        verified
            .capability
            .allows(&Target::room("a"), Operation::Publish)
    );
    assert!(
        !verified
            .capability
            .allows(&Target::room("a"), Operation::History)
    );
    for (token, code) in [
        (seal(None, NOW.millis()), 40142),
        (seal(Some("revoked"), after), 40141),
        ("appid.AAAA".to_owned(), 40145),
    ] {
        assert_eq!(verify(&token, &server, NOW).unwrap_err().code, code);
    }
    let revoked = token(json!({"x-ably-clientId": "revoked"}));
    assert_eq!(verify(&revoked, &server, NOW).unwrap_err().code, 40141);
}

#[test]
fn times_can_be_checked_without_a_key() {
    let (issued, expires) = verify_times(&token(json!({})), NOW).unwrap();
    assert_eq!(expires.millis() - issued.millis(), 3_600_000);
    let later = Timestamp(expires.millis());
    let failures = verify_times(&token(json!({})), later).unwrap_err();
    assert_eq!(failures[0].code, 40142);
    assert_eq!(verify_times("nonsense", NOW).unwrap_err()[0].code, 40005);
}

proptest! {
    #[test]
    fn no_text_panics(text in ".*", parts in prop::collection::vec("[A-Za-z0-9_-]{0,12}", 0..6)) {
        let _ = verify_all(&text, &keys(), NOW);
        let _ = verify_all(&parts.join("."), &keys(), NOW);
    }

    #[test]
    fn a_changed_token_is_never_good(place in 0..1000_usize, byte in 0..64_u8) {
        let good = token(json!({"x-ably-clientId": "bob"}));
        let mut bytes = good.clone().into_bytes();
        let place = place % bytes.len();
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
        bytes[place] = alphabet[usize::from(byte)];
        let changed = String::from_utf8(bytes).unwrap();
        prop_assume!(changed != good);
        prop_assert!(verify(&changed, &keys(), NOW).is_err());
    }
}
