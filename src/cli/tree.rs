//! The tree of commands, and how a command line is parsed with as little of it as possible.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Args, Command};

use super::noun::{Handler, Noun, NounBody, Verb};
use super::{
    app, auth, bench, capability, claims, clock, completions, config, doctor, error, exec, faults,
    help, local, moderation, occupancy, presence, reaction, room, serve, token, typing, usage,
    version, webhook, whoami,
};
use crate::settings::Flags;

/// All nouns, in the order of the help.
pub const NOUNS: &[Noun] = &[
    room::NOUN,
    reaction::NOUN,
    presence::NOUN,
    typing::NOUN,
    occupancy::NOUN,
    token::NOUN,
    claims::NOUN,
    capability::NOUN,
    auth::NOUN,
    serve::NOUN,
    exec::NOUN,
    local::NOUN,
    app::NOUN,
    faults::NOUN,
    moderation::NOUN,
    webhook::NOUN,
    clock::NOUN,
    usage::NOUN,
    config::NOUN,
    whoami::NOUN,
    doctor::NOUN,
    bench::NOUN,
    error::NOUN,
    completions::NOUN,
    version::NOUN,
    help::NOUN,
];

/// A parsed command line.
pub(super) struct ParsedCommand {
    /// The command.
    pub(super) handler: Handler,
    /// The arguments of the command, and the global options.
    pub(super) matches: ArgMatches,
}

/// Parses a command line, the program's own name first.
///
/// # Errors
/// Clap's answer to it, help included.
pub(super) fn parse(arguments: &[OsString]) -> Result<ParsedCommand, clap::Error> {
    if let Some(line) = parse_alone(arguments) {
        return Ok(line);
    }
    let help = help_of_noun(arguments);
    if let Some(line) = help.as_deref().and_then(parse_alone) {
        return Ok(line);
    }
    let is_version = |word: &OsString| word == "--version" || word == "-V";
    let mut whole = match arguments {
        // No noun matters for it.
        [_, word] if is_version(word) => root(),
        _ => command(),
    };
    let values = handler_of(arguments).and_then(|handler| joined(&alone(handler), arguments));
    let mut matches = whole.try_get_matches_from_mut(values.as_deref().unwrap_or(arguments))?;
    let line = matches.remove_subcommand().and_then(|(word, mut rest)| {
        let handler = match &named(&word)?.body {
            NounBody::Command(handler) => *handler,
            NounBody::Verbs(verbs) => {
                let (word, verb_rest) = rest.remove_subcommand()?;
                rest = verb_rest;
                verb(verbs, &word)?.handler
            }
        };
        Some(ParsedCommand {
            handler,
            matches: rest,
        })
    });
    line.ok_or_else(|| whole.error(ErrorKind::MissingSubcommand, "a command is missing"))
}

/// Parses a command line that begins with its command, as nearly all do, with that command alone: the whole tree copies
/// the global options into each word of the line, which takes longer than all the rest. Returns `None` for a line that
/// the command refuses, of which the whole tree can say more.
fn parse_alone(arguments: &[OsString]) -> Option<ParsedCommand> {
    let (noun, behind) = arguments.get(1..)?.split_first()?;
    let (handler, rest) = match &named(noun.to_str()?)?.body {
        NounBody::Command(handler) => (*handler, behind),
        NounBody::Verbs(verbs) => {
            let (word, behind) = behind.split_first()?;
            (verb(verbs, word.to_str()?)?.handler, behind)
        }
    };
    let mut tree = alone(handler);
    let matches = match joined(&tree, rest) {
        Some(joined) => tree.try_get_matches_from_mut(joined),
        None => tree.try_get_matches_from_mut(rest),
    };
    let matches = matches.ok()?;
    // There is one tree per process, and dropping it costs as much as building it did.
    std::mem::forget(tree);
    Some(ParsedCommand { handler, matches })
}

/// `room help send` as `help room send`, which people try too.
fn help_of_noun(arguments: &[OsString]) -> Option<Vec<OsString>> {
    let (program, words) = arguments.split_first()?;
    let [noun, help, rest @ ..] = words else {
        return None;
    };
    let verbs = match &named(noun.to_str()?)?.body {
        NounBody::Verbs(verbs) => verbs,
        NounBody::Command(_) => return None,
    };
    let is_help = help == "help" && verb(verbs, "help").is_none();
    let words = [program, help, noun].into_iter().chain(rest);
    is_help.then(|| words.cloned().collect())
}

/// The tree of one command.
fn alone(handler: Handler) -> Command {
    let bare = Command::new(env!("CARGO_PKG_NAME")).no_binary_name(true);
    Flags::augment_args((handler.build)(bare))
}

