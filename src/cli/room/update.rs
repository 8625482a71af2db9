//! `chatctl room update`.

use clap::Args;

use super::arguments::{headers, object, one_reads_stdin, text, texts};
use super::not_found::MessagePlace;
use super::request::Preview;
use super::view::ChangedMessage;
use crate::chat_core::chat::ChatMessage;
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::room::change::OperationDetails;
use crate::chat_core::client::{Error, Rest, Room};
use crate::cli::Context;
use crate::cli::exit::{Exit, of_class};
use crate::cli::failure::Failure;
use crate::cli::service::Service;
use crate::output::shell::hint_word;

/// Change the text of a message
///
/// Metadata and headers that are not named stay as they are, which takes reading the message (the operation history);
/// with --replace they are removed. Prints the serial of the new version, or the message with --json. Exits 1 if
/// the message does not exist.
///
///     chatctl room update lobby "$SERIAL" "hello, world"
///     chatctl room update lobby "$SERIAL" "hello" --metadata '{"mood": "good"}'
///     chatctl room update lobby "$SERIAL" "hello" --description "typo" --edit-metadata '{"ticket": "42"}'
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

    /// New metadata of the message, a JSON object; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON", alias = "message-metadata")]
    metadata: Option<String>,

    /// New headers of the message, a flat JSON object; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON")]
    headers: Option<String>,

    /// Remove metadata and headers that are not named
    #[arg(long)]
    replace: bool,

    /// Reason for the edit
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// JSON object of strings about the edit; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON")]
    edit_metadata: Option<String>,

    #[command(flatten)]
    preview: Preview,
}

impl RoomUpdate {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let mut message = self.message(context)?;
        let act = OperationDetails {
            description: self.description.clone(),
            metadata: texts(context, "--edit-metadata", self.edit_metadata.as_deref())?,
        };
        let mut options = Service::new(context)
            .for_room(&self.room)?
            .client_options()?;
        self.preview.prepare(&mut options);
        let rest = Rest::new(options);
        let room = Room::new(&rest, &self.room)?;
        let keeps_metadata = self.metadata.is_none() && !self.replace;
        let keeps_headers = self.headers.is_none() && !self.replace;
        if keeps_metadata || keeps_headers {
            let old = context.block_on(self.old(&room))?;
            if keeps_metadata {
                message.metadata = old.metadata;
            }
            if keeps_headers {
                message.headers = old.headers;
            }
        }
        let call = room.updating(&self.serial, &message, &act);
        if self.preview.is_wanted() {
            self.preview.show(context, rest.options(), &[call])?;
            return Ok(Exit::Done);
        }
        let place = MessagePlace::new(&self.room, &self.serial);
        let changed = context.block_on(async { place.found(room.call(&call).await) })?;
        context.output.print(&ChangedMessage(changed))?;
        Ok(Exit::Done)
    }

    /// The message as the arguments have it.
    fn message(&self, context: &Context) -> anyhow::Result<NewMessage> {
        one_reads_stdin(&[
            ("TEXT", Some(&self.text)),
            ("--metadata", self.metadata.as_deref()),
            ("--headers", self.headers.as_deref()),
            ("--edit-metadata", self.edit_metadata.as_deref()),
        ])?;
        let text = if self.text == "-" {
            text(context, "-")?
        } else {
            self.text.clone()
        };
        if text.is_empty() {
            return Err(Failure::usage("the text is empty")
                .hint(format!(
                    "a message has at least one character; to empty it: chatctl room delete {} {}",
                    hint_word(&self.room),
                    hint_word(&self.serial)
                ))
                .into());
        }
        Ok(NewMessage {
            text,
            metadata: object(context, "--metadata", self.metadata.as_deref())?,
            headers: headers(context, self.headers.as_deref())?,
        })
    }

    /// The message as it is.
    async fn old(&self, room: &Room<'_>) -> anyhow::Result<ChatMessage> {
        let read = room.message(&self.serial).await;
        if let Err(Error::Refused(error)) = &read
            && matches!(of_class(error.class()), Exit::NotPermitted)
        {
            let mut failure = Failure::ably(error, Exit::NotPermitted);
            failure.report.hint = Some(
                "keeping metadata and headers takes the operation history; name both, or give --replace to remove them"
                    .to_owned(),
            );
            return Err(failure.into());
        }
        MessagePlace::new(&self.room, &self.serial).found(read)
    }
}
