//! `token`: mints, requests, verifies, revokes and serves tokens.

mod issue;
mod live;
mod mapping;
mod mint;
mod minting;
mod request;
mod revoke;
mod serve;
mod signing_key;
mod verify;

use super::noun::{Group, Noun, NounBody, Verb, handler};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "token",
    "Mint, request, verify, revoke and serve tokens",
    NounBody::Verbs(&[
        Verb::new("mint", handler!(mint::MintToken)),
        Verb::new("request", handler!(request::RequestToken)),
        Verb::new("issue", handler!(issue::Issue)),
        Verb::new("verify", handler!(verify::Verify)),
        Verb::new("revoke", handler!(revoke::Revoke)),
        Verb::new("serve", handler!(serve::TokenServe)),
    ]),
)
.within(Group::Tokens)
.offline();
