//! `token issue`: requests an Ably token from the endpoint.

use std::time::Duration;

use clap::Args;
use serde_json::Value;

use super::request::token_request;
use super::signing_key::signing_key;
use crate::chat_core::auth::TokenDetails;
use crate::chat_core::client::{Authorizer, Options, Rest};
use crate::chat_core::protocol::Format;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::grants::Grants;
use crate::cli::service::Service;
use crate::output::{Look, Render, to_json};
use crate::settings::parse_duration;

/// Request an Ably token from the endpoint with the API key
///
/// Signs a TokenRequest and exchanges it. The token is printed bare; with --json as TokenDetails:
///
///     TOKEN=$(chatctl token issue --client-id alice --ttl 30m)
///     chatctl token issue --client-id alice --grant 'dms:*=all' --json
///
/// Without --capability, --allow and --grant it has the capability of the key.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Issue {
    /// Lifetime of the token [default: 1h, by the server]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    ttl: Option<Duration>,

    #[command(flatten)]
    grants: Grants,
}

impl Issue {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let key = signing_key(context)?;
        let request = token_request(&key, self.ttl, &self.grants, context)?.signed(&key);
        let rest = Rest::new(Options {
            format: Format::Json,
            ..Service::new(context).options_with(Authorizer::nobody())?
        });
        let details = context.block_on(async { Ok(rest.exchange(&request).await?) })?;
        context.output.print(&Issued(details))?;
        Ok(Exit::Done)
    }
}

struct Issued(TokenDetails);

impl Render for Issued {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, _look: Look) -> String {
        self.0.token.clone()
    }
}
