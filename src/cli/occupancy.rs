//! `chatctl occupancy`: how many are in a room.

use clap::Args;
use serde_json::Value;

use super::Context;
use super::exit::Exit;
use super::noun::{Body, Noun, Verb, handler};
use super::room::watch::{Follow, Topic};
use super::service::Service;
use crate::chat_core::chat::Occupancy;
use crate::chat_core::client::Room;
use crate::output::{Look, Render, to_json};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "occupancy",
    "See how many are in a room",
    Body::Verbs(&[
        Verb::new("get", handler!(Get)),
        Verb::new("tail", handler!(Tail)),
    ]),
);

/// Show how many connections and members a room has
///
///     chatctl occupancy get lobby
///     chatctl occupancy get lobby --jq .presenceMembers
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Get {
    /// Room to look at
    #[arg(value_name = "ROOM")]
    room: String,
}

impl Get {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let rest = Service::new(context).rest()?;
        let room = Room::new(&rest, &self.room)?;
        let occupancy = context.block_on(async { Ok(room.occupancy().await?) })?;
        context.output.print(&Numbers(occupancy))?;
        Ok(Exit::Done)
    }
}

/// Follow how many connections and members a room has
///
/// The numbers at the start are the first event. This connection counts too.
///
///     chatctl occupancy tail lobby
///     chatctl occupancy tail lobby --until '.occupancy.presenceMembers >= 2' --duration 30s
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Tail {
    #[command(flatten)]
    follow: Follow,
}

impl Tail {
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        self.follow.run(context, Topic::Occupancy, false)
    }
}

struct Numbers(Occupancy);

impl Render for Numbers {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, _: Look) -> String {
        format!(
            "connections      {}\npresenceMembers  {}",
            self.0.connections, self.0.presence_members
        )
    }
}
