//! The credential that a client uses at a time.

use crate::chat_core::auth::{Credential, Secret};
use crate::chat_core::clock::Moment;

/// The credential in use, and the clientId.
pub struct ActiveCredential {
    /// The credential; none where a call needs none.
    pub credential: Option<Credential>,
    /// The clientId to ask for beside it; `None` where the token says it.
    pub client_id: Option<String>,
    pub(super) expires: Option<Moment>,
    pub(super) renew_at: Option<Moment>,
}

impl ActiveCredential {
    /// The token, where the credential is one.
    pub fn token(&self) -> Option<&Secret> {
        match &self.credential {
            Some(Credential::Token(token)) => Some(token),
            _ => None,
        }
    }

    /// Returns the expiry of the token, where it is known.
    pub fn expires(&self) -> Option<Moment> {
        self.expires
    }

    /// Returns the time at which another token should be fetched; never for one that does not end, or does not say
    /// when.
    pub fn renew_at(&self) -> Option<Moment> {
        self.renew_at
    }
}
