//! `token`: making, asking for and checking tokens.

mod issue;
mod mapping;
mod mint;
mod minting;
mod request;
mod revoke;
mod serve;
mod signing_key;
mod verify;

use super::noun::{Body, Noun, Verb, handler};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "token",
    "Mint, request, verify, revoke and serve tokens",
    Body::Verbs(&[
        Verb::new("mint", handler!(mint::Mint)),
        Verb::new("request", handler!(request::Request)),
        Verb::new("issue", handler!(issue::Issue)),
        Verb::new("verify", handler!(verify::Verify)),
        Verb::new("revoke", handler!(revoke::Revoke)),
        Verb::new("serve", handler!(serve::Serve)),
    ]),
);
