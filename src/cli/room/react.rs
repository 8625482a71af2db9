//! `chatctl room react`.

use clap::Args;
use serde_json::Value;

use super::arguments::{check_reaction_name, headers, object, one_reads_stdin};
use super::session::RoomSession;
use crate::chat_core::chat::reaction::RoomReaction;
use crate::chat_core::client::connection::Publication;
use crate::chat_core::protocol::ChannelModes;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::service::Service;
use crate::output::{Look, Render, to_json};
use crate::settings::OutputFormat;

/// Send a room reaction
///
/// Clients that are attached to the room now receive it; it is not kept. Prints nothing, or the reaction with --json.
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
        check_reaction_name(&self.name)?;
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
            let client_id = session.client_id().to_owned();
            session.close().await;
            // There is no serial that people could use.
            if context.output.format() != OutputFormat::Table || context.output.has_query() {
                context.output.print(&SentReaction(RoomReaction {
                    name: self.name,
                    client_id,
                    created_at: context.clock.now().millis(),
                    is_self: true,
                    metadata,
                    headers,
                    user_claim: None,
                }))?;
            }
            Ok(Exit::Done)
        })
    }
}

/// A reaction that was sent, with the time of this machine: the service acknowledges it without one.
struct SentReaction(RoomReaction);

impl Render for SentReaction {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, _: Look) -> String {
        String::new()
    }
}
