//! `claims`: what a token says, about whom, in which rooms, and what is wrong with it.

mod decode;
mod describe;
mod lint;
mod resolve;

use super::exit::{Exit, Judged};
use super::tree::{Body, Noun, Verb, action};
use crate::chat_core::error::ErrorInfo;

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "claims",
    about: "Decode tokens, resolve user claims, find mistakes",
    body: Body::Verbs(&[
        Verb::new("decode", action!(decode::Decode)),
        Verb::new("resolve", action!(resolve::Resolve)),
        Verb::new("lint", action!(lint::Lint)),
    ]),
};

/// That a text is no token is the answer to the question what is in it.
fn unreadable(error: ErrorInfo) -> Judged {
    Judged {
        error,
        exit: Exit::No,
    }
}
