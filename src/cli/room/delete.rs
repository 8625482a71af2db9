//! `chatctl room delete`.

use clap::Args;

use super::arguments::texts;
use super::not_found::MessagePlace;
use super::request::Preview;
use super::view::ChangedMessage;
use crate::chat_core::client::room::change::OperationDetails;
use crate::chat_core::client::{Rest, Room};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure;
use crate::cli::service::Service;

/// Delete messages
///
/// A deleted message stays in history without its content; its earlier versions keep it. Prints the serial of the new
/// version, or the message with --json. Exits 1 if the message does not exist.
///
///     chatctl room delete lobby "$SERIAL"
///     chatctl room delete lobby "$SERIAL" --description "spam" --metadata '{"ticket": "42"}'
///     chatctl room history lobby --all --jq '.[].serial' | xargs chatctl room delete lobby --force
///
/// Asks on a terminal before it deletes several; needs --force elsewhere.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RoomDelete {
    /// Room of the messages
    #[arg(value_name = "ROOM")]
    room: String,

    /// Serials of the messages
    #[arg(value_name = "SERIAL", required = true)]
    serials: Vec<String>,

    /// Reason for the deletion
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// JSON object of strings about the deletion; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON", alias = "edit-metadata")]
    metadata: Option<String>,

    /// Delete several messages without asking
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    preview: Preview,
}

impl RoomDelete {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let act = OperationDetails {
            description: self.description.clone(),
            metadata: texts(context, "--metadata", self.metadata.as_deref())?,
        };
        let mut options = Service::new(context)
            .for_room(&self.room)?
            .client_options()?;
        self.preview.prepare(&mut options);
        let rest = Rest::new(options);
        let room = Room::new(&rest, &self.room)?;
        let calls = self
            .serials
            .iter()
            .map(|serial| room.deleting(serial, &act))
            .collect::<Vec<_>>();
        if self.preview.is_wanted() {
            self.preview.show(context, rest.options(), &calls)?;
            return Ok(Exit::Done);
        }
        if !self.may_delete(context)? {
            return Ok(Exit::No);
        }
        context.block_on(async {
            let mut first_fault = Exit::Done;
            for (serial, call) in self.serials.iter().zip(calls) {
                let place = MessagePlace::new(&self.room, serial);
                match place.found(room.call(&call).await) {
                    Ok(changed) => context.output.print_item(&ChangedMessage(changed))?,
                    Err(error) if self.serials.len() == 1 => return Err(error),
                    Err(error) => {
                        // The others are deleted all the same; the exit code tells of the one that was not.
                        let exit = failure::report(&context.output, &error.context(serial.clone()));
                        if first_fault == Exit::Done {
                            first_fault = exit;
                        }
                    }
                }
            }
            Ok(first_fault)
        })
    }

    fn may_delete(&self, context: &Context) -> anyhow::Result<bool> {
        let count = self.serials.len();
        if count == 1 || self.force {
            return Ok(true);
        }
        context.confirm(
            &format!("Delete {count} messages in {}?", self.room),
            &format!("this would delete {count} messages"),
        )
    }
}
