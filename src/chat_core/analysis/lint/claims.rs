//! Rules about the clientId, the names of claims, and user claims.

use serde_json::{Map, Value};

use super::findings::Findings;
use crate::chat_core::analysis::algebra::{claim_can_match, is_old_channel};
use crate::chat_core::auth::claims::{
    CHANNEL_PREFIX, RATE_PREFIX, ROOM_PREFIX, UserClaims, pattern_matches,
};
use crate::chat_core::auth::identity::check_client_id;
use crate::chat_core::auth::jwt::{CAPABILITY, CLIENT_ID, EMBEDDED, REVOCATION_KEY};
use crate::chat_core::auth::key::ApiKey;
use crate::chat_core::protocol::names::CHAT_SUFFIX;

pub(super) fn client_id(claims: &Map<String, Value>, for_chat: bool, findings: &mut Findings) {
    findings.apply(&["clientId-missing", "clientId-wildcard", "clientId-invalid"]);
    match claims.get(CLIENT_ID) {
        None if for_chat => findings.error("clientId-missing", "there is no x-ably-clientId"),
        None => findings.warn("clientId-missing", "there is no x-ably-clientId"),
        Some(Value::String(id)) if id == "*" => {
            findings.warn("clientId-wildcard", "x-ably-clientId is '*'");
        }
        Some(Value::String(id)) => {
            if let Err(error) = check_client_id(id) {
                findings.error("clientId-invalid", error.message);
            }
        }
        Some(_) => findings.error("clientId-invalid", "x-ably-clientId is not a string"),
    }
}

pub(super) fn names(claims: &Map<String, Value>, findings: &mut Findings) {
    findings.apply(&["claim-misspelt"]);
    for name in claims.keys() {
        if let Some(meant) = meant(name) {
            findings.error(
                "claim-misspelt",
                format!("'{name}' is unknown; did you mean '{meant}'?"),
            );
        }
    }
}

/// The claim that `name` is a slip of.
fn meant(name: &str) -> Option<String> {
    if EXACT.contains(&name) || HARMLESS.contains(&name) {
        return None;
    }
    let lower = name.to_lowercase();
    if let Some((_, meant)) = BARE.iter().find(|(bare, _)| *bare == lower) {
        return Some((*meant).to_owned());
    }
    if let Some(rest) = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)) {
        return rest
            .is_empty()
            .then(|| format!("{name}NAME, with the name of a room or channel"));
    }
    if lower.starts_with("ably.limits.") {
        return None;
    }
    if let Some(rest) = lower.strip_prefix("ably.") {
        let (kind, _) = rest.split_once('.').unwrap_or((rest, ""));
        let prefix = if kind.contains("chan") {
            CHANNEL_PREFIX
        } else {
            ROOM_PREFIX
        };
        let pattern = name.splitn(3, '.').nth(2).unwrap_or("NAME");
        return Some(format!("{prefix}{pattern}"));
    }
    if lower.starts_with("x-ably") || lower.starts_with("xably") || lower.starts_with("x_ably") {
        return EXACT
            .iter()
            .max_by(|one, two| {
                let likeness = |exact: &str| strsim::jaro_winkler(&lower, &exact.to_lowercase());
                likeness(one).total_cmp(&likeness(two))
            })
            .map(|exact| (*exact).to_owned());
    }
    None
}

