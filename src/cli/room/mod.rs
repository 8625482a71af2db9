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

use clap::{ArgMatches, FromArgMatches, Subcommand};

use super::{Context, Noun, exit::Exit, with_verbs};

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "room",
    about: "Send, read and follow the messages of a room",
    build: with_verbs::<Verb>,
    run,
};

/// Send, read and follow the messages of a room.
#[derive(Subcommand)]
enum Verb {
    Send(send::Send),
    Tail(tail::Tail),
    Join(join::Join),
    Expect(expect::Expect),
    History(history::History),
    Get(get::Get),
    Versions(get::Versions),
    Update(update::Update),
    Delete(delete::Delete),
    React(react::React),
    List(list::List),
    Export(export::Export),
    Import(import::Import),
}

fn run(matches: &ArgMatches, context: &Context) -> anyhow::Result<Exit> {
    match Verb::from_arg_matches(matches)? {
        Verb::Send(send) => send.run(context),
        Verb::Tail(tail) => tail.run(context),
        Verb::Join(join) => join.run(context),
        Verb::Expect(expect) => expect.run(context),
        Verb::History(history) => history.run(context),
        Verb::Get(get) => get.run(context),
        Verb::Versions(versions) => versions.run(context),
        Verb::Update(update) => update.run(context),
        Verb::Delete(delete) => delete.run(context),
        Verb::React(react) => react.run(context),
        Verb::List(list) => list.run(context),
        Verb::Export(export) => export.run(context),
        Verb::Import(import) => import.run(context),
    }
}
