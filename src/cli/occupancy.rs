//! `chatctl occupancy`: the occupancy metrics of a room.

use clap::Args;
use serde_json::Value;

use super::Context;
use super::exit::Exit;
use super::noun::{Group, Noun, NounBody, Verb, handler};
use super::room::watch::{Follow, Topic};
use super::service::Service;
use crate::chat_core::chat::Occupancy;
use crate::chat_core::client::Room;
use crate::output::{Look, Render, to_json};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "occupancy",
    "Get and follow room occupancy",
    NounBody::Verbs(&[
        Verb::new("get", handler!(OccupancyGet)),
        Verb::new("tail", handler!(OccupancyTail)),
    ]),
)
.within(Group::Rooms);

/// Show the number of connections and presence members of a room
///
///     chatctl occupancy get lobby
///     chatctl occupancy get lobby --jq .presenceMembers
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct OccupancyGet {
    /// Room to count
    #[arg(value_name = "ROOM")]
    room: String,
}

impl OccupancyGet {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let rest = Service::new(context).for_room(&self.room)?.rest()?;
        let room = Room::new(&rest, &self.room)?;
        let occupancy = context.block_on(async { Ok(room.occupancy().await?) })?;
        context.output.print(&OccupancyMetrics(occupancy))?;
        Ok(Exit::Done)
    }
}

/// Follow the number of connections and presence members of a room
///
/// The numbers at the start are the first event. This connection counts too.
///
///     chatctl occupancy tail lobby
///     chatctl occupancy tail lobby --until '.occupancy.presenceMembers >= 2' --duration 30s
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct OccupancyTail {
    #[command(flatten)]
    follow: Follow,
}

impl OccupancyTail {
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        self.follow.run(context, Topic::Occupancy, false)
    }
}

struct OccupancyMetrics(Occupancy);

impl Render for OccupancyMetrics {
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
