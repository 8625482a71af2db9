//! Faults of an auth endpoint, judged from its answers to what an SDK asks: pure judgement, no
//! network.

use std::time::Duration;

use super::algebra::difference;
use super::lint::{self, Known, Severity};
use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::identity::ClientIdentity;
use crate::chat_core::auth::jwt::Shape;
use crate::chat_core::auth::key::ApiKey;
use crate::chat_core::auth::keys::{KeyEntry, KeyRing};
use crate::chat_core::auth::token_source::{Bearer, SourceAnswer, TokenResponse, expiry};
use crate::chat_core::auth::{TokenRequest, jwt, token_request, verify};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::catalogue::Class;
use crate::chat_core::error::{ErrorInfo, Result};

/// The code of a token that has expired.
const EXPIRED: u32 = 40142;

/// The shortest life of a token that SDKs can renew in time.
const MIN_LIFE: Duration = Duration::from_secs(60);

/// One answer of the endpoint.
pub struct Visit {
    /// The user that asked.
    pub user: String,
    /// The answer.
    pub given: Result<SourceAnswer>,
    /// The time that it took.
    pub took: Duration,
    /// The time at which it came.
    pub at: Timestamp,
}

impl Visit {
    /// Returns whether the endpoint was not reached.
    pub fn is_unreached(&self) -> bool {
        let error = self.given.as_ref().err();
        error.is_some_and(|error| error.class() == Class::Unreachable)
    }
}

/// The expectations of the endpoint.
#[derive(Clone, Copy)]
pub struct Requirements<'a> {
    /// The longest time for an answer.
    pub within: Duration,
    /// The most that tokens may grant.
    pub rights: Option<&'a Capability>,
    /// The key that tokens are signed with, if it is known.
    pub key: Option<&'a ApiKey>,
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Passed,
    /// Not so.
    Failed,
    /// Not known from the outside.
    Unknown,
    /// Not checked, as there was nothing to look at.
    Skipped,
}

/// A check and how it came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// The result.
    pub outcome: Outcome,
    /// The reason.
    pub reason: String,
}

/// Judges the answers: those to one user twice in a row, a second and more apart, and those to others.
pub fn judge(visits: &[Visit], wanted: &Requirements<'_>) -> Vec<Check> {
    let mut checks = vec![answers(visits)];
    checks.push(if visits.iter().any(Visit::is_unreached) {
        skipped("quick", "the endpoint was not reached")
    } else {
        quick(visits, wanted.within)
    });
    let taken: Vec<Taken<'_>> = visits.iter().filter_map(Taken::of).collect();
    if taken.is_empty() {
        checks.extend(OF_TOKENS.map(|name| skipped(name, "the answer has no token")));
        return checks;
    }
    checks.extend([
        current(&taken),
        accepted(&taken, wanted.key),
        renewal(&taken),
        nonce(&taken),
        identity(&taken),
        rights(&taken, wanted.rights),
        rules(&taken, wanted.key),
    ]);
    checks
}

/// The checks of what is given, in their order.
const OF_TOKENS: [&str; 7] = [
    "current", "valid", "renewal", "nonce", "identity", "rights", "rules",
];

/// A visit that ended with something usable.
struct Taken<'a> {
    visit: &'a Visit,
    given: &'a TokenResponse,
}

impl<'a> Taken<'a> {
    fn of(visit: &'a Visit) -> Option<Self> {
        let given = &visit.given.as_ref().ok()?.given;
        Some(Self { visit, given })
    }

    fn token(&self) -> Option<&'a str> {
        match self.given {
            TokenResponse::Token(token) => Some(token.reveal()),
            TokenResponse::Details(details) => Some(&details.token),
            TokenResponse::Request(_) => None,
        }
    }

    fn request(&self) -> Option<&'a TokenRequest> {
        match self.given {
            TokenResponse::Request(request) => Some(request),
            _ => None,
        }
    }

    fn expires(&self) -> Option<Timestamp> {
        match self.given {
            TokenResponse::Token(token) => expiry(token.reveal()),
            TokenResponse::Details(details) => details.expires.or_else(|| expiry(&details.token)),
            TokenResponse::Request(request) => {
                let life = Duration::from_millis(request.ttl.unwrap_or(60 * 60 * 1000));
                Some(request.timestamp.unwrap_or(self.visit.at) + life)
            }
        }
    }

    fn bearer(&self) -> Bearer {
        match self.given {
            TokenResponse::Token(token) => Bearer::of(token.reveal()),
            TokenResponse::Details(details) => Bearer::of_details(details),
            TokenResponse::Request(request) => {
                Bearer::Known(ClientIdentity::of_claim(request.client_id.as_deref()))
            }
        }
    }

    /// Returns the capability; `None` where the answer does not say.
    fn capability(&self) -> Option<Capability> {
        let text = match self.given {
            TokenResponse::Request(request) => request.capability.clone(),
            TokenResponse::Details(details) if details.capability.is_some() => {
                details.capability.clone()
            }
            _ => jwt::decode(self.token()?).ok()?.claimed_capability().ok()?,
        };
        Capability::parse(&text?).ok()
    }
}

