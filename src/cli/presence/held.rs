//! `chatctl presence update` and `presence leave`: what a member does that another command of this user holds.

use clap::Args;

use super::control::{self, Answer, Request, Whom};
use crate::chat_core::auth::token_source::Bearer;
use crate::chat_core::client::Authorizer;
use crate::chat_core::protocol::names;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{self, Failure};
use crate::cli::room::arguments;
use crate::cli::service::Service;

/// Change the data of a member that a running presence enter holds
///
/// A member lives as long as its connection. This reaches the presence enter of the same user, room and clientId, and
/// has it publish the new data. Where there is none, the answer is no (exit 1).
///
///     chatctl presence enter lobby --data '{"status": "here"}' &
///     chatctl presence update lobby --data '{"status": "away"}'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Update {
    /// Room of the member
    #[arg(value_name = "ROOM")]
    room: String,

    /// What the member says about itself, as JSON; `-` or `@FILE` reads it [default: nothing]
    #[arg(long, value_name = "JSON")]
    data: Option<String>,
}

/// Have a running presence enter leave its room
///
/// It ends then; where it runs a command, that goes on. Where nobody holds the member, the answer is no (exit 1).
///
///     chatctl presence leave lobby
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Leave {
    /// Room to leave
    #[arg(value_name = "ROOM")]
    room: String,
}

impl Update {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let data = self
            .data
            .as_deref()
            .map(|text| arguments::json(context, "--data", text))
            .transpose()?;
        ask(context, &self.room, &Request::Update { data })
    }
}

impl Leave {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        ask(context, &self.room, &Request::Leave)
    }
}

fn ask(context: &Context, room: &str, request: &Request) -> anyhow::Result<Exit> {
    names::check_room(room)?;
    let options = Service::new(context).client_options()?;
    context.block_on(async {
        let client_id = own_client_id(&options.authorizer).await?;
        let whom = Whom {
            base: &options.endpoint.http_base(),
            room,
            client_id: &client_id,
        };
        let answers = control::ask(&context.environment, &whom, request).await?;
        if answers.is_empty() {
            let text = format!("no presence enter of yours holds {client_id} in {room}");
            return Ok(failure::no(&context.output, text));
        }
        for answer in answers {
            match answer {
                Answer::Done => {}
                Answer::Refused(error) => return Err(error.into()),
                Answer::Failed(what) => anyhow::bail!(what),
            }
        }
        Ok(Exit::Done)
    })
}

/// Who the credentials act as, without asking the service.
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
        _ => Err(Failure::usage("the token does not say whom it is for")
            .hint("name the member with --client-id")
            .into()),
    }
}