/// The command that a line names, wherever options stand in it.
fn handler_of(arguments: &[OsString]) -> Option<Handler> {
    match &noun(arguments)?.body {
        NounBody::Command(handler) => Some(*handler),
        NounBody::Verbs(verbs) => arguments
            .iter()
            .take_while(|word| *word != "--")
            .find_map(|word| verb(verbs, word.to_str()?))
            .map(|verb| verb.handler),
    }
}

/// The arguments with `--option -value` as `--option=-value`: where a value must follow, what begins with a dash is one,
/// unless it is an option itself. `None` where there is nothing to join.
fn joined(tree: &Command, arguments: &[OsString]) -> Option<Vec<OsString>> {
    let begins = |word: &OsString, with: &str| word.as_encoded_bytes().starts_with(with.as_bytes());
    let behind = arguments.get(1..).unwrap_or_default();
    let is_candidate =
        |(word, next): (&OsString, &OsString)| begins(word, "--") && begins(next, "-");
    if !arguments.iter().zip(behind).any(is_candidate) {
        return None;
    }
    let mut all = Vec::with_capacity(arguments.len());
    let mut rest = arguments;
    while let Some((word, behind)) = rest.split_first() {
        if word == "--" {
            all.extend_from_slice(rest);
            break;
        }
        rest = behind;
        let mut word = word.clone();
        if let Some((next, behind)) = rest.split_first()
            && takes_value(tree, &word)
            && begins(next, "-")
            && !is_option(tree, next)
        {
            word.push("=");
            word.push(next);
            rest = behind;
        }
        all.push(word);
    }
    Some(all)
}

/// Returns whether `word` is the long name of an option whose value is the next word.
fn takes_value(tree: &Command, word: &OsString) -> bool {
    let name = word.to_str().and_then(|word| word.strip_prefix("--"));
    name.is_some_and(|name| {
        let mut options = tree.get_arguments();
        options.any(|option| has_name(option, name) && option.get_action().takes_values())
    })
}

fn has_name(option: &Arg, name: &str) -> bool {
    option.get_long() == Some(name) || option.get_all_aliases().unwrap_or_default().contains(&name)
}

/// Returns whether `word` is an option of the command, or what separates options from the rest.
fn is_option(tree: &Command, word: &OsString) -> bool {
    let Some(word) = word.to_str() else {
        return false;
    };
    if word == "-" || word == "--" || matches!(word, "--help" | "-h") {
        return word != "-";
    }
    if let Some(long) = word.strip_prefix("--") {
        let name = long.split_once('=').map_or(long, |(name, _)| name);
        return tree.get_arguments().any(|option| has_name(option, name));
    }
    let mut letters = word.trim_start_matches('-').chars();
    let (Some(letter), value) = (letters.next(), letters.as_str()) else {
        return false;
    };
    let option = tree
        .get_arguments()
        .find(|option| option.get_short() == Some(letter));
    option.is_some_and(|option| {
        if option.get_action().takes_values() {
            let value = value.trim_start_matches('=');
            let values = option.get_possible_values();
            value.is_empty() || values.iter().any(|known| known.matches(value, false))
        } else {
            value.chars().all(|other| other == letter)
        }
    })
}

fn named(word: &str) -> Option<&'static Noun> {
    NOUNS.iter().find(|noun| noun.name == word)
}

/// The noun of a command line, also of one that can't be parsed: the first noun among the words that are not options.
pub(super) fn noun(arguments: &[OsString]) -> Option<&'static Noun> {
    let words = arguments.iter().skip(1);
    let mut words = words.take_while(|word| *word != "--");
    words.find_map(|word| named(word.to_str()?))
}

/// All commands, as they are typed.
pub(super) fn words() -> impl Iterator<Item = String> {
    NOUNS.iter().flat_map(|noun| {
        let verbs: &[_] = match &noun.body {
            NounBody::Verbs(verbs) => verbs,
            NounBody::Command(_) => &[],
        };
        let verbs = verbs.iter();
        let verbs = verbs.map(|verb| format!("{} {}", noun.name, verb.name));
        std::iter::once(noun.name.to_owned()).chain(verbs)
    })
}

