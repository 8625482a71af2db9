//! Tokens that must be refused, for negative tests.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::jwt::{CAPABILITY, Mint, Minter};
use super::key::ApiKey;
use super::nearest::nearest;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::random::Random;

/// A deliberate fault in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// Expired a minute ago.
    Expired,
    /// Issued an hour from now.
    NotYetValid,
    /// A byte of its signature is another.
    BadSignature,
    /// Signed with a random secret.
    WrongKey,
    /// Its app has no key of that name.
    UnknownKey,
    /// Not signed (`alg` is `none`).
    AlgNone,
    /// Without `exp`.
    NoExpiry,
    /// Without the name of its key.
    NoKid,
    /// Its capability is not JSON.
    CapabilityGarbage,
    /// Its times are in milliseconds.
    Milliseconds,
    /// Valid for more than a day.
    TtlTooLong,
    /// Half of its signature is gone.
    Truncated,
}

impl Invalid {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Expired,
        Self::NotYetValid,
        Self::BadSignature,
        Self::WrongKey,
        Self::UnknownKey,
        Self::AlgNone,
        Self::NoExpiry,
        Self::NoKid,
        Self::CapabilityGarbage,
        Self::Milliseconds,
        Self::TtlTooLong,
        Self::Truncated,
    ];

    /// The word for it on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::BadSignature => "bad-signature",
            Self::WrongKey => "wrong-key",
            Self::UnknownKey => "unknown-key",
            Self::AlgNone => "alg-none",
            Self::NoExpiry => "no-expiry",
            Self::NoKid => "no-kid",
            Self::CapabilityGarbage => "capability-garbage",
            Self::Milliseconds => "milliseconds",
            Self::TtlTooLong => "ttl-too-long",
            Self::Truncated => "truncated",
        }
    }

    /// The kind called `word`.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == word)
    }

    /// The name nearest to `word`, if one is near.
    pub fn nearest(word: &str) -> Option<&'static str> {
        nearest(word, Self::ALL.into_iter().map(Self::name))
    }

    /// The code that it is refused with.
    pub const fn code(self) -> u32 {
        match self {
            Self::Expired => 40142,
            Self::UnknownKey => 40400,
            Self::TtlTooLong | Self::Milliseconds => 40003,
            _ => 40144,
        }
    }

    /// A token that says what `mint` says, as far as it can, and is wrong in this one way.
    ///
    /// # Errors
    /// As [`Minter::sign`].
    pub fn mint(
        self,
        mint: &Mint,
        key: &ApiKey,
        now: Timestamp,
        random: &Random,
    ) -> Result<String> {
        let mut mint = mint.clone();
        let ttl = mint
            .expires
            .since(mint.issued)
            .clamp(Duration::from_secs(1), DAY);
        match self {
            Self::Expired => {
                mint.expires = now - Duration::from_secs(60);
                mint.issued = mint.expires - ttl;
            }
            Self::NotYetValid => {
                mint.issued = now + HOUR;
                mint.expires = mint.issued + ttl;
            }
            Self::TtlTooLong => mint.expires = mint.issued + DAY + HOUR,
            _ => {}
        }
        let mut claims = mint.claims();
        match self {
            Self::NoExpiry => {
                claims.shift_remove("exp");
            }
            Self::CapabilityGarbage => {
                claims.insert(CAPABILITY.to_owned(), Value::from(r#"{"lobby":["publish""#));
            }
            Self::Milliseconds => {
                claims.insert("iat".to_owned(), Value::from(mint.issued.millis()));
                claims.insert("exp".to_owned(), Value::from(mint.expires.millis()));
            }
            _ => {}
        }
        self.sign(&claims, key, random)
    }

    fn sign(self, claims: &Map<String, Value>, key: &ApiKey, random: &Random) -> Result<String> {
        let good = Minter::new(key);
        match self {
            Self::WrongKey => Minter::with(Some(key.name()), &random.token(43)).sign(claims),
            Self::UnknownKey => {
                let name = format!("{}.{}", key.app_id(), random.alphanumeric(6));
                Minter::with(Some(&name), key.secret()).sign(claims)
            }
            Self::NoKid => Minter::with(None, key.secret()).sign(claims),
            Self::AlgNone => {
                let header = json!({"typ": "JWT", "alg": "none", "kid": key.name()});
                Ok(format!(
                    "{}.{}.",
                    URL_SAFE_NO_PAD.encode(header.to_string()),
                    URL_SAFE_NO_PAD.encode(Value::Object(claims.clone()).to_string())
                ))
            }
            Self::BadSignature => good.sign(claims).map(|token| with_changed_byte(&token)),
            Self::Truncated => good.sign(claims).map(|token| {
                let signed = token.rfind('.').map_or(0, |dot| dot + 1);
                token[..signed + (token.len() - signed) / 2].to_owned()
            }),
            _ => good.sign(claims),
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The token with the first byte of its signature turned over.
fn with_changed_byte(token: &str) -> String {
    let Some((signed, signature)) = token.rsplit_once('.') else {
        return token.to_owned();
    };
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    if let Some(first) = bytes.first_mut() {
        *first ^= 0xff;
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes))
}

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::auth::{Capability, KeyEntry, KeyRing, verify};

    #[test]
    fn each_is_refused_with_its_code_and_for_nothing_else() {
        let now = Timestamp(1_700_000_000_123);
        let key = ApiKey::parse("appid.keyid:secret").unwrap();
        let keys = KeyRing::new([KeyEntry::new(key.clone(), Capability::all())]);
        let mint = Mint {
            issued: now,
            expires: now + HOUR,
            client_id: Some("bob".to_owned()),
            ..Mint::default()
        };
        assert!(verify(&Minter::new(&key).sign(&mint.claims()).unwrap(), &keys, now).is_ok());
        for kind in Invalid::ALL {
            let token = kind.mint(&mint, &key, now, &Random::seeded(1)).unwrap();
            let error = verify(&token, &keys, now).unwrap_err();
            assert_eq!(error.code, kind.code(), "{kind}: {error}");
            assert_eq!(token.matches('.').count(), 2, "{kind}");
            assert_eq!(Invalid::parse(kind.name()), Some(kind));
        }
    }
}
