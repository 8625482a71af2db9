//! Decodes a JWT without verifying it. Lenient, so that a bad one can be described: `none`, keys that are no text,
//! `crit`, encrypted tokens and padded parts are all read.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose::URL_SAFE_NO_PAD};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::names::{CAPABILITY, EMBEDDED};
use crate::chat_core::error::{ErrorInfo, Result};

/// The shape of a token, by its dots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `appId.text`: an Ably token.
    AblyToken,
    /// Three parts: a signed JWT.
    Signed,
    /// Five parts: an encrypted JWT, of which only the header can be read.
    Encrypted,
}

impl Shape {
    /// The shape of `token`, if it has one.
    pub fn of(token: &str) -> Option<Self> {
        match token.bytes().filter(|byte| *byte == b'.').count() {
            1 => Some(Self::AblyToken),
            2 => Some(Self::Signed),
            4 => Some(Self::Encrypted),
            _ => None,
        }
    }
}

/// A decoded JWT, not verified.
#[derive(Clone, Debug)]
pub struct Decoded<'a> {
    /// The header.
    pub header: Map<String, Value>,
    /// The claims; absent where the token is encrypted, an error where they can't be read.
    pub claims: Option<Result<Map<String, Value>>>,
    /// True if each part is in base64url without padding, as verification demands.
    pub is_canonical: bool,
    /// The text that the signature is over.
    pub signed: &'a str,
    /// The signature as it stands there; empty for `none`.
    pub signature: &'a str,
}

/// Reads `token`.
///
/// # Errors
/// 40144 / 401 for a text that has the shape of a JWT and can't be read, 40005 / 400 for one that has not.
pub fn decode(token: &str) -> Result<Decoded<'_>> {
    let is_encrypted = match Shape::of(token) {
        Some(Shape::Signed) => false,
        Some(Shape::Encrypted) => true,
        _ => {
            return Err(ErrorInfo::new(
                40005,
                400,
                "Invalid accessToken in request: it is not a JWT",
            ));
        }
    };
    let mut parts = token.split('.');
    let header_part = parts.next().unwrap_or_default();
    let (header, header_is_canonical) = object(header_part, "header")?;
    let (signed, signature) = token.rsplit_once('.').unwrap_or((token, ""));
    let mut is_canonical = header_is_canonical && is_url_safe(signature);
    let claims = (!is_encrypted).then(|| {
        let (claims, is_url_safe) = object(parts.next().unwrap_or_default(), "payload")?;
        is_canonical &= is_url_safe;
        Ok(claims)
    });
    Ok(Decoded {
        header,
        claims,
        is_canonical,
        signed,
        signature,
    })
}

impl Decoded<'_> {
    /// The claims, where they could be read.
    pub fn readable_claims(&self) -> Option<&Map<String, Value>> {
        self.claims.as_ref()?.as_ref().ok()
    }

    /// The algorithm, where it is named.
    pub fn algorithm(&self) -> Option<&str> {
        self.header.get("alg")?.as_str()
    }

    /// The key that the header names, where it is a text.
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid")?.as_str()
    }

    /// The token inside this one: in the header, or else in the claims.
    pub fn embedded(&self) -> Option<&Value> {
        self.header
            .get(EMBEDDED)
            .or_else(|| self.readable_claims()?.get(EMBEDDED))
    }

    /// The capability that the token claims, or the one inside it, as JSON text; none means all that its key may.
    ///
    /// # Errors
    /// 40144 / 401 for claims that can't be read.
    pub fn claimed_capability(&self) -> Result<Option<String>> {
        let text = |decoded: &Decoded<'_>| {
            let text = capability_text(decoded.readable_claims()?)?;
            Some(text.into_owned()).filter(|text| !text.is_empty())
        };
        match self.embedded().and_then(Value::as_str) {
            Some(inner) => decode(inner).map(|inner| text(&inner)),
            None => match &self.claims {
                Some(Err(error)) => Err(error.clone()),
                _ => Ok(text(self)),
            },
        }
    }

    /// The names that stand more than once in the header or among the claims: of these, some readers take the first
    /// and others the last.
    pub fn repeated(&self) -> Vec<String> {
        let mut repeated = Vec::new();
        for part in self.signed.split('.').take(2) {
            let names =
                lenient(part).and_then(|bytes| serde_json::from_slice::<Names>(&bytes).ok());
            let mut seen = std::collections::HashSet::new();
            for name in names.into_iter().flat_map(|names| names.0) {
                if !seen.insert(name.clone()) && !repeated.contains(&name) {
                    repeated.push(name);
                }
            }
        }
        repeated
    }

    /// Returns whether the token is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.claims.is_none()
    }
}

