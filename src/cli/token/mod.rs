//! `token`: making, asking for and checking tokens.

mod issue;
mod mapping;
mod mint;
mod minting;
mod request;
mod revoke;
mod serve;
mod verify;

use clap::{ArgMatches, FromArgMatches, Subcommand};

use super::exit::{Exit, UsageError};
use super::{Context, Noun, with_verbs};
use crate::chat_core::auth::ApiKey;
use crate::settings;

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "token",
    about: "Mint, request, verify, revoke and serve tokens",
    build: with_verbs::<Verb>,
    run,
};

#[derive(Subcommand)]
enum Verb {
    Mint(Box<mint::Mint>),
    Request(request::Request),
    Issue(issue::Issue),
    Verify(verify::Verify),
    Revoke(revoke::Revoke),
    Serve(serve::Serve),
}

fn run(matches: &ArgMatches, context: &Context) -> anyhow::Result<Exit> {
    match Verb::from_arg_matches(matches)? {
        Verb::Mint(mint) => mint.run(context),
        Verb::Request(request) => request.run(context),
        Verb::Issue(issue) => issue.run(context),
        Verb::Verify(verify) => verify.run(context),
        Verb::Revoke(revoke) => revoke.run(context),
        Verb::Serve(serve) => serve.run(context),
    }
}

/// The key to sign with: that of the local server, which need not run for it, where nobody says anything.
fn signing_key(context: &Context) -> anyhow::Result<ApiKey> {
    if let Some(key) = settings::key(&context.flags, &context.environment)? {
        return Ok(key.value);
    }
    if settings::is_local(&context.flags, &context.environment)? {
        let key = super::local::key(context)?;
        context.output.notice(&format!(
            "using the key {} of the local server (set ABLY_API_KEY to sign with another)",
            key.name()
        ));
        return Ok(key);
    }
    Err(UsageError::new("there is no API key to sign with")
        .hint("set ABLY_API_KEY; `chatctl exec -- COMMAND` sets it to that of a fresh local server, and `chatctl serve --dev` prints one that is safe to commit")
        .into())
}
