//! `chatctl room get` and `chatctl room versions`.

use clap::Args;
use serde_json::Value;

use super::describe;
use super::not_found::MessagePlace;
use super::view::MessageTable;
use crate::chat_core::chat::ChatMessage;
use crate::chat_core::client::Room;
use crate::chat_core::clock::Timestamp;
use crate::cli::exit::Exit;
use crate::cli::service::Service;
use crate::cli::{Context, time};
use crate::output::table::{Columns, plain};
use crate::output::{Look, Render, to_json};

/// Show a message in its newest version
///
/// Exits 1 if the message does not exist.
///
///     chatctl room get lobby 01700000000000-000@abc123:000
///     chatctl room get lobby "$SERIAL" --jq .text
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RoomGet {
    /// Room of the message
    #[arg(value_name = "ROOM")]
    room: String,

    /// Serial of the message
    #[arg(value_name = "SERIAL")]
    serial: String,
}

impl RoomGet {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let rest = Service::new(context).for_room(&self.room)?.rest()?;
        let room = Room::new(&rest, &self.room)?;
        let place = MessagePlace::new(&self.room, &self.serial);
        let message = context.block_on(async { place.found(room.message(&self.serial).await) })?;
        context
            .output
            .print(&MessageDetails(message, context.clock.now()))?;
        Ok(Exit::Done)
    }
}

/// Show all versions of a message, the oldest first
///
/// Exits 1 if the message does not exist.
///
///     chatctl room versions lobby 01700000000000-000@abc123:000
///     chatctl room versions lobby "$SERIAL" --jq '.[].text'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RoomVersions {
    /// Room of the message
    #[arg(value_name = "ROOM")]
    room: String,

    /// Serial of the message
    #[arg(value_name = "SERIAL")]
    serial: String,
}

impl RoomVersions {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let rest = Service::new(context).for_room(&self.room)?.rest()?;
        let room = Room::new(&rest, &self.room)?;
        let place = MessagePlace::new(&self.room, &self.serial);
        let versions =
            context.block_on(async { place.found(room.versions(&self.serial).await) })?;
        let now = context.clock.now();
        if context.output.format() == crate::settings::OutputFormat::Table {
            context.output.print(&MessageVersions(versions, now))?;
        } else {
            context.output.print(&MessageTable {
                room: &self.room,
                messages: versions,
                now,
            })?;
        }
        Ok(Exit::Done)
    }
}

/// A message, one line per field.
struct MessageDetails(ChatMessage, Timestamp);

impl Render for MessageDetails {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, look: Look) -> String {
        let message = &self.0;
        let object = |members: &serde_json::Map<String, Value>| {
            (!members.is_empty()).then(|| Value::Object(members.clone()).to_string())
        };
        let version = &message.version;
        let fields = [
            ("serial", Some(message.serial.clone())),
            ("clientId", Some(message.client_id.clone())),
            ("text", Some(describe::text_of(message))),
            ("metadata", object(&message.metadata)),
            ("headers", object(&message.headers)),
            ("userClaim", message.user_claim.clone()),
            (
                "sent",
                Some(time::display(Timestamp(message.timestamp), look, self.1)),
            ),
            (
                "version",
                version
                    .serial
                    .clone()
                    .filter(|serial| *serial != message.serial),
            ),
            ("changed by", version.client_id.clone()),
            ("because", version.description.clone()),
            (
                "reactions",
                (!message.reactions.is_empty()).then(|| describe::counts(&message.reactions)),
            ),
        ];
        let lines: Vec<String> = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .map(|(name, value)| {
                let name = look.paint(&format!("{name:<10}"), "1");
                format!("{name}  {}", plain(&value))
            })
            .collect();
        lines.join("\n")
    }
}

/// The versions of a message, with time, client and reason.
struct MessageVersions(Vec<ChatMessage>, Timestamp);

impl Render for MessageVersions {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, look: Look) -> String {
        let titles = ["when", "action", "who", "text", "because", "version"];
        let mut table = Columns::new(look, &titles);
        for message in &self.0 {
            let version = &message.version;
            let who = version.client_id.as_ref().unwrap_or(&message.client_id);
            let time = version.timestamp.unwrap_or(message.timestamp);
            table.row([
                time::display(Timestamp(time), look, self.1),
                message.action.trim_start_matches("message.").to_owned(),
                who.clone(),
                message.text.clone(),
                version.description.clone().unwrap_or_default(),
                version.serial.clone().unwrap_or_default(),
            ]);
        }
        table.finish()
    }
}
