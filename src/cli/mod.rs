//! The command line: one file for each noun, with an `Args` struct and a `run` for each verb.
//!
//! A noun is an entry of [`NOUNS`], a verb one of its noun's [`NounBody`]; both are built only when they are typed, so that
//! the fiftieth verb costs a start nothing. A command computes a value and hands it to [`Output`]; it prints nothing
//! itself.

mod admin;
mod admin_token;
mod app;
mod atomic_file;
mod auth;
mod bench;
mod capability;
mod claims;
mod client_options;
mod clock;
mod complete;
mod completions;
mod config;
mod config_use;
pub mod context;
mod doctor;
mod error;
mod exec;
pub mod exit;
pub mod failure;
mod fault_file;
mod faults;
mod file_name;
mod finding;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod grants;
pub mod help;
mod help_text;
mod json_schema;
mod local;
mod masked;
mod moderation;
mod noun;
mod occupancy;
mod pipe;
mod presence;
mod process;
mod reaction;
mod report;
mod rights;
mod room;
mod rule_text;
mod safe_file;
mod secret;
mod seed;
mod serve;
mod server_config;
mod server_limits;
mod service;
mod subject;
mod temporary;
mod time;
mod token;
mod toml_file;
mod tree;
mod typing;
mod unseen;
mod usage;
mod usage_error;
mod variables;
mod version;
mod virtual_time;
mod webhook;
mod whoami;
mod world;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches as _;

use crate::settings::Flags;
use config_use::ConfigUse;
pub use context::Context;
use exit::Exit;
pub use noun::{Group, Handler, Noun, NounBody, Verb};
pub use tree::{NOUNS, command};
pub use world::World;

/// Runs the command line `arguments` (the program's own name first) in `world`.
pub fn run(arguments: impl IntoIterator<Item = OsString>, mut world: World) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(code) = process::run(&arguments, local::server::run) {
        return code;
    }
    if let Some(exit) = complete::answer(&arguments, &mut world) {
        return exit.into();
    }
    let refused = |exit: Exit| -> ExitCode {
        let noun = tree::noun(&arguments);
        noun.map_or(exit, |noun| noun.exit_before_command(exit))
            .into()
    };
    let mut line = match tree::parse(&arguments) {
        Ok(line) => line,
        Err(error) => return refused(usage_error::report(&error, &arguments, world)),
    };
    let flags = match Flags::from_arg_matches_mut(&mut line.matches) {
        Ok(flags) => flags,
        Err(error) => return refused(usage_error::report(&error, &arguments, world)),
    };
    let config_use = tree::noun(&arguments).map_or(ConfigUse::Needed, Noun::config_use);
    let mut context = match Context::new(flags, world, config_use) {
        Ok(context) => context,
        Err(refusal) => {
            let (world, failure) = *refusal;
            return refused(failure.print(&world.plain_output()));
        }
    };
    if let Some(noun) = tree::noun(&arguments)
        && let Err(failure) = report::check_form(context.output.format(), noun.name, &arguments)
    {
        return refused(failure.print(&context.output));
    }
    match (line.handler.run)(&mut line.matches, &mut context) {
        Ok(exit) => exit.into(),
        Err(error) => failure::report(&context.output, &error).into(),
    }
}
