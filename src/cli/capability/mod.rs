//! `capability`: what a key or token may do, and why.

mod argument;
mod check;
mod diff;
mod explain;
mod features;
mod intersect;
mod lint;
mod live;
mod matrix;
mod minimize;
mod policy;
mod prove;
mod question;
mod report;
mod schema;
mod test;
mod who_can;

use clap::{ArgMatches, FromArgMatches, Subcommand};

use super::exit::Exit;
use super::{Context, Noun, with_verbs};
use crate::chat_core::protocol::names::CHAT_SUFFIX;

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "capability",
    about: "Find out what a key or token may do, and why",
    build: with_verbs::<Verb>,
    run,
};

#[derive(Subcommand)]
enum Verb {
    Features(features::Features),
    Check(check::Check),
    Matrix(matrix::Matrix),
    Explain(explain::Explain),
    Diff(diff::Diff),
    Intersect(intersect::Intersect),
    WhoCan(who_can::WhoCan),
    Test(test::Test),
    Schema(schema::Schema),
    Minimize(minimize::Minimize),
    Lint(lint::Lint),
}

/// Says so where a room's channel is given in the place of the room: the answer would be about another room.
fn warn_of_channels(rooms: &[String], context: &Context) {
    for name in rooms {
        if let Some(room) = name.strip_suffix(CHAT_SUFFIX) {
            context.output.notice(&format!(
                "warning: '{name}' is the name of a channel; the room is '{room}'"
            ));
        }
    }
}

fn run(matches: &ArgMatches, context: &Context) -> anyhow::Result<Exit> {
    match Verb::from_arg_matches(matches)? {
        Verb::Features(features) => features.run(context),
        Verb::Check(check) => check.run(context),
        Verb::Matrix(matrix) => matrix.run(context),
        Verb::Explain(explain) => explain.run(context),
        Verb::Diff(diff) => diff.run(context),
        Verb::Intersect(intersect) => intersect.run(context),
        Verb::WhoCan(who_can) => who_can.run(context),
        Verb::Test(test) => test.run(context),
        Verb::Schema(schema) => schema.run(context),
        Verb::Minimize(minimize) => minimize.run(context),
        Verb::Lint(lint) => lint.run(context),
    }
}

/// The table of features, for the help.
pub(super) fn features_table() -> features::Table {
    features::Table
}
