//! `chatctl presence enter`.

use std::ffi::OsString;

use clap::Args;
use serde_json::Value;

use crate::chat_core::client::connection::Publication;
use crate::chat_core::protocol::{Data, PresenceAction, PresenceMessage, flags};
use crate::cli::exit::Exit;
use crate::cli::room::arguments;
use crate::cli::room::session::Session;
use crate::cli::{Context, child};

/// Be present in a room while a command runs, or until interrupted
///
/// The command is run once this client is a member. However it ends, the member leaves then; the exit status is the
/// command's. Drops of the connection are survived: the member enters again.
///
///     chatctl presence enter lobby --data '{"status": "here"}'
///     chatctl presence enter lobby -- sleep 10
///     chatctl presence enter lobby -- chatctl room send lobby "I am here"
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Enter {
    /// Room to enter
    #[arg(value_name = "ROOM")]
    room: String,

    /// What the member says about itself, as JSON; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON")]
    data: Option<String>,

    /// Command to be present for
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Enter {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let data = self
            .data
            .as_deref()
            .map(|text| arguments::json(context, "--data", text))
            .transpose()?;
        context.block_on(async {
            let mut signals = child::Signals::new()?;
            let mut session = Session::open(context, &self.room, flags::PRESENCE).await?;
            session
                .publish(presence(PresenceAction::Enter, data.as_ref()))
                .await?;
            let who = session.client_id();
            context
                .output
                .notice(&format!("{who} is present in {}", self.room));
            let exit = self.wait(context, &mut session, &mut signals).await?;
            session
                .publish(presence(PresenceAction::Leave, None))
                .await?;
            session.close().await;
            Ok(exit)
        })
    }

    async fn wait(
        &self,
        context: &Context,
        session: &mut Session,
        signals: &mut child::Signals,
    ) -> anyhow::Result<Exit> {
        if self.command.is_empty() {
            return tokio::select! {
                _ = signals.next() => Ok(Exit::Done),
                error = session.stay(context) => Err(error),
            };
        }
        let mut command = child::spawn(&self.command)?;
        let staying = session.stay(context);
        tokio::pin!(staying);
        loop {
            tokio::select! {
                status = command.wait() => return Ok(Exit::Status(child::code_of(status?))),
                signal = signals.next() => child::pass_on(&command, signal),
                error = &mut staying => return Err(error),
            }
        }
    }
}

fn presence(action: PresenceAction, data: Option<&Value>) -> Publication {
    let (data, encoding) = match data {
        None => (None, None),
        Some(Value::String(text)) => (Some(Data::Text(text.clone())), None),
        Some(other) => (Some(Data::Text(other.to_string())), Some("json".to_owned())),
    };
    Publication::Presence(vec![PresenceMessage {
        action: Some(action),
        data,
        encoding,
        ..PresenceMessage::default()
    }])
}
