//! Verification of tokens: the checks in the order in which their codes matter to SDKs, the first failure first.
//!
//! Expiry is looked at after the signature: otherwise a forger could learn which tokens were once real, and a client
//! with a forged token would be told to renew it.

mod ably_token;
mod checks;
mod embedded;
mod findings;
mod verified;

use std::sync::Arc;

use super::capability::Capability;
use super::claims::UserClaims;
use super::jwt::{self, Shape};
use super::keys::{self, KeyEntry, Keys, TokenFacts};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use findings::{Checked, Failures};

pub use verified::Verified;

pub(crate) use checks::{LEEWAY, MAX_REVOCABLE_TTL, MAX_TOKEN, MAX_TTL, claim_time, is_millis};

/// Checks a token: an Ably JWT, another provider's JWT with one inside, or an Ably token.
///
/// # Errors
/// The first failure.
pub fn verify(token: &str, keys: &dyn Keys, now: Timestamp) -> Result<Verified> {
    let mut findings = Failures::first_only();
    match inspect(token, keys, now, &mut findings) {
        Ok(Some(verified)) => Ok(verified),
        _ => Err(findings.into_first()),
    }
}

/// Checks a token and goes on after a failure, as far as what is left can be judged.
///
/// # Errors
/// All failures, the one that [`verify`] reports first.
pub fn verify_all(
    token: &str,
    keys: &dyn Keys,
    now: Timestamp,
) -> Result<Verified, Vec<ErrorInfo>> {
    let mut findings = Failures::default();
    match inspect(token, keys, now, &mut findings) {
        Ok(Some(verified)) if findings.is_empty() => Ok(verified),
        _ => Err(findings.into_all()),
    }
}

/// Checks only the times of a JWT, for which no key is needed: presence, order and size of `iat` and `exp`, and both
/// against `now`. Gives when the token was issued and when it ends.
///
/// # Errors
/// All failures.
pub fn verify_times(token: &str, now: Timestamp) -> Result<(Timestamp, Timestamp), Vec<ErrorInfo>> {
    let mut findings = Failures::default();
    let times = (|| -> Checked<_> {
        if findings.check(checks::readable(token))?.is_none() {
            return Ok(None);
        }
        let Some(decoded) = findings.check(jwt::decode(token))? else {
            return Ok(None);
        };
        match embedded::inner(&decoded) {
            Some(Ok(inner)) => {
                let Some(decoded) = findings.check(jwt::decode(inner))? else {
                    return Ok(None);
                };
                times_of(&decoded, now, &mut findings)
            }
            _ => times_of(&decoded, now, &mut findings),
        }
    })();
    match times {
        Ok(Some(times)) if findings.is_empty() => Ok(times),
        _ => Err(findings.into_all()),
    }
}

fn times_of(
    decoded: &jwt::Decoded<'_>,
    now: Timestamp,
    findings: &mut Failures,
) -> Checked<Option<(Timestamp, Timestamp)>> {
    match findings.check(checks::claims(decoded))? {
        Some(claims) => checks::times(claims, checks::MAX_TTL, now, findings),
        None => Ok(None),
    }
}

fn inspect(
    token: &str,
    keys: &dyn Keys,
    now: Timestamp,
    findings: &mut Failures,
) -> Checked<Option<Verified>> {
    if findings.check(checks::readable(token))?.is_none() {
        return Ok(None);
    }
    if Shape::of(token) == Some(Shape::AblyToken) {
        return ably_token::inspect(token, keys, now, findings);
    }
    let Some(decoded) = findings.check(jwt::decode(token))? else {
        return Ok(None);
    };
    match embedded::inner(&decoded) {
        Some(inner) => match findings.check(inner)? {
            Some(inner) => embedded::inspect(&decoded, inner, keys, now, findings),
            None => Ok(None),
        },
        None => inspect_jwt(&decoded, keys, now, findings),
    }
}

/// Checks form and signature, and returns the key that the token names, where it is known.
fn inspect_signature(
    decoded: &jwt::Decoded<'_>,
    keys: &dyn Keys,
    findings: &mut Failures,
) -> Checked<Option<Arc<KeyEntry>>> {
    findings.check(checks::form(decoded))?;
    let has_algorithm = findings.check(checks::algorithm(decoded))?.is_some();
    let entry = match findings.check(checks::kid(decoded))? {
        Some(kid) => findings.check(keys::find(keys, kid))?,
        None => None,
    };
    if let Some(entry) = &entry {
        findings.check(keys::require_in_force(entry))?;
        if has_algorithm {
            findings.check(checks::signature(decoded, &entry.key))?;
        }
    }
    Ok(entry)
}

/// Runs the checks of a JWT that carries no other token.
fn inspect_jwt(
    decoded: &jwt::Decoded<'_>,
    keys: &dyn Keys,
    now: Timestamp,
    findings: &mut Failures,
) -> Checked<Option<Verified>> {
    let entry = inspect_signature(decoded, keys, findings)?;
    let Some(claims) = findings.check(checks::claims(decoded))? else {
        return Ok(None);
    };
    let max_ttl = match &entry {
        Some(entry) if entry.revocable_tokens => checks::MAX_REVOCABLE_TTL,
        _ => checks::MAX_TTL,
    };
    let times = checks::times(claims, max_ttl, now, findings)?;
    let capability = checks::capability(claims);
    let everything = Capability::all();
    let of_key = entry
        .as_ref()
        .map_or(&everything, |entry| &entry.capability);
    if let (Some(entry), Some((issued, _))) = (&entry, times) {
        let facts = TokenFacts {
            key_name: entry.key.name(),
            issued,
            client_id: checks::text(claims, jwt::CLIENT_ID),
            revocation_key: checks::text(claims, jwt::REVOCATION_KEY),
            capability: match &capability {
                Ok(Some(own)) => own,
                _ => of_key,
            },
        };
        findings.check(checks::in_force(keys, &facts))?;
    }
    let identity = findings.check(checks::identity(claims))?;
    let (effective, claimed) = match findings.check(capability)? {
        Some(own) => (
            findings.check(checks::effective(own.as_ref(), of_key))?,
            own,
        ),
        None => (None, None),
    };
    let (Some(entry), Some((issued, expires)), Some(identity), Some(capability)) =
        (entry, times, identity, effective)
    else {
        return Ok(None);
    };
    Ok(Some(Verified {
        key_name: entry.key.name().to_owned(),
        identity,
        capability,
        claimed,
        user_claims: UserClaims::from_claims(claims),
        issued,
        expires,
        revocation_key: checks::text(claims, jwt::REVOCATION_KEY).map(str::to_owned),
        claims: claims.clone(),
    }))
}

#[cfg(test)]
mod tests;
