//! The help of a command: its text, usage, options and examples.

use clap::{Arg, ArgAction, Command};

use super::document::{self, Block};
use crate::output::Look;

/// The line that leads from each command to the options that all commands take.
const OPTIONS_NOTE: &str =
    "Options that every command takes, such as --client-id, --json and --jq: chatctl help options";

/// The number of lines of examples in a short help.
const FEW_LINES: usize = 3;

/// The help of a command, in parts.
pub struct Page {
    /// One line.
    pub about: String,
    /// The text beyond that.
    pub description: Vec<Block>,
    /// The examples.
    pub examples: Vec<Example>,
}

/// Lines to type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Their purpose, where it is not plain.
    pub caption: Option<String>,
    /// The lines.
    pub lines: Vec<String>,
}

impl Page {
    /// The parts of the help of `command`.
    pub fn of(command: &Command) -> Self {
        let about = command.get_about().map(ToString::to_string);
        let long = command.get_long_about().map(ToString::to_string);
        let text = long.unwrap_or_default();
        // A long help begins with the short one.
        let (_, rest) = text.split_once("\n\n").unwrap_or_default();
        let mut description = Vec::new();
        let mut examples = Vec::new();
        for block in document::of_doc_comment(rest) {
            match block {
                Block::Verbatim(lines) if lines.iter().any(|line| line.contains("chatctl ")) => {
                    let caption = caption(&mut description);
                    examples.push(Example { caption, lines });
                }
                block => description.push(block),
            }
        }
        Self {
            about: about.unwrap_or_default(),
            description,
            examples,
        }
    }

    /// The lines of the examples, at most about `most` of them, each caption as a comment.
    pub fn example_lines(&self, most: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for example in &self.examples {
            if lines.len() >= most {
                break;
            }
            let room = most - lines.len();
            if let Some(caption) = &example.caption {
                if !lines.is_empty() {
                    lines.push(String::new());
                }
                lines.push(format!("# {caption}"));
            }
            for (taken, line) in example.lines.iter().enumerate() {
                // A line that goes on is not torn from its rest.
                let goes_on = lines
                    .last()
                    .is_some_and(|last: &String| last.ends_with(['\\', '|']));
                if taken >= room && !goes_on {
                    break;
                }
                lines.push(line.clone());
            }
        }
        lines
    }
}

/// The longest caption; what is longer says more than what the example is for.
const LONGEST_CAPTION: usize = 72;

/// Takes the caption of an example out of the description before it: a short paragraph that ends with a colon.
fn caption(description: &mut Vec<Block>) -> Option<String> {
    let Some(Block::Paragraph(text)) = description.last_mut() else {
        return None;
    };
    let words = text.strip_suffix(':')?.to_owned();
    if words.chars().count() > LONGEST_CAPTION {
        *text = format!("{words}.");
        return None;
    }
    description.pop();
    Some(words)
}

/// Renders the help of `command`, a command of the whole tree: all of it, or the short form.
pub fn render(mut command: Command, is_long: bool, look: Look) -> String {
    let page = Page::of(&command);
    let is_noun = command.has_subcommands();
    let mut text = if is_long || page.description.is_empty() {
        let about = Block::Paragraph(format!("{}.", page.about));
        let mut blocks = vec![about];
        blocks.extend(page.description.iter().cloned());
        document::to_text(&blocks, look)
    } else {
        document::to_text(&[Block::Paragraph(page.about.clone())], look)
    };
    text.push('\n');
    let verbs = if is_noun {
        "\n\nCommands:\n{subcommands}"
    } else {
        ""
    };
    let has_arguments = command.get_arguments().any(is_shown);
    let arguments = if has_arguments && !is_noun {
        "\n\n{all-args}"
    } else {
        ""
    };
    command = command
        .about(None)
        .long_about(None)
        .term_width(document::prose_width(look))
        .help_template(format!("{{usage-heading}} {{usage}}{verbs}{arguments}\n"));
    let rendered = if is_long {
        command.render_long_help()
    } else {
        command.render_help()
    };
    if look.color {
        text.push_str(rendered.ansi().to_string().trim_end());
    } else {
        text.push_str(rendered.to_string().trim_end());
    }
    text.push('\n');
    let lines = page.example_lines(if is_long { usize::MAX } else { FEW_LINES });
    if !lines.is_empty() {
        text.push('\n');
        text.push_str(&heading("Examples:", look));
        text.push('\n');
        for line in lines {
            text.push_str(format!("  {line}").trim_end());
            text.push('\n');
        }
    }
    text.push('\n');
    let note = if is_noun {
        let name = command.get_bin_name().unwrap_or_default();
        format!("More about a command: {name} COMMAND --help. {OPTIONS_NOTE}")
    } else if is_long {
        OPTIONS_NOTE.to_owned()
    } else {
        format!("More with --help. {OPTIONS_NOTE}")
    };
    text.push_str(&document::to_text(&[Block::Paragraph(note)], look));
    text
}

/// A heading as clap writes its own.
pub fn heading(title: &str, look: Look) -> String {
    look.paint(title, "1;4")
}

/// Returns whether an argument is shown in the help of its command.
pub fn is_shown(argument: &Arg) -> bool {
    let is_help = matches!(
        argument.get_action(),
        ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
    );
    !argument.is_hide_set() && !is_help
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &'static str) -> Page {
        Page::of(&Command::new("a").about("Say it").long_about(text))
    }

    #[test]
    fn indented_lines_with_the_program_are_examples() {
        let page = page(
            "Say it\n\nTo all.\n\n    chatctl say hello\n    chatctl say ho\n\nFrom a file:\n\n    chatctl say - \\\n      <file\n\n\
             A table:\n\n    a   b",
        );
        let caption = Some("From a file".to_owned());
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!(
            page.examples,
            [
                Example {
                    caption: None,
                    lines: lines(&["chatctl say hello", "chatctl say ho"])
                },
                Example {
                    caption,
                    lines: lines(&["chatctl say - \\", "  <file"])
                },
            ]
        );
        assert_eq!(page.description.len(), 3);
        assert_eq!(
            page.example_lines(3).join("\n"),
            "chatctl say hello\nchatctl say ho\n\n# From a file\nchatctl say - \\\n  <file"
        );
        assert_eq!(page.example_lines(1), ["chatctl say hello"]);
    }
}
