//! Prepares the help texts of options for clap: doc comments, which may have braces.

use clap::Command;
use clap::builder::StyledStr;

/// Prepares the help texts of the arguments of a command.
pub(super) fn prepare_texts(command: Command) -> Command {
    command.mut_args(|mut argument| {
        if let Some(help) = argument.get_help().and_then(keep_braces) {
            argument = argument.help(help);
        }
        if let Some(help) = argument.get_long_help().and_then(keep_braces) {
            argument = argument.long_help(help);
        }
        argument
    })
}

/// Keeps `{n}` in a help text, which clap would replace by a line break: an empty style stands in between, and is
/// removed with the other styles.
fn keep_braces(text: &StyledStr) -> Option<StyledStr> {
    let text = text.ansi().to_string();
    text.contains("{n}")
        .then(|| text.replace("{n}", "{\u{1b}[0mn}").into())
}
