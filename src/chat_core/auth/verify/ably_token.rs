//! Ably tokens: texts that only their issuer can open.

use serde_json::Map;

use super::checks;
use super::findings::{Checked, Failures};
use super::verified::Verified;
use crate::chat_core::auth::ably_token::AblyToken;
use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::claims::UserClaims;
use crate::chat_core::auth::identity::ClientIdentity;
use crate::chat_core::auth::keys::{self, Keys};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};

pub(super) fn inspect(
    token: &str,
    keys: &dyn Keys,
    now: Timestamp,
    findings: &mut Failures,
) -> Checked<Option<Verified>> {
    let Some(token) = findings.check(open(token, keys))? else {
        return Ok(None);
    };
    let entry = findings.check(keys::find(keys, &token.key_name))?;
    if let Some(entry) = &entry {
        findings.check(keys::require_in_force(entry))?;
    }
    findings.check(checks::not_expired(token.expires, now))?;
    let capability = findings.check(Capability::parse(&token.capability))?;
    let (Some(entry), Some(capability)) = (entry, capability) else {
        return Ok(None);
    };
    let (capability, claimed) = within(capability, &entry.capability);
    let verified = Verified {
        key_name: token.key_name,
        identity: ClientIdentity::of_claim(token.client_id.as_deref()),
        capability,
        claimed,
        user_claims: UserClaims::default(),
        issued: token.issued,
        expires: token.expires,
        revocation_key: None,
        claims: Map::new(),
    };
    findings.check(checks::in_force(keys, &verified.facts()))?;
    Ok(Some(verified))
}

/// The capability within its key's, and the token's own beside it where they differ: as it is where they are the same
/// text, as for a token that asked for nothing.
fn within(own: Capability, of_key: &Capability) -> (Capability, Option<Capability>) {
    if own.text() == of_key.text() {
        (own, None)
    } else {
        (own.intersect(of_key), Some(own))
    }
}

fn open(token: &str, keys: &dyn Keys) -> Result<AblyToken> {
    keys::require_app(keys, token)?;
    let Some(sealer) = keys.sealer() else {
        return Err(ErrorInfo::new(40143, 401, "token unrecognized")
            .with_hint("an Ably token can only be read by the service that issued it"));
    };
    sealer.open(token)
}
