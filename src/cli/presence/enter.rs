//! `chatctl presence enter`.

use std::ffi::OsString;
use std::process::ExitStatus;

use clap::Args;
use serde_json::Value;
use tokio::net::UnixStream;
use tokio::process::Child;

use super::control::{self, Answer, Control, Request, Whom};

use crate::chat_core::client::connection::Publication;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::{Data, PresenceAction, PresenceMessage, flags};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::process::{child, signals};
use crate::cli::room::arguments;
use crate::cli::room::session::Session;
use crate::cli::service::Service;

/// Be present in a room while a command runs, or until interrupted
///
/// The command is run once this client is a member. However it ends, the member leaves then; the exit status is the
/// command's. Drops of the connection are survived: the member enters again. While it is there, presence update and
/// presence leave of the same user reach it.
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
            let mut signals = signals::Signals::new()?;
            let service = Service::new(context);
            let mut session = Session::open(&service, &self.room, flags::PRESENCE).await?;
            session
                .publish(presence(PresenceAction::Enter, data.as_ref()))
                .await?;
            let who = session.client_id().to_owned();
            context
                .output
                .notice(&format!("{who} is present in {}", self.room));
            let control = self.control(context, &service, &who);
            let mut held = Held {
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

    /// Where other commands reach this member; one that can't be reached is present all the same.
    fn control(
        &self,
        context: &Context,
        service: &Service<'_>,
        client_id: &str,
    ) -> Option<Control> {
        let options = service.client_options().ok()?;
        let whom = Whom {
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
        held: &mut Held,
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
                    let leaves = held.obey(request, stream).await;
                    if leaves && command.is_none() {
                        return Ok(Exit::Done);
                    }
                }
                error = held.session.stay(context) => return Err(error),
            }
        }
    }
}

/// A member that is held.
struct Held {
    session: Session,
    control: Option<Control>,
    is_present: bool,
}

impl Held {
    async fn publish(
        &mut self,
        action: PresenceAction,
        data: Option<&Value>,
    ) -> anyhow::Result<()> {
        self.session.publish(presence(action, data)).await
    }

    /// Does what another command asks for, and says whether the member has left.
    async fn obey(&mut self, request: Request, stream: UnixStream) -> bool {
        let leaves = request == Request::Leave;
        let done = match request {
            Request::Update { data } => self.publish(PresenceAction::Update, data.as_ref()).await,
            Request::Leave => self.publish(PresenceAction::Leave, None).await,
        };
        let answer = match done {
            Ok(()) => Answer::Done,
            Err(error) => match error.downcast::<ErrorInfo>() {
                Ok(error) => Answer::Refused(error),
                Err(error) => Answer::Failed(format!("{error:#}")),
            },
        };
        let has_left = leaves && matches!(answer, Answer::Done);
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

async fn requested(control: Option<&Control>) -> (Request, UnixStream) {
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
