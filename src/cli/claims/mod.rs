//! `claims`: decodes tokens, resolves user claims, finds mistakes.

mod decode;
mod describe;
mod lint;
mod resolve;

use super::noun::{Group, Noun, NounBody, Verb, handler};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "claims",
    "Decode tokens, resolve user claims, find mistakes",
    NounBody::Verbs(&[
        Verb::new("decode", handler!(decode::Decode)),
        Verb::new("resolve", handler!(resolve::Resolve)),
        Verb::new("lint", handler!(lint::TokenLint)),
    ]),
)
.within(Group::Tokens)
.offline();
