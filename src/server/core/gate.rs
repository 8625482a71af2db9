//! The gate: authenticates credentials, and checks operations against the capability.
//!
//! The engine behind it is the one that `capability check` prints; no rule is written twice.

use std::sync::Arc;

use super::apps::{App, Apps};
use super::checks::{Checks, MODES};
use super::events::Actor;
use super::login::Credential;
use super::revoked::Revoked;
use crate::chat_core::auth::{
    self, Capability, ClientIdentity, KeyEntry, Keys as _, Operation, Target, Verified, access,
    identity, jwt,
};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{ChannelModes, MessageAction, names};

/// The type of clients that are servers.
const SERVER: &str = "server";

/// An authenticated client, and its rights.
#[derive(Clone)]
pub(crate) struct Principal {
    /// The app.
    pub(crate) app: Arc<App>,
    /// The client's identity.
    pub(crate) identity: ClientIdentity,
    /// The client's rights: never more than those of the key.
    pub(crate) capability: Capability,
    /// The token, if it is one that authenticated the client.
    pub(crate) token: Option<Verified>,
    /// The key, if it is one that authenticated the client.
    key: Option<Arc<KeyEntry>>,
}

/// Authenticates `credential`, optionally as `client_id`.
///
/// # Errors
/// Why it is not accepted, with Ably's code.
pub(crate) fn authenticate(
    apps: &Apps,
    credential: &Credential,
    client_id: Option<&str>,
    now: Timestamp,
) -> Result<Principal> {
    let principal = match credential {
        Credential::Key(text) => {
            let entry = auth::keys::authenticate_basic(apps, text)?;
            Principal {
                app: apps.of_key(entry.key.name())?,
                // A key may name any clientId.
                identity: identity::establish(&ClientIdentity::Wildcard, client_id)?,
                capability: entry.capability.clone(),
                token: None,
                key: Some(entry),
            }
        }
        Credential::Token(token) => {
            let verified = auth::verify(token, apps, now)?;
            Principal {
                app: apps.of_key(&verified.key_name)?,
                identity: identity::establish(&verified.identity, client_id)?,
                capability: verified.capability.clone(),
                token: Some(verified),
                key: None,
            }
        }
    };
    principal.app.touch(now);
    Ok(principal)
}

impl Principal {
    /// Returns the client as the one that goes on where `earlier` was, with a credential that is newer or another: over
    /// the same connection (RTC8) and over one that it resumes. It is in the same app, and who it was it stays.
    ///
    /// # Errors
    /// 40102 / 401.
    pub(crate) fn following(mut self, earlier: &Self) -> Result<Self> {
        // An app that was deleted and made again with the same id is another one.
        if !Arc::ptr_eq(&self.app, &earlier.app) {
            return Err(ErrorInfo::new(
                40102,
                401,
                "Incompatible credentials: the connection is of another app",
            ));
        }
        self.identity = identity::establish(&self.identity, earlier.identity.client_id())?;
        Ok(self)
    }

    /// Judges once more what may have changed since the credential was verified. What changes it looks for open
    /// connections afterwards, so that none is missed which registers first and asks this then.
    ///
    /// # Errors
    /// 40400 / 404 if the app was deleted, 40131 / 401 if the key was revoked, 40141 / 401 if the token was.
    pub(crate) fn require_in_force(&self, apps: &Apps) -> Result<()> {
        if !Arc::ptr_eq(&apps.get(&self.app.id)?, &self.app) {
            return Err(deleted());
        }
        if let Some(entry) = apps.key(self.key_name()) {
            auth::keys::require_in_force(&entry)?;
        }
        let is_revoked = self
            .token
            .as_ref()
            .is_some_and(|token| apps.is_revoked(&token.facts()));
        if is_revoked {
            return Err(revoked());
        }
        Ok(())
    }

    /// Lets a client be of the type that it declares. That it is a server, which is counted otherwise than a user, is for
    /// the one to say who signs its token; a key is a server's.
    ///
    /// # Errors
    /// 40167 / 401.
    pub(crate) fn require_client_type(&self, declared: Option<&str>) -> Result<()> {
        let claimed = |token: &Verified| {
            let claim = token.claims.get(jwt::CLIENT_TYPE);
            claim.and_then(serde_json::Value::as_str) == Some(SERVER)
        };
        if declared == Some(SERVER) && !self.token.as_ref().is_none_or(claimed) {
            return Err(ErrorInfo::new(
                40167,
                401,
                format!(
                    "clientType '{SERVER}' is not permitted: the token has no claim {} that says so",
                    jwt::CLIENT_TYPE
                ),
            ));
        }
        Ok(())
    }

    /// Returns when a revocation ends the token, if there is one that is about it.
    pub(crate) fn revoked_at(&self) -> Option<Revoked> {
        self.app.revoked_at(&self.token.as_ref()?.facts())
    }

    /// Checks `operation` on `channel`, and adds the check to `checks`.
    ///
    /// # Errors
    /// 40160 / 401 where it is not allowed.
    pub(crate) fn require(
        &self,
        channel: &str,
        operation: Operation,
        checks: &mut Checks,
    ) -> Result<()> {
        let result = access::require(&self.capability, &Target::channel(channel), operation);
        checks.add(channel, operation, result.is_ok());
        result
    }

    /// Returns whether `operation` on `channel` is allowed, without a check: for clients that have another way.
    pub(crate) fn allows(&self, channel: &str, operation: Operation) -> bool {
        self.capability.allows(&Target::channel(channel), operation)
    }

