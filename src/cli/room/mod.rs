//! `chatctl room`: messages of a room.

mod history;
mod send;
mod tail;
mod view;

use clap::{ArgMatches, Command, FromArgMatches, Subcommand};

use super::{Context, Noun, exit::Exit};

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "room",
    about: "Send, read and follow the messages of a room",
    build,
    run,
};

/// Send, read and follow the messages of a room.
#[derive(Subcommand)]
enum Verb {
    Send(send::Send),
    History(history::History),
    Tail(tail::Tail),
}

fn build(command: Command) -> Command {
    Verb::augment_subcommands(command)
        .subcommand_required(true)
        .arg_required_else_help(true)
}

fn run(matches: &ArgMatches, context: &Context) -> anyhow::Result<Exit> {
    match Verb::from_arg_matches(matches)? {
        Verb::Send(send) => send.run(context),
        Verb::History(history) => history.run(context),
        Verb::Tail(tail) => tail.run(context),
    }
}
