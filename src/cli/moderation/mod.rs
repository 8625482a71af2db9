//! `chatctl moderation`: rules that are asked before a message is published, and the people and programs that they ask.

mod cases;
mod check;
mod held;
mod replay;
mod serve;

use super::noun::{Group, Noun, NounBody, Verb, handler};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "moderation",
    "Decide about messages before they are published",
    NounBody::Verbs(&[
        Verb::new("list", handler!(held::ListHeld)),
        Verb::new("accept", handler!(held::AcceptHeld)),
        Verb::new("reject", handler!(held::RejectHeld)),
        Verb::new("check", handler!(check::CheckRule)),
        Verb::new("serve", handler!(serve::ServeVerdicts)),
        Verb::new("replay", handler!(replay::ReplayCases)),
    ]),
)
.within(Group::Server);