fn verb(verbs: &'static [Verb], word: &str) -> Option<&'static Verb> {
    verbs.iter().find(|verb| verb.name == word)
}

/// The command that `path` names, noun and verb, with the global options; `None` where there is none.
pub(super) fn find(path: &[impl AsRef<str>]) -> Option<Command> {
    let path: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
    let (word, rest) = path.split_first()?;
    let noun = named(word)?;
    let command = match (rest, &noun.body) {
        ([], _) => noun.with_body(noun.bare()),
        ([word], NounBody::Verbs(verbs)) => verb(verbs, word)?.command(),
        _ => return None,
    };
    let name = format!("{} {}", env!("CARGO_PKG_NAME"), path.join(" "));
    Some(with_globals(command).bin_name(name))
}

/// The global options, which only `help options` shows.
fn with_globals(command: Command) -> Command {
    let own: Vec<_> = command
        .get_arguments()
        .map(|it| it.get_id().clone())
        .collect();
    // The options bring a text of their own.
    let about = command.get_about().cloned();
    let long_about = command.get_long_about().cloned();
    let command = Flags::augment_args(command)
        .about(about.unwrap_or_default())
        .long_about(long_about.unwrap_or_default());
    command.mut_args(|argument| {
        let is_own = own.contains(argument.get_id());
        if is_own {
            argument
        } else {
            argument.hide(true)
        }
    })
}

/// The tree of commands. The body of a noun is built only when it is needed.
pub fn command() -> Command {
    let whole = |command: Command| match named(command.get_name()) {
        Some(noun) => noun.with_body(command),
        None => command,
    };
    NOUNS.iter().fold(root(), |root, noun| {
        root.subcommand(noun.bare().defer(whole))
    })
}

/// The tree with the body of one noun only.
pub(super) fn with_body_of(typed: Option<&'static Noun>) -> Command {
    NOUNS.iter().fold(root(), |root, noun| {
        let is_typed = typed.is_some_and(|typed| typed.name == noun.name);
        let bare = noun.bare();
        root.subcommand(if is_typed { noun.with_body(bare) } else { bare })
    })
}

fn root() -> Command {
    with_globals(Command::new(env!("CARGO_PKG_NAME")))
        .version(env!("CARGO_PKG_VERSION"))
        .about(help::ABOUT)
        .long_about(None)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .max_term_width(120)
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches as _;

    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    /// Whether `line` is read by its command alone, and what the whole tree makes of it.
    fn both(line: &str) -> (bool, ParsedCommand) {
        let line = words(line);
        let alone = parse_alone(&line);
        // An option that says nothing keeps the whole tree in place.
        let mut whole = line.clone();
        whole.insert(1, "--color=auto".into());
        assert!(parse_alone(&whole).is_none());
        (alone.is_some(), parse(&whole).unwrap())
    }

    #[test]
    fn a_command_alone_reads_what_the_whole_tree_reads() {
        for line in [
            "chatctl token mint --client-id a --json",
            "chatctl room send lobby send --timeout 3s",
            "chatctl error 40160 -o json",
            "chatctl help events --json",
            "chatctl exec --key a.b:c -- chatctl room send lobby --json",
            "chatctl room tail a b --limit 1 -- echo --help",
        ] {
            let (alone, whole) = both(line);
            assert!(alone, "{line}");
            let mut alone = parse(&words(line)).unwrap();
            let mut whole = whole;
            assert!(
                std::ptr::fn_addr_eq(alone.handler.run, whole.handler.run),
                "{line}"
            );
            let flags = |line: &mut ParsedCommand| {
                let flags = Flags::from_arg_matches_mut(&mut line.matches).unwrap();
                (flags.key, flags.client_id, flags.json, flags.timeout)
            };
            assert_eq!(flags(&mut alone), flags(&mut whole), "{line}");
        }
    }

    #[test]
    fn a_value_may_begin_with_a_dash() {
        let joined = |line: &str| {
            let arguments = words(line);
            let handler = handler_of(&arguments).unwrap();
            let all = joined(&alone(handler), &arguments[1..])?;
            let all: Vec<_> = all.iter().filter_map(|word| word.to_str()).collect();
            Some(all.join(" "))
        };
        for (line, expected) in [
            (
                "chatctl token mint --ttl -1h --client-id -bob",
                Some("token mint --ttl=-1h --client-id=-bob"),
            ),
            // A forgotten value is not made of the next option.
            (
                "chatctl token mint --client-id --json --ttl -v",
                Some("token mint --client-id --json --ttl -v"),
            ),
            (
                "chatctl room send lobby --client-id -ojson --client-id -otto",
                Some("room send lobby --client-id -ojson --client-id=-otto"),
            ),
            (
                "chatctl exec --store -x -- echo --client-id -y",
                Some("exec --store=-x -- echo --client-id -y"),
            ),
            ("chatctl room send lobby - --json", None),
        ] {
            assert_eq!(joined(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn arguments_do_not_collide_with_global_options() {
        // clap asserts it where it builds them together.
        let bare = || Command::new("a");
        for noun in NOUNS {
            match &noun.body {
                NounBody::Command(handler) => {
                    Flags::augment_args((handler.build)(bare())).debug_assert();
                }
                NounBody::Verbs(verbs) => {
                    for verb in *verbs {
                        Flags::augment_args((verb.handler.build)(bare())).debug_assert();
                    }
                }
            }
        }
    }

    #[test]
    fn unknown_verb_is_answered_with_the_nearest_one() {
        let error = parse(&words("chatctl token mnt"))
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("'mint'"), "{error}");
    }
}
