//! A command line that clap did not run: help and version, which are results, and mistakes, with what was meant.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::context::{error_look, terminal_look};
use super::exit::Exit;
use super::failure::Failure;
use super::noun::NounBody;
use super::process::pager;
use super::world::World;
use super::{exec, help, tree};
use crate::output::log::redact;
use crate::settings::ColorChoice;

/// Prints clap's answer to a command line and returns the status to exit with.
pub(super) fn report(error: &clap::Error, arguments: &[OsString], world: World) -> Exit {
    match error.kind() {
        ErrorKind::DisplayVersion => {
            let _ = world.plain_output().print_text(&error.to_string());
            return Exit::Done;
        }
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            show_help(arguments, world);
            return Exit::Done;
        }
        _ => {}
    }
    let mut failure = failure(error, arguments);
    let message = redact(&failure.report.message).into_owned();
    failure.report.message = message;
    let look = error_look(color_of(arguments), &world.environment, &world.streams);
    let output = world.plain_output().with_error_look(look);
    if wants_json(arguments) {
        output.notice(&failure.report.json().to_string());
    } else {
        output.error(&failure.report);
        let usage = error.get(ContextKind::Usage);
        if let Some(ContextValue::StyledStr(usage)) = usage
            && error.kind() != ErrorKind::InvalidSubcommand
        {
            output.notice(&redact(&usage.to_string().replace("Usage: ", "usage: ")));
        }
    }
    Exit::Usage
}

/// Prints the help that a command line asks for, through a pager where it is longer than the terminal.
fn show_help(arguments: &[OsString], world: World) {
    let look = terminal_look(color_of(arguments), &world.environment, &world.streams);
    let is_long = before_command(arguments).any(|word| word == "--help");
    let text = help::of_command_line(&named(arguments), is_long, look);
    let environment = world.environment.clone();
    pager::print(&world.plain_output(), &text, &environment);
}

/// The words of a command line that chatctl reads as its own.
fn before_command(arguments: &[OsString]) -> impl Iterator<Item = &str> {
    let own = arguments.iter().skip(1).take_while(|word| *word != "--");
    own.filter_map(|word| word.to_str())
}

/// The value of `--color` on a line that is not parsed.
fn color_of(arguments: &[OsString]) -> Option<ColorChoice> {
    let mut words = before_command(arguments);
    let value = loop {
        let word = words.next()?;
        if let Some(value) = word.strip_prefix("--color=") {
            break value;
        }
        if word == "--color" {
            break words.next()?;
        }
    };
    <ColorChoice as clap::ValueEnum>::from_str(value, true).ok()
}

/// The command that a line names: noun, and verb.
fn named(arguments: &[OsString]) -> Vec<&'static str> {
    let Some(noun) = tree::noun(arguments) else {
        return Vec::new();
    };
    let verb = match &noun.body {
        NounBody::Command(_) => None,
        NounBody::Verbs(verbs) => before_command(arguments)
            .find_map(|word| verbs.iter().find(|verb| verb.name == word))
            .map(|verb| verb.name),
    };
    std::iter::once(noun.name).chain(verb).collect()
}

/// The failure that a mistake is.
fn failure(error: &clap::Error, arguments: &[OsString]) -> Failure {
    let text = with_whole_argument(&error.to_string(), arguments);
    // Missing arguments stand on lines of their own, within the first paragraph.
    let lines = text.lines().map(str::trim);
    let message: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    let message = message.join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => Some(word.as_str()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = context(ContextKind::InvalidSubcommand).unwrap_or_default();
            let noun = tree::noun(arguments).map(|noun| noun.name);
            let message = match noun {
                Some(noun) => format!("'{word}' is not a command of chatctl {noun}"),
                None => format!("'{word}' is not a command"),
            };
            Failure::usage(message).hint(meant_command(noun, word))
        }
        ErrorKind::UnknownArgument => {
            let word = context(ContextKind::InvalidArg).unwrap_or_default();
            let hint = exec::misplaced(arguments, word)
                .or_else(|| meant_option(&named(arguments), word))
                .or_else(|| clap_hint(&text));
            Failure::usage(message).maybe_hint(hint)
        }
        _ => Failure::usage(message).maybe_hint(clap_hint(&text)),
    }
}

/// Clap's suggestions.
fn clap_hint(text: &str) -> Option<String> {
    let text = redact(text);
    let tips: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("tip: "))
        // Most commands read what stands behind `--` as something else than a value.
        .filter(|tip| {
            !tip.starts_with("a similar argument exists") && !tip.starts_with("to pass '--")
        })
        .collect();
    (!tips.is_empty()).then(|| tips.join("; "))
}

/// Names that people try, and the command that does it.
const OTHER_NAMES: [(&str, &str); 14] = [
    ("publish", "room send"),
    ("message", "room send"),
    ("subscribe", "room tail"),
    ("follow", "room tail"),
    ("watch", "room tail"),
    ("chat", "room join"),
    ("rooms", "room list"),
    ("messages", "room history"),
    ("jwt", "token mint"),
    ("login", "config set"),
    ("start", "serve"),
    ("server", "serve"),
    ("run", "exec"),
    ("profile", "config list"),
];

