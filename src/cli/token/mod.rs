//! `token`: making, asking for and checking tokens.

mod mint;
mod minting;
mod request;
mod verify;

use clap::{ArgMatches, FromArgMatches, Subcommand};

use super::exit::{Exit, UsageError};
use super::{Context, Noun};
use crate::chat_core::auth::ApiKey;
use crate::settings;

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "token",
    about: "Mint, request and verify tokens",
    build: |command| {
        Verb::augment_subcommands(command)
            .subcommand_required(true)
            .arg_required_else_help(true)
    },
    run,
};

#[derive(Subcommand)]
enum Verb {
    Mint(Box<mint::Mint>),
    Request(request::Request),
    Verify(verify::Verify),
}

fn run(matches: &ArgMatches, context: &Context) -> anyhow::Result<Exit> {
    match Verb::from_arg_matches(matches)? {
        Verb::Mint(mint) => mint.run(context),
        Verb::Request(request) => request.run(context),
        Verb::Verify(verify) => verify.run(context),
    }
}

/// The key to sign with.
fn signing_key(context: &Context) -> anyhow::Result<ApiKey> {
    settings::key(&context.flags, &context.environment)?
        .map(|key| key.value)
        .ok_or_else(|| {
            UsageError::new("there is no API key to sign with")
                .hint("set ABLY_API_KEY; `chatctl exec -- COMMAND` sets it to that of a fresh local server, and `chatctl serve --dev` prints one that is safe to commit")
                .into()
        })
}
