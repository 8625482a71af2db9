//! `chatctl room`: messages of a room.

pub(super) mod arguments;
pub(super) mod asked;
mod delete;
mod expect;
mod export;
mod filter;
mod get;
mod history;
mod import;
mod join;
mod list;
mod progress;
mod react;
pub(super) mod request;
mod send;
pub(super) mod session;
mod tail;
mod update;
mod view;
pub(super) mod watch;
pub(super) mod words;

use super::tree::{Body, Noun, Verb, action};

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "room",
    about: "Send, read and follow the messages of a room",
    body: Body::Verbs(&[
        Verb::new("send", action!(send::Send)),
        Verb::new("tail", action!(tail::Tail)),
        Verb::new("join", action!(join::Join)),
        Verb::new("expect", action!(expect::Expect)),
        Verb::new("history", action!(history::History)),
        Verb::new("get", action!(get::Get)),
        Verb::new("versions", action!(get::Versions)),
        Verb::new("update", action!(update::Update)),
        Verb::new("delete", action!(delete::Delete)),
        Verb::new("react", action!(react::React)),
        Verb::new("list", action!(list::List)),
        Verb::new("export", action!(export::Export)),
        Verb::new("import", action!(import::Import)),
    ]),
};
