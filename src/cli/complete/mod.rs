//! The answers to a shell that asks for completions. Nothing is started, no command of the settings is run and no token is
//! fetched for one.
//!
//! | module | owns |
//! | --- | --- |
//! | [`values`] | the values that each argument may have |
//! | [`rooms`] | the rooms of the endpoint |

mod rooms;
mod values;

use std::ffi::{OsStr, OsString};

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
    let typed = words.last().cloned().unwrap_or_default();
    let done = completer.write_complete(&mut tree, words, folder.as_deref(), &mut answers);
    let separator = world.environment.raw(SEPARATOR).and_then(OsStr::to_str);
    let separator = separator.filter(|text| !text.is_empty()).unwrap_or("\n");
    // There is nobody to tell that there is nothing to complete.
    if done.is_ok()
        && let Ok(answers) = String::from_utf8(answers)
    {
        let answers = without_options(&answers, separator, &typed);
        let _ = world.print(answers.as_bytes());
    }
    Some(Exit::Done)
}

/// The variable with what a shell expects between two answers.
const SEPARATOR: &str = "_CLAP_IFS";

/// The answers for a word of which `typed` is there: no options beside values and commands where none is begun, and never
/// that of the help alone, which a shell would insert.
fn without_options(answers: &str, separator: &str, typed: &OsStr) -> String {
    let is_option = |answer: &&str| answer.starts_with('-');
    let is_help = |answer: &&str| {
        let word = answer.split([':', '\t']).next().unwrap_or_default();
        matches!(word, "--help" | "-h")
    };
    let all = || answers.split(separator);
    let begins_option = typed.as_encoded_bytes().starts_with(b"-");
    let has_values = all().any(|answer| !answer.is_empty() && !is_option(&answer));
    if begins_option || !(has_values || all().all(|answer| answer.is_empty() || is_help(&answer))) {
        return answers.to_owned();
    }
    let values: Vec<&str> = all().filter(|answer| !is_option(answer)).collect();
    values.join(separator)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_offered_where_one_is_begun_or_nothing_else_is_left() {
        for (answers, typed, expected) in [
            ("bash\n--help:Print", "", "bash"),
            ("--help:Print\n-h:Print", "", ""),
            ("--help", "--h", "--help"),
            ("--limit\n--help", "", "--limit\n--help"),
            ("", "", ""),
        ] {
            assert_eq!(without_options(answers, "\n", typed.as_ref()), expected);
        }
        assert_eq!(without_options("a\u{b}--help", "\u{b}", "".as_ref()), "a");
    }
}
