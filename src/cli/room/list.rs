//! `chatctl room list`.

use clap::Args;
use serde_json::Value;

use crate::chat_core::client::room::list::{ActiveRoom, active_rooms};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::service::Service;
use crate::output::table::Columns;
use crate::output::{Look, Render, to_json};

/// List active rooms with their occupancy
///
/// A room is active while a client is attached to it or present in it.
///
///     chatctl room list
///     chatctl room list --prefix dms: --jq '.[].roomName'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RoomList {
    /// Only rooms whose names begin with this
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    prefix: String,
}

impl RoomList {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let rest = Service::new(context).rest()?;
        let rooms = context.block_on(async { Ok(active_rooms(&rest, &self.prefix).await?) })?;
        context.output.print(&ActiveRooms {
            rooms,
            prefix: &self.prefix,
        })?;
        Ok(Exit::Done)
    }
}

struct ActiveRooms<'a> {
    rooms: Vec<ActiveRoom>,
    prefix: &'a str,
}

impl Render for ActiveRooms<'_> {
    fn json(&self) -> Value {
        to_json(&self.rooms)
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["room", "connections", "members"]);
        for room in &self.rooms {
            table.row([
                room.room_name.clone(),
                room.occupancy.connections.to_string(),
                room.occupancy.presence_members.to_string(),
            ]);
        }
        table.finish()
    }

    fn absence(&self) -> Option<String> {
        let which = match self.prefix {
            "" => String::new(),
            prefix => format!(" whose name begins with '{prefix}'"),
        };
        self.rooms
            .is_empty()
            .then(|| format!("no active rooms{which}"))
    }
}
