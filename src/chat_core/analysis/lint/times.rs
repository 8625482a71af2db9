//! Rules about `iat`, `exp` and `nbf`.

use std::time::Duration;

use serde_json::{Map, Value};

use super::findings::Findings;
use crate::chat_core::auth::jwt::REVOCATION_KEY;
use crate::chat_core::auth::verify::{LEEWAY, MAX_REVOCABLE_TTL, MAX_TTL, claim_time, is_millis};
use crate::chat_core::clock::Timestamp;

pub(super) fn lint(claims: &Map<String, Value>, now: Timestamp, findings: &mut Findings) {
    findings.apply(&["no-iat", "no-expiry", "milliseconds"]);
    let issued = claim_time(claims, "iat");
    let expires = claim_time(claims, "exp");
    missing(claims, "iat", "no-iat", findings);
    missing(claims, "exp", "no-expiry", findings);
    let in_millis: Vec<&str> = [("iat", issued), ("exp", expires)]
        .into_iter()
        .filter(|(_, time)| time.is_some_and(is_millis))
        .map(|(name, _)| name)
        .collect();
    if !in_millis.is_empty() {
        findings.error(
            "milliseconds",
            format!("in milliseconds, most likely: {}", in_millis.join(" and ")),
        );
        return;
    }
    findings.apply(&["ttl-too-long", "ttl-short", "expired", "not-yet-valid"]);
    if let (Some(issued), Some(expires)) = (issued, expires) {
        ttl(
            issued,
            expires,
            claims.contains_key(REVOCATION_KEY),
            findings,
        );
    }
    if let Some(expires) = expires
        && expires <= now
    {
        let ago = now.since(expires).as_secs();
        findings.error("expired", format!("it expired {ago} s ago"));
    }
    for (name, time) in [("iat", issued), ("nbf", claim_time(claims, "nbf"))] {
        if let Some(time) = time
            && time > now + LEEWAY
        {
            let ahead = time.since(now).as_secs();
            findings.error("not-yet-valid", format!("{name} is {ahead} s from now"));
        }
    }
}

fn missing(claims: &Map<String, Value>, name: &str, code: &'static str, findings: &mut Findings) {
    match claims.get(name) {
        None => findings.error(code, format!("there is no {name}")),
        Some(Value::Number(_)) => {}
        Some(Value::String(_)) => {
            findings.error(code, format!("{name} is a string instead of a number"));
        }
        Some(_) => findings.error(code, format!("{name} is not a number")),
    }
}

fn ttl(issued: Timestamp, expires: Timestamp, is_revocable: bool, findings: &mut Findings) {
    if expires <= issued {
        return findings.error("no-expiry", "exp is not later than iat");
    }
    let ttl = expires.since(issued);
    let lives = format!("it lives for {} s", ttl.as_secs());
    if ttl > MAX_TTL {
        findings.error("ttl-too-long", lives);
    } else if ttl > MAX_REVOCABLE_TTL && is_revocable {
        findings.warn("ttl-too-long", format!("{lives} and has a revocation key"));
    } else if ttl < Duration::from_secs(60) {
        findings.warn("ttl-short", lives);
    } else if ttl < Duration::from_secs(600) {
        findings.info("ttl-short", lives);
    }
}
