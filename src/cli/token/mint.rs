//! `token mint`: Ably JWTs, valid ones and deliberately invalid ones.

use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::Value;

use super::minting::{MintPlan, Minting};
use super::signing_key::signing_key;
use crate::chat_core::analysis::lint::{self, Known, Severity};
use crate::chat_core::auth::Capability;
use crate::chat_core::auth::identity::check_client_id;
use crate::chat_core::auth::invalid::Invalid;
use crate::chat_core::auth::jwt::{self, mint::issued_at};
use crate::chat_core::clock::Timestamp;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::grants::{Grants, check_claim_pattern, split};
use crate::cli::room::arguments::positive;
use crate::cli::time::moment;
use crate::settings::parse_duration;

/// Mint an Ably JWT, signed with the API key
///
/// The token is printed bare, for use in a variable:
///
///     export ABLY_API_KEY=appid.keyid:secret
///     TOKEN=$(chatctl token mint --client-id alice)
///
/// With rights and user claims:
///
///     chatctl token mint --client-id alice --grant 'dms:*=send-messages,receive-messages'
///     chatctl token mint --client-id mod --allow lobby=publish,message-delete-any \
///       --claim 'lobby={"role":"moderator"}'
///
/// Many tokens, and one that must be refused:
///
///     chatctl token mint --client-id alice --count 1000 > tokens.txt
///     chatctl token mint --client-id alice --invalid expired
///
/// Without --capability, --allow and --grant the token has the capability of its key.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct MintToken {
    /// Lifetime of the token [default: 1h]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, conflicts_with = "expires_at")]
    ttl: Option<Duration>,

    #[command(flatten)]
    grants: Grants,

    /// User claim for a room or pattern: `--claim 'dms:*={"role":"member"}'`
    #[arg(long, value_name = "ROOM=VALUE")]
    claim: Vec<String>,

    /// User claim for a Pub/Sub channel or pattern
    #[arg(long, value_name = "CHANNEL=VALUE")]
    channel_claim: Vec<String>,

    /// Group that the token can be revoked with
    #[arg(long, value_name = "KEY")]
    revocation_key: Option<String>,

    /// Any other claim, as JSON: `--set 'sub="alice"'`; replaces one of the above of the same name
    #[arg(long, value_name = "NAME=JSON")]
    set: Vec<String>,

    /// Time of issue: RFC 3339, epoch milliseconds, or -5m from now [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    issued_at: Option<String>,

    /// Time of expiry, instead of --ttl
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    expires_at: Option<String>,

    /// Mint N tokens, one per line; `{n}` in --client-id becomes 1, 2, …
    #[arg(long, value_name = "N", value_parser = positive)]
    count: Option<u64>,

    /// Mint an invalid token of this kind, for negative tests
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(Invalid::ALL.map(Invalid::name)))]
    invalid: Option<String>,

    /// Write the capability as an object instead of JSON text, as some tools do
    #[arg(long)]
    capability_as_object: bool,
}

impl MintToken {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let key = signing_key(context)?;
        let plan = self.plan(context)?;
        let minting = Minting::of(&key, &plan);
        match self.count {
            None => {
                let token = minting.one(context, 1)?;
                if plan.invalid.is_none() {
                    warn_of_mistakes(&token.token, context);
                }
                context.output.print(&token)?;
            }
            Some(count) => {
                let tokens = (1..=count).map(|number| minting.one(context, number));
                context.output.print_items(tokens)?;
            }
        }
        Ok(Exit::Done)
    }

    fn plan(&self, context: &Context) -> anyhow::Result<MintPlan> {
        let (issued, expires) = self.times(context.clock.now())?;
        let capability = self
            .grants
            .capability(context)?
            .unwrap_or_else(Capability::all);
        let mint = jwt::Mint {
            issued,
            expires,
            capability: Some(capability.text().to_owned()),
            client_id: client_id(context)?,
            revocation_key: self.revocation_key.clone(),
            room_claims: pairs("--claim", &self.claim)?,
            channel_claims: pairs("--channel-claim", &self.channel_claim)?,
            others: self.others(&capability)?,
        };
        for (pattern, _) in &mint.room_claims {
            check_claim_pattern("--claim", pattern, context)?;
        }
        Ok(MintPlan {
            mint,
            invalid: self.invalid.as_deref().and_then(Invalid::parse),
            is_numbered: self.count.is_some(),
        })
    }

    fn times(&self, now: Timestamp) -> anyhow::Result<(Timestamp, Timestamp)> {
        let read = |flag: &str, text: &str, now: Timestamp| {
            moment(text, now).map_err(|fault| Failure::usage(format!("{flag}: {fault}")))
        };
        let ttl = self.ttl.unwrap_or(DEFAULT_TTL);
        // Relative times start at a whole second: the one before now for the time of issue, the one after for the
        // expiry.
        let issued = match &self.issued_at {
            Some(text) => read("--issued-at", text, Timestamp(now.seconds() * 1000))?,
            None => issued_at(now, ttl),
        };
        let expires = match &self.expires_at {
            Some(text) => read("--expires-at", text, Timestamp((now.seconds() + 1) * 1000))?,
            None => issued + ttl,
        };
        Ok((issued, expires))
    }

    fn others(&self, capability: &Capability) -> anyhow::Result<Vec<(String, Value)>> {
        let mut others = Vec::with_capacity(self.set.len());
        if self.capability_as_object {
            let object = serde_json::from_str(capability.text())?;
            others.push((jwt::CAPABILITY.to_owned(), object));
        }
        for pair in &self.set {
            let (name, text) = split("--set", pair)?;
            let value = serde_json::from_str(text).map_err(|_| {
                Failure::usage(format!("--set: the value of '{name}' is not JSON"))
                    .hint(format!("a string needs quotes: --set '{name}=\"text\"'"))
            })?;
            others.push((name.to_owned(), value));
        }
        Ok(others)
    }
}

/// Warns of faults that a server will refuse, unless --invalid asked for one. Times are the user's own choice.
fn warn_of_mistakes(token: &str, context: &Context) {
    let known = Known {
        now: context.clock.now(),
        for_chat: false,
        key: None,
        key_capability: None,
    };
    for finding in lint::lint(token, &known).findings {
        if finding.severity == Severity::Error
            && !matches!(finding.code, "expired" | "not-yet-valid")
        {
            context.output.notice(&format!(
                "warning: {} ({}): {}",
                finding.message, finding.code, finding.why
            ));
        }
    }
}

fn client_id(context: &Context) -> anyhow::Result<Option<String>> {
    let Some(found) = context.settings().client_id()? else {
        context.output.notice(
            "note: the token has no clientId, and Chat refuses anonymous clients (--client-id)",
        );
        return Ok(None);
    };
    if found.value != "*" {
        check_client_id(&found.value)
            .map_err(|error| Failure::about(&found.origin.to_string(), &error))?;
    }
    Ok(Some(found.value))
}

fn pairs(flag: &str, pairs: &[String]) -> anyhow::Result<Vec<(String, String)>> {
    pairs
        .iter()
        .map(|pair| split(flag, pair).map(|(name, value)| (name.to_owned(), value.to_owned())))
        .collect()
}

const DEFAULT_TTL: Duration = Duration::from_secs(60 * 60);
