//! `auth`: an auth endpoint, seen as the SDKs see it.

mod check;

use super::tree::{Body, Noun, Verb, action};

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "auth",
    about: "Check an auth endpoint as the SDKs would use it",
    body: Body::Verbs(&[Verb::new("check", action!(check::Check))]),
};
