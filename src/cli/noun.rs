//! The parts of the tree of commands: nouns, their verbs, and the handler of a command.

use clap::{ArgMatches, Command};

use super::config_use::ConfigUse;
use super::context::Context;
use super::exit::Exit;
use super::help_text;

/// The purposes of commands, in the order of the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Rooms and what is in them.
    Rooms,
    /// Tokens, claims and capabilities.
    Tokens,
    /// The server and what runs on it.
    Server,
    /// The program itself.
    Tool,
}

impl Group {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rooms, Self::Tokens, Self::Server, Self::Tool];

    /// The heading over its commands.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rooms => "Rooms",
            Self::Tokens => "Tokens and rights",
            Self::Server => "Server",
            Self::Tool => "Tool",
        }
    }
}

/// The first word of a command line.
pub struct Noun {
    /// The word.
    pub name: &'static str,
    /// One line of help.
    pub about: &'static str,
    /// The group that the help lists it in.
    pub group: Group,
    /// The verbs or the command behind it.
    pub body: NounBody,
    /// The exit of its own failures, where the usual codes would mean something else.
    failed: Option<Exit>,
    /// The effect of a config file that can't be used on its commands.
    config_use: ConfigUse,
}

/// The verbs or the command behind a noun.
pub enum NounBody {
    /// Verbs, one of which must be typed.
    Verbs(&'static [Verb]),
    /// None: the noun itself is a command.
    Command(Handler),
}

/// The second word of a command line.
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
    pub run: fn(&mut ArgMatches, &mut Context) -> anyhow::Result<Exit>,
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

    /// The verb alone.
    pub(super) fn command(&self) -> Command {
        help_text::prepare_texts((self.handler.build)(Command::new(self.name)))
    }
}

impl Noun {
    /// The noun called `name`, with its line of help.
    pub(super) const fn new(name: &'static str, about: &'static str, body: NounBody) -> Self {
        Self {
            name,
            about,
            group: Group::Tool,
            body,
            failed: None,
            config_use: ConfigUse::Needed,
        }
    }

    /// The same, in `group` of the help instead of [`Group::Tool`].
    pub(super) const fn within(mut self, group: Group) -> Self {
        self.group = group;
        self
    }

    /// The same for a noun whose commands see to a config file that can't be used.
    pub(super) const fn without_config(mut self) -> Self {
        self.config_use = ConfigUse::Handled;
        self
    }

    /// The same for a noun whose commands work offline.
    pub(super) const fn offline(mut self) -> Self {
        self.config_use = ConfigUse::Optional;
        self
    }

    /// Returns the effect of a config file that can't be used on its commands.
    pub(super) fn config_use(&self) -> ConfigUse {
        self.config_use
    }

    /// The same, with `status` as the exit of failures before its command runs.
    pub(super) const fn failing_with(mut self, status: u8) -> Self {
        self.failed = Some(Exit::Status(status));
        self
    }

    /// Returns the exit for a command line of this noun that failed with `exit` before its command ran.
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
            NounBody::Command(handler) => help_text::prepare_texts((handler.build)(command)),
            NounBody::Verbs(verbs) => command
                .subcommand_required(true)
                .arg_required_else_help(true)
                .disable_help_subcommand(true)
                .subcommands(verbs.iter().map(Verb::command)),
        }
    }
}
