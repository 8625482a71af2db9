//! The single checks of a JWT, each with the code that it fails with.

use std::time::Duration;

use serde_json::{Map, Value};

use super::findings::{Checked, Failures};
use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::identity::{ClientIdentity, check_client_id};
use crate::chat_core::auth::jwt::{self, Decoded};
use crate::chat_core::auth::key::ApiKey;
use crate::chat_core::auth::keys::{Keys, TokenFacts};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};

/// The longest life of a token.
pub(crate) const MAX_TTL: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest life of a token that can be revoked.
pub(crate) const MAX_REVOCABLE_TTL: Duration = Duration::from_secs(60 * 60);
/// The time in the future that a token may have been issued at.
pub(crate) const LEEWAY: Duration = Duration::from_secs(60);
/// Seconds above this are milliseconds: as seconds they lie beyond the year 5000.
const MILLISECONDS_ABOVE: i64 = 100_000_000_000;
/// The longest text that is looked at.
pub(crate) const MAX_TOKEN: usize = 128 * 1024;

pub(super) fn readable(token: &str) -> Result<()> {
    let fault = if token.is_empty() {
        "it is empty"
    } else if token.len() > MAX_TOKEN {
        "it is longer than 128 KiB"
    } else if token.chars().any(|c| c.is_whitespace() || c.is_control()) {
        "it contains white space or control characters"
    } else {
        return Ok(());
    };
    Err(ErrorInfo::new(
        40005,
        400,
        format!("Invalid accessToken in request: {fault}"),
    ))
}

pub(super) fn form(decoded: &Decoded<'_>) -> Result<()> {
    if decoded.is_encrypted() {
        return Err(undecodable(
            "it is encrypted and carries no x-ably-token in its header",
        ));
    }
    if !decoded.is_canonical {
        return Err(undecodable("a part is not in base64url without padding"));
    }
    if decoded.header.contains_key("crit") {
        return Err(undecodable("its header demands extensions with 'crit'"));
    }
    Ok(())
}

pub(super) fn algorithm(decoded: &Decoded<'_>) -> Result<()> {
    match decoded.algorithm() {
        Some("HS256") => Ok(()),
        Some(other) => Err(undecodable(&format!(
            "its algorithm is '{}', and only HS256 is accepted",
            other.chars().take(32).collect::<String>()
        ))),
        None => Err(undecodable("its header names no algorithm")),
    }
}

pub(super) fn kid<'a>(decoded: &'a Decoded<'_>) -> Result<&'a str> {
    match decoded.header.get("kid") {
        Some(Value::String(kid)) => Ok(kid),
        Some(_) => Err(undecodable("the 'kid' in its header is not a string")),
        None => Err(undecodable(
            "its header has no 'kid', so its key is not known",
        )),
    }
}

pub(super) fn signature(decoded: &Decoded<'_>, key: &ApiKey) -> Result<()> {
    if jwt::signature_is_valid(decoded.signature, decoded.signed, key.secret().as_bytes()) {
        return Ok(());
    }
    Err(undecodable("invalid signature"))
}

pub(super) fn claims<'a>(decoded: &'a Decoded<'_>) -> Result<&'a Map<String, Value>> {
    match &decoded.claims {
        Some(claims) => claims.as_ref().map_err(Clone::clone),
        None => Err(undecodable("its claims are encrypted")),
    }
}

/// Steps 12 to 15: when the token was issued and when it ends.
pub(super) fn times(
    claims: &Map<String, Value>,
    max_ttl: Duration,
    now: Timestamp,
    findings: &mut Failures,
) -> Checked<Option<(Timestamp, Timestamp)>> {
    let issued = findings.check(time(claims, "iat"))?;
    let expires = findings.check(time(claims, "exp"))?;
    if let (Some(issued), Some(expires)) = (issued, expires) {
        findings.check(ttl(issued, expires, max_ttl))?;
    }
    if let Some(issued) = issued {
        findings.check(not_before("iat", issued, now))?;
    }
    if let Ok(not_before_time) = time(claims, "nbf") {
        findings.check(not_before("nbf", not_before_time, now))?;
    }
    if let Some(expires) = expires {
        findings.check(not_expired(expires, now))?;
    }
    Ok(issued.zip(expires))
}

