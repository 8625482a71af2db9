//! The content of a token that was verified.

use serde_json::{Map, Value};

use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::claims::UserClaims;
use crate::chat_core::auth::identity::ClientIdentity;
use crate::chat_core::auth::keys::TokenFacts;
use crate::chat_core::clock::Timestamp;

/// The content of a valid token.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The key that it was made with.
    pub key_name: String,
    /// The identity.
    pub identity: ClientIdentity,
    /// The capability: its own within its key's.
    pub capability: Capability,
    /// The capability that it carries itself, where its key's narrows it: revocations are about this one.
    pub claimed: Option<Capability>,
    /// The claims that events carry; none in an Ably token.
    pub user_claims: UserClaims,
    /// The time of issue.
    pub issued: Timestamp,
    /// The expiry.
    pub expires: Timestamp,
    /// The group that it can be revoked with.
    pub revocation_key: Option<String>,
    /// All its claims; empty for an Ably token.
    pub claims: Map<String, Value>,
}

impl Verified {
    /// Returns the facts that a revocation can be about: the same for a client that connects and for one that is
    /// connected.
    pub fn facts(&self) -> TokenFacts<'_> {
        TokenFacts {
            key_name: &self.key_name,
            issued: self.issued,
            client_id: self.identity.as_wire(),
            revocation_key: self.revocation_key.as_deref(),
            capability: self.claimed.as_ref().unwrap_or(&self.capability),
        }
    }
}
