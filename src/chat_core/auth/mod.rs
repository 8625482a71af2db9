//! Authentication and authorization: keys, tokens, capabilities, identities and user claims.
//!
//! One engine for the server's gate, the client and the offline commands; what only the commands need of it is in
//! [`analysis`](super::analysis). It does no I/O and reads no clock: the present moment is an argument.

pub mod ably_token;
pub mod access;
pub mod capability;
pub mod claims;
pub mod feature;
pub mod identity;
pub mod invalid;
pub mod jwt;
pub mod key;
pub mod keys;
pub mod operation;
pub mod resource;
pub mod token_details;
pub mod token_request;
pub mod token_source;
pub mod verify;

use std::fmt;

pub use capability::Capability;
pub use claims::UserClaims;
pub use feature::Feature;
pub use identity::ClientIdentity;
pub use key::ApiKey;
pub use keys::{KeyEntry, KeyRing, Keys};
pub use operation::Operation;
pub use resource::{Resource, Target};
pub use token_details::TokenDetails;
pub use token_request::TokenRequest;
pub use token_source::TokenSource;
pub use verify::{Verified, verify};

/// A credential that lets a client in.
#[derive(Clone)]
pub enum Credential {
    /// An API key: Basic authentication.
    Key(ApiKey),
    /// An Ably JWT or Ably token: Bearer authentication.
    Token(Secret),
}

/// A text that must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one who sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => key.fmt(f),
            Self::Token(_) => f.write_str("Token(***)"),
        }
    }
}

/// The one of `names` that somebody who wrote `word` most likely meant: close enough, or a longer form of it.
pub(crate) fn nearest(
    word: &str,
    names: impl IntoIterator<Item = &'static str>,
) -> Option<&'static str> {
    let word = word.to_lowercase().replace(['_', ' '], "-");
    names
        .into_iter()
        .map(|name| {
            let likeness = strsim::jaro_winkler(&word, name);
            let distance = strsim::damerau_levenshtein(&word, name);
            (name, likeness, distance)
        })
        .filter(|(name, likeness, distance)| *likeness > 0.8 && *distance <= name.len() / 2)
        .max_by(|one, two| one.1.total_cmp(&two.1))
        .map(|(name, ..)| name)
}

#[cfg(test)]
mod vectors;
