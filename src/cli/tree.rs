//! The tree of commands: nouns, their verbs, and how a command line is read with as little of it as can be.

use std::ffi::OsString;

use clap::{ArgMatches, Args, Command};

use super::exit::Exit;
use super::{Context, NOUNS};
use crate::settings::Flags;

/// A word at the first place of the command line.
pub struct Noun {
    /// The word.
    pub name: &'static str,
    /// One line of help.
    pub about: &'static str,
    /// What stands behind it.
    pub body: Body,
}

/// What stands behind a noun.
pub enum Body {
    /// Verbs, one of which must be typed.
    Verbs(&'static [Verb]),
    /// Nothing: the noun is a command.
    Command(Action),
}

/// A word behind a noun.
pub struct Verb {
    name: &'static str,
    action: Action,
}

/// A command: its arguments, and what is done with them.
#[derive(Clone, Copy)]
pub struct Action {
    /// Adds the arguments, with their help.
    pub build: fn(Command) -> Command,
    /// Does what the matches say.
    pub run: fn(&mut ArgMatches, &Context) -> anyhow::Result<Exit>,
}

/// The [`Action`] of a struct of arguments that has a method `run`.
macro_rules! action {
    ($arguments:ty) => {
        $crate::cli::tree::Action {
            build: <$arguments as ::clap::Args>::augment_args,
            run: |matches, context| {
                <$arguments as ::clap::FromArgMatches>::from_arg_matches_mut(matches)?.run(context)
            },
        }
    };
}

pub(super) use action;

impl Verb {
    /// The verb called `name`.
    pub(super) const fn new(name: &'static str, action: Action) -> Self {
        Self { name, action }
    }

    fn command(&self) -> Command {
        (self.action.build)(Command::new(self.name))
    }
}

impl Noun {
    fn bare(&self) -> Command {
        Command::new(self.name).about(self.about)
    }

    /// Adds what stands behind the noun; of its verbs those that are `wanted`.
    fn with_body(&self, command: Command, wanted: impl Fn(&str) -> bool) -> Command {
        match &self.body {
            Body::Command(action) => (action.build)(command),
            Body::Verbs(verbs) => command
                .subcommand_required(true)
                .arg_required_else_help(true)
                .subcommands(
                    verbs
                        .iter()
                        .filter(|verb| wanted(verb.name))
                        .map(Verb::command),
                ),
        }
    }
}

/// Does what `matches` say.
pub(super) fn perform(matches: &mut ArgMatches, context: &Context) -> anyhow::Result<Exit> {
    let typed = matches.remove_subcommand();
    let Some((noun, mut matches)) = typed.and_then(|(word, rest)| Some((named(&word)?, rest)))
    else {
        return Ok(Exit::Done);
    };
    match &noun.body {
        Body::Command(action) => (action.run)(&mut matches, context),
        Body::Verbs(verbs) => match matches.remove_subcommand() {
            Some((word, mut matches)) => verbs
                .iter()
                .find(|verb| verb.name == word)
                .map_or(Ok(Exit::Done), |verb| {
                    (verb.action.run)(&mut matches, context)
                }),
            None => Ok(Exit::Done),
        },
    }
}

fn named(word: &str) -> Option<&'static Noun> {
    NOUNS.iter().find(|noun| noun.name == word)
}

/// Reads a command line. What a tree of the words in it refuses, help included, the whole one answers.
pub(super) fn parse(arguments: &[OsString]) -> Result<ArgMatches, clap::Error> {
    read(typed(arguments), arguments).or_else(|_| read(command(), arguments))
}

/// The tree of the nouns and verbs that occur in a command line. It is as large as that line, however many others
/// there are: the global options are copied into each of them, which takes longer than all the rest.
fn typed(arguments: &[OsString]) -> Command {
    let occurs = |word: &str| arguments.iter().any(|argument| argument == word);
    let nouns = NOUNS.iter().filter(|noun| occurs(noun.name));
    nouns.fold(root(), |root, noun| {
        root.subcommand(noun.with_body(noun.bare(), occurs))
    })
}

fn read(mut tree: Command, arguments: &[OsString]) -> Result<ArgMatches, clap::Error> {
    let read = tree.try_get_matches_from_mut(arguments);
    // There is one tree a process. Taking it to pieces costs as much as building it did, and gives back little.
    std::mem::forget(tree);
    read
}

/// The tree of commands, what stands behind each noun still unbuilt.
pub fn command() -> Command {
    let whole = |command: Command| match named(command.get_name()) {
        Some(noun) => noun.with_body(command, |_| true),
        None => command,
    };
    NOUNS.iter().fold(root(), |root, noun| {
        root.subcommand(noun.bare().defer(whole))
    })
}

fn root() -> Command {
    Flags::augment_args(Command::new(env!("CARGO_PKG_NAME")))
        .version(env!("CARGO_PKG_VERSION"))
        .about("A command-line toolbox for Ably Chat, with an Ably-compatible chat server inside")
        .long_about(None)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .max_term_width(120)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn only_what_is_typed_is_built() {
        let tree = typed(&words("chatctl token mint --client-id a"));
        let nouns: Vec<&Command> = tree.get_subcommands().collect();
        assert_eq!(nouns.len(), 1);
        let verbs: Vec<&str> = nouns[0].get_subcommands().map(Command::get_name).collect();
        assert_eq!(verbs, ["mint"]);
    }

    #[test]
    fn a_text_that_is_a_word_too_is_a_text() {
        let mut matches = parse(&words("chatctl room send lobby send")).unwrap();
        let (noun, mut rest) = matches.remove_subcommand().unwrap();
        let (verb, _) = rest.remove_subcommand().unwrap();
        assert_eq!((noun.as_str(), verb.as_str()), ("room", "send"));
    }

    #[test]
    fn what_is_not_a_verb_is_answered_with_the_nearest_one() {
        let error = parse(&words("chatctl token mnt")).unwrap_err().to_string();
        assert!(error.contains("'mint'"), "{error}");
    }
}
