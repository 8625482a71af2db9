//! `claims`: what a token says, about whom, in which rooms, and what is wrong with it.

mod decode;
mod describe;
mod lint;
mod resolve;

use clap::{ArgMatches, FromArgMatches, Subcommand};

use super::exit::{Exit, Judged};
use super::{Context, Noun, with_verbs};
use crate::chat_core::error::ErrorInfo;

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "claims",
    about: "Decode tokens, resolve user claims, find mistakes",
    build: with_verbs::<Verb>,
    run,
};

#[derive(Subcommand)]
enum Verb {
    Decode(decode::Decode),
    Resolve(resolve::Resolve),
    Lint(lint::Lint),
}

fn run(matches: &ArgMatches, context: &Context) -> anyhow::Result<Exit> {
    match Verb::from_arg_matches(matches)? {
        Verb::Decode(decode) => decode.run(context),
        Verb::Resolve(resolve) => resolve.run(context),
        Verb::Lint(lint) => lint.run(context),
    }
}

/// That a text is no token is the answer to the question what is in it.
fn unreadable(error: ErrorInfo) -> Judged {
    Judged {
        error,
        exit: Exit::No,
    }
}
