//! Mints Ably JWTs. Members have a fixed order, so that equal claims give equal tokens.

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Number, Value};

use super::names::{CAPABILITY, CLIENT_ID, REVOCATION_KEY};
use super::provider;
use crate::chat_core::auth::claims::{CHANNEL_PREFIX, ROOM_PREFIX};
use crate::chat_core::auth::key::ApiKey;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};

/// The content of a token to be made.
#[derive(Clone, Debug, Default)]
pub struct Mint {
    /// The time of issue. Whole seconds where possible; milliseconds become a fraction.
    pub issued: Timestamp,
    /// The expiry.
    pub expires: Timestamp,
    /// Its capability, as JSON text; the key's where there is none.
    pub capability: Option<String>,
    /// Its clientId.
    pub client_id: Option<String>,
    /// The group that it can be revoked with.
    pub revocation_key: Option<String>,
    /// User claims for Chat: a room or a pattern, and the value.
    pub room_claims: Vec<(String, String)>,
    /// User claims for Pub/Sub: a channel or a pattern, and the value.
    pub channel_claims: Vec<(String, String)>,
    /// Other claims; one of those above is replaced where it stands.
    pub others: Vec<(String, Value)>,
}

impl Mint {
    /// The claims, in their order.
    pub fn claims(&self) -> Map<String, Value> {
        let mut claims = Map::new();
        claims.insert("iat".to_owned(), seconds(self.issued));
        claims.insert("exp".to_owned(), seconds(self.expires));
        for (name, value) in [
            (CAPABILITY, &self.capability),
            (CLIENT_ID, &self.client_id),
            (REVOCATION_KEY, &self.revocation_key),
        ] {
            if let Some(value) = value {
                claims.insert(name.to_owned(), Value::from(value.as_str()));
            }
        }
        for (prefix, pairs) in [
            (ROOM_PREFIX, &self.room_claims),
            (CHANNEL_PREFIX, &self.channel_claims),
        ] {
            for (pattern, value) in pairs {
                claims.insert(format!("{prefix}{pattern}"), Value::from(value.as_str()));
            }
        }
        for (name, value) in &self.others {
            claims.insert(name.clone(), value.clone());
        }
        claims
    }
}

/// Returns the time of issue of a token that lives for `ttl` from `now`: at a whole second, as most libraries write and
/// some of those that read insist on, unless its life is told in milliseconds and must not begin up to a second ago.
pub fn issued_at(now: Timestamp, ttl: Duration) -> Timestamp {
    if ttl.subsec_millis() == 0 {
        Timestamp(now.seconds() * 1000)
    } else {
        now
    }
}

/// A JWT time: seconds, whole where they are.
pub fn seconds(time: Timestamp) -> Value {
    let millis = time.millis();
    if millis % 1000 == 0 {
        return Value::from(millis / 1000);
    }
    Number::from_f64(millis as f64 / 1000.0).map_or(Value::Null, Value::Number)
}

/// Signs claims with a key.
pub struct Minter {
    header: Header,
    key: EncodingKey,
}

impl Minter {
    /// Signs with `key`, which the tokens name in `kid`.
    pub fn new(key: &ApiKey) -> Self {
        Self::with(Some(key.name()), key.secret())
    }

    /// Signs with any secret and names any key, or none.
    pub fn with(kid: Option<&str>, secret: &str) -> Self {
        provider::install();
        let mut header = Header::new(Algorithm::HS256);
        header.kid = kid.map(str::to_owned);
        Self {
            header,
            key: EncodingKey::from_secret(secret.as_bytes()),
        }
    }

    /// A token with these claims, in their order.
    ///
    /// # Errors
    /// 50000 / 500, which plain JSON does not cause.
    pub fn sign(&self, claims: &Map<String, Value>) -> Result<String> {
        jsonwebtoken::encode(&self.header, claims, &self.key)
            .map_err(|error| ErrorInfo::new(50000, 500, format!("can't sign the token: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKED: &str = concat!(
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImtpZCI6ImFwcGlkLmtleWlkIn0.",
        "eyJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMCwieC1hYmx5LWNhcGFiaWxpdHkiOiJ7XCJteS1jaGF0LXJvb21cIjpb",
        "XCJoaXN0b3J5XCIsXCJwcmVzZW5jZVwiLFwicHVibGlzaFwiLFwic3Vic2NyaWJlXCJdfSIsIngtYWJseS1jbGllbnRJZCI6InVz",
        "ZXItMTIzIiwiYWJseS5yb29tLm15LWNoYXQtcm9vbSI6IntcInJvbGVcIjpcIm1vZGVyYXRvclwifSJ9.",
        "QsEOj0-DakldtepaviXGIrOtyx7tCoyxK8hDgNS_yWc"
    );
    const MINIMAL: &str = concat!(
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImtpZCI6ImFwcGlkLmtleWlkIn0.",
        "eyJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMH0.",
        "yStEvVKRiMktqv5SU5NYqvrpJYquki0vV-vaammWxHs"
    );

    fn minimal() -> Mint {
        Mint {
            issued: Timestamp(1_700_000_000_000),
            expires: Timestamp(1_700_003_600_000),
            ..Mint::default()
        }
    }

    #[test]
    fn the_worked_examples_come_out_byte_for_byte() {
        let minter = Minter::new(&ApiKey::parse("appid.keyid:secret").unwrap());
        assert_eq!(minter.sign(&minimal().claims()).unwrap(), MINIMAL);
        let whole = Mint {
            capability: Some(
                r#"{"my-chat-room":["history","presence","publish","subscribe"]}"#.to_owned(),
            ),
            client_id: Some("user-123".to_owned()),
            room_claims: vec![(
                "my-chat-room".to_owned(),
                r#"{"role":"moderator"}"#.to_owned(),
            )],
            ..minimal()
        };
        assert_eq!(minter.sign(&whole.claims()).unwrap(), WORKED);
    }

    #[test]
    fn set_replaces_a_claim_where_it_stands_and_adds_others_at_the_end() {
        let mint = Mint {
            others: vec![
                ("iat".to_owned(), Value::from("soon")),
                ("sub".to_owned(), Value::from("x")),
            ],
            ..minimal()
        };
        assert_eq!(
            Value::Object(mint.claims()).to_string(),
            r#"{"iat":"soon","exp":1700003600,"sub":"x"}"#
        );
    }

    #[test]
    fn milliseconds_become_a_fraction() {
        assert_eq!(seconds(Timestamp(1_500)).to_string(), "1.5");
    }
}
