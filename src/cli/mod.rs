//! The words that the user types: one file a noun, in it an `Args` struct and a `run` a verb.
//!
//! A noun is an entry of [`NOUNS`], a verb one of its noun's [`Body`]; both are built only when they are typed, so that
//! the fiftieth verb costs a start nothing. A command computes a value and hands it to [`Output`]; it prints nothing
//! itself.

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
mod help_text;
mod hidden;
mod local;
mod occupancy;
mod pipe;
mod presence;
mod reaction;
mod report;
mod room;
mod seed;
mod serve;
mod server_config;
mod service;
mod subject;
mod temporary;
mod time;
mod token;
mod toml_file;
mod tree;
mod typing;
mod variables;
mod whole;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches as _;

use crate::settings::Flags;
pub use context::{Context, World};
pub use tree::{Action, Body, Noun, Verb, command};

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
    let mut line = match tree::parse(&arguments) {
        Ok(line) => line,
        Err(error) => return exit::of_usage(&error, &arguments, world),
    };
    let flags = match Flags::from_arg_matches_mut(&mut line.matches) {
        Ok(flags) => flags,
        Err(error) => return exit::of_usage(&error, &arguments, world),
    };
    let context = match Context::new(flags, world) {
        Ok(context) => context,
        Err((world, error)) => {
            let exit = exit::of_error(&world.plain_output(), &error);
            return exit::before_command(exit, &arguments).into();
        }
    };
    match (line.action.run)(&mut line.matches, &context) {
        Ok(exit) => exit.into(),
        Err(error) => exit::of_error(&context.output, &error).into(),
    }
}
