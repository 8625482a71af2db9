//! `chatctl presence update` and `presence leave`: requests to the member of a running presence enter.

use clap::Args;

use super::control::{self, MemberAddress, MemberAnswer, MemberRequest};
use crate::chat_core::auth::token_source::Bearer;
use crate::chat_core::client::Authorizer;
use crate::chat_core::protocol::names;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{self, Failure};
use crate::cli::room::arguments;
use crate::cli::service::Service;

/// Update the data of a running presence enter
///
/// A member lives as long as its connection. This reaches the presence enter of the same user, room and clientId, which
/// publishes the new data. Exits 1 if there is none.
///
///     chatctl presence enter lobby --data '{"status": "here"}' &
///     chatctl presence update lobby --data '{"status": "away"}'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct PresenceUpdate {
    /// Room of the member
    #[arg(value_name = "ROOM")]
    room: String,

    /// Data of the member, as JSON; `-` or `@FILE` reads it [default: none]
    #[arg(long, value_name = "JSON")]
    data: Option<String>,
}

/// Make a running presence enter leave its room
///
/// It ends then, but a command that it runs goes on. Exits 1 if there is none.
///
///     chatctl presence leave lobby
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct PresenceLeave {
    /// Room to leave
    #[arg(value_name = "ROOM")]
    room: String,
}

impl PresenceUpdate {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let data = self
            .data
            .as_deref()
            .map(|text| arguments::json(context, "--data", text))
            .transpose()?;
        ask(context, &self.room, &MemberRequest::Update { data })
    }
}

impl PresenceLeave {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        ask(context, &self.room, &MemberRequest::Leave)
    }
}

fn ask(context: &Context, room: &str, request: &MemberRequest) -> anyhow::Result<Exit> {
    names::check_room(room)?;
    let options = Service::new(context).client_options()?;
    context.block_on(async {
        let client_id = own_client_id(&options.authorizer).await?;
        let whom = MemberAddress {
            base: &options.endpoint.http_base(),
            room,
            client_id: &client_id,
        };
        let answers = control::ask(&context.environment, &whom, request).await?;
        if answers.is_empty() {
            let text = format!("no running `presence enter` for {client_id} in {room}");
            return Ok(failure::no(&context.output, text));
        }
        for answer in answers {
            match answer {
                MemberAnswer::Done => {}
                MemberAnswer::Refused(error) => return Err(error.into()),
                MemberAnswer::Failed(what) => anyhow::bail!(what),
            }
        }
        Ok(Exit::Done)
    })
}

/// The clientId of the credentials, without asking the service.
async fn own_client_id(authorizer: &Authorizer) -> anyhow::Result<String> {
    let shown = authorizer.credential().await?;
    if let Some(client_id) = &shown.client_id {
        return Ok(client_id.clone());
    }
    let bearer = shown.token().map(|token| Bearer::of(token.reveal()));
    match bearer {
        Some(Bearer::Known(identity)) if identity.client_id().is_some() => {
            Ok(identity.client_id().unwrap_or_default().to_owned())
        }
        _ => Err(Failure::usage("the token has no clientId")
            .hint("name the member with --client-id")
            .into()),
    }
}