    /// Returns whose messages on `channel` the client may change with `action`, as `named` where it may name others: known
    /// before the message is looked up, so that a refusal does not tell whether there is one.
    ///
    /// # Errors
    /// 40160 or 40166 / 401; the check of it is then in `checks`.
    pub(crate) fn reach(
        &self,
        channel: &str,
        action: MessageAction,
        named: Option<&str>,
        checks: &mut Checks,
    ) -> Result<access::Reach> {
        let (target, change) = (Target::channel(channel), change_of(action));
        let caller = match &self.identity {
            ClientIdentity::Wildcard => named,
            identity => identity.client_id(),
        };
        access::reach(&self.capability, &target, change, caller)
            .inspect_err(|_| checks.add(channel, change.own(), false))
    }

    /// Returns the modes that an attachment to `channel` gets of those that it requests.
    pub(crate) fn granted_modes(&self, channel: &str, requested: ChannelModes) -> ChannelModes {
        let requested = if names::is_meta(channel) {
            // Only the server publishes there, and nobody is present.
            requested & ChannelModes::SUBSCRIBE
        } else {
            requested
        };
        let operations = self.capability.operations_on(&Target::channel(channel));
        MODES
            .iter()
            .filter(|(_, operation)| operations.contains(*operation))
            .map(|(mode, _)| *mode & requested)
            .collect()
    }

    /// Returns the clientId of an operation that names `client_id`. Chat is for identified clients.
    ///
    /// # Errors
    /// 40012 / 400 for another client's, 40161 / 401 for none in a room.
    pub(crate) fn stamp(&self, channel: &str, client_id: Option<&str>) -> Result<Option<String>> {
        let client_id = identity::stamp(&self.identity, client_id)?.map(str::to_owned);
        if client_id.is_none() && self.needs_identity(channel) {
            identity::require_identified(&self.identity)?;
        }
        Ok(client_id)
    }

    /// Lets a client attach to `channel` that may act there for somebody: in a room that is one client, or one that names
    /// a client with each operation.
    ///
    /// # Errors
    /// 40161 / 401.
    pub(crate) fn require_identity(&self, channel: &str) -> Result<()> {
        let may_name_others = self.identity == ClientIdentity::Wildcard;
        let is_room = names::room_of(channel).is_some();
        if self.needs_identity(channel) && !(is_room && may_name_others) {
            identity::require_identified(&self.identity)?;
        }
        Ok(())
    }

    /// Returns whether only identified clients may use `channel`: rooms, and namespaces that say so.
    pub(crate) fn needs_identity(&self, channel: &str) -> bool {
        names::room_of(channel).is_some() || self.app.namespaces.wants_identity(channel)
    }

    /// Returns the name of the key that authenticated the client, or that signed its token.
    pub(crate) fn key_name(&self) -> &str {
        match (&self.token, &self.key) {
            (Some(token), _) => &token.key_name,
            (None, Some(entry)) => entry.key.name(),
            (None, None) => "",
        }
    }

    /// Returns the client as observers see it, over the connection `connection_id` or with a REST request.
    pub(crate) fn actor<'a>(&'a self, connection_id: Option<&'a str>) -> Actor<'a> {
        Actor {
            key_name: self.key_name(),
            is_token: self.token.is_some(),
            client_id: self.identity.as_wire(),
            capability: &self.capability,
            connection_id,
        }
    }

    /// Returns when the credential expires; a key does not.
    pub(crate) fn expires(&self) -> Option<Timestamp> {
        self.token.as_ref().map(|token| token.expires)
    }

    /// Returns the publish rate that the token allows on `channel`, in messages a second, where it limits it.
    pub(crate) fn publish_rate(&self, channel: &str) -> Option<f64> {
        self.token.as_ref()?.user_claims.publish_rate(channel)
    }

    /// Returns the user claim of the client's events on `channel`.
    pub(crate) fn user_claim(&self, channel: &str) -> Option<String> {
        self.token
            .as_ref()?
            .user_claims
            .resolve_channel(channel)
            .map(|resolution| resolution.user_claim.to_owned())
    }
}

/// Returns the end of a connection whose token was revoked.
pub(crate) fn revoked() -> ErrorInfo {
    ErrorInfo::new(40141, 401, "token revoked")
}

/// Returns the end of a connection whose key was revoked.
pub(crate) fn key_revoked() -> ErrorInfo {
    ErrorInfo::new(40131, 401, "key/token status changed (revoke)")
}

/// Returns the end of a connection whose app was deleted.
pub(crate) fn deleted() -> ErrorInfo {
    ErrorInfo::new(40400, 404, "The app was deleted")
}

/// Checks a change of a message that `creator` sent.
///
/// # Errors
/// 40160 / 401 where the message is another client's, and only own messages may be changed.
pub(crate) fn require_reach(
    reach: access::Reach,
    (channel, action): (&str, MessageAction),
    (caller, creator): (Option<&str>, Option<&str>),
    checks: &mut Checks,
) -> Result<()> {
    let (target, change) = (Target::channel(channel), change_of(action));
    let result = access::require_reach(reach, &target, change, caller, creator);
    let is_own = caller.is_some() && caller == creator;
    let needed = if is_own { change.own() } else { change.any() };
    checks.add(channel, needed, result.is_ok());
    result
}

/// The kind of change that `action` is.
pub(crate) fn change_of(action: MessageAction) -> access::Change {
    match action {
        MessageAction::Delete => access::Change::Delete,
        _ => access::Change::Update,
    }
}
