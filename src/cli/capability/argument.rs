//! Two capabilities as arguments: JSON, a token that carries one, `-` or `@file`.

use clap::Args;

use crate::chat_core::auth::Capability;
use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::cli::file_name::check_not_file;
use crate::cli::grants::inspect_capability;
use crate::cli::subject::claimed_capability;

/// Two capabilities to compare.
#[derive(Args, Debug)]
pub(super) struct Pair {
    /// Capability as JSON, or a token that has one; `-` for standard input, `@file` for a file
    #[arg(value_name = "A", allow_hyphen_values = true)]
    one: String,

    /// The other capability, likewise
    #[arg(value_name = "B", allow_hyphen_values = true)]
    two: String,
}

impl Pair {
    /// Both of them.
    ///
    /// # Errors
    /// An argument that is neither a capability nor a token with one.
    pub(super) fn read(&self, context: &Context) -> anyhow::Result<(Capability, Capability)> {
        one_stdin([self.one.as_str(), self.two.as_str()].into_iter())?;
        Ok((
            capability("A", &self.one, context)?,
            capability("B", &self.two, context)?,
        ))
    }
}

/// Checks that at most one argument reads standard input.
///
/// # Errors
/// `-` more than once.
pub(in crate::cli) fn one_stdin<'a>(
    arguments: impl Iterator<Item = &'a str>,
) -> anyhow::Result<()> {
    if arguments.filter(|argument| *argument == "-").count() > 1 {
        return Err(Failure::usage("standard input can be read once: give `-` once").into());
    }
    Ok(())
}

/// The capability of an argument: JSON, or a token that has one.
///
/// # Errors
/// A usage error that names `name`.
pub(super) fn capability(
    name: &str,
    argument: &str,
    context: &Context,
) -> anyhow::Result<Capability> {
    let text = capability_text(name, argument, context)?;
    inspect_capability(name, &text, context)
}

/// The same without warnings about its parts, for a command whose result they are.
///
/// # Errors
/// As [`capability`].
pub(super) fn capability_to_lint(
    name: &str,
    argument: &str,
    context: &Context,
) -> anyhow::Result<Capability> {
    let text = capability_text(name, argument, context)?;
    Ok(Capability::parse(&text).map_err(|error| Failure::about(name, &error))?)
}

fn capability_text(name: &str, argument: &str, context: &Context) -> anyhow::Result<String> {
    check_not_file(name, argument)?;
    let text = context.text_argument(argument)?;
    if is_capability(&text) {
        return Ok(text);
    }
    claimed_capability(name, &text)?.ok_or_else(|| {
        Failure::usage(format!(
            "{name}: the token has no capability of its own: it has that of its key"
        ))
        .hint("give the capability of the key as JSON")
        .into()
    })
}

/// Returns whether a text is meant as a capability: TokenDetails and TokenRequests are JSON objects too.
fn is_capability(text: &str) -> bool {
    let text = text.trim_start();
    let is_details = || {
        serde_json::from_str::<serde_json::Value>(text).is_ok_and(|value| {
            ["token", "keyName"]
                .iter()
                .any(|name| value.get(name).is_some_and(serde_json::Value::is_string))
        })
    };
    text.starts_with('{') && !is_details()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capability_is_told_from_what_is_around_a_token() {
        assert!(is_capability(r#"{"token":["publish"]}"#));
        assert!(is_capability("{"));
        assert!(!is_capability(r#"{"token":"a.b","issued":1}"#));
        assert!(!is_capability("a.b.c"));
    }
}
