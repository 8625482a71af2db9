//! The mistakes that people make with Ably JWTs: each with a code, why it bites, and the fix.

mod capability;
mod claims;
mod envelope;
mod rules;
mod times;

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

use super::token_text::{self, Content, Wrapping};
use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::jwt::{self, Decoded};
use crate::chat_core::auth::key::ApiKey;
use crate::chat_core::clock::Timestamp;

pub use rules::{RULES, Rule};

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The token is refused, or does not do what its author means.
    Error,
    /// Works, and most likely not as meant.
    Warn,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warn, Self::Info];

    /// The severity called `word`.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.name() == word)
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
        }
    }
}

/// Something about a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's code.
    pub code: &'static str,
    /// The severity.
    pub severity: Severity,
    /// The facts found in this token.
    pub message: String,
    /// The harm that it does.
    pub why: &'static str,
    /// The remedy.
    pub fix: &'static str,
}

/// The result of a lint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linted {
    /// The findings; the worst first.
    pub findings: Vec<Finding>,
    /// The codes of the rules that were applied, in the order of [`RULES`]: a token that can't be read has no claims to
    /// look at, and without the key nobody sees whether its signature fits.
    pub applied: Vec<&'static str>,
}

/// The facts that are known besides the token.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The present moment.
    pub now: Timestamp,
    /// Whether the token is for Chat.
    pub for_chat: bool,
    /// The key that it should be signed with.
    pub key: Option<&'a ApiKey>,
    /// The capability of that key.
    pub key_capability: Option<&'a Capability>,
}

/// Lints `text`, which may be a token or something that carries one.
pub fn lint(text: &str, known: &Known<'_>) -> Linted {
    let mut findings = Findings::default();
    findings.apply(&["not-a-jwt"]);
    match token_text::read(text) {
        Err(error) => findings.error("not-a-jwt", error.message),
        Ok(handed) => {
            for wrapping in &handed.wrappings {
                wrapped(wrapping, &mut findings);
            }
            match &handed.content {
                Content::Request(_) => findings.error(
                    "not-a-jwt",
                    "it is a TokenRequest, which a server exchanges for a token",
                ),
                Content::AblyToken(_) => findings.error(
                    "not-a-jwt",
                    "it is an Ably token, which only the service that issued it can read",
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
        Wrapping::Details(_) => "TokenDetails around a token",
        Wrapping::Bearer | Wrapping::Url(_) => return,
    };
    findings.info(
        "not-a-jwt",
        format!("it is {what}; this is about the token inside"),
    );
}

fn lint_token(token: &str, known: &Known<'_>, findings: &mut Findings) {
    envelope::size(token, findings);
    let decoded = match jwt::decode(token) {
        Ok(decoded) => decoded,
        Err(error) => return findings.error("not-a-jwt", error.message),
    };
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

/// Findings in the order of the rules that made them, and those rules.
#[derive(Debug, Default)]
struct Findings {
    found: Vec<Finding>,
    applied: BTreeSet<&'static str>,
}

impl Findings {
    /// Notes that these rules are applied, whether they find something or not.
    fn apply(&mut self, codes: &[&'static str]) {
        self.applied.extend(codes);
    }

    fn error(&mut self, code: &'static str, message: impl Into<String>) {
        self.add(code, Severity::Error, message.into());
    }

    fn warn(&mut self, code: &'static str, message: impl Into<String>) {
        self.add(code, Severity::Warn, message.into());
    }

    fn info(&mut self, code: &'static str, message: impl Into<String>) {
        self.add(code, Severity::Info, message.into());
    }

    fn add(&mut self, code: &'static str, severity: Severity, message: String) {
        let rule = rules::rule(code);
        debug_assert!(
            rule.is_some_and(|rule| rule.severities.contains(&severity)),
            "{code} is never {severity:?}"
        );
        self.applied.insert(code);
        self.found.push(Finding {
            code,
            severity,
            message,
            why: rule.map_or("", |rule| rule.why),
            fix: rule.map_or("", |rule| rule.fix),
        });
    }

    fn finish(mut self) -> Linted {
        self.found.sort_by_key(|finding| finding.severity);
        let codes = RULES.iter().map(|rule| rule.code);
        Linted {
            applied: codes.filter(|code| self.applied.contains(code)).collect(),
            findings: self.found,
        }
    }
}

#[cfg(test)]
mod tests;
