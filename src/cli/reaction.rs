//! `chatctl reaction`: reactions to messages.

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

use super::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::noun::{Body, Noun, Verb, handler};
use super::room::arguments::positive;
use super::room::describe::counts;
use super::room::not_found::not_found_is_no;
use super::room::request::Preview;
use super::room::watch::{Follow, Topic};
use super::service::Service;
use crate::chat_core::client::rest::Call;
use crate::chat_core::client::room::reactions::NewReaction;
use crate::chat_core::client::{Rest, Room};
use crate::output::{Look, Render, table::plain};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "reaction",
    "React to messages, and see who did",
    Body::Verbs(&[
        Verb::new("send", handler!(Send)),
        Verb::new("remove", handler!(Remove)),
        Verb::new("list", handler!(List)),
        Verb::new("tail", handler!(Tail)),
    ]),
);

/// How reactions of a client count.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// One name a client: a new one replaces it
    Unique,
    /// Each name once a client
    Distinct,
    /// Each name as often as it is sent
    Multiple,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Unique => "unique",
            Self::Distinct => "distinct",
            Self::Multiple => "multiple",
        }
    }
}

/// React to a message
///
/// Prints the serial of the reaction. A message that does not exist answers no (exit 1).
///
///     chatctl reaction send lobby "$SERIAL" 👍
///     chatctl reaction send lobby "$SERIAL" 👏 --type multiple --count 10
///     chatctl reaction send lobby "$SERIAL" 👍 --curl
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Send {
    /// Room of the message
    #[arg(value_name = "ROOM")]
    room: String,

    /// Serial of the message
    #[arg(value_name = "SERIAL")]
    serial: String,

    /// An emoji, or another text
    #[arg(value_name = "NAME")]
    name: String,

    /// How it counts
    #[arg(long = "type", value_name = "TYPE", default_value = "distinct")]
    kind: Kind,

    /// How many, for --type multiple
    #[arg(long, value_name = "N", value_parser = positive)]
    count: Option<u64>,

    #[command(flatten)]
    preview: Preview,
}

impl Send {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        if self.count.is_some() && self.kind != Kind::Multiple {
            return Err(Failure::usage("--count is for --type multiple").into());
        }
        let reaction = NewReaction {
            kind: self.kind.name().to_owned(),
            name: self.name,
            count: self.count,
        };
        change(context, &self.room, &self.preview, |room| {
            room.reacting(&self.serial, &reaction)
        })
    }
}

/// Take a reaction back
///
/// Takes back what this client reacted with; where it did not, nothing happens. A message that does not exist
/// answers no (exit 1).
///
///     chatctl reaction remove lobby "$SERIAL" 👍
///     chatctl reaction remove lobby "$SERIAL" --type unique
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Remove {
    /// Room of the message
    #[arg(value_name = "ROOM")]
    room: String,

    /// Serial of the message
    #[arg(value_name = "SERIAL")]
    serial: String,

    /// The emoji or text; --type unique needs none
    #[arg(value_name = "NAME", required_unless_present = "kind")]
    name: Option<String>,

    /// How it counts [default: distinct]
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<Kind>,

    #[command(flatten)]
    preview: Preview,
}

impl Remove {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let kind = self.kind.unwrap_or(Kind::Distinct);
        if self.name.is_none() && kind != Kind::Unique {
            let error = Failure::usage("the name of the reaction is missing");
            return Err(error.hint("only --type unique needs none").into());
        }
        change(context, &self.room, &self.preview, |room| {
            room.unreacting(&self.serial, kind.name(), self.name.as_deref())
        })
    }
}

/// Makes the request, or shows it.
fn change(
    context: &Context,
    room: &str,
    preview: &Preview,
    request: impl Fn(&Room<'_>) -> Call,
) -> anyhow::Result<Exit> {
    let mut options = Service::new(context).client_options()?;
    preview.prepare(&mut options);
    let rest = Rest::new(options);
    let room = Room::new(&rest, room)?;
    let call = request(&room);
    if preview.is_wanted() {
        preview.show(context, rest.options(), &[call])?;
        return Ok(Exit::Done);
    }
    let answer = context.block_on(async { not_found_is_no(room.change_reactions(&call).await) })?;
    context.output.print(&Serial(answer))?;
    Ok(Exit::Done)
}

/// List what one client reacted with to a message
///
/// Of each reaction the total of all clients is shown; everybody's stand in the message, see room get.
///
///     chatctl reaction list lobby "$SERIAL"
///     chatctl reaction list lobby "$SERIAL" --of bob --jq '.distinct | keys[]'
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct List {
    /// Room of the message
    #[arg(value_name = "ROOM")]
    room: String,

    /// Serial of the message
    #[arg(value_name = "SERIAL")]
    serial: String,

    /// Whose reactions [default: those of this client]
    #[arg(long, value_name = "ID")]
    of: Option<String>,
}

impl List {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let rest = Service::new(context).rest()?;
        let room = Room::new(&rest, &self.room)?;
        let reactions = context.block_on(async {
            let of = self.of.as_deref();
            not_found_is_no(room.client_reactions(&self.serial, of).await)
        })?;
        context.output.print(&Reactions(reactions))?;
        Ok(Exit::Done)
    }
}

/// Follow the reactions to the messages of a room
///
/// Prints the summary of a message's reactions after each change, or with --raw each reaction itself.
///
///     chatctl reaction tail lobby
///     chatctl reaction tail lobby --raw --json
///     chatctl reaction tail lobby --until '.reactions.distinct["👍"].total >= 3' --duration 1m
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Tail {
    /// Print each reaction instead of summaries
    #[arg(long)]
    raw: bool,

    #[command(flatten)]
    follow: Follow,
}

impl Tail {
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        self.follow.run(context, Topic::Reactions, self.raw)
    }
}

/// The answer to a reaction: its serial.
struct Serial(Value);

impl Render for Serial {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, _: Look) -> String {
        self.0["serial"].as_str().unwrap_or_default().to_owned()
    }
}

/// Reactions by type.
struct Reactions(Map<String, Value>);

impl Render for Reactions {
    fn json(&self) -> Value {
        Value::Object(self.0.clone())
    }

    fn table(&self, _: Look) -> String {
        let lines: Vec<String> = self
            .0
            .iter()
            .filter(|(_, names)| names.as_object().is_some_and(|names| !names.is_empty()))
            .map(|(kind, names)| {
                let only: Map<String, Value> =
                    std::iter::once((kind.clone(), names.clone())).collect();
                format!("{kind:<8}  {}", plain(&counts(&only)))
            })
            .collect();
        lines.join("\n")
    }
}
