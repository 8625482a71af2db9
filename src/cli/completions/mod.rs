//! `chatctl completions`: the script that makes a shell ask this program.
//!
//! The script sets [`VARIABLE`] and runs `chatctl -- WORDS…` each time that somebody presses the tab key.

mod bash;

use clap::{Args, ValueEnum};
use clap_complete::env::{Elvish, EnvCompleter, Fish, Powershell, Zsh};
use serde_json::Value;

use super::Context;
use super::exit::Exit;
use super::noun::{Noun, NounBody, handler};
use crate::output::{Look, Render};
use bash::Bash;

/// The variable that names the shell which asks for completions.
pub(super) const VARIABLE: &str = "CHATCTL_COMPLETE";

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "completions",
    "Print a completion script for a shell",
    NounBody::Command(handler!(Completions)),
)
.offline();

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
pub(super) enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Elvish,
}

impl Shell {
    /// The adapter to the shell.
    pub(super) fn completer(self) -> &'static dyn EnvCompleter {
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
