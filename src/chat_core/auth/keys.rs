//! The keys that a verifier knows, as it asks for them.

use std::sync::Arc;

use super::ably_token::Sealer;
use super::capability::Capability;
use super::key::ApiKey;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};

/// A key and what belongs to it.
#[derive(Clone, Debug)]
pub struct KeyEntry {
    /// The key.
    pub key: ApiKey,
    /// The capability; no token made with the key grants more.
    pub capability: Capability,
    /// True if its tokens can be revoked; they then live for an hour at most.
    pub revocable_tokens: bool,
    /// True if the key itself was revoked.
    pub revoked: bool,
}

impl KeyEntry {
    /// A key with a capability, in force, its tokens not revocable.
    pub fn new(key: ApiKey, capability: Capability) -> Self {
        Self {
            key,
            capability,
            revocable_tokens: false,
            revoked: false,
        }
    }
}

/// The facts of a token that a revocation can be about.
#[derive(Clone, Copy, Debug)]
pub struct TokenFacts<'a> {
    /// The key that it was made with.
    pub key_name: &'a str,
    /// The time of issue.
    pub issued: Timestamp,
    /// Its clientId, `*` for a wildcard.
    pub client_id: Option<&'a str>,
    /// Its revocation key.
    pub revocation_key: Option<&'a str>,
    /// Its own capability, or the key's where it has none.
    pub capability: &'a Capability,
}

/// The keys that a verifier knows.
pub trait Keys {
    /// Returns whether there is an app with this id.
    fn app_exists(&self, app_id: &str) -> bool;

    /// The key with this name.
    fn key(&self, name: &str) -> Option<Arc<KeyEntry>>;

    /// Returns whether the token that says this of itself was revoked.
    fn is_revoked(&self, _token: &TokenFacts<'_>) -> bool {
        false
    }

    /// Returns the sealer of Ably tokens, for those who issue them.
    fn sealer(&self) -> Option<&Sealer> {
        None
    }
}

/// A few keys in memory.
#[derive(Clone, Debug, Default)]
pub struct KeyRing(Vec<Arc<KeyEntry>>);

impl KeyRing {
    /// The keys in `entries`.
    pub fn new(entries: impl IntoIterator<Item = KeyEntry>) -> Self {
        Self(entries.into_iter().map(Arc::new).collect())
    }
}

impl Keys for KeyRing {
    fn app_exists(&self, app_id: &str) -> bool {
        self.0.iter().any(|entry| entry.key.app_id() == app_id)
    }

    fn key(&self, name: &str) -> Option<Arc<KeyEntry>> {
        self.0
            .iter()
            .find(|entry| entry.key.name() == name)
            .map(Arc::clone)
    }
}

/// The key called `name`.
///
/// # Errors
/// 40400 with 404 for an unknown app and with 401 for an unknown key of a known one.
pub fn find(keys: &dyn Keys, name: &str) -> Result<Arc<KeyEntry>> {
    require_app(keys, name)?;
    keys.key(name).ok_or_else(|| {
        ErrorInfo::new(
            40400,
            401,
            format!("No key found with name {}", speakable(name)),
        )
    })
}

/// Refuses a key name or an Ably token, `appId.…`, of an app that is unknown.
///
/// # Errors
/// 40400 / 404.
pub fn require_app(keys: &dyn Keys, name: &str) -> Result<()> {
    let app_id = name.split('.').next().unwrap_or_default();
    if keys.app_exists(app_id) {
        return Ok(());
    }
    Err(ErrorInfo::new(
        40400,
        404,
        format!("No application found with id {}", speakable(app_id)),
    ))
}

/// Returns the part of a name that may be logged: anybody can write anything there, a whole key with its secret
/// included.
fn speakable(name: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars().take_while(is_plain).take(64).collect()
}

/// Refuses a key that was revoked.
///
/// # Errors
/// 40131 / 401.
pub fn require_in_force(entry: &KeyEntry) -> Result<()> {
    if entry.revoked {
        return Err(ErrorInfo::new(
            40131,
            401,
            "key/token status changed (revoke)",
        ));
    }
    Ok(())
}

/// The key that a Basic credential `name:secret` proves. Secrets are compared in constant time.
///
/// # Errors
/// 40005 / 400 for a text that is not a key, 40101 / 401 for an unknown app, 40400 / 401 for an unknown key, 40131 / 401
/// for a revoked key, 40101 / 401 for a wrong secret.
pub fn authenticate_basic(keys: &dyn Keys, credential: &str) -> Result<Arc<KeyEntry>> {
    let key = ApiKey::parse(credential).map_err(|error| {
        let what = error
            .message
            .strip_prefix("Invalid API key: ")
            .unwrap_or("it is malformed");
        ErrorInfo::new(40005, 400, format!("Invalid key in request: {what}"))
    })?;
    let entry = find(keys, key.name()).map_err(|error| match error.status_code {
        // Of an app that does not exist there is nothing to be told (the SDK's own suite wants this code).
        404 => ErrorInfo::new(40101, 401, "Invalid credentials"),
        _ => error,
    })?;
    if !entry.key.secret_is(key.secret()) {
        return Err(ErrorInfo::new(40101, 401, "Invalid credentials"));
    }
    require_in_force(&entry)?;
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_refused_with_the_codes_that_sdks_expect() {
        let mut revoked = KeyEntry::new(ApiKey::parse("app.old:s").unwrap(), Capability::all());
        revoked.revoked = true;
        let keys = KeyRing::new([
            KeyEntry::new(ApiKey::parse("app.key:s").unwrap(), Capability::all()),
            revoked,
        ]);
        let code = |credential| {
            authenticate_basic(&keys, credential)
                .map(|entry| entry.key.name().to_owned())
                .map_err(|error| (error.code, error.status_code))
        };
        assert_eq!(code("app.key:s"), Ok("app.key".to_owned()));
        assert_eq!(code("app.key:x"), Err((40101, 401)));
        assert_eq!(code("app.nokey:s"), Err((40400, 401)));
        assert_eq!(code("noapp.key:s"), Err((40101, 401)));
        assert_eq!(code("app.old:s"), Err((40131, 401)));
        assert_eq!(code("app.key"), Err((40005, 400)));
    }
}