fn check(name: &'static str, failure: Option<String>, good: &str) -> Check {
    Check {
        name,
        outcome: if failure.is_some() {
            Outcome::Failed
        } else {
            Outcome::Passed
        },
        reason: failure.unwrap_or_else(|| good.to_owned()),
    }
}

fn skipped(name: &'static str, reason: &str) -> Check {
    Check {
        name,
        outcome: Outcome::Skipped,
        reason: reason.to_owned(),
    }
}

fn unknown(name: &'static str, reason: &str) -> Check {
    Check {
        name,
        outcome: Outcome::Unknown,
        reason: reason.to_owned(),
    }
}

/// An error with its code, which is what SDKs report.
fn told(error: &ErrorInfo) -> String {
    let mut text = error.message.clone();
    let mut cause = error.cause.as_deref();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.message);
        cause = inner.cause.as_deref();
    }
    format!("{text} ({})", error.code)
}

/// Returns whether each answer is one that SDKs take (RSA8c, RSA4e).
fn answers(visits: &[Visit]) -> Check {
    let failure = visits.iter().find_map(|visit| {
        let error = match &visit.given {
            Ok(answer) => answer.slip.as_ref()?,
            Err(error) => error,
        };
        Some(format!("for {}: {}", visit.user, told(error)))
    });
    check("answers", failure, "SDKs accept each answer")
}

fn quick(visits: &[Visit], within: Duration) -> Check {
    let slowest = visits.iter().map(|visit| visit.took).max();
    let slowest = slowest.unwrap_or_default();
    let took = format!("the slowest answer took {} ms", slowest.as_millis());
    let failure = (slowest > within).then(|| {
        format!(
            "{took}, more than the {} ms of --slow: each connection waits for it",
            within.as_millis()
        )
    });
    check("quick", failure, &took)
}

