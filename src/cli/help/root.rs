//! `chatctl --help`: the commands by what people do, and where to go from there.

use std::fmt::Write as _;

use super::document::{self, Block};
use super::page::heading;
use crate::cli::noun::{Group, Noun};
use crate::output::Look;

/// The purpose of the program, in a line.
pub const ABOUT: &str =
    "Work with Ably Chat from the shell, with an Ably-compatible server built in";

/// The first things to type.
pub const EXAMPLES: [&str; 3] = [
    "chatctl room send lobby \"hello\"",
    "chatctl room tail lobby --until '.message.text == \"done\"'",
    "chatctl exec -- npm test",
];

/// Renders the help of the program.
pub(super) fn render(nouns: &[Noun], topics: Option<&[(&str, &str)]>, look: Look) -> String {
    let mut text = document::to_text(&[Block::Paragraph(format!("{ABOUT}."))], look);
    let usage = heading("Usage:", look);
    let _ = writeln!(text, "\n{usage} chatctl COMMAND [OPTIONS]");
    let names = nouns.iter().map(|noun| noun.name.len());
    let names = names.chain(
        topics
            .iter()
            .flat_map(|all| all.iter().map(|(name, _)| name.len())),
    );
    let width = names.max().unwrap_or_default();
    let mut list = |title: &str, entries: &mut dyn Iterator<Item = (&str, &str)>| {
        let _ = writeln!(text, "\n{}", heading(title, look));
        for (name, about) in entries {
            let name = look.paint(&format!("{name:width$}"), "1");
            let _ = writeln!(text, "  {name}  {about}");
        }
    };
    for group in Group::ALL {
        let nouns = nouns.iter().filter(|noun| noun.group == group);
        list(
            &format!("{}:", group.title()),
            &mut nouns.map(|noun| (noun.name, noun.about)),
        );
    }
    if let Some(topics) = topics {
        list("Topics:", &mut topics.iter().copied());
    }
    list("Examples:", &mut std::iter::empty());
    for example in EXAMPLES {
        let _ = writeln!(text, "  {example}");
    }
    let note = "Options that every command takes: chatctl help options. Topics such as exit-codes and output: \
                chatctl help topics. A command's help: chatctl COMMAND --help.";
    text.push('\n');
    text.push_str(&document::to_text(
        &[Block::Paragraph(note.to_owned())],
        look,
    ));
    text
}
