//! `chatctl help`: the help of the program and of its commands, and topics that belong to no single command.
//!
//! The text of a topic is in its man page too. Where possible it is generated from the data that the program itself
//! uses. This file and the tree of commands import each other: the tree lists this noun, which prints the tree.
//!
//! | module | owns |
//! | --- | --- |
//! | [`document`] | texts as blocks, and their look on a terminal |
//! | [`page`], [`root`] | the help of a command, and of the program |
//! | the others | a topic each |

mod clock;
pub mod document;
mod environment;
mod events;
mod exit_codes;
mod faults;
mod lint;
mod local;
mod options;
mod output;
pub mod page;
mod root;
mod settings;

use clap::Args;
use serde_json::Value;

use super::exit::Exit;
use super::failure::Failure;
use super::noun::{Noun, NounBody, handler};
use super::process::pager;
use super::{Context, capability, tree};
use crate::output::{Look, Render};
use crate::settings::OutputFormat;
pub use root::{ABOUT, EXAMPLES};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "help",
    "Explain a command or a topic",
    NounBody::Command(handler!(Help)),
)
.without_config();

/// A topic of the help.
pub struct HelpTopic {
    /// Its name.
    pub name: &'static str,
    /// One line.
    pub about: &'static str,
    /// For people, in Markdown.
    pub text: fn() -> String,
    /// For programs; `None` where there is only text.
    json: fn() -> Option<Value>,
}

/// All topics.
pub const TOPICS: &[HelpTopic] = &[
    HelpTopic {
        name: "options",
        about: "Options that every command takes",
        text: options::text,
        json: || Some(options::json()),
    },
    HelpTopic {
        name: "environment",
        about: "Environment variables that commands read and set",
        text: environment::text,
        json: || Some(environment::json()),
    },
    HelpTopic {
        name: "settings",
        about: "Flags, variables, profiles and the config file",
        text: settings::text,
        json: || Some(settings::json()),
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
        name: "events",
        about: "Events that tails print, with their members; as JSON a JSON Schema",
        text: events::text,
        json: || Some(events::schema()),
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
        name: "clock",
        about: "Virtual time: an hour of a test in about a second",
        text: clock::text,
        json: || None,
    },
    HelpTopic {
        name: "faults",
        about: "Failures on demand: rules, what they do and where, and seeds",
        text: faults::text,
        json: || Some(faults::json()),
    },
    HelpTopic {
        name: "capabilities",
        about: "Chat features and the operations that each needs",
        text: capability::features_text,
        json: || Some(capability::features_table().json()),
    },
    HelpTopic {
        name: "lint",
        about: "Lint rules for tokens, capabilities and policies",
        text: lint::text,
        json: || Some(lint::json()),
    },
];

/// Explain a command or a topic
///
///     chatctl help
///     chatctl help room send
///     chatctl help exit-codes
///     chatctl help topics
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Help {
    /// The command or topic; topics lists the topics
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

impl Help {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let output = &context.output;
        let look = output.look();
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        let topic = TOPICS.iter().find(|topic| words == [topic.name]);
        let explained = match (&words[..], topic) {
            ([], _) => Explained::text(root::render(tree::NOUNS, Some(&topics()), look)),
            (["topics"], _) => Explained {
                text: topic_list(look),
                json: Some(
                    topics()
                        .iter()
                        .map(|(name, about)| serde_json::json!({"name": name, "about": about}))
                        .collect(),
                ),
            },
            (_, Some(topic)) => Explained {
                text: document::to_text(&document::of_markdown(&(topic.text)()), look),
                json: (topic.json)(),
            },
            (words, None) => match tree::find(words) {
                Some(command) => Explained::text(page::render(command, true, look)),
                None => return Err(unknown(words).into()),
            },
        };
        if output.has_query() || output.format() != OutputFormat::Table {
            output.print(&explained)?;
        } else {
            pager::print(output, &explained.text, &context.environment);
        }
        Ok(Exit::Done)
    }
}

/// The help that a command line asks for: of the command `path`, or of the program where it is empty.
pub(super) fn of_command_line(path: &[&str], is_long: bool, look: Look) -> String {
    match tree::find(path) {
        Some(command) => page::render(command, is_long, look),
        None => root::render(tree::NOUNS, None, look),
    }
}

fn topics() -> Vec<(&'static str, &'static str)> {
    let topics = TOPICS.iter();
    topics.map(|topic| (topic.name, topic.about)).collect()
}

fn topic_list(look: Look) -> String {
    let rows = topics().into_iter();
    let rows = rows.map(|(name, about)| vec![name.to_owned(), about.to_owned()]);
    let table = document::Block::Table {
        titles: vec!["topic".to_owned(), "about".to_owned()],
        rows: rows.collect(),
    };
    document::to_text(&[table], look)
}

/// The words are neither a command nor a topic.
fn unknown(words: &[&str]) -> Failure {
    let text = words.join(" ");
    let all = TOPICS.iter().map(|topic| topic.name.to_owned());
    let all = all.chain(tree::words());
    let near = all
        .map(|name| {
            let nearness = if name.starts_with(&text) || name.ends_with(&format!(" {text}")) {
                1.0
            } else {
                strsim::jaro_winkler(&name, &text)
            };
            (nearness, name)
        })
        .filter(|(nearness, _)| *nearness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = match near {
        Some((_, name)) => format!("did you mean chatctl help {name}?"),
        None => "chatctl help lists commands, chatctl help topics the topics".to_owned(),
    };
    Failure::usage(format!("'{text}' is not a command or a topic")).hint(hint)
}

struct Explained {
    text: String,
    json: Option<Value>,
}

impl Explained {
    fn text(text: String) -> Self {
        Self { text, json: None }
    }
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
