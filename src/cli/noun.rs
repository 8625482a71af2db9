//! The parts that the tree of commands is made of: a noun, its verbs, and the action behind a word.

use clap::{ArgMatches, Command};

use super::context::Context;
use super::exit::Exit;
use super::help_text;

/// A word at the first place of the command line.
pub struct Noun {
    /// The word.
    pub name: &'static str,
    /// One line of help.
    pub about: &'static str,
    /// The verbs or the command behind it.
    pub body: Body,
    /// The exit of its own failures, where scripts would take the usual ones for something else.
    failed: Option<Exit>,
}

/// The verbs or the command behind a noun.
pub enum Body {
    /// Verbs, one of which must be typed.
    Verbs(&'static [Verb]),
    /// Nothing: the noun is a command.
    Command(Handler),
}

/// A word behind a noun.
pub struct Verb {
    /// The word.
    pub name: &'static str,
    /// The command behind it.
    pub handler: Handler,
}

/// A command: its arguments, and the function that runs it.
#[derive(Clone, Copy)]
pub struct Handler {
    /// Adds the arguments, with their help.
    pub build: fn(Command) -> Command,
    /// Runs the command that the matches describe.
    pub run: fn(&mut ArgMatches, &Context) -> anyhow::Result<Exit>,
}

/// The [`Handler`] of a struct of arguments that has a method `run`.
macro_rules! handler {
    ($arguments:ty) => {
        $crate::cli::noun::Handler {
            build: <$arguments as ::clap::Args>::augment_args,
            run: |matches, context| {
                <$arguments as ::clap::FromArgMatches>::from_arg_matches_mut(matches)?.run(context)
            },
        }
    };
}

pub(super) use handler;

impl Verb {
    /// The verb called `name`.
    pub(super) const fn new(name: &'static str, handler: Handler) -> Self {
        Self { name, handler }
    }

    fn command(&self) -> Command {
        help_text::shaped((self.handler.build)(Command::new(self.name)))
    }
}

impl Noun {
    /// The noun called `name`, with its line of help.
    pub(super) const fn new(name: &'static str, about: &'static str, body: Body) -> Self {
        Self {
            name,
            about,
            body,
            failed: None,
        }
    }

    /// The same, exiting with `status` where it fails before its command runs.
    pub(super) const fn failing_with(mut self, status: u8) -> Self {
        self.failed = Some(Exit::Status(status));
        self
    }

    /// The exit of a command line of this noun that ended with `exit` before its command ran.
    pub(super) fn exit_before_command(&self, exit: Exit) -> Exit {
        match (exit, self.failed) {
            (Exit::Done, _) | (_, None) => exit,
            (_, Some(failed)) => failed,
        }
    }

    /// The noun alone, without its body.
    pub(super) fn bare(&self) -> Command {
        Command::new(self.name).about(self.about)
    }

    /// Adds the body to `command`.
    pub(super) fn with_body(&self, command: Command) -> Command {
        match &self.body {
            Body::Command(handler) => help_text::shaped((handler.build)(command)),
            Body::Verbs(verbs) => command
                .subcommand_required(true)
                .arg_required_else_help(true)
                .subcommands(verbs.iter().map(Verb::command)),
        }
    }
}
