//! Another provider's JWT that carries one of Ably's. Nothing in the outer token is trusted; all rights come from the
//! token inside, which must not end before it.

use serde_json::Value;

use super::checks::{self, undecodable};
use super::findings::{Checked, Failures};
use super::verified::Verified;
use super::{ably_token, inspect_jwt};
use crate::chat_core::auth::jwt::{self, Decoded, EMBEDDED, Shape};
use crate::chat_core::auth::keys::Keys;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;

/// The token inside `decoded`, if it is an envelope.
pub(super) fn inner<'a>(decoded: &'a Decoded<'_>) -> Option<Result<&'a str>> {
    Some(match decoded.embedded()? {
        Value::String(inner) => Ok(inner),
        _ => Err(undecodable(&format!("its {EMBEDDED} is not a string"))),
    })
}

pub(super) fn inspect(
    outer: &Decoded<'_>,
    inner: &str,
    keys: &dyn Keys,
    now: Timestamp,
    findings: &mut Failures,
) -> Checked<Option<Verified>> {
    if findings.check(checks::readable(inner))?.is_none() {
        return Ok(None);
    }
    let verified = if Shape::of(inner) == Some(Shape::AblyToken) {
        ably_token::inspect(inner, keys, now, findings)?
    } else {
        let Some(decoded) = findings.check(jwt::decode(inner))? else {
            return Ok(None);
        };
        if decoded.embedded().is_some() {
            findings.add(undecodable("the token inside carries another one"))?;
        }
        inspect_jwt(&decoded, keys, now, findings)?
    };
    let outer_expires = outer
        .readable_claims()
        .and_then(|claims| checks::time(claims, "exp").ok());
    if let (Some(verified), Some(outer_expires)) = (&verified, outer_expires)
        && verified.expires < outer_expires
    {
        findings.add(undecodable(
            "the token inside expires before the one that carries it",
        ))?;
    }
    Ok(verified)
}
