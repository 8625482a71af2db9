//! The options that every command takes, from the options themselves.

use clap::{Arg, Args as _, Command};
use serde_json::{Value, json};

use crate::settings::Flags;

/// The options for people.
pub(super) fn text() -> String {
    let rows: Vec<String> = arguments()
        .iter()
        .map(|argument| format!("| `{}` | {} |", form(argument), help(argument)))
        .collect();
    format!(
        "Every command takes these, before or after its own arguments. Those that matter to a command alone stand in its \
         own help. Where a variable or a setting does the same, the option wins: chatctl help environment.\n\n\
         | option | meaning |\n| --- | --- |\n{}\n",
        rows.join("\n")
    )
}

/// The options for programs.
pub(super) fn json() -> Value {
    arguments()
        .iter()
        .map(|argument| {
            json!({
                "name": argument.get_long(),
                "short": argument.get_short(),
                "form": form(argument),
                "help": help(argument),
            })
        })
        .collect()
}

fn arguments() -> Vec<Arg> {
    let command = Flags::augment_args(Command::new("options"));
    command.get_arguments().cloned().collect()
}

/// An option as it is typed.
fn form(argument: &Arg) -> String {
    let long = argument.get_long().unwrap_or_default();
    let mut form = match argument.get_short() {
        Some(short) => format!("-{short}, --{long}"),
        None => format!("--{long}"),
    };
    if argument.get_action().takes_values() {
        for name in argument.get_value_names().unwrap_or_default() {
            form.push(' ');
            form.push_str(name);
        }
    }
    form
}

fn help(argument: &Arg) -> String {
    let help = argument.get_help().map(ToString::to_string);
    // Markdown has its own use of these.
    let help = help.unwrap_or_default().replace('|', "\\|");
    let values: Vec<String> = argument
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    if argument.get_action().takes_values() && !values.is_empty() {
        format!("{help}: {}", values.join(", "))
    } else {
        help
    }
}
