//! `chatctl completions`: the script that makes a shell ask this program, and the answers.
//!
//! The script sets [`VARIABLE`] and runs `chatctl -- WORDS…` each time that somebody presses the tab key. Nothing is
//! started, no command of the settings is run and no token is fetched for an answer.
//!
//! | module | owns |
//! | --- | --- |
//! | [`bash`] | the script of bash, which knows words with colons |
//! | [`values`] | the values that each argument may have |
//! | [`rooms`] | the rooms of the endpoint |

mod bash;
mod rooms;
mod values;

use std::ffi::OsString;

use clap::{Args, ValueEnum};
use clap_complete::env::{Elvish, EnvCompleter, Fish, Powershell, Zsh};
use serde_json::Value;

use super::exit::Exit;
use super::noun::{Noun, NounBody, handler};
use super::world::World;
use super::{Context, tree};
use crate::output::{Look, Render};
use crate::settings::Environment;
use bash::Bash;
use values::Values;

/// The variable that names the shell which asks for completions.
const VARIABLE: &str = "CHATCTL_COMPLETE";

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "completions",
    "Print a completion script for a shell",
    NounBody::Command(handler!(Completions)),
);

/// Print a completion script for a shell
///
/// The script asks chatctl for commands, options, and values: rooms of the endpoint if that answers at once, features,
/// operations, error codes, files. Nothing is started for it.
///
/// For bash, in ~/.bashrc:
///
///     source <(chatctl completions bash)
///
/// For zsh, in ~/.zshrc, after compinit:
///
///     source <(chatctl completions zsh)
///
/// For fish:
///
///     chatctl completions fish > ~/.config/fish/completions/chatctl.fish
///
/// For PowerShell, in the profile, and for Elvish, in rc.elv:
///
///     chatctl completions powershell | Out-String | Invoke-Expression
///     eval (chatctl completions elvish | slurp)
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// A shell that completes words.
#[derive(Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Elvish,
}

impl Shell {
    fn completer(self) -> &'static dyn EnvCompleter {
        match self {
            Self::Bash => &Bash,
            Self::Zsh => &Zsh,
            Self::Fish => &Fish,
            Self::Powershell => &Powershell,
            Self::Elvish => &Elvish,
        }
    }
}

impl Completions {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let name = env!("CARGO_PKG_NAME");
        let mut script = Vec::new();
        let completer = self.shell.completer();
        completer.write_registration(VARIABLE, name, name, name, &mut script)?;
        let script = String::from_utf8_lossy(&script);
        context.output.print(&Script(script.trim().to_owned()))?;
        Ok(Exit::Done)
    }
}

struct Script(String);

impl Render for Script {
    fn json(&self) -> Value {
        Value::String(self.0.clone())
    }

    fn table(&self, _: Look) -> String {
        self.0.clone()
    }
}

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