/// The moment that a claim in seconds stands for.
pub(super) fn time(claims: &Map<String, Value>, name: &str) -> Result<Timestamp> {
    claim_time(claims, name).ok_or_else(|| {
        ErrorInfo::new(
            40144,
            400,
            format!("Invalid token; {name} must be specified"),
        )
        .with_hint(format!("{name} is a JSON number: seconds since 1970"))
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a float beyond the range becomes its end"
)]
fn of_seconds(seconds: f64) -> Timestamp {
    Timestamp((seconds * 1000.0).round() as i64)
}

/// Returns whether a time that was read as seconds was most likely written in milliseconds.
pub(crate) fn is_millis(time: Timestamp) -> bool {
    time.seconds() > MILLISECONDS_ABOVE
}

/// The moment that a claim in seconds stands for, if it is a number.
pub(crate) fn claim_time(claims: &Map<String, Value>, name: &str) -> Option<Timestamp> {
    claims.get(name).and_then(Value::as_f64).map(of_seconds)
}

fn ttl(issued: Timestamp, expires: Timestamp, max: Duration) -> Result<()> {
    if expires <= issued {
        return Err(ErrorInfo::new(
            40144,
            400,
            "Invalid token; exp must be later than iat",
        ));
    }
    if expires.since(issued) <= max {
        return Ok(());
    }
    let most = max.as_secs() / 3600;
    let fault = if is_millis(issued) || is_millis(expires) {
        "invalid ttl: exp and iat are in milliseconds, and must be in seconds".to_owned()
    } else {
        format!("invalid ttl: the token is valid for longer than {most} h")
    };
    Err(ErrorInfo::new(40003, 400, fault))
}

fn not_before(name: &str, time: Timestamp, now: Timestamp) -> Result<()> {
    if time <= now + LEEWAY {
        return Ok(());
    }
    Err(ErrorInfo::new(
        40144,
        401,
        format!(
            "Invalid token; it is not yet valid: {name} is {}, the time is {}",
            time.seconds(),
            now.seconds()
        ),
    ))
}

pub(super) fn not_expired(expires: Timestamp, now: Timestamp) -> Result<()> {
    if now < expires {
        return Ok(());
    }
    Err(ErrorInfo::new(40142, 401, "Token expired"))
}

pub(super) fn in_force(keys: &dyn Keys, facts: &TokenFacts<'_>) -> Result<()> {
    if keys.is_revoked(facts) {
        return Err(ErrorInfo::new(40141, 401, "token revoked"));
    }
    Ok(())
}

pub(super) fn identity(claims: &Map<String, Value>) -> Result<ClientIdentity> {
    match claims.get(jwt::CLIENT_ID) {
        None => Ok(ClientIdentity::Anonymous),
        Some(Value::String(client_id)) if client_id == "*" => Ok(ClientIdentity::Wildcard),
        Some(Value::String(client_id)) if !client_id.is_empty() => {
            check_client_id(client_id)?;
            Ok(ClientIdentity::Fixed(client_id.clone()))
        }
        Some(_) => Err(ErrorInfo::new(
            40012,
            400,
            "Invalid token; clientId must be a string",
        )),
    }
}

/// The capability that the token itself claims; none means its key's.
pub(super) fn capability(claims: &Map<String, Value>) -> Result<Option<Capability>> {
    Capability::claimed_in(claims).map_err(|error| {
        let what = error.message.strip_prefix("Invalid capability: ");
        let what = what.unwrap_or(&error.message);
        let fault = format!("Invalid token; {} is malformed: {what}", jwt::CAPABILITY);
        ErrorInfo::new(40144, 400, fault)
    })
}

/// Returns the token's rights under its key.
pub(super) fn effective(own: Option<&Capability>, of_key: &Capability) -> Result<Capability> {
    let effective = match own {
        Some(own) => own.intersect(of_key),
        None => of_key.clone(),
    };
    if effective.is_empty() {
        return Err(ErrorInfo::new(
            40160,
            401,
            "Given credentials do not have the required capability: the token and its key have nothing in common",
        ));
    }
    Ok(effective)
}

pub(super) fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

pub(super) fn undecodable(what: &str) -> ErrorInfo {
    ErrorInfo::new(
        40144,
        401,
        format!("Unexpected exception decoding token; err = {what}"),
    )
}