/// Returns whether what is given is in force, and long enough for a client to renew it.
fn current(taken: &[Taken<'_>]) -> Check {
    const NAME: &str = "current";
    let mut is_known = false;
    for one in taken {
        let Some(expires) = one.expires() else {
            continue;
        };
        is_known = true;
        let left = expires.since(one.visit.at);
        if left.is_zero() {
            return check(NAME, Some("the token has expired".to_owned()), "");
        }
        if left < MIN_LIFE {
            let reason = format!(
                "the token expires in {} s: SDKs renew it all the time",
                left.as_secs()
            );
            return check(NAME, Some(reason), "");
        }
    }
    if is_known {
        check(NAME, None, "tokens have not expired")
    } else {
        unknown(NAME, "the token doesn't show when it expires")
    }
}

/// Returns whether one who asks again gets a new one.
fn renewal(taken: &[Taken<'_>]) -> Check {
    const NAME: &str = "renewal";
    let Some((first, second)) = again(taken) else {
        return unknown(NAME, "no user got a token twice");
    };
    let same = match (first.token(), second.token()) {
        (Some(one), Some(two)) => one == two,
        (None, None) => {
            return unknown(
                NAME,
                "a TokenRequest is exchanged for a new token if its nonce is new",
            );
        }
        _ => false,
    };
    let failure = same.then(|| {
        "a second request gets the same token: a client whose token expires gets the expired one again"
            .to_owned()
    });
    check(NAME, failure, "a second request gets a new token")
}

/// Returns whether each TokenRequest has a nonce of its own: the service takes each once.
fn nonce(taken: &[Taken<'_>]) -> Check {
    const NAME: &str = "nonce";
    let nonces: Vec<_> = taken
        .iter()
        .filter_map(|one| Some(one.request()?.nonce.as_deref().unwrap_or_default()))
        .collect();
    if nonces.is_empty() {
        return unknown(NAME, "the endpoint gives tokens, not TokenRequests");
    }
    let mut seen = std::collections::HashSet::new();
    let is_repeated = nonces
        .iter()
        .any(|nonce| nonce.is_empty() || !seen.insert(nonce));
    let failure = is_repeated.then(|| {
        let error = token_request::replayed();
        format!(
            "a TokenRequest has the nonce of another one: the service takes each nonce once ({})",
            error.code
        )
    });
    check(NAME, failure, "each TokenRequest has a nonce of its own")
}

/// Returns whether each user gets a clientId of their own.
fn identity(taken: &[Taken<'_>]) -> Check {
    const NAME: &str = "identity";
    let mut known: Vec<(&str, String)> = Vec::new();
    for one in taken {
        let user = one.visit.user.as_str();
        match one.bearer() {
            Bearer::Unknown => {}
            Bearer::Known(ClientIdentity::Anonymous) => {
                let reason =
                    format!("the token of {user} has no clientId: Chat refuses it (40161)");
                return check(NAME, Some(reason), "");
            }
            Bearer::Known(ClientIdentity::Wildcard) => {
                let reason = format!(
                    "the token of {user} is for any clientId: whoever has it can act as anybody"
                );
                return check(NAME, Some(reason), "");
            }
            Bearer::Known(ClientIdentity::Fixed(id)) => known.push((user, id)),
        }
    }
    let shared = known.iter().find_map(|(user, id)| {
        let (other, _) = known.iter().find(|(other, of)| other != user && of == id)?;
        Some(format!("{user} and {other} are both the clientId '{id}'"))
    });
    if known.is_empty() {
        unknown(NAME, "the token doesn't show its clientId")
    } else {
        check(NAME, shared, "each user has a clientId of their own")
    }
}

/// Returns whether tokens grant no more than they should.
fn rights(taken: &[Taken<'_>], allowed: Option<&Capability>) -> Check {
    const NAME: &str = "rights";
    let Some(allowed) = allowed else {
        return unknown(NAME, "give --max-capability to check it");
    };
    let mut is_known = false;
    for one in taken {
        let Some(capability) = one.capability() else {
            continue;
        };
        is_known = true;
        if let Some(part) = difference(&capability, allowed).first() {
            let reason = format!(
                "{} may {} in {}, such as {}",
                one.visit.user,
                part.operations.names().join(", "),
                part.region,
                part.witness.name()
            );
            return check(NAME, Some(reason), "");
        }
    }
    if is_known {
        check(NAME, None, "tokens grant no more than --max-capability")
    } else {
        unknown(
            NAME,
            "the token doesn't show its capability: that of its key",
        )
    }
}

/// Returns whether the service takes what is given: by the server's own verifier, as far as `key` reaches.
fn accepted(taken: &[Taken<'_>], key: Option<&ApiKey>) -> Check {
    const NAME: &str = "valid";
    let keys = KeyRing::new(key.map(|key| KeyEntry::new(key.clone(), Capability::all())));
    let mut open = None;
    for one in taken {
        let now = one.visit.at;
        let result = match (one.request(), one.token()) {
            (Some(request), _) => {
                let name = &request.key_name;
                match key {
                    Some(key) if key.name() == name => {
                        token_request::grant(request, name, None, &keys, now).map(drop)
                    }
                    Some(key) => Err(of_another_key("the TokenRequest", name, key)),
                    None => {
                        open = Some("set ABLY_API_KEY to verify signatures");
                        token_request::check_unsigned(request, now)
                    }
                }
            }
            (None, Some(text)) => match (Shape::of(text), key) {
                (None, _) => Err(ErrorInfo::new(
                    40005,
                    400,
                    "the answer is neither a JWT nor an Ably token",
                )),
                (Some(Shape::AblyToken), _) => {
                    open = Some("only the service can read an Ably token");
                    Ok(())
                }
                (Some(_), Some(_)) => verify(text, &keys, now).map(drop),
                (Some(_), None) => {
                    open = Some("set ABLY_API_KEY to verify signatures");
                    Ok(())
                }
            },
            (None, None) => Ok(()),
        };
        match result {
            // The check before says so, and how long it is.
            Err(error) if error.code == EXPIRED => {}
            Err(error) => {
                let reason = format!("for {}: {}", one.visit.user, told(&error));
                return check(NAME, Some(reason), "");
            }
            Ok(()) => {}
        }
    }
    match open {
        Some(reason) => unknown(NAME, reason),
        None => check(NAME, None, "the service accepts the tokens"),
    }
}

fn of_another_key(what: &str, name: &str, key: &ApiKey) -> ErrorInfo {
    let name: String = name.chars().take(64).collect();
    let known = key.name();
    let message =
        format!("{what} is signed with the key {name}, and the key given here is {known}");
    ErrorInfo::new(40101, 401, message)
}

/// Returns whether there are mistakes in the tokens that `claims lint` knows.
fn rules(taken: &[Taken<'_>], key: Option<&ApiKey>) -> Check {
    const NAME: &str = "rules";
    let is_jwt = |one: &Taken<'_>| one.token().is_some_and(|text| jwt::decode(text).is_ok());
    if !taken.iter().any(is_jwt) {
        return unknown(NAME, "the endpoint gives no JWT, which claims lint reads");
    }
    let failure = taken.iter().find_map(|one| {
        let known = Known {
            now: one.visit.at,
            for_chat: true,
            key,
            key_capability: None,
        };
        let linted = lint::lint(
            one.token().filter(|text| jwt::decode(text).is_ok())?,
            &known,
        );
        let finding = linted
            .findings
            .into_iter()
            .find(|finding| finding.severity == Severity::Error)?;
        Some(format!("{}: {}", finding.code, finding.message))
    });
    check(NAME, failure, "claims lint finds no error in the tokens")
}

/// The first two answers to the same user.
fn again<'a, 'b>(taken: &'b [Taken<'a>]) -> Option<(&'b Taken<'a>, &'b Taken<'a>)> {
    taken.iter().enumerate().find_map(|(place, one)| {
        let other = taken[place + 1..]
            .iter()
            .find(|other| other.visit.user == one.visit.user)?;
        Some((one, other))
    })
}

#[cfg(test)]
mod tests;
