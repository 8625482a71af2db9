//! The rights that a command inspects: those of a token, a capability, or a key with a given capability.

use clap::Args;

use super::failure::Failure;
use super::file_name::check_not_file;
use super::grants::inspect_capability;
use super::{Context, local};
use crate::chat_core::analysis::token_text::{self, Content};
use crate::chat_core::auth::jwt;
use crate::chat_core::auth::verify::claim_time;
use crate::chat_core::auth::{ApiKey, Capability, Credential};
use crate::chat_core::clock::Timestamp;
use crate::settings::{Flags, Settings};

/// The subject of an inspection, besides the token and key that every command takes.
#[derive(Args, Debug, Default)]
pub(super) struct Subject {
    /// Capability to inspect, as JSON; `-` for standard input, `@file` for a file [default: that of --token]
    #[arg(long, value_name = "JSON")]
    capability: Option<String>,

    /// Capability of the key, as JSON: a token never grants more than its key
    #[arg(long, value_name = "JSON")]
    key_capability: Option<String>,
}

impl Subject {
    /// The capability to inspect.
    ///
    /// # Errors
    /// A malformed one, a token that can't be read, or nothing to inspect.
    pub(super) fn capability(&self, context: &Context) -> anyhow::Result<Capability> {
        let has_token_flag = context.flags.token.is_some() || context.flags.token_file.is_some();
        if self.capability.is_some() && has_token_flag {
            return Err(
                Failure::usage("--capability and --token contradict each other")
                    .hint("give one of them")
                    .into(),
            );
        }
        let of_key = key_capability(self.key_capability.as_deref(), context)?;
        let own = match &self.capability {
            Some(argument) => {
                check_not_file("--capability", argument)?;
                Some(inspect_capability(
                    "--capability",
                    &context.text_argument(argument)?,
                    context,
                )?)
            }
            None => match token_setting(context)? {
                Some(text) => of_token("--token", &text, context)?,
                None if of_key.is_none() => return Err(nothing_to_inspect().into()),
                None => None,
            },
        };
        match (own, of_key) {
            (Some(own), Some(of_key)) => Ok(own.intersect(&of_key)),
            (Some(one), None) | (None, Some(one)) => Ok(one),
            (None, None) => Err(Failure::usage(
                "the token has no capability of its own: it has that of its key",
            )
            .hint("give that with --key-capability")
            .into()),
        }
    }
}

fn nothing_to_inspect() -> Failure {
    Failure::usage("there is no token and no capability to inspect").hint(
        "give --capability, a token in ABLY_TOKEN or --token-file, or the key's capability with --key-capability; \
         `chatctl capability check --live` asks the endpoint",
    )
}

/// The capability that a token claims, if it claims one.
///
/// # Errors
/// A usage error that names `argument`: a text that is not a token, or a token that can't be read here.
pub(super) fn of_token(
    argument: &str,
    text: &str,
    context: &Context,
) -> anyhow::Result<Option<Capability>> {
    claimed_capability(argument, text)?
        .map(|text| inspect_capability(argument, &text, context))
        .transpose()
}

/// The capability that a token claims, as it is written there.
///
/// # Errors
/// As [`of_token`].
pub(super) fn claimed_capability(argument: &str, text: &str) -> anyhow::Result<Option<String>> {
    let read = |error| Failure::about(argument, &error);
    let handed = token_text::read(text).map_err(read)?;
    let claimed = match (&handed.content, handed.details()) {
        (Content::Jwt(token) | Content::EncryptedJwt(token), _) => {
            let decoded = jwt::decode(token).map_err(read)?;
            decoded.claimed_capability().map_err(read)?
        }
        (Content::Request(request), _) => request.capability.clone(),
        (Content::AblyToken(_), Some(details)) => details.capability.clone(),
        (Content::AblyToken(_), None) => {
            return Err(Failure::usage(
                "an Ably token can only be read by the service that issued it",
            )
            .hint("give its TokenDetails, or its capability with --capability")
            .into());
        }
    };
    Ok(claimed)
}

/// The capability of the key, if it is given.
///
/// # Errors
/// A malformed capability.
pub(super) fn key_capability(
    argument: Option<&str>,
    context: &Context,
) -> anyhow::Result<Option<Capability>> {
    argument
        .map(|argument| {
            check_not_file("--key-capability", argument)?;
            inspect_capability(
                "--key-capability",
                &context.text_argument(argument)?,
                context,
            )
        })
        .transpose()
}

/// The token that a command inspects: its argument, else the setting.
///
/// # Errors
/// None at all, or a file that can't be read.
pub(super) fn token_argument(argument: Option<&str>, context: &Context) -> anyhow::Result<String> {
    match argument {
        Some(argument) => {
            check_not_file("TOKEN", argument)?;
            context.text_argument(argument)
        }
        None => token_setting(context)?.ok_or_else(|| {
            Failure::usage("there is no token")
                .hint("give it as an argument, `-` for standard input, or in ABLY_TOKEN")
                .into()
        }),
    }
}

/// The token of `--token`, `--token-file` or `ABLY_TOKEN`.
///
/// # Errors
/// A setting that can't be used.
pub(super) fn token_setting(context: &Context) -> anyhow::Result<Option<String>> {
    let found = context.settings().credential()?;
    Ok(found.and_then(|found| match found.value {
        Credential::Token(token) => Some(token.reveal().to_owned()),
        Credential::Key(_) => None,
    }))
}

/// The key, whatever token is given beside it.
///
/// # Errors
/// As [`Settings::key`](crate::settings::Settings::key).
pub(super) fn key(context: &Context) -> anyhow::Result<Option<ApiKey>> {
    let flags = without_token(context);
    let settings = context.settings_of(&flags);
    Ok(settings.key()?.map(|key| key.value))
}

/// The same for a command that works without: a config file that can't be used has none.
///
/// # Errors
/// As [`key`], for the flags and the environment.
pub(super) fn optional_key(context: &Context) -> anyhow::Result<Option<ApiKey>> {
    if context.config.passable_fault().is_none() {
        return key(context);
    }
    let flags = without_token(context);
    let settings = Settings::new(vec![&flags, &context.environment]);
    Ok(settings.key()?.map(|key| key.value))
}

/// The flags without the token, which is inspected here and is not a credential.
fn without_token(context: &Context) -> Flags {
    Flags {
        token: None,
        token_file: None,
        ..context.flags.clone()
    }
}

/// The key that verifies signatures: that of the settings, else that of the local server, which also signs then.
///
/// # Errors
/// As [`key`], and a file that can't be read.
pub(super) fn verifying_key(context: &Context) -> anyhow::Result<Option<ApiKey>> {
    let flags = without_token(context);
    let settings = context.settings_of(&flags);
    match key(context)? {
        None if settings.is_local()? => local::known_key(context),
        found => Ok(found),
    }
}

/// The expiry that the token in `text` claims.
pub(super) fn expires(text: &str) -> Option<Timestamp> {
    let handed = token_text::read(text).ok()?;
    if let Some(expires) = handed.details().and_then(|details| details.expires) {
        return Some(expires);
    }
    let decoded = jwt::decode(handed.content.token()?).ok()?;
    claim_time(decoded.readable_claims()?, "exp")
}
