//! `claims`: what a token says, about whom, in which rooms, and what is wrong with it.

mod decode;
mod describe;
mod lint;
mod resolve;

use super::noun::{Body, Noun, Verb, handler};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "claims",
    "Decode tokens, resolve user claims, find mistakes",
    Body::Verbs(&[
        Verb::new("decode", handler!(decode::Decode)),
        Verb::new("resolve", handler!(resolve::Resolve)),
        Verb::new("lint", handler!(lint::Lint)),
    ]),
);
