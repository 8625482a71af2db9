//! The gate: from credentials to who somebody is, and whether they may do this here.
//!
//! It stands on the same engine that `capability check` prints; no rule is written twice.

use std::sync::Arc;

use crate::chat_core::auth::{
    self, Capability, ClientIdentity, KeyEntry, Operation, Target, Verified, access, identity,
};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{flags, names};
use crate::server::core::apps::{App, Apps};
use crate::server::edge::access_log::{AccessLog, Decisions, Record};

/// The credential that somebody shows, not yet believed.
#[derive(Clone)]
pub(crate) enum Credential {
    /// `name:secret`.
    Key(String),
    /// A JWT or an Ably token.
    Token(String),
}

/// Somebody who was let in, and what they may do.
#[derive(Clone)]
pub(crate) struct Principal {
    /// The app.
    pub app: Arc<App>,
    /// Who.
    pub identity: ClientIdentity,
    /// What they may do: never more than the key.
    pub capability: Capability,
    /// Their token, if it is one that let them in.
    pub(crate) token: Option<Verified>,
    /// The key that let them in, if one did.
    key: Option<Arc<KeyEntry>>,
    /// What they were checked for, where it is recorded.
    notes: Option<Arc<Decisions>>,
}

/// Who shows this, asking to be `asked`.
///
/// # Errors
/// Why they are not let in, with Ably's code.
pub(crate) fn admit(
    apps: &Apps,
    shown: &Credential,
    asked: Option<&str>,
    now: Timestamp,
) -> Result<Principal> {
    let mut principal = identify(apps, shown, asked, now)?;
    principal.app.touch(now);
    if apps.keeps_notes {
        principal.notes = Some(Arc::default());
    }
    Ok(principal)
}

fn identify(
    apps: &Apps,
    shown: &Credential,
    asked: Option<&str>,
    now: Timestamp,
) -> Result<Principal> {
    match shown {
        Credential::Key(text) => {
            let entry = auth::keys::authenticate_basic(apps, text)?;
            Ok(Principal {
                app: apps.of_key(entry.key.name())?,
                // A key may name any clientId.
                identity: identity::establish(&ClientIdentity::Wildcard, asked)?,
                capability: entry.capability.clone(),
                token: None,
                key: Some(entry),
                notes: None,
            })
        }
        Credential::Token(token) => {
            let verified = auth::verify(token, apps, now)?;
            Ok(Principal {
                app: apps.of_key(&verified.key_name)?,
                identity: identity::establish(&verified.identity, asked)?,
                capability: verified.capability.clone(),
                token: Some(verified),
                key: None,
                notes: None,
            })
        }
    }
}

impl Principal {
    /// Lets `operation` on `channel` pass, or refuses it.
    ///
    /// # Errors
    /// 40160 / 401.
    pub(crate) fn require(&self, channel: &str, operation: Operation) -> Result<()> {
        let result = access::require(&self.capability, &Target::channel(channel), operation);
        self.note(channel, operation, result.is_ok());
        result
    }

    /// Whether `operation` on `channel` is allowed, for those who have another way where it is not.
    pub(crate) fn may(&self, channel: &str, operation: Operation) -> bool {
        self.capability.allows(&Target::channel(channel), operation)
    }

    /// Decisions that they were checked for `operation` on `channel`, where that is recorded.
    pub(crate) fn note(&self, channel: &str, operation: Operation, is_allowed: bool) {
        if let Some(notes) = &self.notes {
            notes.add(channel, operation, is_allowed);
        }
    }

    /// Says that what was noted last was about `operation`.
    pub(crate) fn amend_note(&self, operation: Operation) {
        if let Some(notes) = &self.notes {
            notes.amend(operation);
        }
    }

    /// Records what they were checked for since the last time, in work that ended with `error` or well.
    pub(crate) fn record(
        &self,
        log: &AccessLog,
        connection_id: Option<&str>,
        error: Option<&ErrorInfo>,
        now: Timestamp,
    ) {
        let Some(notes) = &self.notes else {
            return;
        };
        for note in notes.take() {
            let (place, operation, outcome) = note.settled(error);
            log.add(Record {
                time: now,
                key_name: self.key_name().to_owned(),
                is_token: self.token.is_some(),
                client_id: self.identity.as_wire().map(str::to_owned),
                connection_id: connection_id.map(str::to_owned),
                operation,
                place,
                outcome,
            });
        }
    }

    /// The modes that an attachment to `channel` gets of those that it asks for, as flag bits.
    pub(crate) fn modes(&self, channel: &str, asked: u64) -> u64 {
        let operations = self.capability.operations_on(&Target::channel(channel));
        MODES
            .iter()
            .filter(|(_, operation)| operations.contains(*operation))
            .fold(0, |bits, (mode, _)| bits | mode & asked)
    }

    /// Decisions what an attachment was checked for. Clients ask for modes that they never use: what counts as asked are
    /// the modes that the attachment itself is for, those of whoever gets something; using another one is noted then.
    pub(crate) fn note_attach(&self, channel: &str, asked: u64, granted: u64) {
        if self.notes.is_none() {
            return;
        }
        let gets = asked & GETS;
        let counted = if gets == 0 { asked } else { gets };
        let mut noted = Vec::new();
        for (mode, operation) in MODES {
            let is_allowed = granted & mode != 0;
            if counted & mode != 0 && !noted.contains(&operation) {
                noted.push(operation);
                self.note(channel, operation, is_allowed);
            }
        }
    }

    /// The clientId that an operation of theirs gets, if it names `named`. Chat is for identified clients.
    ///
    /// # Errors
    /// 40012 / 400 for somebody else's, 40161 / 401 for nobody's in a room.
    pub(crate) fn stamp(&self, channel: &str, named: Option<&str>) -> Result<Option<String>> {
        let client_id = identity::stamp(&self.identity, named)?.map(str::to_owned);
        if client_id.is_none() && self.wants_identity(channel) {
            identity::require_identified(&self.identity)?;
        }
        Ok(client_id)
    }

    /// Whether only identified clients may use `channel`: rooms, and what a namespace says so of.
    pub(crate) fn wants_identity(&self, channel: &str) -> bool {
        names::room_of(channel).is_some()
            || self
                .app
                .namespaces()
                .is_some_and(|namespaces| namespaces.wants_identity(channel))
    }

    /// The name of the key that let them in, or that their token was made with.
    fn key_name(&self) -> &str {
        match (&self.token, &self.key) {
            (Some(token), _) => &token.key_name,
            (None, Some(entry)) => entry.key.name(),
            (None, None) => "",
        }
    }

    /// When their credential ends; a key does not.
    pub(crate) fn expires(&self) -> Option<Timestamp> {
        self.token.as_ref().map(|token| token.expires)
    }

    /// How many messages a second one connection of theirs may publish on `channel`, where their token limits it.
    pub(crate) fn publish_rate(&self, channel: &str) -> Option<f64> {
        self.token.as_ref()?.user_claims.publish_rate(channel)
    }

    /// The claim that events of theirs on `channel` carry.
    pub(crate) fn user_claim(&self, channel: &str) -> Option<String> {
        self.token
            .as_ref()?
            .user_claims
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

/// The modes of those who get something.
const GETS: u64 = flags::SUBSCRIBE | flags::PRESENCE_SUBSCRIBE | flags::ANNOTATION_SUBSCRIBE;
