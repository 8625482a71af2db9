//! `chatctl room update`.

use clap::Args;

use super::arguments::{headers, object, one_reads_stdin, text, texts};
use super::not_found::not_found_is_no;
use super::request::Preview;
use super::view::ChangedMessage;
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::room::change::OperationDetails;
use crate::chat_core::client::{Rest, Room};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::service::Service;

/// Replace the content of a message
///
/// Text, metadata and headers are replaced as a whole: those left out are removed. Prints the serial of the new
/// version, or the message with --json. A message that does not exist answers no (exit 1).
///
///     chatctl room update lobby "$SERIAL" "hello, world"
///     chatctl room update lobby "$SERIAL" "hello" --description "typo" --metadata '{"ticket": "42"}'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RoomUpdate {
    /// Room of the message
    #[arg(value_name = "ROOM")]
    room: String,

    /// Serial of the message
    #[arg(value_name = "SERIAL")]
    serial: String,

    /// New text of the message; `-` reads it from standard input
    #[arg(value_name = "TEXT")]
    text: String,

    /// Reason for the change
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// JSON object of strings about the change; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON")]
    metadata: Option<String>,

    /// New metadata of the message itself, a JSON object; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON")]
    message_metadata: Option<String>,

    /// New headers of the message, a flat JSON object; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON")]
    headers: Option<String>,

    #[command(flatten)]
    preview: Preview,
}

impl RoomUpdate {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        one_reads_stdin(&[
            ("TEXT", Some(&self.text)),
            ("--message-metadata", self.message_metadata.as_deref()),
            ("--headers", self.headers.as_deref()),
            ("--metadata", self.metadata.as_deref()),
        ])?;
        let text = if self.text == "-" {
            text(context, "-")?
        } else {
            self.text.clone()
        };
        if text.is_empty() {
            return Err(Failure::usage("the text is empty")
                .hint("a message has at least one character; room delete empties it")
                .into());
        }
        let message = NewMessage {
            text,
            metadata: object(
                context,
                "--message-metadata",
                self.message_metadata.as_deref(),
            )?,
            headers: headers(context, self.headers.as_deref())?,
        };
        let act = OperationDetails {
            description: self.description,
            metadata: texts(context, "--metadata", self.metadata.as_deref())?,
        };
        let mut options = Service::new(context)
            .for_room(&self.room)?
            .client_options()?;
        self.preview.prepare(&mut options);
        let rest = Rest::new(options);
        let room = Room::new(&rest, &self.room)?;
        let call = room.updating(&self.serial, &message, &act);
        if self.preview.is_wanted() {
            self.preview.show(context, rest.options(), &[call])?;
            return Ok(Exit::Done);
        }
        let changed = context.block_on(async { not_found_is_no(room.call(&call).await) })?;
        context.output.print(&ChangedMessage(changed))?;
        Ok(Exit::Done)
    }
}