/// The capability among `claims` as JSON text, also where it stands there as an object.
pub fn capability_text(claims: &Map<String, Value>) -> Option<Cow<'_, str>> {
    Some(match claims.get(CAPABILITY)? {
        Value::String(text) => Cow::Borrowed(text),
        object => Cow::Owned(object.to_string()),
    })
}

fn object(part: &str, name: &str) -> Result<(Map<String, Value>, bool)> {
    let fault = |what: &str| {
        ErrorInfo::new(
            40144,
            401,
            format!("Unexpected exception decoding token; err = its {name} {what}"),
        )
    };
    let strict = URL_SAFE_NO_PAD.decode(part);
    let is_canonical = strict.is_ok();
    let bytes = match strict {
        Ok(bytes) => bytes,
        Err(_) => lenient(part).ok_or_else(|| fault("is not base64url"))?,
    };
    let value: Value = serde_json::from_slice(&bytes).map_err(|_| fault("is not JSON"))?;
    match value {
        Value::Object(map) => Ok((map, is_canonical)),
        _ => Err(fault("is not a JSON object")),
    }
}

/// The names of an object's members, as often as they stand there.
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Names;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, IgnoredAny)) = map.next_entry()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

fn is_url_safe(part: &str) -> bool {
    part.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Decodes either alphabet, padded or not.
fn lenient(part: &str) -> Option<Vec<u8>> {
    let url_safe: String = part
        .chars()
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            c => c,
        })
        .collect();
    LENIENT.decode(url_safe).ok()
}

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encode(text: &str) -> String {
        URL_SAFE_NO_PAD.encode(text)
    }

    #[test]
    fn what_a_strict_reader_refuses_can_be_talked_about() {
        let token = format!(
            "{}.{}.",
            encode(r#"{"alg":"none","kid":7,"crit":["x"]}"#),
            encode(r#"{"x-ably-token":"inner"}"#)
        );
        let decoded = decode(&token).unwrap();
        assert_eq!(decoded.algorithm(), Some("none"));
        assert_eq!(decoded.kid(), None);
        assert_eq!(decoded.signature, "");
        assert_eq!(decoded.embedded(), Some(&Value::from("inner")));
        assert!(decoded.is_canonical);
    }

    #[test]
    fn names_that_stand_twice_are_found() {
        let token = format!(
            "{}.{}.x",
            encode(r#"{"alg":"HS256","kid":"a.b","kid":"a.c"}"#),
            encode(r#"{"exp":1,"iat":1,"exp":2,"exp":3,"x":{"exp":1}}"#)
        );
        assert_eq!(decode(&token).unwrap().repeated(), ["kid", "exp"]);
        let token = format!("{}.{}.x", encode("{}"), encode(r#"{"a":{"a":1}}"#));
        assert!(decode(&token).unwrap().repeated().is_empty());
    }

    #[test]
    fn standard_base64_is_read_and_marked() {
        let header = base64::engine::general_purpose::STANDARD.encode(r#"{"alg":"HS256"} "#);
        assert!(header.ends_with('='), "{header}");
        let token = format!("{header}.{}.sig", encode("{}"));
        let decoded = decode(&token).unwrap();
        assert_eq!(decoded.algorithm(), Some("HS256"));
        assert!(!decoded.is_canonical);
    }

    #[test]
    fn an_encrypted_token_shows_its_header_only() {
        let token = format!("{}.a.b.c.d", encode(r#"{"alg":"dir","x-ably-token":"t"}"#));
        let decoded = decode(&token).unwrap();
        assert!(decoded.is_encrypted());
        assert_eq!(decoded.embedded(), Some(&Value::from("t")));
    }

    #[test]
    fn what_is_no_jwt_is_told_from_what_is_a_broken_one() {
        for (text, code) in [
            ("", 40005),
            ("abc", 40005),
            ("a.b.c.d", 40005),
            ("a.b.c", 40144),
            ("..", 40144),
            ("e30.$.x", 0),
        ] {
            match decode(text) {
                Ok(decoded) => {
                    assert_eq!(code, 0, "{text}");
                    assert!(matches!(decoded.claims, Some(Err(error)) if error.code == 40144));
                }
                Err(error) => assert_eq!(error.code, code, "{text}"),
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*", parts in prop::collection::vec("[A-Za-z0-9_=+/-]{0,12}", 0..6)) {
            let _ = decode(&text);
            let _ = decode(&parts.join("."));
        }
    }
}
