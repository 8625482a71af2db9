//! Revoked tokens (RSA17): by clientId, by revocation key, by channel of the capability.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use crate::chat_core::auth::keys::TokenFacts;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};

/// How long a revocation is kept after the tokens that it is about: revocable tokens live for an hour at most.
pub(crate) const KEPT: Duration = Duration::from_secs(60 * 60 + 5 * 60);

/// The most revocations of an app that may be about a token. One more is refused until the oldest is over.
pub(crate) const MAX_KEPT: usize = 100_000;

/// The target of a revocation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RevocationTarget {
    /// Tokens whose clientId is exactly this.
    ClientId(String),
    /// JWTs with this revocation key.
    RevocationKey(String),
    /// Tokens whose capability has this resource, as text.
    Channel(String),
}

impl RevocationTarget {
    /// Reads `clientId:X`, `revocationKey:X` or `channel:X`, split at the first colon.
    ///
    /// # Errors
    /// 40000 / 400 for another type, or for nothing behind the colon.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        match text.split_once(':') {
            Some((_, "")) | None => Err(ErrorInfo::new(
                40000,
                400,
                "Invalid revocation target: it is not TYPE:VALUE",
            )),
            Some(("clientId", value)) => Ok(Self::ClientId(value.to_owned())),
            Some(("revocationKey", value)) => Ok(Self::RevocationKey(value.to_owned())),
            Some(("channel", value)) => Ok(Self::Channel(value.to_owned())),
            Some((kind, _)) => Err(ErrorInfo::new(
                40000,
                400,
                format!(
                    "Invalid revocation target: '{kind}' is none of clientId, revocationKey and channel"
                ),
            )),
        }
    }
}

impl fmt::Display for RevocationTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClientId(value) => write!(f, "clientId:{value}"),
            Self::RevocationKey(value) => write!(f, "revocationKey:{value}"),
            Self::Channel(value) => write!(f, "channel:{value}"),
        }
    }
}

/// A revocation of one key's tokens.
#[derive(Clone, Debug)]
pub(crate) struct Revocation {
    /// The key.
    pub(crate) key_name: String,
    /// The tokens of the key that it is about.
    pub(crate) target: RevocationTarget,
    /// Tokens that were issued before this are revoked.
    pub(crate) issued_before: Timestamp,
    /// The time from which they are out of force.
    pub(crate) applies_at: Timestamp,
}

impl Revocation {
    /// Returns whether a token is among those that are revoked, now or later.
    pub(crate) fn is_about(&self, token: &TokenFacts<'_>) -> bool {
        self.key_name == token.key_name
            && token.issued < self.issued_before
            && match &self.target {
                RevocationTarget::ClientId(id) => token.client_id == Some(id),
                RevocationTarget::RevocationKey(key) => token.revocation_key == Some(key),
                RevocationTarget::Channel(resource) => token
                    .capability
                    .grants()
                    .iter()
                    .any(|grant| grant.rule().resource == *resource),
            }
    }
}

/// The revocations of one app, oldest first.
#[derive(Default)]
pub(crate) struct Revocations(VecDeque<Revocation>);

impl Revocations {
    /// Adds a revocation, and drops the oldest ones that cannot be about a token any more.
    pub(crate) fn add(&mut self, revocation: Revocation, now: Timestamp) {
        while self
            .0
            .front()
            .is_some_and(|kept| kept.issued_before + KEPT <= now)
        {
            self.0.pop_front();
        }
        self.0.push_back(revocation);
    }

    /// Returns all of them, oldest first.
    pub(crate) fn all(&self) -> Vec<Revocation> {
        self.0.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::auth::Capability;

    #[test]
    fn targets() {
        assert_eq!(
            RevocationTarget::parse("clientId:a:b"),
            Ok(RevocationTarget::ClientId("a:b".to_owned()))
        );
        assert_eq!(
            RevocationTarget::parse("channel:foo:*"),
            Ok(RevocationTarget::Channel("foo:*".to_owned()))
        );
        for text in ["clientId:a:b", "revocationKey:x", "channel:foo:*"] {
            assert_eq!(RevocationTarget::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "clientId", "clientId:", "client:a"] {
            assert_eq!(
                RevocationTarget::parse(text).unwrap_err().code,
                40000,
                "{text}"
            );
        }
    }

    #[test]
    fn a_revocation_is_about_older_tokens_of_its_key_and_target() {
        let capability = Capability::parse(r#"{"foo:*":["subscribe"]}"#).unwrap();
        let token = TokenFacts {
            key_name: "a.b",
            issued: Timestamp(1000),
            client_id: Some("x"),
            revocation_key: Some("g"),
            capability: &capability,
        };
        let mut revocations = Revocations::default();
        let mut revoke = |key: &str, target: &str, before: i64| {
            let revocation = Revocation {
                key_name: key.to_owned(),
                target: RevocationTarget::parse(target).unwrap(),
                issued_before: Timestamp(before),
                applies_at: Timestamp(5000),
            };
            let about = revocation.is_about(&token);
            revocations.add(revocation, Timestamp(5000));
            about
        };
        assert!(!revoke("a.c", "clientId:x", 2000));
        assert!(!revoke("a.b", "clientId:y", 2000));
        assert!(!revoke("a.b", "clientId:x", 1000));
        assert!(!revoke("a.b", "channel:foo", 2000));
        assert!(revoke("a.b", "channel:foo:*", 2000));
        assert!(revoke("a.b", "revocationKey:g", 2000));
        assert_eq!(revocations.all().len(), 6);
    }
}
