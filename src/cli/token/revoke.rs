//! `token revoke`: revokes tokens before they expire.

use clap::Args;
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::signing_key::signing_key;
use crate::chat_core::auth::Credential;
use crate::chat_core::client::call::{Call, segment};
use crate::chat_core::client::{Authorizer, Rest};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::ErrorInfo;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::service::Service;
use crate::cli::time::{moment, show};
use crate::output::table::Columns;
use crate::output::{Look, Render, to_json};

/// Revoke tokens of the API key by clientId, revocation key or channel
///
/// Clients that use them are disconnected; those that can get a newer token reconnect with it. The key must have
/// revocable tokens.
///
///     chatctl token revoke --client alice
///     chatctl token revoke --revocation-key team-7 --allow-reauth-margin --force
///     chatctl token revoke --channel 'dms:*' --issued-before -10m
///
/// Asks on a terminal; needs --force elsewhere. Exits 1 if a target was not revoked.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Revoke {
    /// Revoke the tokens with this clientId (exact match)
    #[arg(long, value_name = "CLIENT_ID")]
    client: Vec<String>,

    /// Revoke the tokens that were minted with this --revocation-key
    #[arg(long, value_name = "KEY")]
    revocation_key: Vec<String>,

    /// Revoke the tokens whose capability has this resource (exact match; patterns are not expanded)
    #[arg(long, value_name = "RESOURCE")]
    channel: Vec<String>,

    /// Only tokens issued before this time: RFC 3339, epoch milliseconds, or -5m from now; at most an hour ago
    /// [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    issued_before: Option<String>,

    /// Give clients half a minute to get a new token before they are disconnected
    #[arg(long)]
    allow_reauth_margin: bool,

    /// Revoke without asking
    #[arg(long, short)]
    force: bool,
}

/// The most targets of one call.
const MAX_TARGETS: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RevocationRequest<'a> {
    targets: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_before: Option<Timestamp>,
    allow_reauth_margin: bool,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct RevocationSummary {
    success_count: usize,
    failure_count: usize,
    results: Vec<RevocationOutcome>,
}

/// The result for one target.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct RevocationOutcome {
    target: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issued_before: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    applies_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<ErrorInfo>,
}

impl Revoke {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let targets = self.targets(context)?;
        let now = context.clock.now();
        let issued_before = self
            .issued_before
            .as_deref()
            .map(|text| moment(text, now))
            .transpose()
            .map_err(|fault| Failure::usage(format!("--issued-before: {fault}")))?;
        let key = signing_key(context)?;
        let path = format!("/keys/{}/revokeTokens", segment(key.name()));
        let question = format!("Revoke the tokens of {}?", targets.join(", "));
        if !self.force && !context.confirm(&question, "this would revoke tokens")? {
            return Ok(Exit::No);
        }
        let authorizer = Authorizer::fixed(Credential::Key(key), None);
        let rest = Rest::new(Service::new(context).options_with(authorizer)?);
        let call = Call {
            method: Method::POST,
            path,
            query: Vec::new(),
            body: Some(rest.encode(&RevocationRequest {
                targets: &targets,
                issued_before,
                allow_reauth_margin: self.allow_reauth_margin,
            })),
            version: 6,
        };
        let summary: RevocationSummary =
            context.block_on(async { Ok(rest.call(&call).await?.read()?) })?;
        context.output.print(&summary)?;
        Ok(Exit::verdict(summary.failure_count == 0))
    }

    fn targets(&self, context: &Context) -> anyhow::Result<Vec<String>> {
        let named = [
            ("clientId", &self.client),
            ("revocationKey", &self.revocation_key),
            ("channel", &self.channel),
        ];
        let targets: Vec<String> = named
            .iter()
            .flat_map(|(kind, values)| values.iter().map(move |value| format!("{kind}:{value}")))
            .collect();
        if named
            .iter()
            .any(|(_, values)| values.iter().any(String::is_empty))
        {
            return Err(Failure::usage("a target is empty").into());
        }
        match targets.len() {
            0 if context.flags.client_id.is_some() => Err(Failure::usage(
                "--client-id is your own identity, not that of the tokens to revoke",
            )
            .hint("name that with --client")
            .into()),
            0 => Err(
                Failure::usage("give --client, --channel or --revocation-key")
                    .hint("as in --client alice, for the tokens of that clientId")
                    .into(),
            ),
            1..=MAX_TARGETS => Ok(targets),
            _ => Err(Failure::usage(format!("there are more than {MAX_TARGETS} targets")).into()),
        }
    }
}

impl Render for RevocationSummary {
    fn json(&self) -> Value {
        to_json(self)
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["target", "issued before", "applies", "error"]);
        let time = |time: Option<Timestamp>| time.map(show).unwrap_or_default();
        for outcome in &self.results {
            let error = outcome.error.as_ref().map(ToString::to_string);
            table.row([
                outcome.target.clone(),
                time(outcome.issued_before),
                time(outcome.applies_at),
                error.unwrap_or_default(),
            ]);
        }
        table.finish()
    }
}
