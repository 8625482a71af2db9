//! `chatctl presence`: the presence set of a room.

mod control;
mod enter;
mod requests;

use clap::Args;
use serde_json::Value;

use super::exit::Exit;
use super::noun::{Group, Noun, NounBody, Verb, handler};
use super::room::watch::{Follow, Topic};
use super::service::Service;
use super::{Context, time};
use crate::chat_core::chat::Member;
use crate::chat_core::client::Room;
use crate::chat_core::clock::Timestamp;
use crate::output::table::Columns;
use crate::output::{Look, Render, to_json};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "presence",
    "Enter, update and list a room's presence set",
    NounBody::Verbs(&[
        Verb::new("list", handler!(PresenceList)),
        Verb::new("enter", handler!(enter::PresenceEnter)),
        Verb::new("update", handler!(requests::PresenceUpdate)),
        Verb::new("leave", handler!(requests::PresenceLeave)),
        Verb::new("tail", handler!(PresenceTail)),
    ]),
)
.within(Group::Rooms);

/// List the members of a room's presence set
///
///     chatctl presence list lobby
///     chatctl presence list lobby --jq '.[].clientId'
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct PresenceList {
    /// Room whose members are listed
    #[arg(value_name = "ROOM")]
    room: String,
}

impl PresenceList {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let rest = Service::new(context).for_room(&self.room)?.rest()?;
        let room = Room::new(&rest, &self.room)?;
        let members = context.block_on(async { Ok(room.members().await?) })?;
        context.output.print(&MemberTable {
            room: &self.room,
            members,
            now: context.clock.now(),
        })?;
        Ok(Exit::Done)
    }
}

/// Follow the presence events of a room
///
/// The present members come first.
///
///     chatctl presence tail lobby
///     chatctl presence tail lobby --until '.type == "enter" and .member.clientId == "bob"' --duration 30s
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct PresenceTail {
    #[command(flatten)]
    follow: Follow,
}

impl PresenceTail {
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        self.follow.run(context, Topic::Presence, false)
    }
}

struct MemberTable<'a> {
    room: &'a str,
    members: Vec<Member>,
    /// The present moment.
    now: Timestamp,
}

impl Render for MemberTable<'_> {
    fn json(&self) -> Value {
        to_json(&self.members)
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["who", "since", "data", "user claim"]);
        for member in &self.members {
            let data = if member.data.is_null() {
                String::new()
            } else {
                member.data.to_string()
            };
            table.row([
                member.client_id.clone(),
                time::display(Timestamp(member.updated_at), look, self.now),
                data,
                member.user_claim.clone().unwrap_or_default(),
            ]);
        }
        table.finish()
    }

    fn absence(&self) -> Option<String> {
        self.members
            .is_empty()
            .then(|| format!("nobody is present in {}", self.room))
    }
}
