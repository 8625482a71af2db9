//! TokenRequests: signed requests for an Ably token (TE1–TE6, RSA9).

mod nonces;
mod verify;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde::Serialize;
use serde_json::{Map, Value};

use super::key::ApiKey;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::random::Random;

pub use nonces::Nonces;
pub use verify::{GrantedToken, WINDOW, check_unsigned, grant, replayed};

/// A request for a token. Signed once it has a mac.
#[serde_with::skip_serializing_none]
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenRequest {
    /// The key to make the token with (TE2).
    pub key_name: String,
    /// The time to live, in milliseconds; an hour where absent (TE4).
    pub ttl: Option<u64>,
    /// The capability, as JSON text; the key's where absent (TE3).
    pub capability: Option<String>,
    /// The clientId of the token.
    pub client_id: Option<String>,
    /// The time of the request (TE5).
    pub timestamp: Option<Timestamp>,
    /// Makes each request another one (TE6).
    pub nonce: Option<String>,
    /// The signature.
    pub mac: Option<String>,
}

impl TokenRequest {
    /// A request for a token of `key` with nothing else said, made at `now`, unsigned.
    pub fn new(key: &ApiKey, now: Timestamp, random: &Random) -> Self {
        Self {
            key_name: key.name().to_owned(),
            timestamp: Some(now),
            nonce: Some(random.digits(MIN_NONCE)),
            ..Self::default()
        }
    }

    /// The request with the mac that `key` gives it.
    pub fn signed(mut self, key: &ApiKey) -> Self {
        let mac = hmac::sign(&hmac_key(key), self.canonical_text().as_bytes());
        self.mac = Some(STANDARD.encode(mac));
        self
    }

    /// Returns whether the mac is the one that `key` gives the request; in constant time.
    pub fn mac_is_valid(&self, key: &ApiKey) -> bool {
        let Some(mac) = self.mac.as_ref().and_then(|mac| STANDARD.decode(mac).ok()) else {
            return false;
        };
        hmac::verify(&hmac_key(key), self.canonical_text().as_bytes(), &mac).is_ok()
    }

    /// The text that is signed: six fields, each with a line break after it, those that are empty too.
    pub fn canonical_text(&self) -> String {
        let number = |number: Option<u64>| number.map_or_else(String::new, |n| n.to_string());
        let timestamp = self.timestamp.map_or_else(String::new, |t| t.to_string());
        format!(
            "{}\n{}\n{}\n{}\n{}\n{}\n",
            self.key_name,
            number(self.ttl.filter(|ttl| *ttl != 0)),
            self.capability.as_deref().unwrap_or_default(),
            self.client_id.as_deref().unwrap_or_default(),
            timestamp,
            self.nonce.as_deref().unwrap_or_default(),
        )
    }

    /// Reads a request body. Numbers may be texts of digits.
    ///
    /// # Errors
    /// 40000 / 400 for a field of the wrong kind, 40003 / 400 for a ttl that is none.
    pub fn from_json(body: &Value) -> Result<Self> {
        let Value::Object(fields) = body else {
            return Err(ErrorInfo::new(
                40000,
                400,
                "Invalid token request: it is not a JSON object",
            ));
        };
        let ttl = number(fields, "ttl").map_err(|()| {
            ErrorInfo::new(
                40003,
                400,
                "invalid ttl: it is not a whole number of milliseconds",
            )
        })?;
        let timestamp = number(fields, "timestamp").map_err(|()| {
            ErrorInfo::new(
                40000,
                400,
                "Invalid token request: timestamp is not a whole number of milliseconds",
            )
        })?;
        Ok(Self {
            key_name: text(fields, "keyName")?.unwrap_or_default(),
            ttl,
            capability: text(fields, "capability")?.filter(|text| !text.is_empty()),
            client_id: text(fields, "clientId")?,
            timestamp: timestamp.map(|millis| Timestamp(i64::try_from(millis).unwrap_or(i64::MAX))),
            nonce: text(fields, "nonce")?,
            mac: text(fields, "mac")?,
        })
    }
}

impl std::fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenRequest({})", self.key_name)
    }
}

fn hmac_key(key: &ApiKey) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, key.secret().as_bytes())
}

fn text(fields: &Map<String, Value>, name: &str) -> Result<Option<String>> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(ErrorInfo::new(
            40000,
            400,
            format!("Invalid token request: {name} is not a string"),
        )),
    }
}

/// A number in the only spelling that can be signed: digits without a leading zero.
fn number(fields: &Map<String, Value>, name: &str) -> Result<Option<u64>, ()> {
    let number = match fields.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(digits)) => digits
            .parse()
            .ok()
            .filter(|number: &u64| number.to_string() == *digits),
        Some(value) => value.as_u64(),
    };
    number.map(Some).ok_or(())
}

/// The shortest nonce.
pub(crate) const MIN_NONCE: usize = 16;

#[cfg(test)]
mod tests;
