//! `auth`: an auth endpoint, seen as the SDKs see it.

mod check;

use clap::{ArgMatches, FromArgMatches, Subcommand};

use super::exit::Exit;
use super::{Context, Noun, with_verbs};

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "auth",
    about: "Check an auth endpoint as the SDKs would use it",
    build: with_verbs::<Verb>,
    run,
};

#[derive(Subcommand)]
enum Verb {
    Check(check::Check),
}

fn run(matches: &ArgMatches, context: &Context) -> anyhow::Result<Exit> {
    let Verb::Check(check) = Verb::from_arg_matches(matches)?;
    check.run(context)
}
