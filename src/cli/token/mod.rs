//! `token`: making, asking for and checking tokens.

mod issue;
mod mapping;
mod mint;
mod minting;
mod request;
mod revoke;
mod serve;
mod verify;

use super::Context;
use super::exit::UsageError;
use super::tree::{Body, Noun, Verb, action};
use crate::chat_core::auth::ApiKey;
use crate::settings;

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "token",
    about: "Mint, request, verify, revoke and serve tokens",
    body: Body::Verbs(&[
        Verb::new("mint", action!(mint::Mint)),
        Verb::new("request", action!(request::Request)),
        Verb::new("issue", action!(issue::Issue)),
        Verb::new("verify", action!(verify::Verify)),
        Verb::new("revoke", action!(revoke::Revoke)),
        Verb::new("serve", action!(serve::Serve)),
    ]),
};

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