/// The hint about a word that is not a command, behind a noun or none.
fn meant_command(noun: Option<&str>, word: &str) -> String {
    // Benchmarks are called by what they measure, which is not what somebody means.
    let is_meant = |name: &String| noun == Some("bench") || !name.starts_with("bench ");
    let all: Vec<String> = tree::words().filter(is_meant).collect();
    let last = |name: &str| name.rsplit(' ').next().unwrap_or_default().to_owned();
    let known: Vec<&String> = all.iter().filter(|name| last(name) == word).collect();
    let own = noun.map(|noun| format!("{noun} "));
    let is_near = |name: &&String| {
        let is_own = own.as_ref().is_none_or(|own| name.starts_with(own));
        is_own && strsim::jaro_winkler(&last(name), word) > 0.85
    };
    let others = || {
        let names = OTHER_NAMES.iter().filter(|(other, _)| *other == word);
        names
            .map(|(_, name)| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let mut meant: Vec<String> = known.into_iter().cloned().collect();
    if meant.is_empty() {
        meant = all.iter().filter(is_near).cloned().collect();
        meant.sort_by(|a, b| {
            let near = |name: &str| strsim::jaro_winkler(&last(name), word);
            near(b).total_cmp(&near(a))
        });
    }
    if meant.is_empty() {
        meant = others();
    }
    meant.truncate(3);
    let lists = match noun {
        Some(noun) => format!("chatctl {noun} --help lists its commands"),
        None => "chatctl help lists all commands".to_owned(),
    };
    match &meant[..] {
        [] => lists,
        meant => {
            let names: Vec<String> = meant.iter().map(|name| format!("chatctl {name}")).collect();
            format!("did you mean {}?", names.join(" or "))
        }
    }
}

/// The hint about an option that a command does not have.
fn meant_option(command: &[&str], word: &str) -> Option<String> {
    let name = word.strip_prefix("--")?;
    let name = name.split_once('=').map_or(name, |(name, _)| name);
    match (command, name) {
        (["room", "history"], "follow" | "watch") => {
            return Some("to follow a room: chatctl room tail ROOM --history 10".to_owned());
        }
        (["room", ..], "since" | "from") => {
            return Some("did you mean --start? As in --start -1h".to_owned());
        }
        (_, "verbose-all" | "debug") => return Some("log more with -vv".to_owned()),
        _ => {}
    }
    let tree = tree::find(command)?;
    let options = tree.get_arguments().filter_map(clap::Arg::get_long);
    let near = options
        .map(|option| (strsim::jaro_winkler(option, name), option))
        .filter(|(nearness, _)| *nearness > 0.85)
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(format!("did you mean --{}?", near.1))
}

/// Clap's words about an argument that begins with a dash name its first letter alone: with the whole argument.
fn with_whole_argument(text: &str, arguments: &[OsString]) -> String {
    let typed = before_command(arguments).find(|word| {
        let mut letters = word.chars();
        let letter = (letters.next(), letters.next(), letters.next());
        matches!(letter, (Some('-'), Some(letter), Some(_)) if letter != '-'
            && text.contains(&format!("unexpected argument '-{letter}' found")))
    });
    let Some((typed, letter)) = typed.and_then(|typed| Some((typed, typed.chars().nth(1)?))) else {
        return text.to_owned();
    };
    text.replace(
        &format!("unexpected argument '-{letter}' found"),
        &format!("unexpected argument '{typed}' found"),
    )
    .replace(
        &format!("to pass '-{letter}' as a value, use '-- -{letter}'"),
        &format!("to pass '{typed}' as a value, put it last, behind '--'"),
    )
}

/// Returns whether a command line that can't be parsed asks for JSON.
fn wants_json(arguments: &[OsString]) -> bool {
    let joined = |argument: &OsString| {
        matches!(
            argument.to_str(),
            Some("--json" | "-ojson" | "-ojsonl" | "--output=json" | "--output=jsonl")
        )
    };
    let apart = |pair: &[OsString]| {
        matches!(pair[0].to_str(), Some("-o" | "--output"))
            && matches!(pair[1].to_str(), Some("json" | "jsonl"))
    };
    arguments.iter().any(joined) || arguments.windows(2).any(apart)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_leads_to_the_command_that_was_meant() {
        for (noun, word, hint) in [
            (None, "send", "chatctl room send or chatctl reaction send?"),
            (None, "tial", "chatctl room tail"),
            (None, "rom", "did you mean chatctl room?"),
            (None, "publish", "did you mean chatctl room send?"),
            (Some("room"), "mint", "did you mean chatctl token mint?"),
            (Some("token"), "mnt", "did you mean chatctl token mint?"),
            (
                Some("room"),
                "xyzzy",
                "chatctl room --help lists its commands",
            ),
            (None, "xyzzy", "chatctl help lists all commands"),
        ] {
            let found = meant_command(noun, word);
            assert!(found.contains(hint), "{word}: {found}");
        }
    }

    #[test]
    fn an_option_leads_to_the_one_that_was_meant() {
        let meant = |word| meant_option(&["room", "history"], word);
        assert!(meant("--follow").unwrap().contains("chatctl room tail"));
        assert_eq!(meant("--limt").unwrap(), "did you mean --limit?");
        assert_eq!(meant("--jsn").unwrap(), "did you mean --json?");
        assert_eq!(meant("--xyzzy"), None);
    }
}