pub(super) fn user_claims(claims: &Map<String, Value>, findings: &mut Findings) {
    findings.apply(&[
        "user-claim-not-string",
        "user-claim-secret",
        "user-claim-not-json",
        "user-claim-shadowed",
        "wildcard-partial-segment",
        "matches-nothing",
        "resource-is-channel",
    ]);
    for (name, value) in claims {
        let of_room = name.strip_prefix(ROOM_PREFIX);
        let pattern = of_room.or_else(|| name.strip_prefix(CHANNEL_PREFIX));
        let Some(pattern) = pattern.filter(|pattern| !pattern.is_empty()) else {
            continue;
        };
        let is_channel = pattern.ends_with(CHAT_SUFFIX) || is_old_channel(pattern);
        if !is_channel && !claim_can_match(pattern, of_room.is_some()) {
            let what = if of_room.is_some() { "room" } else { "channel" };
            findings.error("matches-nothing", format!("'{name}' matches no {what}"));
        }
        if is_channel {
            findings.warn(
                "resource-is-channel",
                format!("'{name}' names a room's channel, which matches no room"),
            );
        }
        if is_partial(pattern) {
            findings.warn(
                "wildcard-partial-segment",
                format!("the '*' in '{name}' is literal"),
            );
        }
        match value {
            Value::String(text) => value_of(name, text, findings),
            _ => findings.error("user-claim-not-string", format!("'{name}' is not a string")),
        }
    }
    shadowed(&UserClaims::from_claims(claims), findings);
}

fn value_of(name: &str, text: &str, findings: &mut Findings) {
    if text.len() > 1024 {
        findings.warn(
            "user-claim-secret",
            format!(
                "'{name}' has {} bytes, which go out with every event",
                text.len()
            ),
        );
    }
    if let Some(what) = looks_secret(text) {
        findings.warn("user-claim-secret", format!("'{name}' looks like {what}"));
    }
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        findings.info("user-claim-not-json", format!("'{name}' is not JSON text"));
    }
}

fn looks_secret(text: &str) -> Option<&'static str> {
    let words = || text.split(|c: char| c.is_whitespace() || "\"',;{}[]<>()".contains(c));
    let is_mail = |word: &str| {
        word.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && host.contains('.') && !host.starts_with('.')
        })
    };
    let lower = text.to_lowercase();
    if words().any(|word| ApiKey::parse(word).is_ok()) {
        Some("an API key")
    } else if words().any(|word| word.starts_with("eyJ") && word.contains('.')) {
        Some("a token")
    } else if [
        "password", "passwd", "secret", "api_key", "apikey", "private",
    ]
    .iter()
    .any(|word| lower.contains(word))
    {
        Some("a secret")
    } else if words().any(is_mail) {
        Some("an e-mail address")
    } else {
        None
    }
}

fn shadowed(claims: &UserClaims, findings: &mut Findings) {
    let patterns: Vec<&str> = claims.rooms().map(|claim| claim.pattern).collect();
    for (place, broad) in patterns.iter().enumerate() {
        // The first that is more specific is enough to say it once.
        if let Some(specific) = patterns[..place]
            .iter()
            .find(|specific| pattern_matches(broad, specific))
        {
            findings.info(
                "user-claim-shadowed",
                format!("rooms that match '{specific}' do not carry the claim of '{broad}'"),
            );
        }
    }
}

/// Returns whether a segment has a `*` that is not the whole segment.
pub(super) fn is_partial(pattern: &str) -> bool {
    let path = pattern
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map_or(pattern, |(_, path)| path);
    path.split(':')
        .any(|segment| segment != "*" && segment.contains('*'))
}

const EXACT: &[&str] = &[
    CAPABILITY,
    CLIENT_ID,
    REVOCATION_KEY,
    "x-ably-clientType",
    EMBEDDED,
];

/// Written by Ably's own tools, and ignored by servers.
const HARMLESS: &[&str] = &["x-ably-appId"];

const PREFIXES: &[&str] = &[ROOM_PREFIX, CHANNEL_PREFIX, RATE_PREFIX];

/// The names that other libraries use for the same claim.
const BARE: &[(&str, &str)] = &[
    ("clientid", CLIENT_ID),
    ("client_id", CLIENT_ID),
    ("client-id", CLIENT_ID),
    ("capability", CAPABILITY),
    ("capabilities", CAPABILITY),
    ("revocationkey", REVOCATION_KEY),
    ("revocation-key", REVOCATION_KEY),
];
