//! The answers to a shell that asks for completions. Nothing is started, no command of the settings is run and no token is
//! fetched for one.
//!
//! | module | owns |
//! | --- | --- |
//! | [`values`] | the values that each argument may have |
//! | [`rooms`] | the rooms of the endpoint |

mod rooms;
mod values;

use std::ffi::OsString;

use clap::ValueEnum;

use super::completions::{Shell, VARIABLE};
use super::exit::Exit;
use super::tree;
use super::world::World;
use crate::settings::Environment;
use values::Values;

/// Answers a shell that asks for completions. Returns `None` where none does.
pub(super) fn answer(arguments: &[OsString], world: &mut World) -> Option<Exit> {
    let shell = world.environment.raw(VARIABLE)?.to_str()?;
    let shell = <Shell as ValueEnum>::from_str(shell, true).ok()?;
    let start = arguments.iter().position(|word| word == "--")? + 1;
    let words = arguments[start..].to_vec();
    let folder = std::env::current_dir().ok();
    let mut answers = Vec::new();
    let mut tree = tree_for(&words, &world.environment);
    let completer = shell.completer();
    let done = completer.write_complete(&mut tree, words, folder.as_deref(), &mut answers);
    // There is nobody to tell that there is nothing to complete.
    if done.is_ok() {
        let _ = world.print(&answers);
    }
    Some(Exit::Done)
}

/// The tree of commands with the body of the noun that is typed, and the values of its arguments.
fn tree_for(words: &[OsString], environment: &Environment) -> clap::Command {
    let typed: Vec<String> = words
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let values = Values::new(&typed, environment);
    tree::with_body_of(tree::noun(words))
        .mut_args(|argument| values.attach(argument))
        .mut_subcommands(|noun| {
            noun.mut_args(|argument| values.attach(argument))
                .mut_subcommands(|verb| verb.mut_args(|argument| values.attach(argument)))
        })
}
