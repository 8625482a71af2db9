//! `chatctl room`: messages of a room.

pub(super) mod arguments;
mod delete;
pub(super) mod describe;
mod expect;
mod export;
mod filter;
mod get;
mod history;
mod import;
mod join;
mod list;
pub(super) mod not_found;
mod progress;
mod react;
pub(super) mod request;
mod send;
mod send_error;
pub(super) mod session;
mod tail;
mod update;
mod view;
pub(super) mod watch;

use super::noun::{Body, Noun, Verb, handler};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "room",
    "Send, read and follow the messages of a room",
    Body::Verbs(&[
        Verb::new("send", handler!(send::Send)),
        Verb::new("tail", handler!(tail::Tail)),
        Verb::new("join", handler!(join::Join)),
        Verb::new("expect", handler!(expect::Expect)),
        Verb::new("history", handler!(history::History)),
        Verb::new("get", handler!(get::Get)),
        Verb::new("versions", handler!(get::Versions)),
        Verb::new("update", handler!(update::Update)),
        Verb::new("delete", handler!(delete::Delete)),
        Verb::new("react", handler!(react::React)),
        Verb::new("list", handler!(list::List)),
        Verb::new("export", handler!(export::Export)),
        Verb::new("import", handler!(import::Import)),
    ]),
);
