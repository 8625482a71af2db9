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

use super::noun::{Group, Noun, NounBody, Verb, handler};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "room",
    "Send, read and follow the messages of a room",
    NounBody::Verbs(&[
        Verb::new("send", handler!(send::RoomSend)),
        Verb::new("tail", handler!(tail::RoomTail)),
        Verb::new("join", handler!(join::Join)),
        Verb::new("expect", handler!(expect::Expect)),
        Verb::new("history", handler!(history::RoomHistory)),
        Verb::new("get", handler!(get::RoomGet)),
        Verb::new("versions", handler!(get::RoomVersions)),
        Verb::new("update", handler!(update::RoomUpdate)),
        Verb::new("delete", handler!(delete::RoomDelete)),
        Verb::new("react", handler!(react::React)),
        Verb::new("list", handler!(list::RoomList)),
        Verb::new("export", handler!(export::Export)),
        Verb::new("import", handler!(import::Import)),
    ]),
)
.within(Group::Rooms);
