//! The signature of a batch: an HMAC with SHA-256 over the body as it is sent, in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use crate::chat_core::auth::ApiKey;

fn mac_key(key: &ApiKey) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, key.secret().as_bytes())
}

/// Returns the signature of `body` by the secret of `key`.
pub fn sign(key: &ApiKey, body: &[u8]) -> String {
    STANDARD.encode(hmac::sign(&mac_key(key), body))
}

/// Returns whether `signature` is that of `body` by the secret of `key`; in constant time.
pub fn verify(key: &ApiKey, body: &[u8], signature: &str) -> bool {
    let signature = STANDARD.decode(signature.trim());
    signature.is_ok_and(|signature| hmac::verify(&mac_key(key), body, &signature).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_other_implementations() {
        let key = ApiKey::parse("app.key:notARealSecret_1").unwrap();
        for (body, signature) in [
            (
                r#"{"items":[]}"#,
                "/uPCZ8pl76wZabCO/S1UqUcqV8K5gLu3oe6+MUl4sBE=",
            ),
            (
                r#"{"items":[{"name":"channel.message","data":{"x":"grün"}}]}"#,
                "YeESz2ymug4L70hqTIFDhD/VtpFira2WF1GWKfSjSM0=",
            ),
        ] {
            assert_eq!(sign(&key, body.as_bytes()), signature);
            assert!(verify(&key, body.as_bytes(), signature));
            assert!(!verify(&key, format!("{body} ").as_bytes(), signature));
            assert!(!verify(&key, body.as_bytes(), &signature[1..]));
        }
    }
}
