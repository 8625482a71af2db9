//! `chatctl help`: topics that belong to no command, and the help of commands under the name that people try first.
//!
//! A topic's text stands in its man page too. What a topic says is made of what the program works with, where there
//! is such a thing.

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
use super::noun::{Body, Handler, Noun};
use super::{Context, capability, command};
use crate::output::{Look, Render};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "help",
    "Explain a topic or a command",
    Body::Command(Handler { build, run }),
);

/// Something that is explained.
struct Topic {
    name: &'static str,
    about: &'static str,
    /// For people.
    text: fn() -> String,
    /// For programs; `None` where there is only text.
    json: fn() -> Option<Value>,
}

const TOPICS: &[Topic] = &[
    Topic {
        name: "events",
        about: "What tails print: the types of events and their members; as JSON a JSON Schema",
        text: events::text,
        json: || Some(events::schema()),
    },
    Topic {
        name: "environment",
        about: "The variables that commands read, and those that they set for others",
        text: environment::text,
        json: || Some(environment::json()),
    },
    Topic {
        name: "exit-codes",
        about: "What the status of a command means",
        text: exit_codes::text,
        json: || Some(exit_codes::json()),
    },
    Topic {
        name: "output",
        about: "Tables, JSON and filters; what goes to which stream",
        text: output::text,
        json: || None,
    },
    Topic {
        name: "local",
        about: "The server that is there where nobody says where to talk to",
        text: local::text,
        json: || None,
    },
    Topic {
        name: "seeds",
        about: "The files of --seed: what a server or an app begins with",
        text: || include_str!("../../../docs/seeds.md").to_owned(),
        json: || None,
    },
    Topic {
        name: "capabilities",
        about: "The features of Chat, and the operations that a token needs for each",
        text: || capability::features_table().table(Look::default()),
        json: || Some(capability::features_table().json()),
    },
    Topic {
        name: "lint",
        about: "The rules that tokens, capabilities and policies are looked at with",
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

/// The help of a command, as its own `--help` gives it.
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
            Failure::usage(format!("'{word}' is no command of {name}, and no topic"))
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
