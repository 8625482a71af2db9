//! The texts of the help as blocks, and how they look on a terminal.
//!
//! Topics are written in Markdown. The help of a command is its doc comment: paragraphs, and indented lines that stay
//! as they are. Man pages are made from the same blocks.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use unicode_width::UnicodeWidthStr as _;

use crate::output::Look;

/// The widest that prose becomes: longer lines are hard to read.
const WIDEST: usize = 100;

/// The narrowest last column of a table; where there is less room, it goes below the others.
const NARROWEST_COLUMN: usize = 28;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// Text that is wrapped.
    Paragraph(String),
    /// Lines that stay as they are.
    Verbatim(Vec<String>),
    /// An item of a list, wrapped.
    Item(String),
    /// Rows under titles. The last column is wrapped.
    Table {
        /// The titles of the columns.
        titles: Vec<String>,
        /// The rows, each with as many cells as there are titles.
        rows: Vec<Vec<String>>,
    },
}

/// Splits a doc comment: paragraphs, and indented lines, whose common indent is dropped.
pub fn of_doc_comment(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut verbatim: Vec<&str> = Vec::new();
    for line in text.lines().chain(std::iter::once("")) {
        let is_indented = line.starts_with(' ');
        if !is_indented {
            end_verbatim(&mut verbatim, &mut blocks);
        }
        if is_indented || line.is_empty() {
            end_paragraph(&mut paragraph, &mut blocks);
        }
        if is_indented {
            verbatim.push(line);
        } else if !line.is_empty() {
            paragraph.push(line);
        }
    }
    end_verbatim(&mut verbatim, &mut blocks);
    blocks
}

fn end_paragraph(lines: &mut Vec<&str>, blocks: &mut Vec<Block>) {
    if !lines.is_empty() {
        blocks.push(Block::Paragraph(lines.join(" ")));
        lines.clear();
    }
}

fn end_verbatim(lines: &mut Vec<&str>, blocks: &mut Vec<Block>) {
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let common = lines.iter().map(indent).min().unwrap_or_default();
    if !lines.is_empty() {
        let lines = lines.drain(..);
        let lines = lines.map(|line| line.get(common..).unwrap_or_default().to_owned());
        blocks.push(Block::Verbatim(lines.collect()));
    }
}

/// Parses Markdown: headings, paragraphs, lists, code and tables. Emphasis and links become plain text.
pub fn of_markdown(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut inline = String::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut in_code = false;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Text(text) | Event::Code(text) => inline.push_str(&text),
            Event::SoftBreak | Event::HardBreak => inline.push(' '),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented | CodeBlockKind::Fenced(_))) => {
                in_code = true;
            }
            Event::Start(Tag::TableRow | Tag::TableHead) => rows.push(Vec::new()),
            Event::Start(Tag::List(_)) if !inline.is_empty() => {
                blocks.push(Block::Item(std::mem::take(&mut inline)));
            }
            Event::End(end) => {
                let text = || inline.clone();
                match end {
                    TagEnd::Heading(_) => blocks.push(Block::Heading(text())),
                    TagEnd::Paragraph | TagEnd::HtmlBlock => blocks.push(Block::Paragraph(text())),
                    TagEnd::Item if !inline.is_empty() => blocks.push(Block::Item(text())),
                    TagEnd::CodeBlock if in_code => {
                        let lines = inline.trim_end().lines().map(str::to_owned);
                        blocks.push(Block::Verbatim(lines.collect()));
                        in_code = false;
                    }
                    TagEnd::TableCell => {
                        if let Some(row) = rows.last_mut() {
                            row.push(text());
                        }
                    }
                    TagEnd::Table => {
                        let mut rows = rows.drain(..);
                        let titles = rows.next().unwrap_or_default();
                        let rows = rows.collect();
                        blocks.push(Block::Table { titles, rows });
                    }
                    // Emphasis, links: what they hold goes on.
                    _ => continue,
                }
                inline.clear();
            }
            _ => {}
        }
    }
    blocks
}

/// The width that prose has on a terminal, and elsewhere.
pub fn prose_width(look: Look) -> usize {
    look.width
        .map_or(WIDEST, |width| usize::from(width).clamp(20, WIDEST))
}

/// Renders blocks for people, an empty line between two of them.
pub fn to_text(blocks: &[Block], look: Look) -> String {
    let width = prose_width(look);
    let mut text = String::new();
    let mut before: Option<&Block> = None;
    for block in blocks {
        let are_items = matches!((before, block), (Some(Block::Item(_)), Block::Item(_)));
        if before.is_some() && !are_items {
            text.push('\n');
        }
        match block {
            Block::Heading(title) => {
                text.push_str(&look.paint(title, "1"));
                text.push('\n');
            }
            Block::Paragraph(prose) => fill(&mut text, prose, width, "", ""),
            Block::Item(prose) => fill(&mut text, prose, width, "- ", "  "),
            Block::Verbatim(lines) => {
                for line in lines {
                    text.push_str(format!("    {line}").trim_end());
                    text.push('\n');
                }
            }
            Block::Table { titles, rows } => table(&mut text, titles, rows, look),
        }
        before = Some(block);
    }
    text
}

