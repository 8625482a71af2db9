//! `chatctl reaction`: reactions to messages.

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

use super::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::noun::{Group, Noun, NounBody, Verb, handler};
use super::room::arguments::{check_reaction_name, positive};
use super::room::describe::counts;
use super::room::not_found::MessagePlace;
use super::room::request::Preview;
use super::room::watch::{Follow, Topic};
use super::service::Service;
use crate::chat_core::client::call::Call;
use crate::chat_core::client::room::reactions::NewReaction;
use crate::chat_core::client::{Rest, Room};
use crate::output::{Look, Render, table::plain};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "reaction",
    "Send, remove and list message reactions",
    NounBody::Verbs(&[
        Verb::new("send", handler!(ReactionSend)),
        Verb::new("remove", handler!(ReactionRemove)),
        Verb::new("list", handler!(ReactionList)),
        Verb::new("tail", handler!(ReactionTail)),
    ]),
)
.within(Group::Rooms);

/// The way in which reactions of one client count.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReactionType {
    /// One reaction per client: a new one replaces it
    Unique,
    /// Each name once per client
    Distinct,
    /// Each name any number of times
    Multiple,
}

impl ReactionType {
    fn name(self) -> &'static str {
        match self {
            Self::Unique => "unique",
            Self::Distinct => "distinct",
            Self::Multiple => "multiple",
        }
    }
}

/// Send a reaction to a message
///
/// Prints the serial of the reaction. Exits 1 if the message does not exist.
///
///     chatctl reaction send lobby "$SERIAL" 👍
///     chatctl reaction send lobby "$SERIAL" 👏 --type multiple --count 10
///     chatctl reaction send lobby "$SERIAL" 👍 --curl
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct ReactionSend {
    /// Room of the message
    #[arg(value_name = "ROOM")]
    room: String,

    /// Serial of the message
    #[arg(value_name = "SERIAL")]
    serial: String,

    /// Emoji or other text
    #[arg(value_name = "NAME")]
    name: String,

    /// Type of the reaction
    #[arg(long = "type", value_name = "TYPE", default_value = "distinct")]
    kind: ReactionType,

    /// Count of the reaction, for --type multiple
    #[arg(long, value_name = "N", value_parser = positive)]
    count: Option<u64>,

    #[command(flatten)]
    preview: Preview,
}

impl ReactionSend {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        if self.count.is_some() && self.kind != ReactionType::Multiple {
            return Err(Failure::usage("--count is for --type multiple").into());
        }
        check_reaction_name(&self.name)?;
        let reaction = NewReaction {
            kind: self.kind.name().to_owned(),
            name: self.name,
            count: self.count,
        };
        let place = MessagePlace::new(&self.room, &self.serial);
        change(context, &self.room, &place, &self.preview, |room| {
            room.reacting(&self.serial, &reaction)
        })
    }
}

/// Remove a reaction from a message
///
/// Removes this client's reaction; without one nothing happens. Exits 1 if the message does not exist.
///
///     chatctl reaction remove lobby "$SERIAL" 👍
///     chatctl reaction remove lobby "$SERIAL" --type unique
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct ReactionRemove {
    /// Room of the message
    #[arg(value_name = "ROOM")]
    room: String,

    /// Serial of the message
    #[arg(value_name = "SERIAL")]
    serial: String,

    /// Emoji or other text; --type unique needs none
    #[arg(value_name = "NAME", required_unless_present = "kind")]
    name: Option<String>,

    /// Type of the reaction [default: distinct]
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<ReactionType>,

    #[command(flatten)]
    preview: Preview,
}

impl ReactionRemove {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let kind = self.kind.unwrap_or(ReactionType::Distinct);
        if self.name.is_none() && kind != ReactionType::Unique {
            let error = Failure::usage("the NAME of the reaction is missing");
            return Err(error.hint("only --type unique needs none").into());
        }
        if let Some(name) = &self.name {
            check_reaction_name(name)?;
        }
        let place = MessagePlace::new(&self.room, &self.serial);
        change(context, &self.room, &place, &self.preview, |room| {
            room.unreacting(&self.serial, kind.name(), self.name.as_deref())
        })
    }
}

/// Sends the request, or shows it.
fn change(
    context: &Context,
    room: &str,
    place: &MessagePlace<'_>,
    preview: &Preview,
    request: impl Fn(&Room<'_>) -> Call,
) -> anyhow::Result<Exit> {
    let mut options = Service::new(context).for_room(room)?.client_options()?;
    preview.prepare(&mut options);
    let rest = Rest::new(options);
    let room = Room::new(&rest, room)?;
    let call = request(&room);
    if preview.is_wanted() {
        preview.show(context, rest.options(), &[call])?;
        return Ok(Exit::Done);
    }
    let answer = context.block_on(async { place.found(room.change_reactions(&call).await) })?;
    context.output.print(&Serial(answer))?;
    Ok(Exit::Done)
}

/// List one client's reactions to a message
///
/// Each reaction shows the total of all clients. See room get for the reactions of all clients.
///
///     chatctl reaction list lobby "$SERIAL"
///     chatctl reaction list lobby "$SERIAL" --client bob --jq '.distinct | keys[]'
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct ReactionList {
    /// Room of the message
    #[arg(value_name = "ROOM")]
    room: String,

    /// Serial of the message
    #[arg(value_name = "SERIAL")]
    serial: String,

    /// Client whose reactions are listed [default: this client]
    #[arg(long, value_name = "CLIENT_ID", alias = "of")]
    client: Option<String>,
}

impl ReactionList {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let rest = Service::new(context).for_room(&self.room)?.rest()?;
        let room = Room::new(&rest, &self.room)?;
        let reactions = context.block_on(async {
            let of = self.client.as_deref();
            let place = MessagePlace::new(&self.room, &self.serial);
            place.found(room.client_reactions(&self.serial, of).await)
        })?;
        context.output.print(&Reactions {
            reactions,
            client: self.client.as_deref(),
        })?;
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
struct ReactionTail {
    /// Print each reaction instead of summaries
    #[arg(long)]
    raw: bool,

    #[command(flatten)]
    follow: Follow,
}

impl ReactionTail {
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
struct Reactions<'a> {
    reactions: Map<String, Value>,
    /// The client that was asked about; `None` for this client.
    client: Option<&'a str>,
}

impl Reactions<'_> {
    /// The types that have any, with the counts of their names.
    fn kinds(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.reactions
            .iter()
            .filter(|(_, names)| names.as_object().is_some_and(|names| !names.is_empty()))
    }
}

impl Render for Reactions<'_> {
    fn json(&self) -> Value {
        Value::Object(self.reactions.clone())
    }

    fn absence(&self) -> Option<String> {
        let who = self.client.unwrap_or("this client");
        let is_empty = self.kinds().next().is_none();
        is_empty.then(|| format!("no reactions of {who} to the message"))
    }

    fn table(&self, _: Look) -> String {
        let lines: Vec<String> = self
            .kinds()
            .map(|(kind, names)| {
                let only: Map<String, Value> =
                    std::iter::once((kind.clone(), names.clone())).collect();
                format!("{kind:<8}  {}", plain(&counts(&only)))
            })
            .collect();
        lines.join("\n")
    }
}
