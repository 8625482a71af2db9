//! `chatctl presence`: who is in a room.

mod control;
mod enter;
mod held;

use clap::Args;
use serde_json::Value;

use super::exit::Exit;
use super::noun::{Body, Noun, Verb, handler};
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
    "Be present in a room, and see who is",
    Body::Verbs(&[
        Verb::new("list", handler!(List)),
        Verb::new("enter", handler!(enter::Enter)),
        Verb::new("update", handler!(held::Update)),
        Verb::new("leave", handler!(held::Leave)),
        Verb::new("tail", handler!(Tail)),
    ]),
);

/// List the members of a room
///
///     chatctl presence list lobby
///     chatctl presence list lobby --jq '.[].clientId'
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct List {
    /// Room to look at
    #[arg(value_name = "ROOM")]
    room: String,
}

impl List {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let rest = Service::new(context).rest()?;
        let room = Room::new(&rest, &self.room)?;
        let members = context.block_on(async { Ok(room.members().await?) })?;
        context.output.print(&Members(members))?;
        Ok(Exit::Done)
    }
}

/// Follow who enters, updates and leaves a room
///
/// Those who are there at the start come first.
///
///     chatctl presence tail lobby
///     chatctl presence tail lobby --until '.type == "enter" and .member.clientId == "bob"' --duration 30s
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Tail {
    #[command(flatten)]
    follow: Follow,
}

impl Tail {
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        self.follow.run(context, Topic::Presence, false)
    }
}

struct Members(Vec<Member>);

impl Render for Members {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, look: Look) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut table = Columns::new(look, &["clientId", "since", "data", "userClaim"]);
        for member in &self.0 {
            let data = if member.data.is_null() {
                String::new()
            } else {
                member.data.to_string()
            };
            table.row([
                member.client_id.clone(),
                time::show(Timestamp(member.updated_at)),
                data,
                member.user_claim.clone().unwrap_or_default(),
            ]);
        }
        table.finish()
    }
}
