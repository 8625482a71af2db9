use std::time::Duration;

use super::*;
use crate::chat_core::auth::ably_token::Sealer;
use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::keys::{KeyEntry, KeyRing};

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn key() -> ApiKey {
    ApiKey::parse("appid.keyid:secret").unwrap()
}

fn request() -> TokenRequest {
    TokenRequest {
        key_name: "appid.keyid".to_owned(),
        timestamp: Some(NOW),
        nonce: Some("0123456789abcdef".to_owned()),
        ..TokenRequest::default()
    }
}

fn keys(capability: &str) -> KeyRing {
    KeyRing::new([KeyEntry::new(key(), Capability::parse(capability).unwrap())])
}

fn code(request: &TokenRequest) -> Result<GrantedToken, (u32, u16)> {
    grant(
        request,
        "appid.keyid",
        None,
        &keys(r#"{"*":["subscribe","publish"]}"#),
        NOW,
    )
    .map_err(|error| (error.code, error.status_code))
}

#[test]
fn the_worked_examples_sign_byte_for_byte() {
    let whole = TokenRequest {
        ttl: Some(3_600_000),
        capability: Some(
            r#"{"dms:*":["presence","publish","subscribe"],"my-chat-room":["history","subscribe"]}"#
                .to_owned(),
        ),
        client_id: Some("user-123".to_owned()),
        ..request()
    };
    assert_eq!(whole.canonical_text().len(), 144);
    let wildcard = TokenRequest {
        client_id: Some("*".to_owned()),
        ..request()
    };
    for (request, mac) in [
        (whole, "JGXkusRa16AEnsBCtePQ8hkX4KXgqwqXV1oAhjPbKxs="),
        (request(), "/ZkEQW5vwD4Let4iVkpMjYH9vqLNchaiBrxaXOn8AWw="),
        (wildcard, "Xl4evBN2rtB5tBhrc8HPmOshYPruDPfUnL+hYh+snxU="),
    ] {
        assert_eq!(request.signed(&key()).mac.as_deref(), Some(mac));
    }
    assert_eq!(
        serde_json::to_string(&request().signed(&key())).unwrap(),
        r#"{"keyName":"appid.keyid","timestamp":1700000000000,"nonce":"0123456789abcdef","mac":"/ZkEQW5vwD4Let4iVkpMjYH9vqLNchaiBrxaXOn8AWw="}"#
    );
}

#[test]
fn a_body_reads_back_with_numbers_as_texts_too() {
    let signed = TokenRequest {
        ttl: Some(60_000),
        ..request()
    }
    .signed(&key());
    let mut body = serde_json::to_value(&signed).unwrap();
    assert_eq!(TokenRequest::from_json(&body).unwrap(), signed);
    body["ttl"] = "60000".into();
    body["timestamp"] = NOW.to_string().into();
    assert_eq!(TokenRequest::from_json(&body).unwrap(), signed);
    for (field, value, code) in [
        ("ttl", Value::from(-1), 40003),
        ("ttl", "abc".into(), 40003),
        ("ttl", "007".into(), 40003),
        ("capability", serde_json::json!({}), 40000),
        ("timestamp", "soon".into(), 40000),
    ] {
        let mut body = body.clone();
        body[field] = value;
        assert_eq!(TokenRequest::from_json(&body).unwrap_err().code, code);
    }
}

#[test]
fn requests_are_refused_with_the_codes_that_sdks_expect() {
    let with = |change: fn(&mut TokenRequest)| {
        let mut request = request();
        change(&mut request);
        code(&request.signed(&key())).map(|granted| granted.capability.text().to_owned())
    };
    assert_eq!(
        with(|_| {}).unwrap(),
        r#"{"*":["subscribe","publish"]}"#,
        "the key's own text"
    );
    assert_eq!(
        with(|request| request.capability = Some(r#"{"a":["publish","history"]}"#.to_owned())),
        Ok(r#"{"a":["publish"]}"#.to_owned())
    );
    assert_eq!(with(|r| r.ttl = Some(86_400_001)), Err((40003, 400)));
    assert!(with(|r| r.ttl = Some(86_400_000)).is_ok());
    assert_eq!(
        with(|r| r.nonce = Some("short".to_owned())),
        Err((40003, 400))
    );
    assert_eq!(
        with(|r| r.client_id = Some(String::new())),
        Err((40012, 400))
    );
    assert_eq!(
        with(|r| r.timestamp = Some(Timestamp(0))),
        Err((40104, 401))
    );
    for (capability, refusal) in [
        (r#"{"a":[]}"#, (40000, 400)),
        (r#"{"a":["*","publish"]}"#, (40000, 400)),
        (r#"{"a":["publish_"]}"#, (40000, 400)),
        (r#"{"a":["history"]}"#, (40160, 401)),
    ] {
        let mut request = request();
        request.capability = Some(capability.to_owned());
        assert_eq!(code(&request.signed(&key())).err(), Some(refusal));
    }
    let mut tampered = request().signed(&key());
    tampered.client_id = Some("admin".to_owned());
    assert_eq!(code(&tampered).err(), Some((40101, 401)));
    assert_eq!(code(&request()).err(), Some((40101, 401)));
}

#[test]
fn a_nonce_is_good_once_and_basic_needs_no_mac() {
    let keys = keys(r#"{"*":["*"]}"#);
    let mut nonces = Nonces::default();
    let signed = request().signed(&key());
    let mut try_it = |request: &TokenRequest, authenticated| {
        let granted = grant(request, "appid.keyid", authenticated, &keys, NOW);
        let granted = granted.map_err(|error| error.code)?;
        if let (Some(timestamp), Some(nonce)) = (request.timestamp, &request.nonce)
            && !nonces.is_new(&request.key_name, timestamp, nonce, timestamp + WINDOW, NOW)
        {
            return Err(replayed().code);
        }
        Ok(granted.ttl)
    };
    assert_eq!(try_it(&signed, None), Ok(Duration::from_secs(3600)));
    assert_eq!(try_it(&signed, None), Err(40105));
    let bare = TokenRequest {
        key_name: "appid.keyid".to_owned(),
        ..TokenRequest::default()
    };
    assert!(try_it(&bare, Some("appid.keyid")).is_ok());
    assert_eq!(try_it(&bare, Some("appid.other")), Err(40101));
    assert_eq!(
        grant(&signed, "appid.other", None, &keys, NOW)
            .unwrap_err()
            .code,
        40101
    );
}

#[test]
fn an_issued_token_says_what_was_granted() {
    let sealer = Sealer::new(&[7; 32]).unwrap();
    let mut wish = request();
    wish.client_id = Some("*".to_owned());
    wish.ttl = Some(0);
    let granted = code(&wish.signed(&key())).unwrap();
    let details = granted.issue(&sealer, NOW, &Random::seeded(1)).unwrap();
    assert_eq!(details.client_id.as_deref(), Some("*"));
    assert_eq!(details.expires, Some(NOW + Duration::from_secs(3600)));
    let opened = sealer.open(&details.token).unwrap();
    assert_eq!(Some(opened.capability), details.capability);
}
