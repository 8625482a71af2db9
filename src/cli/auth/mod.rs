//! `auth`: an auth endpoint, seen as the SDKs see it.

mod check;

use super::noun::{Group, Noun, NounBody, Verb, handler};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "auth",
    "Check an auth endpoint as the SDKs would use it",
    NounBody::Verbs(&[Verb::new("check", handler!(check::AuthCheck))]),
)
.within(Group::Tokens);
