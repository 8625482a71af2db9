//! The description that `claims decode` prints.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::chat_core::analysis::lint::Finding;
use crate::chat_core::auth::claims::{CHANNEL_PREFIX, ROOM_PREFIX};
use crate::chat_core::auth::key::is_key_name;
use crate::chat_core::auth::verify::claim_time;
use crate::chat_core::auth::{Capability, TokenDetails, TokenRequest, UserClaims, jwt};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::ErrorInfo;
use crate::cli::time::{distance, iso};
use crate::output::{Look, Render, table::plain, to_json};

/// The claims of a token, with warnings about them.
#[derive(Default)]
pub(super) struct Description {
    pub(super) kind: String,
    pub(super) verified: Option<bool>,
    pub(super) failures: Vec<ErrorInfo>,
    pub(super) header: Option<Map<String, Value>>,
    pub(super) claims: Option<Map<String, Value>>,
    pub(super) envelope: Option<Envelope>,
    pub(super) request: Option<TokenRequest>,
    pub(super) key_name: Option<String>,
    pub(super) client_id: Option<Value>,
    pub(super) issued: Option<Timestamp>,
    pub(super) expires: Option<Timestamp>,
    pub(super) capability: Option<String>,
    pub(super) user_claims: UserClaims,
    pub(super) warnings: Vec<Finding>,
    pub(super) now: Timestamp,
}

/// Another provider's token around it.
pub(super) struct Envelope {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Option<Map<String, Value>>,
}

impl Description {
    pub(super) fn of_claims(header: Map<String, Value>, claims: Map<String, Value>) -> Self {
        let kid = header.get("kid").and_then(Value::as_str);
        Self {
            // A whole key in place of its name must not be shown once more.
            key_name: kid.map(|kid| kid.split(':').next().unwrap_or(kid).to_owned()),
            client_id: claims.get(jwt::CLIENT_ID).cloned(),
            issued: claim_time(&claims, "iat"),
            expires: claim_time(&claims, "exp"),
            capability: jwt::capability_text(&claims).map(Cow::into_owned),
            user_claims: UserClaims::from_claims(&claims),
            header: Some(masked(header)),
            claims: Some(claims),
            ..Self::default()
        }
    }

    /// Adds what only TokenDetails say.
    pub(super) fn fill(&mut self, details: &TokenDetails) {
        let or = |own: &mut Option<String>, other: &Option<String>| {
            if own.is_none() {
                own.clone_from(other);
            }
        };
        or(&mut self.key_name, &details.key_name);
        or(&mut self.capability, &details.capability);
        self.issued = self.issued.or(details.issued);
        self.expires = self.expires.or(details.expires);
        if self.client_id.is_none() {
            self.client_id = details.client_id.clone().map(Value::from);
        }
    }

    fn user_claims(&self) -> (Vec<Value>, Vec<Value>) {
        let list = |claims: Vec<_>| {
            claims
                .into_iter()
                .map(|(pattern, user_claim): (&str, &str)| {
                    json!({"pattern": pattern, "userClaim": user_claim})
                })
                .collect()
        };
        let rooms = self.user_claims.rooms();
        let channels = self.user_claims.channels();
        (
            list(
                rooms
                    .map(|claim| (claim.pattern, claim.user_claim))
                    .collect(),
            ),
            list(
                channels
                    .map(|claim| (claim.pattern, claim.user_claim))
                    .collect(),
            ),
        )
    }

    fn headline(&self) -> String {
        let plain = self.faults_of_plain_jwt();
        let kind = match self.kind.as_str() {
            "jwt" if self.envelope.is_some() => "an Ably token inside another provider's JWT",
            "jwt" if !plain.is_empty() => &format!("a JWT, not an Ably one: {}", plain.join(", ")),
            "jwt" => "an Ably JWT",
            "encrypted-jwt" => "an encrypted JWT",
            "ably-token" => "an Ably token, which only its issuer can read",
            _ => "a TokenRequest",
        };
        let checked = match self.verified {
            None => "its signature was NOT verified",
            Some(true) => "verified with the key",
            Some(false) => "INVALID: do not trust its claims",
        };
        format!("{kind}; {checked}")
    }

