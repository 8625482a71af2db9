//! `chatctl presence enter`.

use std::ffi::OsString;
use std::process::ExitStatus;

use clap::Args;
use serde_json::Value;
use tokio::net::UnixStream;
use tokio::process::Child;

use super::control::{self, Control, MemberAddress, MemberAnswer, MemberRequest};

use crate::chat_core::client::Error;
use crate::chat_core::client::connection::Publication;
use crate::chat_core::protocol::{ChannelModes, Data, PresenceAction, PresenceMessage};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::process::{child, signals};
use crate::cli::room::arguments;
use crate::cli::room::session::RoomSession;
use crate::cli::service::Service;

/// Enter a room's presence set while a command runs, or until interrupted
///
/// The command runs once this client is a member. The member leaves when it ends, and the exit status is the command's.
/// The member enters again after a reconnect. Meanwhile presence update and presence leave of the same user reach it.
///
///     chatctl presence enter lobby --data '{"status": "here"}'
///     chatctl presence enter lobby -- sleep 10
///     chatctl presence enter lobby -- chatctl room send lobby "I am here"
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct PresenceEnter {
    /// Room to enter
    #[arg(value_name = "ROOM")]
    room: String,

    /// Data of the member, as JSON; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON")]
    data: Option<String>,

    /// Command to run while present
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl PresenceEnter {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let data = self
            .data
            .as_deref()
            .map(|text| arguments::json(context, "--data", text))
            .transpose()?;
        context.block_on(async {
            let mut signals = signals::Signals::new()?;
            let service = Service::new(context);
            let mut session =
                RoomSession::open(&service, &self.room, ChannelModes::PRESENCE).await?;
            session
                .publish(presence(PresenceAction::Enter, data.as_ref()))
                .await?;
            let who = session.client_id().to_owned();
            context
                .output
                .notice(&format!("{who} is present in {}", self.room));
            let control = self.control(context, &service, &who);
            let mut held = EnteredMember {
                session,
                control,
                is_present: true,
            };
            let exit = self.wait(context, &mut held, &mut signals).await?;
            if held.is_present {
                held.publish(PresenceAction::Leave, None).await?;
            }
            held.session.close().await;
            Ok(exit)
        })
    }

    /// The socket by which other commands reach this member. Without one it is present all the same.
    fn control(
        &self,
        context: &Context,
        service: &Service<'_>,
        client_id: &str,
    ) -> Option<Control> {
        let options = service.client_options().ok()?;
        let whom = MemberAddress {
            base: &options.endpoint.http_base(),
            room: &self.room,
            client_id,
        };
        Control::listen(&context.environment, &whom)
            .inspect_err(
                |error| tracing::warn!(%error, "presence update and leave can't reach this member"),
            )
            .ok()
    }

    async fn wait(
        &self,
        context: &Context,
        held: &mut EnteredMember,
        signals: &mut signals::Signals,
    ) -> anyhow::Result<Exit> {
        let mut command = match &self.command[..] {
            [] => None,
            words => Some(child::spawn(words)?),
        };
        loop {
            tokio::select! {
                status = finished(&mut command) => return Ok(Exit::Status(child::code_of(status?))),
                signal = signals.next() => match &command {
                    Some(command) => signals::pass_on(command, signal),
                    None => return Ok(Exit::Done),
                },
                (request, stream) = requested(held.control.as_ref()) => {
                    let leaves = held.carry_out(request, stream).await;
                    if leaves && command.is_none() {
                        return Ok(Exit::Done);
                    }
                }
                error = held.session.stay(context) => return Err(error),
            }
        }
    }
}

/// The member of a running presence enter.
struct EnteredMember {
    session: RoomSession,
    control: Option<Control>,
    is_present: bool,
}

impl EnteredMember {
    async fn publish(&mut self, action: PresenceAction, data: Option<&Value>) -> Result<(), Error> {
        self.session.publish(presence(action, data)).await
    }

    /// Carries out the request of another command. Returns whether the member has left.
    async fn carry_out(&mut self, request: MemberRequest, stream: UnixStream) -> bool {
        let leaves = request == MemberRequest::Leave;
        let done = match request {
            MemberRequest::Update { data } => {
                self.publish(PresenceAction::Update, data.as_ref()).await
            }
            MemberRequest::Leave => self.publish(PresenceAction::Leave, None).await,
        };
        let answer = match done {
            Ok(()) => MemberAnswer::Done,
            Err(Error::Refused(error)) => MemberAnswer::Refused(error),
            Err(error) => MemberAnswer::Failed(error.to_string()),
        };
        let has_left = leaves && matches!(answer, MemberAnswer::Done);
        if has_left {
            self.is_present = false;
            self.control = None;
        }
        control::answer(stream, &answer).await;
        has_left
    }
}

async fn finished(command: &mut Option<Child>) -> std::io::Result<ExitStatus> {
    match command {
        Some(command) => command.wait().await,
        None => std::future::pending().await,
    }
}

async fn requested(control: Option<&Control>) -> (MemberRequest, UnixStream) {
    match control {
        Some(control) => control.next().await,
        None => std::future::pending().await,
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
