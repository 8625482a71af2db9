//! The credentials of a role, and the rights that its token claims.

use std::sync::Arc;

use anyhow::Context as _;

use super::role::RoleCredential;
use crate::chat_core::analysis::policy::Role;
use crate::chat_core::auth::token_source::TokenSource;
use crate::chat_core::auth::verify::claim_time;
use crate::chat_core::auth::{self, ApiKey, Capability, Secret, UserClaims, jwt};
use crate::chat_core::client::Authorizer;
use crate::chat_core::client::token_source::{ActiveCredential, Fetching};
use crate::cli::Context;

/// The credentials of a role.
pub(in crate::cli::capability) enum ResolvedCredential {
    /// A token that is minted when it is needed, with these user claims.
    Minted(Vec<(String, String)>),
    /// A token, and the clientId to send with it.
    Token(Secret, Option<String>),
    /// A key.
    Key(ApiKey),
}

/// Completes a role with the claims of its token, and returns its credentials.
///
/// # Errors
/// A command that gives no token.
pub(super) fn hold(
    role: Role,
    credential: RoleCredential,
    context: &Context,
) -> anyhow::Result<(Role, ResolvedCredential)> {
    match credential {
        RoleCredential::Minted { claims } => Ok((role, ResolvedCredential::Minted(claims))),
        RoleCredential::Key(key) => Ok((role, ResolvedCredential::Key(key))),
        RoleCredential::Command(command) => {
            let name = role.name.clone();
            let shown = fetch(&role, command, context)
                .with_context(|| format!("the token of role '{name}'"))?;
            let Some(auth::Credential::Token(token)) = &shown.credential else {
                anyhow::bail!("the token of role '{name}' can't be read");
            };
            let held = ResolvedCredential::Token(token.clone(), shown.client_id.clone());
            Ok((told(role, token.reveal()), held))
        }
    }
}

fn fetch(role: &Role, command: String, context: &Context) -> anyhow::Result<Arc<ActiveCredential>> {
    // Reading a policy starts no server.
    let endpoint = context.settings().endpoint()?.value;
    let options = context.options_at(endpoint, Authorizer::nobody())?;
    let authorizer = Authorizer::fetching(Fetching {
        source: TokenSource::Command(command),
        client_id: role.client_id.clone(),
        endpoint: options.endpoint,
        connector: options.connector,
        timeout: options.timeout,
        clock: options.clock,
        random: options.random,
    });
    context.block_on(async { Ok(authorizer.credential().await?) })
}

/// Completes the role with the claims of `token`. The capability of the file is that of its key then, and both count.
fn told(mut role: Role, token: &str) -> Role {
    let decoded = jwt::decode(token).ok();
    let claims = decoded
        .as_ref()
        .filter(|decoded| decoded.embedded().is_none())
        .and_then(|decoded| decoded.readable_claims());
    let Some(claims) = claims else {
        // Only the service can judge what only it can read.
        role.capability = None;
        return role;
    };
    // A token that no server can read grants nothing.
    let claimed = Capability::claimed_in(claims).unwrap_or_else(|_| Some(Capability::none()));
    role.capability = match (claimed, role.capability) {
        (Some(claimed), Some(of_key)) => Some(claimed.intersect(&of_key)),
        (one, other) => one.or(other),
    };
    if let Some(id) = claims.get(jwt::CLIENT_ID).and_then(|id| id.as_str()) {
        role.client_id = Some(id.to_owned());
    }
    role.claims = UserClaims::from_claims(claims);
    let (issued, expires) = (claim_time(claims, "iat"), claim_time(claims, "exp"));
    role.lifetime = issued
        .zip(expires)
        .map(|(issued, expires)| expires.since(issued));
    role
}
