//! `chatctl help`: topics that belong to no single command, and the help of commands, since people try `help` first.
//!
//! The text of a topic is in its man page too. Where possible it is generated from the data that the program itself
//! uses. This file and the tree of commands import each other: the tree lists this noun, which prints the tree.

mod environment;
mod events;
mod exit_codes;
mod lint;
mod local;
mod output;

use clap::{ArgMatches, Command};
use serde_json::Value;

use super::exit::Exit;
use super::failure::Failure;
use super::noun::{Handler, Noun, NounBody};
use super::{Context, capability, command};
use crate::output::{Look, Render};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "help",
    "Explain a topic or a command",
    NounBody::Command(Handler { build, run }),
);

/// A topic of the help.
struct HelpTopic {
    name: &'static str,
    about: &'static str,
    /// For people.
    text: fn() -> String,
    /// For programs; `None` where there is only text.
    json: fn() -> Option<Value>,
}

const TOPICS: &[HelpTopic] = &[
    HelpTopic {
        name: "events",
        about: "Event types that tails print, with their members; as JSON a JSON Schema",
        text: events::text,
        json: || Some(events::schema()),
    },
    HelpTopic {
        name: "environment",
        about: "Environment variables that commands read and set",
        text: environment::text,
        json: || Some(environment::json()),
    },
    HelpTopic {
        name: "exit-codes",
        about: "Exit codes and their meanings",
        text: exit_codes::text,
        json: || Some(exit_codes::json()),
    },
    HelpTopic {
        name: "output",
        about: "Tables, JSON, filters and streams",
        text: output::text,
        json: || None,
    },
    HelpTopic {
        name: "local",
        about: "The local server, used without credentials and endpoint",
        text: local::text,
        json: || None,
    },
    HelpTopic {
        name: "seeds",
        about: "Files of --seed: the initial state of a server or an app",
        text: || include_str!("../../../docs/seeds.md").to_owned(),
        json: || None,
    },
    HelpTopic {
        name: "capabilities",
        about: "Chat features and the operations that each needs",
        text: || capability::features_table().table(Look::default()),
        json: || Some(capability::features_table().json()),
    },
    HelpTopic {
        name: "lint",
        about: "Lint rules for tokens, capabilities and policies",
        text: lint::text,
        json: || Some(lint::json()),
    },
];

fn build(noun: Command) -> Command {
    let noun = noun
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .allow_external_subcommands(true)
        .subcommand_help_heading("Topics")
        .subcommand_value_name("TOPIC|COMMAND");
    TOPICS.iter().fold(noun, |noun, topic| {
        let command = Command::new(topic.name).about(topic.about);
        noun.subcommand(command.after_long_help((topic.text)()))
    })
}

fn run(matches: &mut ArgMatches, context: &Context) -> anyhow::Result<Exit> {
    let Some((word, rest)) = matches.subcommand() else {
        return Ok(Exit::Done);
    };
    let explained = match TOPICS.iter().find(|topic| topic.name == word) {
        Some(topic) => Explained {
            text: (topic.text)(),
            json: (topic.json)(),
        },
        None => of_command(word, rest)?,
    };
    context.output.print(&explained)?;
    Ok(Exit::Done)
}

/// The help of a command, as its own `--help` prints it.
fn of_command(word: &str, rest: &ArgMatches) -> Result<Explained, Failure> {
    let more = rest
        .get_many::<std::ffi::OsString>("")
        .into_iter()
        .flatten();
    let more = more.map(|word| word.to_string_lossy().into_owned());
    let mut tree = command();
    tree.build();
    let mut found = &mut tree;
    for word in std::iter::once(word.to_owned()).chain(more) {
        let name = found.get_name().to_owned();
        found = found.find_subcommand_mut(&word).ok_or_else(|| {
            let topics: Vec<_> = TOPICS.iter().map(|topic| topic.name).collect();
            Failure::usage(format!("'{word}' is not a command of {name} or a topic"))
                .hint(format!("topics are {}", topics.join(", ")))
        })?;
    }
    let text = found.render_long_help().to_string();
    Ok(Explained { text, json: None })
}

struct Explained {
    text: String,
    json: Option<Value>,
}

impl Render for Explained {
    fn json(&self) -> Value {
        let json = self.json.clone();
        json.unwrap_or_else(|| Value::String(self.text.clone()))
    }

    fn table(&self, _: Look) -> String {
        self.text.clone()
    }
}
