//! `chatctl room react`.

use clap::Args;

use super::arguments::{headers, object, one_reads_stdin};
use super::session::RoomSession;
use crate::chat_core::chat::reaction::RoomReaction;
use crate::chat_core::client::connection::Publication;
use crate::chat_core::protocol::ChannelModes;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::service::Service;

/// Send a room reaction
///
/// Clients that are attached to the room now receive it; it is not kept.
///
///     chatctl room react lobby 👍
///     chatctl room react lobby confetti --metadata '{"color": "red"}'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct React {
    /// Room to react in
    #[arg(value_name = "ROOM")]
    room: String,

    /// Emoji or other text
    #[arg(value_name = "NAME")]
    name: String,

    /// JSON object that the application sends with it; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON")]
    metadata: Option<String>,

    /// Flat JSON object of facts for rules and filters; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON")]
    headers: Option<String>,
}

impl React {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        if self.name.is_empty() {
            return Err(Failure::usage("the NAME of the reaction is empty").into());
        }
        one_reads_stdin(&[
            ("--metadata", self.metadata.as_deref()),
            ("--headers", self.headers.as_deref()),
        ])?;
        let metadata = object(context, "--metadata", self.metadata.as_deref())?;
        let headers = headers(context, self.headers.as_deref())?;
        let message = RoomReaction::to_wire(&self.name, &metadata, &headers);
        context.block_on(async {
            let mut session =
                RoomSession::open(&Service::new(context), &self.room, ChannelModes::PUBLISH)
                    .await?;
            session
                .publish(Publication::Messages(vec![message]))
                .await?;
            session.close().await;
            Ok(Exit::Done)
        })
    }
}
