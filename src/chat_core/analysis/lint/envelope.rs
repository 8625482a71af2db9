//! Rules about the token as a whole: its size, its header, its signature, and a token inside it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::findings::{Findings, Known};
use crate::chat_core::auth::jwt::{Decoded, signature_is_valid};
use crate::chat_core::auth::key::is_key_name;
use crate::chat_core::auth::verify::{MAX_TOKEN, claim_time};
use crate::chat_core::clock::Timestamp;

pub(super) fn size(token: &str, findings: &mut Findings) {
    findings.apply(&["token-large"]);
    let kib = token.len() / 1024;
    if token.len() > MAX_TOKEN {
        findings.error("token-large", format!("it has {kib} KiB"));
    } else if token.len() > COMFORTABLE {
        findings.warn("token-large", format!("it has {kib} KiB"));
    }
}

pub(super) fn header(decoded: &Decoded<'_>, findings: &mut Findings) {
    findings.apply(&["alg-unsupported", "kid-missing", "kid-not-key-name"]);
    if !decoded.is_canonical {
        findings.error(
            "not-a-jwt",
            "a part is padded, or in standard base64 instead of base64url",
        );
    }
    match decoded.algorithm() {
        Some("HS256") => {}
        Some(other) => findings.error("alg-unsupported", format!("alg is {other}")),
        None => findings.error("alg-unsupported", "the header names no alg"),
    }
    match decoded.kid() {
        None if decoded.header.contains_key("kid") => {
            findings.error("kid-not-key-name", "kid is not a string");
        }
        None => findings.error("kid-missing", "the header has no kid"),
        Some(kid) if kid.contains(':') => findings.error(
            "kid-not-key-name",
            "kid is the whole key: its secret is public now, so revoke it",
        ),
        Some(kid) if !is_key_name(kid) => {
            findings.error(
                "kid-not-key-name",
                format!("kid is '{kid}', which is not of the form appId.keyId"),
            );
        }
        Some(_) => {}
    }
}

pub(super) fn repeated(decoded: &Decoded<'_>, findings: &mut Findings) {
    findings.apply(&["claim-repeated"]);
    for name in decoded.repeated() {
        findings.error(
            "claim-repeated",
            format!("'{name}' is in it more than once"),
        );
    }
}

/// Returns whether the signature fits, and if not, which secret was used in place of the right one.
pub(super) fn secret(decoded: &Decoded<'_>, known: &Known<'_>, findings: &mut Findings) {
    let Some(key) = known.key else {
        return;
    };
    if decoded.kid() != Some(key.name()) || decoded.algorithm() != Some("HS256") {
        return;
    }
    findings.apply(&["wrong-secret"]);
    let fits = |secret: &[u8]| signature_is_valid(decoded.signature, decoded.signed, secret);
    if fits(key.secret().as_bytes()) {
        return;
    }
    let decoded_secret = [
        STANDARD.decode(key.secret()),
        URL_SAFE_NO_PAD.decode(key.secret()),
    ];
    let used = if fits(key.reveal().as_bytes()) {
        "the signature is made with the whole key instead of its secret"
    } else if fits(key.name().as_bytes()) {
        "the signature is made with the name of the key instead of its secret"
    } else if decoded_secret.iter().flatten().any(|secret| fits(secret)) {
        "the signature is made with the secret decoded from base64"
    } else if fits(STANDARD.encode(key.secret()).as_bytes()) {
        "the signature is made with the secret encoded in base64"
    } else {
        "the signature does not fit the key"
    };
    findings.error("wrong-secret", used);
}

pub(super) fn outlives(outer: &Decoded<'_>, inner: &Decoded<'_>, findings: &mut Findings) {
    findings.apply(&["embedded-outlives"]);
    let expires = |decoded: &Decoded<'_>| {
        decoded
            .readable_claims()
            .and_then(|claims| claim_time(claims, "exp"))
    };
    if let (Some(outer), Some(inner)) = (expires(outer), expires(inner))
        && inner < outer
    {
        let seconds = outer.since(inner).as_secs();
        findings.error(
            "embedded-outlives",
            format!("the token inside ends {seconds} s before the one that carries it"),
        );
    }
}

/// The token around one may have expired: nothing of it counts, and its own readers refuse it.
pub(super) fn expired(outer: &Decoded<'_>, now: Timestamp, findings: &mut Findings) {
    findings.apply(&["outer-expired"]);
    let expires = outer
        .readable_claims()
        .and_then(|claims| claim_time(claims, "exp"));
    if let Some(expires) = expires
        && expires <= now
    {
        let ago = now.since(expires).as_secs();
        findings.warn(
            "outer-expired",
            format!("the outer token expired {ago} s ago"),
        );
    }
}

/// The size that all proxies let pass.
const COMFORTABLE: usize = 8 * 1024;
