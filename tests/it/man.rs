//! The man pages, out of the tree of commands and the topics of the help.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use chatctl::cli::exit::Exit;
use chatctl::cli::help::document::{Block, of_markdown};
use chatctl::cli::help::page::{Page, is_shown};
use chatctl::cli::help::{EXAMPLES, HelpTopic, TOPICS};
use clap::{Arg, ArgAction, Command};
use roff::{Inline, Roff, bold, italic, roman};

use crate::tools::is_there;

/// The date of the pages. A page changes with its text alone.
const DATE: &str = "2026-11-30";

/// All pages, by their paths.
pub(crate) fn pages() -> BTreeMap<PathBuf, Vec<u8>> {
    let mut tree = chatctl::cli::command();
    tree.build();
    let mut pages = BTreeMap::new();
    add(&tree, &[], &mut pages);
    for topic in TOPICS {
        let path = Path::new("man").join(format!("chatctl-{}.7", topic.name));
        pages.insert(path, of_topic(topic).render().into_bytes());
    }
    pages
}

/// Adds the page of `command`, whose name stands behind `before`, and those of its verbs.
fn add(command: &Command, before: &[&str], pages: &mut BTreeMap<PathBuf, Vec<u8>>) {
    let words = [before, &[command.get_name()]].concat();
    let path = Path::new("man").join(format!("{}.1", words.join("-")));
    let text = of_command(command, &words).render();
    pages.insert(path, text.into_bytes());
    for verb in command.get_subcommands() {
        add(verb, &words, pages);
    }
}

fn titled(name: &str, section: &str, about: &str) -> Roff {
    let mut page = Roff::new();
    let version = concat!("chatctl ", env!("CARGO_PKG_VERSION"));
    let name = name.replace(' ', "-");
    page.control("TH", [name.to_uppercase().as_str(), section, DATE, version]);
    page.control("SH", ["NAME"]);
    page.text([roman(format!("{name} - {about}"))]);
    page
}

fn of_command(command: &Command, words: &[&str]) -> Roff {
    let help = Page::of(command);
    let name = words.join(" ");
    let mut page = titled(&name, "1", &help.about);
    page.control("SH", ["SYNOPSIS"]);
    page.text(synopsis(command, words));
    page.control("SH", ["DESCRIPTION"]);
    page.text([roman(format!("{}.", help.about))]);
    for block in &help.description {
        page.control("PP", []);
        add_block(&mut page, block);
    }
    let arguments: Vec<&Arg> = command.get_arguments().filter(|it| is_shown(it)).collect();
    let (positionals, options): (Vec<_>, Vec<_>) =
        arguments.into_iter().partition(|it| it.is_positional());
    for (title, arguments) in [("ARGUMENTS", positionals), ("OPTIONS", options)] {
        if !arguments.is_empty() {
            page.control("SH", [title]);
        }
        for argument in arguments {
            page.control("TP", []);
            page.text(form(argument));
            page.text([roman(help_of(argument))]);
        }
    }
    if command.has_subcommands() {
        page.control("SH", ["COMMANDS"]);
        for verb in command.get_subcommands() {
            page.control("TP", []);
            page.text([bold(format!("{name} {}", verb.get_name()))]);
            let about = verb.get_about().map(ToString::to_string);
            page.text([roman(about.unwrap_or_default())]);
        }
    }
    let mut examples = help.example_lines(usize::MAX);
    if words.len() == 1 {
        examples = EXAMPLES.map(str::to_owned).to_vec();
    }
    if !examples.is_empty() {
        page.control("SH", ["EXAMPLES"]);
        verbatim(&mut page, &examples);
    }
    page.control("SH", ["EXIT STATUS"]);
    for exit in Exit::ALL {
        page.control("TP", []);
        page.text([bold(exit.code().to_string())]);
        page.text([roman(exit.meaning())]);
    }
    page.control("SH", ["ENVIRONMENT"]);
    page.text([
        bold("ABLY_API_KEY"),
        roman(", "),
        bold("ABLY_TOKEN"),
        roman(", "),
        bold("ABLY_CLIENT_ID"),
        roman(" and "),
        bold("ABLY_ENDPOINT"),
        roman(" say where a command talks to, and as whom. All variables are listed in chatctl-environment(7)."),
    ]);
    see_also(&mut page, words);
    page
}

fn see_also(page: &mut Roff, words: &[&str]) {
    page.control("SH", ["SEE ALSO"]);
    let parents = (1..words.len()).map(|count| format!("{}(1)", words[..count].join("-")));
    let topics = ["options", "environment", "exit-codes", "output"];
    let topics = topics.map(|topic| format!("chatctl-{topic}(7)"));
    let all: Vec<String> = parents.chain(topics).collect();
    page.text([roman(all.join(", "))]);
}

