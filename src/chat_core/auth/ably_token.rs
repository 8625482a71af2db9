//! Ably tokens of our own: `appId.` and a text that only the server that made it can read. Self-contained, so that
//! they outlive a restart, and encrypted, so that they tell nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use serde::{Deserialize, Serialize};

use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::random::Random;

/// The content of an Ably token.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AblyToken {
    /// The key that it was asked for with.
    #[serde(rename = "k")]
    pub key_name: String,
    /// The time of issue.
    #[serde(rename = "i")]
    pub issued: Timestamp,
    /// The end, to the millisecond.
    #[serde(rename = "e")]
    pub expires: Timestamp,
    /// The capability, as JSON text.
    #[serde(rename = "c")]
    pub capability: String,
    /// Its clientId.
    #[serde(rename = "n", default)]
    pub client_id: Option<String>,
}

/// Closes and opens Ably tokens.
pub struct Sealer {
    key: LessSafeKey,
    /// Tells this server's tokens from another's.
    id: [u8; ID_LEN],
}

impl Sealer {
    /// A sealer for a server's secret: the same secret opens what it closed.
    ///
    /// # Errors
    /// 50000 / 500, which no secret causes.
    pub fn new(secret: &[u8; 32]) -> Result<Self> {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let key = hmac::sign(&root, b"ably token: seal");
        let id = hmac::sign(&root, b"ably token: id");
        let key = UnboundKey::new(&CHACHA20_POLY1305, key.as_ref())
            .map_err(|_| ErrorInfo::new(50000, 500, "can't make a token key"))?;
        let mut prefix = [0; ID_LEN];
        prefix.copy_from_slice(&id.as_ref()[..ID_LEN]);
        Ok(Self {
            key: LessSafeKey::new(key),
            id: prefix,
        })
    }

    /// A sealer with a secret of its own.
    ///
    /// # Errors
    /// As [`Sealer::new`].
    pub fn generate(random: &Random) -> Result<Self> {
        let mut secret = [0; 32];
        random.fill(&mut secret);
        Self::new(&secret)
    }

    /// The token's text.
    ///
    /// # Errors
    /// 50000 / 500, which no token causes.
    pub fn seal(&self, token: &AblyToken, random: &Random) -> Result<String> {
        let failed = || ErrorInfo::new(50000, 500, "can't seal the token");
        let app_id = token.key_name.split('.').next().unwrap_or_default();
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let mut body = serde_json::to_vec(token).map_err(|_| failed())?;
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(app_id.as_bytes()),
                &mut body,
            )
            .map_err(|_| failed())?;
        let bytes = [&self.id[..], &nonce[..], &body].concat();
        Ok(format!("{app_id}.{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens `token`. Its expiry is not checked.
    ///
    /// # Errors
    /// 40143 / 401 for another server's token, 40145 / 401 for a mangled one.
    pub fn open(&self, token: &str) -> Result<AblyToken> {
        let mangled = || ErrorInfo::new(40145, 401, "invalid Ably token");
        let (app_id, text) = token.split_once('.').ok_or_else(mangled)?;
        let mut bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| mangled())?;
        let (id, rest) = bytes.split_at_mut_checked(ID_LEN).ok_or_else(mangled)?;
        let (nonce, body) = rest.split_at_mut_checked(NONCE_LEN).ok_or_else(mangled)?;
        if *id != self.id {
            return Err(ErrorInfo::new(40143, 401, "token unrecognized"));
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| mangled())?;
        let body = self
            .key
            .open_in_place(nonce, Aad::from(app_id.as_bytes()), body)
            .map_err(|_| mangled())?;
        serde_json::from_slice(body).map_err(|_| mangled())
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(***)")
    }
}

const ID_LEN: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> AblyToken {
        AblyToken {
            key_name: "app.key".to_owned(),
            issued: Timestamp(1_700_000_000_000),
            expires: Timestamp(1_700_000_000_001),
            capability: r#"{"*":["*"]}"#.to_owned(),
            client_id: Some("bob".to_owned()),
        }
    }

    #[test]
    fn what_was_sealed_opens_here_and_nowhere_else() {
        let random = Random::seeded(1);
        let here = Sealer::new(&[1; 32]).unwrap();
        let text = here.seal(&token(), &random).unwrap();
        assert!(text.starts_with("app.") && text.matches('.').count() == 1);
        assert!(text.len() <= 343, "{}", text.len());
        assert_eq!(here.open(&text).unwrap(), token());
        assert_eq!(Sealer::new(&[1; 32]).unwrap().open(&text).unwrap(), token());
        let elsewhere = Sealer::generate(&random).unwrap();
        assert_eq!(elsewhere.open(&text).unwrap_err().code, 40143);
    }

    #[test]
    fn mangled_tokens_are_invalid() {
        let sealer = Sealer::new(&[1; 32]).unwrap();
        let text = sealer.seal(&token(), &Random::seeded(1)).unwrap();
        let end = text.len() - 4;
        let other_app = text.replacen("app.", "oap.", 1);
        for mangled in ["", "app", "app.", "app.%", &text[..end], &other_app] {
            assert_eq!(sealer.open(mangled).unwrap_err().code, 40145, "{mangled}");
        }
    }
}
