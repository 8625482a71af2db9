//! Verification of TokenRequests, and the rights that they are granted.

use std::sync::Arc;
use std::time::Duration;

use super::{MIN_NONCE, TokenRequest};
use crate::chat_core::auth::ably_token::{AblyToken, Sealer};
use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::identity::{ClientIdentity, check_client_id};
use crate::chat_core::auth::keys::{self, KeyEntry, Keys};
use crate::chat_core::auth::token_details::TokenDetails;
use crate::chat_core::auth::verify::{MAX_REVOCABLE_TTL, MAX_TTL};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::random::Random;

/// The content of the token that a request is granted.
#[derive(Clone, Debug)]
pub struct GrantedToken {
    /// The key that the token is made with.
    pub entry: Arc<KeyEntry>,
    /// The clientId.
    pub identity: ClientIdentity,
    /// The capability: the key's own verbatim where none was asked for.
    pub capability: Capability,
    /// The time to live.
    pub ttl: Duration,
}

impl GrantedToken {
    /// The Ably token, with what it says.
    ///
    /// # Errors
    /// As [`Sealer::seal`].
    pub fn issue(&self, sealer: &Sealer, now: Timestamp, random: &Random) -> Result<TokenDetails> {
        let token = AblyToken {
            key_name: self.entry.key.name().to_owned(),
            issued: now,
            expires: now + self.ttl,
            capability: self.capability.text().to_owned(),
            client_id: self.identity.as_wire().map(str::to_owned),
        };
        Ok(TokenDetails {
            token: sealer.seal(&token, random)?,
            key_name: Some(token.key_name),
            issued: Some(token.issued),
            expires: Some(token.expires),
            capability: Some(token.capability),
            client_id: token.client_id,
        })
    }
}

/// Grants `request`, which came for the key `path_key_name`. `authenticated` is the key that the call itself proved
/// with Basic authentication, in which case no mac is needed; nonce and timestamp are looked at where they are given.
/// The caller checks whether the nonce was used before: see [`replayed`].
///
/// # Errors
/// 40101 / 401 for another key, a missing or wrong mac; 40400 and 40131 for the key; 40003 / 400 for ttl and nonce;
/// 40012 / 400 for the clientId; 40104 / 401 for the timestamp; 40000 / 400 for the capability;
/// 40160 / 401 where nothing would be left of it.
pub fn grant(
    request: &TokenRequest,
    path_key_name: &str,
    authenticated: Option<&str>,
    keys: &dyn Keys,
    now: Timestamp,
) -> Result<GrantedToken> {
    if request.key_name != path_key_name {
        return Err(refused("the key of the request is not that of its address"));
    }
    let entry = keys::find(keys, path_key_name)?;
    keys::require_in_force(&entry)?;
    let max = if entry.revocable_tokens {
        MAX_REVOCABLE_TTL
    } else {
        MAX_TTL
    };
    let ttl = ttl(request, max)?;
    let identity = identity(request)?;
    check_nonce(request)?;
    if authenticated != Some(path_key_name) || request.mac.is_some() {
        check_mac(request, &entry)?;
    }
    check_window(request, now)?;
    let capability = match &request.capability {
        None => entry.capability.clone(),
        Some(text) => Capability::parse_strict(text)?.intersect(&entry.capability),
    };
    if capability.is_empty() {
        return Err(ErrorInfo::new(
            40160,
            401,
            "Given credentials do not have the required capability: the key grants nothing of what is asked for",
        ));
    }
    Ok(GrantedToken {
        entry,
        identity,
        capability,
        ttl,
    })
}

/// Checks what can be checked of a signed request without its key.
///
/// # Errors
/// As [`grant`].
pub fn check_unsigned(request: &TokenRequest, now: Timestamp) -> Result<()> {
    ttl(request, MAX_TTL)?;
    identity(request)?;
    check_nonce(request)?;
    check_signed_parts(request)?;
    check_window(request, now)?;
    if let Some(text) = &request.capability {
        Capability::parse_strict(text)?;
    }
    Ok(())
}

fn ttl(request: &TokenRequest, max: Duration) -> Result<Duration> {
    // With a ttl of 0, an SDK signs the request as if there were none.
    let ttl = request
        .ttl
        .filter(|ttl| *ttl != 0)
        .map_or(DEFAULT_TTL, Duration::from_millis);
    if ttl > max {
        return Err(ErrorInfo::new(
            40003,
            400,
            format!(
                "invalid ttl: {} ms is more than the longest, {}",
                ttl.as_millis(),
                max.as_millis()
            ),
        ));
    }
    Ok(ttl)
}

fn identity(request: &TokenRequest) -> Result<ClientIdentity> {
    match request.client_id.as_deref() {
        None => Ok(ClientIdentity::Anonymous),
        Some("*") => Ok(ClientIdentity::Wildcard),
        Some(client_id) => {
            check_client_id(client_id)?;
            Ok(ClientIdentity::Fixed(client_id.to_owned()))
        }
    }
}

fn check_nonce(request: &TokenRequest) -> Result<()> {
    let fault = match &request.nonce {
        Some(nonce) if nonce.chars().any(char::is_control) => "it contains control characters",
        Some(nonce) if nonce.chars().count() < MIN_NONCE => "it is shorter than 16 characters",
        _ => return Ok(()),
    };
    Err(ErrorInfo::new(
        40003,
        400,
        format!("invalid nonce: {fault}"),
    ))
}

fn check_mac(request: &TokenRequest, entry: &KeyEntry) -> Result<()> {
    if request.mac.is_some() && !request.mac_is_valid(&entry.key) {
        return Err(refused("the mac does not fit the request"));
    }
    check_signed_parts(request)
}

fn check_signed_parts(request: &TokenRequest) -> Result<()> {
    if request.mac.is_none() {
        return Err(refused("the request has no mac, and comes without the key"));
    }
    // What is signed can be used again unless it says when it was made, and which of many it is.
    if request.nonce.is_none() || request.timestamp.is_none() {
        return Err(ErrorInfo::new(
            40000,
            400,
            "Invalid token request: a signed request needs a timestamp and a nonce",
        ));
    }
    Ok(())
}

fn check_window(request: &TokenRequest, now: Timestamp) -> Result<()> {
    let Some(timestamp) = request.timestamp else {
        return Ok(());
    };
    let until = timestamp + WINDOW;
    if now > until || timestamp > now + WINDOW {
        return Err(ErrorInfo::new(40104, 401, "Timestamp not current").with_hint(format!(
            "it is {timestamp} and the time is {now}: check the clock of the machine that signed"
        )));
    }
    Ok(())
}

/// Returns the error of a request whose nonce has come before.
pub fn replayed() -> ErrorInfo {
    ErrorInfo::new(40105, 401, "Nonce value replayed")
}

fn refused(what: &str) -> ErrorInfo {
    ErrorInfo::new(40101, 401, format!("Invalid credentials: {what}"))
}

/// The time to live where none is given (RSA5, TK2a).
const DEFAULT_TTL: Duration = Duration::from_secs(60 * 60);
/// The distance that a timestamp may be off, either way.
pub const WINDOW: Duration = Duration::from_secs(2 * 60);