fn of_topic(topic: &HelpTopic) -> Roff {
    let mut page = titled(&format!("chatctl {}", topic.name), "7", topic.about);
    page.control("SH", ["DESCRIPTION"]);
    let blocks = of_markdown(&(topic.text)());
    for (number, block) in blocks.iter().enumerate() {
        // A text may begin with its own title.
        if number == 0 && matches!(block, Block::Heading(_)) {
            continue;
        }
        let follows_heading = number > 0 && matches!(blocks[number - 1], Block::Heading(_));
        if number > 0 && !follows_heading && matches!(block, Block::Paragraph(_)) {
            page.control("PP", []);
        }
        add_block(&mut page, block);
    }
    page.control("SH", ["SEE ALSO"]);
    page.text([roman("chatctl(1), chatctl-help(1)")]);
    page
}

fn add_block(page: &mut Roff, block: &Block) {
    match block {
        Block::Heading(title) => {
            page.control("SS", [title.as_str()]);
        }
        Block::Paragraph(text) => {
            page.text([roman(text)]);
        }
        Block::Item(text) => {
            page.control("IP", ["-", "2"]);
            page.text([roman(text)]);
        }
        Block::Verbatim(lines) => verbatim(page, lines),
        Block::Table { rows, .. } => {
            for row in rows {
                let Some((last, others)) = row.split_last() else {
                    continue;
                };
                let named: Vec<&str> = others
                    .iter()
                    .map(String::as_str)
                    .filter(|cell| !cell.is_empty())
                    .collect();
                page.control("TP", []);
                page.text([bold(named.join("  "))]);
                page.text([roman(last)]);
            }
        }
    }
}

/// Lines that are copied: not filled.
fn verbatim(page: &mut Roff, lines: &[String]) {
    page.control("RS", ["4"]);
    page.control("nf", []);
    for line in lines {
        page.text([roman(line)]);
    }
    page.control("fi", []);
    page.control("RE", []);
}

fn synopsis(command: &Command, words: &[&str]) -> Vec<Inline> {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let rest = usage.strip_prefix(&words.join(" ")).unwrap_or(usage);
    vec![bold(words.join(" ")), roman(rest.to_owned())]
}

/// An argument as it is typed.
fn form(argument: &Arg) -> Vec<Inline> {
    let mut form = Vec::new();
    if let Some(short) = argument.get_short() {
        form.push(bold(format!("-{short}")));
        form.push(roman(", "));
    }
    if let Some(long) = argument.get_long() {
        form.push(bold(format!("--{long}")));
    }
    let takes_values = !matches!(
        argument.get_action(),
        ArgAction::SetTrue | ArgAction::SetFalse | ArgAction::Count
    );
    if takes_values {
        let names = argument.get_value_names().unwrap_or_default();
        for (number, name) in names.iter().enumerate() {
            if number > 0 || argument.get_long().is_some() {
                form.push(roman(" "));
            }
            form.push(italic(name.to_string()));
        }
    }
    form
}

/// What there is to say about an argument.
fn help_of(argument: &Arg) -> String {
    let help = argument.get_long_help().or_else(|| argument.get_help());
    let mut help = help.map(ToString::to_string).unwrap_or_default();
    let values: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| value.get_name().to_owned())
        .collect();
    let takes_values = argument.get_action().takes_values();
    if takes_values && !values.is_empty() && !argument.is_hide_possible_values_set() {
        let _ = write!(help, ": {}", values.join(", "));
    }
    let defaults: Vec<String> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    if takes_values && !defaults.is_empty() && !argument.is_hide_default_value_set() {
        let _ = write!(help, " [default: {}]", defaults.join(","));
    }
    help.replace("\n\n", " ").replace('\n', " ")
}

#[test]
fn pages_render_without_a_warning() {
    if !is_there("mandoc") {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths: Vec<PathBuf> = pages().into_keys().map(|path| root.join(path)).collect();
    let output = Process::new("mandoc")
        .args(["-T", "lint", "-W", "warning"])
        .args(&paths)
        .output()
        .unwrap();
    let found = String::from_utf8(output.stdout).unwrap();
    assert!(found.is_empty() && output.status.success(), "{found}");
}

#[test]
fn pages_have_what_one_looks_for_in_them() {
    if !is_there("mandoc") {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| {
        let output = Process::new("mandoc")
            .args(["-T", "utf8", "-O", "width=80"])
            .arg(root.join("man").join(name))
            .output()
            .unwrap();
        // Bold and underlined text is typed twice.
        let text = String::from_utf8(output.stdout).unwrap();
        let mut plain = String::new();
        for c in text.chars() {
            if c == '\u{8}' {
                plain.pop();
            } else {
                plain.push(c);
            }
        }
        plain
    };
    let send = read("chatctl-room-send.1");
    for text in [
        "chatctl room send [OPTIONS] <ROOM> [TEXT]",
        "OPTIONS",
        "EXAMPLES",
        "EXIT STATUS",
        "ENVIRONMENT",
        "chatctl-environment(7)",
        // As it is typed, hyphens and quotation marks included.
        "chatctl room send lobby \"message {n}\" --count 100 --rate 10/s",
    ] {
        assert!(send.contains(text), "{text}: {send}");
    }
    let codes = read("chatctl-exit-codes.7");
    assert!(
        codes.contains("130") && codes.contains("interrupted"),
        "{codes}"
    );
    let root = read("chatctl.1");
    assert!(
        root.contains("chatctl room") && root.contains("COMMANDS"),
        "{root}"
    );
}
