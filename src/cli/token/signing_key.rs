//! The key that signs tokens.

use crate::chat_core::auth::ApiKey;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::local;

/// Returns the key of the settings, else that of the local server, which need not run for it.
///
/// # Errors
/// No key, or one that can't be read.
pub(super) fn signing_key(context: &Context) -> anyhow::Result<ApiKey> {
    if let Some(key) = context.settings().key()? {
        return Ok(key.value);
    }
    if context.settings().is_local()? {
        let key = local::key(context)?;
        context.output.notice(&format!(
            "using the key {} of the local server (set ABLY_API_KEY to sign with another)",
            key.name()
        ));
        return Ok(key);
    }
    Err(Failure::usage("there is no API key to sign with")
        .hint("set ABLY_API_KEY; `chatctl exec -- COMMAND` sets it to that of a fresh local server, and `chatctl serve --dev` prints one that is safe to commit")
        .into())
}
