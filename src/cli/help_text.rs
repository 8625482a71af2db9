//! Prepares help texts for clap: they are doc comments, which are already broken into lines and may have braces.

use clap::Command;
use clap::builder::StyledStr;

/// Prepares the help texts of a command and its arguments.
pub(super) fn prepare_texts(command: Command) -> Command {
    let mut command = join_paragraphs(command);
    if let Some(about) = command.get_about().and_then(keep_braces) {
        command = command.about(about);
    }
    if let Some(about) = command.get_long_about().and_then(keep_braces) {
        command = command.long_about(about);
    }
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

/// Joins the lines of the long help into paragraphs, for clap to wrap at the width of the terminal. Indented lines stay
/// as they are.
fn join_paragraphs(command: Command) -> Command {
    let Some(text) = command.get_long_about().map(ToString::to_string) else {
        return command;
    };
    let mut join_paragraphs = String::with_capacity(text.len());
    let mut follows_text = false;
    for line in text.lines() {
        let is_text = !line.is_empty() && !line.starts_with([' ', '-']);
        if !join_paragraphs.is_empty() {
            join_paragraphs.push(if is_text && follows_text { ' ' } else { '\n' });
        }
        join_paragraphs.push_str(line);
        follows_text = is_text;
    }
    command.long_about(join_paragraphs)
}

/// Keeps `{n}` in a help text, which clap would replace by a line break: an empty style stands in between, and is
/// removed with the other styles.
fn keep_braces(text: &StyledStr) -> Option<StyledStr> {
    let text = text.ansi().to_string();
    text.contains("{n}")
        .then(|| text.replace("{n}", "{\u{1b}[0mn}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_flows_and_examples_stay() {
        let text =
            "Say it\n\nOne line,\nand another.\n\n    an example\n    two\n\nThe end,\nat last.";
        let command = join_paragraphs(Command::new("a").long_about(text));
        assert_eq!(
            command.get_long_about().unwrap().to_string(),
            "Say it\n\nOne line, and another.\n\n    an example\n    two\n\nThe end, at last."
        );
    }
}
