//! API keys, as in `appId.keyId:secret` (RSA11).

use std::fmt;

use subtle::ConstantTimeEq;

use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::random::Random;

/// An API key. `Debug` and `Display` show its name only.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    name: String,
    secret: String,
}

impl ApiKey {
    /// Reads `appId.keyId:secret`: one `:` with text on both sides, one `.` in the name, a secret of letters, digits and
    /// `-._~+/=`. Nothing in a key means anything to a shell, a `.env` file, a URL's user part or a header, wherever the
    /// key came from.
    ///
    /// # Errors
    /// 40005 / 400, naming the fault and never the secret.
    pub fn parse(text: &str) -> Result<Self> {
        let fault = |what: &str| {
            ErrorInfo::new(40005, 400, format!("Invalid API key: {what}"))
                .with_hint("a key has the form appId.keyId:secret, as in the Ably dashboard")
        };
        if text.is_empty() {
            return Err(fault("it is empty"));
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(fault("it contains white space or control characters"));
        }
        let Some((name, secret)) = text.split_once(':') else {
            return Err(fault("there is no ':' between its name and its secret"));
        };
        if secret.is_empty() {
            return Err(fault("there is no secret after the ':'"));
        }
        if secret.contains(':') {
            return Err(fault("it contains more than one ':'"));
        }
        if !is_key_name(name) {
            return Err(fault("its name is not of the form appId.keyId"));
        }
        if !secret.bytes().all(is_secret_byte) {
            return Err(fault(
                "its secret may have letters, digits and any of - . _ ~ + / = only",
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            secret: secret.to_owned(),
        })
    }

    /// A new key of a new app, with a secret of 43 characters.
    pub fn generate(random: &Random) -> Self {
        Self::generate_in(&random.alphanumeric(6), random)
    }

    /// A new key of the app `app_id`.
    pub fn generate_in(app_id: &str, random: &Random) -> Self {
        Self {
            name: format!("{app_id}.{}", random.alphanumeric(6)),
            secret: random.token(43),
        }
    }

    /// The public part, `appId.keyId`: a JWT's `kid`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The app that the key belongs to.
    pub fn app_id(&self) -> &str {
        self.name.split_once('.').map_or("", |(app, _)| app)
    }

    /// The key's own part of its name, after the dot.
    pub fn id(&self) -> &str {
        self.name.split_once('.').map_or("", |(_, id)| id)
    }

    /// The HMAC key, used as its UTF-8 bytes.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The whole key, `appId.keyId:secret`, for those who must have it.
    pub fn reveal(&self) -> String {
        format!("{}:{}", self.name, self.secret)
    }

    /// Returns whether `candidate` is the secret, in time that depends on lengths only.
    pub fn secret_is(&self, candidate: &str) -> bool {
        self.secret.as_bytes().ct_eq(candidate.as_bytes()).into()
    }
}

/// Returns whether `name` has the form `appId.keyId`.
pub fn is_key_name(name: &str) -> bool {
    name.split_once('.')
        .is_some_and(|(app, key)| is_id(app) && is_id(key))
}

/// Returns whether `text` can be the id of an app or of a key: letters, digits, `-` and `_`.
pub fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The alphabets of base64 and base64url, and the rest of what a URL need not escape.
fn is_secret_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({})", self.name)
    }
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:***", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_splits_into_name_and_secret() {
        let key = ApiKey::parse("appid.keyid:se-cret_1").unwrap();
        assert_eq!(key.name(), "appid.keyid");
        assert_eq!(key.app_id(), "appid");
        assert_eq!(key.secret(), "se-cret_1");
        assert!(key.secret_is("se-cret_1") && !key.secret_is("se-cret_2") && !key.secret_is(""));
    }

    #[test]
    fn malformed_keys_are_refused_without_showing_them() {
        for text in [
            "",
            "appid",
            "appid.keyid",
            "appid.keyid:",
            ":secret",
            "appid:secret",
            "a.b.c:secret",
            "a.:secret",
            ".b:secret",
            "a.b:se:cret",
            "a.b:sec ret",
            "a.b:secret\n",
            "a.b:\0",
            "ä.b:secret",
            "a.b:se'cret",
            "a.b:se\"cret",
            "a.b:se$cret",
            "a.b:se`cret",
            "a.b:se\\cret",
            "a.b:se;cret",
            "a.b:secrét",
        ] {
            let error = ApiKey::parse(text).unwrap_err();
            assert_eq!(error.code, 40005, "{text:?}");
            assert!(
                !error.message.contains("secret")
                    || !text.contains("secret")
                    || error.message.contains("its secret")
            );
        }
    }

    #[test]
    fn neither_debug_nor_display_shows_the_secret() {
        let key = ApiKey::parse("appid.keyid:hidden").unwrap();
        assert!(!format!("{key:?} {key}").contains("hidden"));
        assert_eq!(key.reveal(), "appid.keyid:hidden");
    }

    #[test]
    fn generated_keys_parse() {
        let key = ApiKey::generate(&Random::seeded(1));
        assert_eq!(ApiKey::parse(&key.reveal()).unwrap(), key);
        assert_eq!(key.secret().len(), 43);
    }
}
