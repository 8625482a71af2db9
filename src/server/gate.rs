//! The gate: from credentials to who somebody is, and whether they may do this here.
//!
//! It stands on the same engine that `capability check` prints; no rule is written twice.

use std::collections::HashMap;
use std::sync::Arc;

use super::hub::Hub;
use super::store::Store;
use super::store::memory::MemoryStore;
use crate::chat_core::auth::{
    self, ApiKey, Capability, ClientIdentity, KeyEntry, Keys, Operation, Target, UserClaims,
    access, identity,
};
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{flags, names};
use crate::chat_core::random::Random;

/// The credential that somebody shows, not yet believed.
#[derive(Clone)]
pub(super) enum Shown {
    /// `name:secret`.
    Key(String),
    /// A JWT or an Ably token.
    Token(String),
}

/// An app: its keys and its channels, apart from those of every other app.
pub(super) struct App {
    /// The part of its keys before the dot.
    pub id: String,
    /// Its channels.
    pub hub: Arc<Hub>,
    keys: HashMap<String, Arc<KeyEntry>>,
}

/// Somebody who was let in, and what they may do.
#[derive(Clone)]
pub(super) struct Principal {
    /// The app.
    pub app: Arc<App>,
    /// Who.
    pub identity: ClientIdentity,
    /// What they may do: never more than the key.
    pub capability: Capability,
    /// The user claims of their token.
    pub claims: UserClaims,
    /// When their token ends; a key does not.
    pub expires: Option<Timestamp>,
}

/// Lets people in.
pub(super) struct Gate {
    apps: HashMap<String, Arc<App>>,
}

impl Gate {
    /// A gate for the apps of `keys`, everything of theirs in memory.
    pub(super) fn new(
        keys: impl IntoIterator<Item = ApiKey>,
        clock: &Arc<dyn Clock>,
        random: &Random,
    ) -> Self {
        let mut keys_of: HashMap<String, HashMap<String, Arc<KeyEntry>>> = HashMap::new();
        for key in keys {
            let (app, name) = (key.app_id().to_owned(), key.name().to_owned());
            let entry = Arc::new(KeyEntry::new(key, Capability::all()));
            keys_of.entry(app).or_default().insert(name, entry);
        }
        let apps = keys_of
            .into_iter()
            .map(|(id, keys)| {
                let store: Arc<dyn Store> =
                    Arc::new(MemoryStore::new(Arc::clone(clock), random.clone()));
                let app = App {
                    id: id.clone(),
                    hub: Hub::new(&store),
                    keys,
                };
                (id, Arc::new(app))
            })
            .collect();
        Self { apps }
    }

    /// Who shows this, asking to be `asked`.
    ///
    /// # Errors
    /// Why they are not let in, with Ably's code.
    pub(super) fn admit(
        &self,
        shown: &Shown,
        asked: Option<&str>,
        now: Timestamp,
    ) -> Result<Principal> {
        match shown {
            Shown::Key(text) => {
                let entry = auth::keys::authenticate_basic(self, text)?;
                Ok(Principal {
                    app: self.app_of(entry.key.app_id())?,
                    // A key may name any clientId.
                    identity: identity::establish(&ClientIdentity::Wildcard, asked)?,
                    capability: entry.capability.clone(),
                    claims: UserClaims::default(),
                    expires: None,
                })
            }
            Shown::Token(token) => {
                let verified = auth::verify(token, self, now)?;
                let app_id = verified.key_name.split('.').next().unwrap_or_default();
                Ok(Principal {
                    app: self.app_of(app_id)?,
                    identity: identity::establish(&verified.identity, asked)?,
                    capability: verified.capability,
                    claims: verified.user_claims,
                    expires: Some(verified.expires),
                })
            }
        }
    }

    fn app_of(&self, id: &str) -> Result<Arc<App>> {
        self.apps
            .get(id)
            .map(Arc::clone)
            .ok_or_else(|| ErrorInfo::new(40400, 404, format!("No application found with id {id}")))
    }
}

impl Keys for Gate {
    fn app_exists(&self, app_id: &str) -> bool {
        self.apps.contains_key(app_id)
    }

    fn key(&self, name: &str) -> Option<Arc<KeyEntry>> {
        let app_id = name.split('.').next().unwrap_or_default();
        self.apps.get(app_id)?.keys.get(name).map(Arc::clone)
    }
}

impl Principal {
    /// Lets `operation` on `channel` pass, or refuses it.
    ///
    /// # Errors
    /// 40160 / 401.
    pub(super) fn require(&self, channel: &str, operation: Operation) -> Result<()> {
        access::require(&self.capability, &Target::channel(channel), operation)
    }

    /// The modes that an attachment to `channel` gets of those that it asks for, as flag bits.
    pub(super) fn modes(&self, channel: &str, asked: u64) -> u64 {
        let operations = self.capability.operations_on(&Target::channel(channel));
        MODES
            .iter()
            .filter(|(_, operation)| operations.contains(*operation))
            .fold(0, |bits, (mode, _)| bits | mode & asked)
    }

    /// The clientId that an operation of theirs gets, if it names `named`. Chat is for identified clients.
    ///
    /// # Errors
    /// 40012 / 400 for somebody else's, 40161 / 401 for nobody's in a room.
    pub(super) fn stamp(&self, channel: &str, named: Option<&str>) -> Result<Option<String>> {
        let client_id = identity::stamp(&self.identity, named)?.map(str::to_owned);
        if client_id.is_none() && names::room_of(channel).is_some() {
            identity::require_identified(&self.identity)?;
        }
        Ok(client_id)
    }

    /// The claim that events of theirs on `channel` carry.
    pub(super) fn user_claim(&self, channel: &str) -> Option<String> {
        self.claims
            .resolve_channel(channel)
            .map(|resolution| resolution.user_claim.to_owned())
    }
}

/// What each mode needs (auth docs, channel modes).
const MODES: [(u64, Operation); 6] = [
    (flags::PRESENCE, Operation::Presence),
    (flags::PUBLISH, Operation::Publish),
    (flags::SUBSCRIBE, Operation::Subscribe),
    (flags::PRESENCE_SUBSCRIBE, Operation::Subscribe),
    (flags::ANNOTATION_PUBLISH, Operation::AnnotationPublish),
    (flags::ANNOTATION_SUBSCRIBE, Operation::AnnotationSubscribe),
];