    /// The signs that a JWT was not made for Ably; none if it was, however badly.
    fn faults_of_plain_jwt(&self) -> Vec<String> {
        let (Some(header), Some(claims)) = (&self.header, &self.claims) else {
            return Vec::new();
        };
        let is_ours = |name: &String| name.starts_with("x-ably-") || name.starts_with("ably.");
        let kid = header.get("kid").and_then(Value::as_str);
        let algorithm = header.get("alg").and_then(Value::as_str);
        let names_key = kid.is_some_and(is_key_name);
        if claims.keys().any(is_ours) || (algorithm == Some("HS256") && names_key) {
            return Vec::new();
        }
        let mut faults = Vec::new();
        if let Some(algorithm) = algorithm.filter(|algorithm| *algorithm != "HS256") {
            faults.push(algorithm.chars().take(32).collect());
        }
        if !names_key {
            faults.push("no kid that names an API key".to_owned());
        }
        faults.push("no x-ably-* claims".to_owned());
        faults
    }

    fn is_plain_jwt(&self) -> bool {
        !self.faults_of_plain_jwt().is_empty()
    }

    /// Issuer, subject and expiry of the token around it.
    fn envelope_lines(&self) -> Vec<(&'static str, String)> {
        let Some(claims) = self
            .envelope
            .as_ref()
            .and_then(|envelope| envelope.claims.as_ref())
        else {
            return Vec::new();
        };
        let text = |name: &str| {
            claims.get(name).map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            })
        };
        let expires = self.time(claim_time(claims, "exp"));
        let all = [
            ("outer issuer", text("iss")),
            ("outer subject", text("sub")),
            ("outer expiry", expires),
        ];
        all.into_iter()
            .filter_map(|(name, text)| Some((name, text?)))
            .collect()
    }

    fn time(&self, time: Option<Timestamp>) -> Option<String> {
        time.map(|time| {
            let words = distance(time, self.now);
            match iso(time) {
                // Out of the range of calendars.
                iso if iso == time.to_string() => format!("{words}  ({iso})"),
                iso => format!("{words}  ({iso}; {time})"),
            }
        })
    }

    fn other_claims(&self) -> Vec<(&String, &Value)> {
        let is_known = |name: &str| {
            ["iat", "exp", jwt::CAPABILITY, jwt::CLIENT_ID].contains(&name)
                || name.starts_with(ROOM_PREFIX)
                || name.starts_with(CHANNEL_PREFIX)
        };
        self.claims
            .iter()
            .flatten()
            .filter(|(name, value)| !is_known(name) || !value_is_shown(name, value))
            .collect()
    }
}

/// A user claim that is not a string is among the other claims.
fn value_is_shown(name: &str, value: &Value) -> bool {
    value.is_string() || !(name.starts_with(ROOM_PREFIX) || name.starts_with(CHANNEL_PREFIX))
}

impl Render for Description {
    fn json(&self) -> Value {
        let mut value = json!({"kind": self.kind, "verified": self.verified});
        let mut put = |name: &str, field: Option<Value>| {
            if let Some(field) = field {
                value[name] = field;
            }
        };
        put("header", self.header.clone().map(Value::Object));
        put("claims", self.claims.clone().map(Value::Object));
        if let Some(envelope) = &self.envelope {
            let envelope = json!({"header": envelope.header, "claims": envelope.claims});
            put("envelope", Some(envelope));
        }
        put("keyName", self.key_name.clone().map(Value::from));
        put("clientId", self.client_id.clone());
        put("issued", self.issued.map(|time| to_json(&time)));
        put("expires", self.expires.map(|time| to_json(&time)));
        put("capability", self.capability.clone().map(Value::from));
        if let Some(request) = &self.request {
            put("ttl", request.ttl.map(Value::from));
            put("timestamp", request.timestamp.map(|time| to_json(&time)));
            put("nonce", request.nonce.clone().map(Value::from));
        }
        let (rooms, channels) = self.user_claims();
        put("userClaims", Some(Value::Array(rooms)));
        put(
            "channelClaims",
            Some(Value::Array(channels)).filter(|list| *list != json!([])),
        );
        let warnings: Vec<Value> = self
            .warnings
            .iter()
            .map(|finding| {
                json!({
                    "code": finding.code,
                    "severity": finding.severity,
                    "message": finding.message,
                    "fix": finding.fix,
                })
            })
            .collect();
        put("warnings", Some(Value::Array(warnings)));
        if self.verified.is_some() {
            let failures = self.failures.iter().map(|error| {
                json!({"code": error.code, "statusCode": error.status_code, "message": error.message})
            });
            put("failures", Some(failures.collect()));
        }
        value
    }

