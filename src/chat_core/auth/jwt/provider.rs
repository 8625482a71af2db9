//! The signature algorithm, HS256 over ring, handed to `jsonwebtoken` through its hook. Other algorithms are errors.

use std::sync::Once;

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{self, ErrorKind, new_error};
use jsonwebtoken::signature::{Error, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey};
use ring::hmac;

/// Makes `jsonwebtoken` sign and verify with ring. Somebody who was first stays.
pub(super) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let _ = PROVIDER.install_default();
    });
}

/// Returns whether `signature`, in base64url, is that of `message` under `secret`; in constant time.
pub fn signature_is_valid(signature: &str, message: &str, secret: &[u8]) -> bool {
    install();
    let key = DecodingKey::from_secret(secret);
    jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key, Algorithm::HS256)
        .unwrap_or(false)
}

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(hs256(*algorithm, key.as_bytes())?)),
    verifier_factory: |algorithm, key| Ok(Box::new(hs256(*algorithm, key.try_get_as_bytes()?)?)),
    key_utils: KeyUtils::new_unimplemented(),
};

struct Hs256(hmac::Key);

fn hs256(algorithm: Algorithm, secret: &[u8]) -> errors::Result<Hs256> {
    match algorithm {
        Algorithm::HS256 => Ok(Hs256(hmac::Key::new(hmac::HMAC_SHA256, secret))),
        _ => Err(new_error(ErrorKind::UnsupportedAlgorithm)),
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(hmac::sign(&self.0, message).as_ref().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), Error> {
        hmac::verify(&self.0, message, signature).map_err(|_| Error::new())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::EncodingKey;

    use super::*;

    #[test]
    fn other_algorithms_are_errors() {
        install();
        for algorithm in [Algorithm::HS384, Algorithm::HS512, Algorithm::RS256] {
            assert!(
                jsonwebtoken::crypto::sign(b"m", &EncodingKey::from_secret(b"s"), algorithm)
                    .is_err()
            );
        }
    }

    #[test]
    fn a_signature_fits_its_message_and_secret_only() {
        install();
        let signature =
            jsonwebtoken::crypto::sign(b"m", &EncodingKey::from_secret(b"s"), Algorithm::HS256)
                .unwrap();
        assert!(signature_is_valid(&signature, "m", b"s"));
        assert!(!signature_is_valid(&signature, "n", b"s"));
        assert!(!signature_is_valid(&signature, "m", b"t"));
        assert!(!signature_is_valid("not base64", "m", b"s"));
    }
}
