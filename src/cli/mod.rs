//! The words that the user types: one file a noun, in it an `Args` struct and a `run` a verb.
//!
//! A noun is an entry of [`NOUNS`]; its verbs are built only when it is typed, so that the fiftieth verb costs a
//! start nothing. A command computes a value and hands it to [`Output`]; it prints nothing itself.

mod app;
mod auth;
mod capability;
mod child;
mod claims;
pub mod context;
mod error;
mod exec;
pub mod exit;
mod finding;
mod grants;
mod help;
mod hidden;
mod local;
mod occupancy;
mod pipe;
mod presence;
mod reaction;
mod room;
mod seed;
mod serve;
mod server_config;
mod service;
mod subject;
mod time;
mod token;
mod typing;
mod variables;
mod whole;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};

use crate::settings::Flags;
pub use context::{Context, World};
use exit::Exit;

/// A word at the first place of the command line.
pub struct Noun {
    /// The word.
    pub name: &'static str,
    /// One line of help.
    pub about: &'static str,
    /// Adds its arguments or verbs.
    pub build: fn(Command) -> Command,
    /// Does what the matches say.
    pub run: fn(&ArgMatches, &Context) -> anyhow::Result<Exit>,
}

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
    error::NOUN,
    help::NOUN,
];

/// Runs the command line `arguments` (the program's own name first) in `world`.
pub fn run(arguments: impl IntoIterator<Item = OsString>, world: World) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(code) = hidden::run(&arguments) {
        return code;
    }
    let matches = match parse(&arguments) {
        Ok(matches) => matches,
        Err(error) => return exit::of_usage(&error, &arguments, world),
    };
    let flags = match Flags::from_arg_matches(&matches) {
        Ok(flags) => flags,
        Err(error) => return exit::of_usage(&error, &arguments, world),
    };
    let context = match Context::new(flags, world) {
        Ok(context) => context,
        Err((world, error)) => return exit::of_error(&world.plain_output(), &error).into(),
    };
    let result = match matches.subcommand() {
        Some((name, matches)) => NOUNS
            .iter()
            .find(|noun| noun.name == name)
            .map_or_else(|| Ok(Exit::Done), |noun| (noun.run)(matches, &context)),
        None => Ok(Exit::Done),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(error) => exit::of_error(&context.output, &error).into(),
    }
}

/// Adds the verbs `V` of a noun, one of which must be typed.
fn with_verbs<V: Subcommand>(command: Command) -> Command {
    V::augment_subcommands(command)
        .subcommand_required(true)
        .arg_required_else_help(true)
}

/// Reads a command line. Only nouns that occur in it are put into the tree: the global options are copied into each
/// of them, which takes longer than all the rest. What that tree refuses, help included, the whole one answers.
fn parse(arguments: &[OsString]) -> Result<ArgMatches, clap::Error> {
    let occurs = |noun: &&Noun| arguments.iter().any(|argument| argument == noun.name);
    tree(NOUNS.iter().filter(occurs))
        .try_get_matches_from(arguments)
        .or_else(|_| command().try_get_matches_from(arguments))
}

/// The tree of commands, each noun's verbs still unbuilt.
pub fn command() -> Command {
    tree(NOUNS.iter())
}

fn tree<'a>(nouns: impl Iterator<Item = &'a Noun>) -> Command {
    let root = Flags::augment_args(Command::new(env!("CARGO_PKG_NAME")))
        .version(env!("CARGO_PKG_VERSION"))
        .about("A command-line toolbox for Ably Chat, with an Ably-compatible chat server inside")
        .long_about(None)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .max_term_width(120);
    nouns.fold(root, |root, noun| {
        root.subcommand(Command::new(noun.name).about(noun.about).defer(noun.build))
    })
}
