//! Rules about TokenRequests.

use std::time::Duration;

use super::capability;
use super::findings::{Findings, Known};
use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::identity::check_client_id;
use crate::chat_core::auth::key::is_key_name;
use crate::chat_core::auth::token_request::{MIN_NONCE, TokenRequest, WINDOW};
use crate::chat_core::auth::verify::{MAX_REVOCABLE_TTL, MAX_TTL};

pub(super) fn lint(request: &TokenRequest, known: &Known<'_>, findings: &mut Findings) {
    signed_parts(request, known, findings);
    ttl(request, findings);
    client_id(request, known, findings);
    findings.apply(&["capability-missing", "capability-garbage"]);
    match request.capability.as_deref().map(Capability::parse) {
        None => findings.warn("capability-missing", "there is no capability"),
        Some(Ok(capability)) => capability::whole(&capability, known.key_capability, findings),
        Some(Err(error)) => findings.error("capability-garbage", error.message),
    }
}

/// The parts that only a signed request has, and the signature itself.
fn signed_parts(request: &TokenRequest, known: &Known<'_>, findings: &mut Findings) {
    findings.apply(&[
        "kid-not-key-name",
        "request-unsigned",
        "request-stale",
        "request-nonce",
    ]);
    if !is_key_name(&request.key_name) {
        findings.error(
            "kid-not-key-name",
            "keyName must be of the form appId.keyId, without a secret",
        );
    }
    let parts = [
        ("mac", request.mac.is_none()),
        ("timestamp", request.timestamp.is_none()),
        ("nonce", request.nonce.is_none()),
    ];
    let missing: Vec<&str> = parts
        .into_iter()
        .filter(|(_, is_missing)| *is_missing)
        .map(|(name, _)| name)
        .collect();
    if !missing.is_empty() {
        let message = format!("there is no {}", missing.join(", no "));
        findings.error("request-unsigned", message);
    }
    if let Some(time) = request.timestamp {
        let (distance, side) = if time > known.now {
            (time.since(known.now), "in the future")
        } else {
            (known.now.since(time), "ago")
        };
        if distance > WINDOW {
            let message = format!("its timestamp is {} s {side}", distance.as_secs());
            findings.error("request-stale", message);
        }
    }
    if let Some(nonce) = &request.nonce
        && nonce.chars().count() < MIN_NONCE
    {
        let message = format!("its nonce has {} characters", nonce.chars().count());
        findings.error("request-nonce", message);
    }
    let Some(key) = known.key.filter(|key| key.name() == request.key_name) else {
        return;
    };
    findings.apply(&["wrong-secret"]);
    if request.mac.is_some() && !request.mac_is_valid(key) {
        findings.error("wrong-secret", "the mac does not match the key");
    }
}

fn ttl(request: &TokenRequest, findings: &mut Findings) {
    findings.apply(&["ttl-too-long", "ttl-short"]);
    let Some(ttl) = request
        .ttl
        .filter(|ttl| *ttl != 0)
        .map(Duration::from_millis)
    else {
        return;
    };
    let lives = format!("its token lives for {} s", ttl.as_secs());
    if ttl > MAX_TTL {
        findings.error("ttl-too-long", lives);
    } else if ttl < Duration::from_secs(60) {
        findings.warn("ttl-short", format!("{lives}: ttl is in milliseconds"));
    } else if ttl > MAX_REVOCABLE_TTL {
        findings.warn("ttl-too-long", lives);
    }
}

fn client_id(request: &TokenRequest, known: &Known<'_>, findings: &mut Findings) {
    findings.apply(&["clientId-missing", "clientId-wildcard", "clientId-invalid"]);
    match request.client_id.as_deref() {
        None if known.for_chat => findings.error("clientId-missing", "there is no clientId"),
        None => findings.warn("clientId-missing", "there is no clientId"),
        Some("*") => findings.warn("clientId-wildcard", "clientId is '*'"),
        Some(id) => {
            if let Err(error) = check_client_id(id) {
                findings.error("clientId-invalid", error.message);
            }
        }
    }
}
