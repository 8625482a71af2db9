//! Authentication and authorization: keys, tokens, capabilities, identities and user claims.
//!
//! One engine for the server's gate, the client and the offline commands; what only the commands need of it is in
//! [`analysis`](super::analysis). It does no I/O and reads no clock: the present moment is an argument.

pub mod ably_token;
pub mod access;
pub mod capability;
pub mod claims;
pub mod credential;
pub mod feature;
pub mod identity;
pub mod invalid;
pub mod jwt;
pub mod key;
pub mod keys;
mod nearest;
pub mod operation;
pub mod resource;
pub mod token_details;
pub mod token_request;
pub mod token_source;
pub mod verify;

pub use capability::Capability;
pub use claims::UserClaims;
pub use credential::{Credential, Secret};
pub use feature::Feature;
pub use identity::ClientIdentity;
pub use key::ApiKey;
pub use keys::{KeyEntry, KeyRing, Keys};
pub(crate) use nearest::nearest;
pub use operation::Operation;
pub use resource::{Resource, Target};
pub use token_details::TokenDetails;
pub use token_request::TokenRequest;
pub use token_source::TokenSource;
pub use verify::{Verified, verify};

#[cfg(test)]
mod vectors;
