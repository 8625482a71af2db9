//! Ably tokens over REST: asking for one (RSA8), and revoking them (RSA17).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::chat_core::auth::TokenRequest;
use crate::chat_core::auth::token_request::{WINDOW, grant};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Json;
use crate::server::core::gate::Credential;
use crate::server::core::hub::Subscriber as _;
use crate::server::core::state::Due;
use crate::server::edge::access_log::Claimed;
use crate::server::edge::http::call::{Call, Reply};
use crate::server::engine::Nonce;
use crate::server::engine::revocation::{Revocation, Target};

/// The most targets of one revocation.
const MAX_TARGETS: usize = 100;

/// How far back a revocation may reach.
const MAX_REACH: Duration = Duration::from_secs(60 * 60);

/// How long clients have for a new token if the caller allows it.
const MARGIN: Duration = Duration::from_secs(30);

/// `POST /keys/{name}/requestToken`: an Ably token for a TokenRequest.
pub(crate) async fn request(call: Call) -> Result<Reply> {
    let key_name = &call.path[0];
    let Json(body) = if call.body.is_empty() {
        Json::default()
    } else {
        call.content()?
    };
    let request = TokenRequest::from_json(&body)?;
    let authenticated = match call.shown()? {
        Some(Credential::Key(credential)) => {
            let entry = call.key(&credential)?;
            Some(entry.key.name().to_owned())
        }
        // A token vouches for nobody's key.
        Some(Credential::Token(_)) | None => None,
    };
    let now = call.core.clock.now();
    let granted = {
        let mut nonces = call.core.apps.nonces.lock();
        grant(
            &request,
            key_name,
            authenticated.as_deref(),
            &call.core.apps,
            &mut nonces,
            now,
        )
    };
    let granted = granted
        .inspect_err(|error| call.record_refusal(|| Claimed::of_request(&request), error))?;
    if let (Some(timestamp), Some(nonce)) = (request.timestamp, &request.nonce) {
        // Kept before the token is given: a restart must not make the request good again.
        let nonce = Nonce {
            key_name: request.key_name.clone(),
            timestamp,
            nonce: nonce.clone(),
            until: timestamp + WINDOW,
        };
        call.core.apps.storage.keep_nonce(nonce).await?;
    }
    let details = granted.issue(&call.core.apps.sealer, now, &call.core.random)?;
    Ok(call.reply(201, &details))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Body {
    targets: Vec<String>,
    issued_before: Option<i64>,
    allow_reauth_margin: Option<bool>,
}

/// What became of one target.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    target: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_before: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    applies_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorInfo>,
}

/// `POST /keys/{name}/revokeTokens`: takes tokens of a key out of force.
pub(crate) async fn revoke(call: Call) -> Result<Reply> {
    let key_name = &call.path[0];
    let entry = match call.shown()? {
        Some(Credential::Key(credential)) => call.key(&credential)?,
        Some(Credential::Token(_)) => {
            return Err(ErrorInfo::new(
                40162,
                401,
                "Tokens can be revoked with an API key only, not with a token",
            ));
        }
        None => {
            return Err(ErrorInfo::new(
                40101,
                401,
                "No authentication information provided",
            ));
        }
    };
    if entry.key.name() != key_name {
        return Err(ErrorInfo::new(
            40133,
            401,
            "Can only revoke tokens using the same key that issued them",
        ));
    }
    if !entry.revocable_tokens {
        return Err(ErrorInfo::new(
            40163,
            401,
            "The tokens of this key are not revocable",
        ));
    }
    let body: Body = call.content()?;
    if body.targets.is_empty() || body.targets.len() > MAX_TARGETS {
        return Err(ErrorInfo::new(
            40000,
            400,
            format!("A revocation has 1 to {MAX_TARGETS} targets"),
        ));
    }
    let now = call.core.clock.now();
    let issued_before = body.issued_before.map_or(now, Timestamp);
    if issued_before > now || issued_before + MAX_REACH < now {
        return Err(ErrorInfo::new(
            40003,
            400,
            "issuedBefore is in the future, or more than an hour ago",
        ));
    }
    let with_margin = body.allow_reauth_margin == Some(true);
    let applies_at = if with_margin { now + MARGIN } else { now };
    let mut outcomes = Vec::with_capacity(body.targets.len());
    for text in body.targets {
        let revoked = match Target::parse(&text) {
            Ok(target) => {
                let revocation = Revocation {
                    key_name: key_name.clone(),
                    target,
                    issued_before,
                    applies_at,
                };
                take_out_of_force(&call, revocation, with_margin).await
            }
            Err(error) => Err(error),
        };
        outcomes.push(Outcome {
            target: text,
            issued_before: revoked.is_ok().then_some(issued_before),
            applies_at: revoked.is_ok().then_some(applies_at),
            error: revoked.err(),
        });
    }
    answer(&call, outcomes)
}

async fn take_out_of_force(call: &Call, revocation: Revocation, with_margin: bool) -> Result<()> {
    let core = &call.core;
    let app = core.apps.of_key(&revocation.key_name)?;
    app.revoke(revocation.clone(), core.clock.as_ref()).await?;
    // A token of the new second is not taken for one of the old: JWTs count whole seconds.
    let ends_at = Timestamp(revocation.applies_at.millis().div_euclid(1000) * 1000 + 1000);
    for connection in core.connections.all() {
        if connection.is_hit_by(&revocation) {
            if with_margin {
                connection.request_reauth();
            }
            core.timers
                .set(ends_at, Due::Revocation(connection.number()));
        }
    }
    Ok(())
}

fn answer(call: &Call, outcomes: Vec<Outcome>) -> Result<Reply> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Summary {
        success_count: usize,
        failure_count: usize,
        results: Vec<Outcome>,
    }
    let failure_count = outcomes
        .iter()
        .filter(|outcome| outcome.error.is_some())
        .count();
    if call.version() >= 3 {
        return Ok(call.reply(
            201,
            &Summary {
                success_count: outcomes.len() - failure_count,
                failure_count,
                results: outcomes,
            },
        ));
    }
    if failure_count > 0 {
        return Err(ErrorInfo::new(
            40020,
            400,
            "Some of the targets were not revoked: ask with X-Ably-Version 3 for each",
        ));
    }
    Ok(call.reply(201, &outcomes))
}