    // Long: one block per row, in the order of the table.
    fn table(&self, look: Look) -> String {
        let indent = if self.envelope_lines().is_empty() {
            12
        } else {
            15
        };
        let mut lines = vec![look.wrap("", &self.headline(), 2)];
        for error in &self.failures {
            lines.push(format!("  {}  {}", error.code, plain(&error.message)));
        }
        lines.push(String::new());
        let mut row = |name: &str, text: Option<String>| {
            if let Some(text) = text {
                lines.push(look.wrap(&format!("{name:<indent$}"), &plain(&text), indent));
            }
        };
        for (name, text) in self.envelope_lines() {
            row(name, Some(text));
        }
        row("key", self.key_name.clone());
        row(
            "client",
            Some(match &self.client_id {
                Some(Value::String(id)) => id.clone(),
                Some(other) => other.to_string(),
                None => "(none: anonymous)".to_owned(),
            })
            .filter(|_| self.has_rights() || self.client_id.is_some()),
        );
        row("issued", self.time(self.issued));
        row("expires", self.time(self.expires));
        if let Some(request) = &self.request {
            row("made", self.time(request.timestamp));
            row("ttl", request.ttl.map(|ttl| format!("{ttl} ms")));
            row("nonce", request.nonce.clone());
        }
        for (place, text) in self.capability_lines().into_iter().enumerate() {
            row(if place == 0 { "may" } else { "" }, Some(text));
        }
        for (place, claim) in self.user_claims.rooms().enumerate() {
            let title = if place == 0 { "user claims" } else { "" };
            row(
                title,
                Some(format!("{}  {}", claim.pattern, claim.user_claim)),
            );
        }
        for claim in self.user_claims.channels() {
            row(
                "channel",
                Some(format!("{}  {}", claim.pattern, claim.user_claim)),
            );
        }
        for (name, value) in self.other_claims() {
            row("claim", Some(format!("{name}  {value}")));
        }
        if let Some(header) = &self.header {
            row("header", Some(Value::Object(header.clone()).to_string()));
        }
        if !self.warnings.is_empty() {
            lines.push(String::new());
        }
        for finding in &self.warnings {
            let text = format!("{} ({})", plain(&finding.message), finding.code);
            lines.push(look.wrap(&format!("{}: ", finding.severity.name()), &text, 2));
        }
        lines.join("\n")
    }
}

impl Description {
    /// Returns whether it says what its bearer is and may do, if only by leaving it out.
    fn has_rights(&self) -> bool {
        (self.claims.is_some() && !self.is_plain_jwt()) || self.request.is_some()
    }

    fn capability_lines(&self) -> Vec<String> {
        match self.capability.as_deref() {
            None | Some("") if self.has_rights() => {
                vec!["everything that its key may (no capability of its own)".to_owned()]
            }
            None | Some("") => Vec::new(),
            Some(text) => match Capability::parse(text) {
                Ok(capability) if capability.grants().is_empty() => vec!["nothing".to_owned()],
                Ok(capability) => capability
                    .grants()
                    .iter()
                    .map(|grant| {
                        let rule = grant.rule();
                        format!("{}: {}", rule.resource, rule.operations.join(", "))
                    })
                    .collect(),
                Err(error) => vec![format!("{}: {text}", error.message)],
            },
        }
    }
}

/// The header without the secret that some put into `kid`.
fn masked(mut header: Map<String, Value>) -> Map<String, Value> {
    if let Some(Value::String(kid)) = header.get_mut("kid")
        && let Some((name, _)) = kid.split_once(':')
    {
        *kid = format!("{name}:***");
    }
    header
}
