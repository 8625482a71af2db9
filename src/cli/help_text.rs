//! Help texts as clap is to show them: they are doc comments, which are broken into lines already and may have braces.

use clap::Command;
use clap::builder::StyledStr;

/// The command with its texts, and those of its arguments, in the shape in which they are shown.
pub(super) fn shaped(command: Command) -> Command {
    let mut command = flowing(command);
    if let Some(about) = command.get_about().and_then(with_braces) {
        command = command.about(about);
    }
    if let Some(about) = command.get_long_about().and_then(with_braces) {
        command = command.long_about(about);
    }
    command.mut_args(|mut argument| {
        if let Some(help) = argument.get_help().and_then(with_braces) {
            argument = argument.help(help);
        }
        if let Some(help) = argument.get_long_help().and_then(with_braces) {
            argument = argument.long_help(help);
        }
        argument
    })
}

/// The command with its help as paragraphs for clap to break at the width of the terminal: the doc comment that it
/// comes from is broken already. What is indented stays as it is.
fn flowing(command: Command) -> Command {
    let Some(text) = command.get_long_about().map(ToString::to_string) else {
        return command;
    };
    let mut flowing = String::with_capacity(text.len());
    let mut follows_text = false;
    for line in text.lines() {
        let is_text = !line.is_empty() && !line.starts_with([' ', '-']);
        if !flowing.is_empty() {
            flowing.push(if is_text && follows_text { ' ' } else { '\n' });
        }
        flowing.push_str(line);
        follows_text = is_text;
    }
    command.long_about(flowing)
}

/// A help text with `{n}` in it, which clap would make a line break of: a style that changes nothing stands in between,
/// and goes where styles go.
fn with_braces(text: &StyledStr) -> Option<StyledStr> {
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
        let command = flowing(Command::new("a").long_about(text));
        assert_eq!(
            command.get_long_about().unwrap().to_string(),
            "Say it\n\nOne line, and another.\n\n    an example\n    two\n\nThe end, at last."
        );
    }
}
