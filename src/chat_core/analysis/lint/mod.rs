//! The mistakes that people make with Ably JWTs and TokenRequests: each with a code, the reason and the fix.

mod capability;
mod claims;
mod envelope;
mod findings;
mod request;
mod rules;
mod severity;
mod times;

use serde_json::{Map, Value};

use super::token_text::{self, Content, Wrapping};
use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::jwt::{self, Decoded};
use crate::chat_core::error::ErrorInfo;

use findings::Findings;

pub use findings::{Finding, Known, Linted};
pub use rules::{LintRule, RULES};
pub use severity::Severity;

/// Lints `text`, which may be a token or something that carries one.
pub fn lint(text: &str, known: &Known<'_>) -> Linted {
    let mut findings = Findings::default();
    findings.apply(&["not-a-jwt"]);
    match token_text::read(text) {
        Err(error) => findings.error("not-a-jwt", with_hint(error)),
        Ok(handed) => {
            for wrapping in &handed.wrappings {
                wrapped(wrapping, &mut findings);
            }
            match &handed.content {
                Content::Request(request) => request::lint(request, known, &mut findings),
                Content::AblyToken(_) => findings.error(
                    "not-a-jwt",
                    "it is an Ably token, which only the service that issued it can read; \
                     `chatctl token verify --live` asks that service",
                ),
                Content::Jwt(token) | Content::EncryptedJwt(token) => {
                    lint_token(token, known, &mut findings);
                }
            }
        }
    }
    findings.finish()
}

/// Lints a capability by itself.
pub fn lint_capability(capability: &Capability, of_key: Option<&Capability>) -> Linted {
    let mut findings = Findings::default();
    capability::whole(capability, of_key, &mut findings);
    findings.finish()
}

fn wrapped(wrapping: &Wrapping, findings: &mut Findings) {
    let what = match wrapping {
        Wrapping::Base64 => "base64 around a token",
        Wrapping::JsonString => "a JSON string around a token",
        Wrapping::Quotes => "a token in quotes",
        Wrapping::List => "a list with a token",
        Wrapping::Assignment => "an assignment of a token",
        Wrapping::Details(_) => "TokenDetails around a token",
        Wrapping::Bearer | Wrapping::Url(_) => return,
    };
    findings.info(
        "not-a-jwt",
        format!("it is {what}; this is about the token inside"),
    );
}

/// The message of `error` with what to do.
fn with_hint(error: ErrorInfo) -> String {
    match error.hint {
        Some(hint) => format!("{}; {hint}", error.message),
        None => error.message,
    }
}

fn lint_token(token: &str, known: &Known<'_>, findings: &mut Findings) {
    envelope::size(token, findings);
    let decoded = match jwt::decode(token) {
        Ok(decoded) => decoded,
        Err(error) => return findings.error("not-a-jwt", error.message),
    };
    if decoded.signature.is_empty() && decoded.algorithm() != Some("none") {
        findings.error(
            "not-a-jwt",
            "its signature is empty: the token was cut off; copy it whole",
        );
    }
    match decoded.embedded() {
        Some(Value::String(inner)) => lint_embedded(&decoded, inner, known, findings),
        Some(_) => findings.error("not-a-jwt", "its x-ably-token is not a string"),
        None => lint_decoded(&decoded, known, findings),
    }
}

fn lint_embedded(outer: &Decoded<'_>, inner: &str, known: &Known<'_>, findings: &mut Findings) {
    match jwt::decode(inner) {
        Ok(decoded) => {
            envelope::outlives(outer, &decoded, findings);
            envelope::expired(outer, known.now, findings);
            if decoded.embedded().is_some() {
                findings.error("not-a-jwt", "the token inside it carries another one");
            }
            lint_decoded(&decoded, known, findings);
        }
        Err(error) => findings.error(
            "not-a-jwt",
            format!("the token inside it: {}", error.message),
        ),
    }
}

fn lint_decoded(decoded: &Decoded<'_>, known: &Known<'_>, findings: &mut Findings) {
    envelope::header(decoded, findings);
    envelope::repeated(decoded, findings);
    envelope::secret(decoded, known, findings);
    match &decoded.claims {
        None => findings.error("not-a-jwt", "it is encrypted, and carries no x-ably-token"),
        Some(Err(error)) => findings.error("not-a-jwt", error.message.clone()),
        Some(Ok(claims)) => lint_claims(claims, known, findings),
    }
}

fn lint_claims(claims: &Map<String, Value>, known: &Known<'_>, findings: &mut Findings) {
    times::lint(claims, known.now, findings);
    claims::client_id(claims, known.for_chat, findings);
    claims::names(claims, findings);
    claims::user_claims(claims, findings);
    capability::lint(claims, known.key_capability, findings);
}

#[cfg(test)]
mod tests;