/// Adds `prose` in lines of at most `width` columns, the first behind `first`, the others behind `rest`.
fn fill(text: &mut String, prose: &str, width: usize, first: &str, rest: &str) {
    let options = textwrap::Options::new(width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .word_separator(textwrap::WordSeparator::AsciiSpace);
    for line in textwrap::wrap(prose, options) {
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

/// Adds a table: two spaces between columns, the last one wrapped, below the others where there is little room.
fn table(text: &mut String, titles: &[String], rows: &[Vec<String>], look: Look) {
    let Some((last, others)) = titles.split_last() else {
        return;
    };
    let widths: Vec<usize> = (0..others.len())
        .map(|at| {
            let cells = rows.iter().map(|row| row[at].width());
            cells.chain([titles[at].width()]).max().unwrap_or_default()
        })
        .collect();
    let before: usize = widths.iter().map(|width| width + 2).sum();
    let width = prose_width(look);
    let is_beside = width >= before + NARROWEST_COLUMN;
    if is_beside && !titles.iter().all(String::is_empty) {
        let mut line = String::new();
        for (title, width) in others.iter().zip(&widths) {
            pad(&mut line, &title.to_uppercase(), width + 2);
        }
        line.push_str(&last.to_uppercase());
        text.push_str(&look.paint(line.trim_end(), "1"));
        text.push('\n');
    }
    for row in rows {
        let Some((last, others)) = row.split_last() else {
            continue;
        };
        let mut line = String::new();
        for (cell, width) in others.iter().zip(&widths) {
            pad(&mut line, cell, width + 2);
        }
        if is_beside {
            fill(text, last, width, &line, &" ".repeat(before));
        } else {
            text.push_str(line.trim_end());
            text.push('\n');
            fill(text, last, width, "    ", "    ");
        }
    }
}

fn pad(line: &mut String, cell: &str, width: usize) {
    line.push_str(cell);
    line.push_str(&" ".repeat(width.saturating_sub(cell.width())));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrow(width: u16) -> Look {
        Look {
            width: Some(width),
            ..Look::default()
        }
    }

    #[test]
    fn a_doc_comment_is_paragraphs_and_indented_lines() {
        let text = "One line,\nand another.\n\n    an example\n      more\n\n    two\n\nThe end:\n  a table";
        let verbatim =
            |lines: &[&str]| Block::Verbatim(lines.iter().map(|line| (*line).to_owned()).collect());
        assert_eq!(
            of_doc_comment(text),
            [
                Block::Paragraph("One line, and another.".to_owned()),
                verbatim(&["an example", "  more"]),
                verbatim(&["two"]),
                Block::Paragraph("The end:".to_owned()),
                verbatim(&["a table"]),
            ]
        );
    }

    #[test]
    fn markdown_becomes_blocks() {
        let text = "# Title\n\nSome `code` and *words*\non two lines.\n\n```sh\nrun it\n\n  now\n```\n\n\
                    - one\n- two\n\n| name | meaning |\n| --- | --- |\n| `a` | the first |\n";
        assert_eq!(
            of_markdown(text),
            [
                Block::Heading("Title".to_owned()),
                Block::Paragraph("Some code and words on two lines.".to_owned()),
                Block::Verbatim(vec!["run it".to_owned(), String::new(), "  now".to_owned()]),
                Block::Item("one".to_owned()),
                Block::Item("two".to_owned()),
                Block::Table {
                    titles: vec!["name".to_owned(), "meaning".to_owned()],
                    rows: vec![vec!["a".to_owned(), "the first".to_owned()]],
                },
            ]
        );
    }

    #[test]
    fn prose_wraps_at_the_width_and_code_does_not() {
        let text = "A paragraph that is longer than thirty columns.\n\n    chatctl with a line that is longer than that\n\n\
                    - an item that is longer than thirty columns";
        assert_eq!(
            to_text(&of_markdown(text), narrow(30)),
            "A paragraph that is longer\nthan thirty columns.\n\n    chatctl with a line that is longer than that\n\n\
             - an item that is longer than\n  thirty columns\n"
        );
    }

    #[test]
    fn the_last_column_goes_below_where_there_is_no_room() {
        let text = "| variable | meaning |\n| --- | --- |\n| ABLY_ENDPOINT | a routing policy, a host or a URL |";
        let blocks = of_markdown(text);
        assert_eq!(
            to_text(&blocks, narrow(45)),
            "VARIABLE       MEANING\nABLY_ENDPOINT  a routing policy, a host or a\n               URL\n"
        );
        assert_eq!(
            to_text(&blocks, narrow(30)),
            "ABLY_ENDPOINT\n    a routing policy, a host\n    or a URL\n"
        );
    }
}
