//! `token request`: a signed TokenRequest.

use std::time::Duration;

use clap::Args;
use serde_json::Value;

use super::signing_key::signing_key;
use crate::chat_core::auth::identity::check_client_id;
use crate::chat_core::auth::{ApiKey, TokenRequest};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::grants::Grants;
use crate::cli::time::moment;
use crate::output::{Look, Render, to_json};
use crate::settings::parse_duration;

/// Sign a TokenRequest, which a client exchanges for an Ably token
///
/// It can be used once, within two minutes:
///
///     chatctl token request --client-id alice --ttl 30m
///     chatctl token request --client-id alice --grant lobby=all |
///       curl -sd @- -H 'Content-Type: application/json' \
///       http://127.0.0.1:9080/keys/appid.keyid/requestToken
///
/// Without --capability, --allow and --grant it requests the capability of the key.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RequestToken {
    /// Lifetime of the token [default: 1h, by the server]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    ttl: Option<Duration>,

    #[command(flatten)]
    grants: Grants,

    /// Time of the request [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    timestamp: Option<String>,

    /// Value that makes the request unique [default: 16 random digits]
    #[arg(long, value_name = "TEXT")]
    nonce: Option<String>,
}

impl RequestToken {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let key = signing_key(context)?;
        let mut request = token_request(&key, self.ttl, &self.grants, context)?;
        if let Some(text) = &self.timestamp {
            let time = moment(text, context.clock.now())
                .map_err(|fault| Failure::usage(format!("--timestamp: {fault}")))?;
            request.timestamp = Some(time);
        }
        if let Some(nonce) = &self.nonce {
            request.nonce = Some(nonce.clone());
        }
        context.output.print(&Signed(request.signed(&key)))?;
        Ok(Exit::Done)
    }
}

/// The TokenRequest of the flags, at the present moment and unsigned.
///
/// # Errors
/// A malformed capability or clientId.
pub(super) fn token_request(
    key: &ApiKey,
    ttl: Option<Duration>,
    grants: &Grants,
    context: &Context,
) -> anyhow::Result<TokenRequest> {
    let mut request = TokenRequest::new(key, context.clock.now(), &context.random);
    request.ttl = ttl.map(|ttl| u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX));
    request.capability = grants
        .capability(context)?
        .map(|capability| capability.canonical());
    if let Some(found) = context.settings().client_id()? {
        if found.value != "*" {
            check_client_id(&found.value)
                .map_err(|error| Failure::about(&found.origin.to_string(), &error))?;
        }
        request.client_id = Some(found.value);
    }
    Ok(request)
}

struct Signed(TokenRequest);

impl Render for Signed {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, _look: Look) -> String {
        self.json().to_string()
    }
}
