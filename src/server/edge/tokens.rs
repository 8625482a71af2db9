//! Ably tokens over REST: requesting one (RSA8), and revoking them (RSA17).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::http::body::{BodyLimit, UnreadBody};
use super::http::reply::{Answer, Reply};
use super::http::request::{Call, KeyName};
use crate::chat_core::auth::TokenRequest;
use crate::chat_core::auth::token_request::{WINDOW, grant, replayed};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Json;
use crate::server::core::limits::MAX_TARGETS;
use crate::server::core::login::{ClaimedIdentity, Credential};
use crate::server::engine::Nonce;
use crate::server::engine::revocation::{Revocation, RevocationTarget};

/// The longest time that a revocation may reach back.
const MAX_REACH: Duration = Duration::from_secs(60 * 60);

/// The time that clients have for a new token if the caller allows it.
const MARGIN: Duration = Duration::from_secs(30);

/// `POST /keys/{name}/requestToken`: an Ably token for a TokenRequest.
pub(crate) async fn request(call: Call, KeyName(key_name): KeyName, body: UnreadBody) -> Answer {
    let authenticated = match call.credential()? {
        Some(Credential::Key(credential)) => {
            let entry = call.authenticate_key(&credential)?;
            Some(entry.key.name().to_owned())
        }
        // A token vouches for nobody's key.
        Some(Credential::Token(_)) | None => None,
    };
    // The request is the credential where there is no key beside it.
    let Json(body) = body.read(BodyLimit::OPEN).await?.decode_or_default()?;
    let request = TokenRequest::from_json(&body)?;
    let server = &call.edge.server;
    let now = server.clock.now();
    let granted = grant(
        &request,
        &key_name,
        authenticated.as_deref(),
        &server.apps,
        now,
    );
    let refused = |error: &ErrorInfo| {
        call.refuse_login(|| ClaimedIdentity::of_request(&request), error);
    };
    let granted = granted.inspect_err(refused)?;
    if let (Some(timestamp), Some(nonce)) = (request.timestamp, &request.nonce) {
        // Claimed before the token is given: neither a restart nor another process makes the request good again.
        let nonce = Nonce {
            key_name: request.key_name.clone(),
            timestamp,
            nonce: nonce.clone(),
            until: timestamp + WINDOW,
        };
        if !server.apps.engine.claim_nonce(nonce).await? {
            return Err(replayed()).inspect_err(refused)?;
        }
    }
    let details = granted.issue(&server.apps.sealer, now, &server.random)?;
    Ok(call.reply(201, &details))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RevocationBody {
    targets: Vec<String>,
    issued_before: Option<i64>,
    allow_reauth_margin: Option<bool>,
}

/// The result of one target.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TargetResult {
    target: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_before: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    applies_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorInfo>,
}

/// `POST /keys/{name}/revokeTokens`: takes tokens of a key out of force.
pub(crate) async fn revoke(call: Call, KeyName(key_name): KeyName, body: UnreadBody) -> Answer {
    let refuse = |code, status, why: &str| Err(ErrorInfo::new(code, status, why).into());
    let entry = match call.credential()? {
        Some(Credential::Key(credential)) => call.authenticate_key(&credential)?,
        Some(Credential::Token(_)) => {
            let why = "Tokens can be revoked with an API key only, not with a token";
            return refuse(40162, 401, why);
        }
        None => return refuse(40101, 401, "No authentication information provided"),
    };
    if entry.key.name() != key_name {
        let why = "Can only revoke tokens using the same key that issued them";
        return refuse(40133, 401, why);
    }
    if !entry.revocable_tokens {
        return refuse(40163, 401, "The tokens of this key are not revocable");
    }
    let body: RevocationBody = body.read(BodyLimit::AUTHENTICATED).await?.decode()?;
    if body.targets.is_empty() || body.targets.len() > MAX_TARGETS {
        let why = format!("A revocation has 1 to {MAX_TARGETS} targets");
        return refuse(40000, 400, &why);
    }
    let server = &call.edge.server;
    let now = server.clock.now();
    let issued_before = body.issued_before.map_or(now, Timestamp);
    if issued_before > now || issued_before + MAX_REACH < now {
        let why = "issuedBefore is in the future, or more than an hour ago";
        return refuse(40003, 400, why);
    }
    let with_margin = body.allow_reauth_margin == Some(true);
    let applies_at = if with_margin { now + MARGIN } else { now };
    let mut results = Vec::with_capacity(body.targets.len());
    for text in body.targets {
        let revoked = match RevocationTarget::parse(&text) {
            Ok(target) => {
                let revocation = Revocation {
                    key_name: key_name.clone(),
                    target,
                    issued_before,
                    applies_at,
                };
                server.revoke(revocation).await
            }
            Err(error) => Err(error),
        };
        results.push(TargetResult {
            target: text,
            issued_before: revoked.is_ok().then_some(issued_before),
            applies_at: revoked.is_ok().then_some(applies_at),
            error: revoked.err(),
        });
    }
    Ok(answer(&call, results)?)
}

fn answer(call: &Call, results: Vec<TargetResult>) -> Result<Reply> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct RevocationSummary {
        success_count: usize,
        failure_count: usize,
        results: Vec<TargetResult>,
    }
    let failure_count = results
        .iter()
        .filter(|result| result.error.is_some())
        .count();
    if call.version() >= 3 {
        return Ok(call.reply(
            201,
            &RevocationSummary {
                success_count: results.len() - failure_count,
                failure_count,
                results,
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
    Ok(call.reply(201, &results))
}
