//! The gate: from credentials to who somebody is, and whether they may do this here.
//!
//! It stands on the same engine that `capability check` prints; no rule is written twice.

use std::sync::Arc;

use super::apps::{App, Apps};
use crate::chat_core::auth::{
    self, Capability, ClientIdentity, Operation, Target, Verified, access, identity,
};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{flags, names};

/// The credential that somebody shows, not yet believed.
#[derive(Clone)]
pub(super) enum Shown {
    /// `name:secret`.
    Key(String),
    /// A JWT or an Ably token.
    Token(String),
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
    /// Their token, if it is one that let them in.
    pub(crate) token: Option<Verified>,
}

/// Who shows this, asking to be `asked`.
///
/// # Errors
/// Why they are not let in, with Ably's code.
pub(crate) fn admit(
    apps: &Apps,
    shown: &Shown,
    asked: Option<&str>,
    now: Timestamp,
) -> Result<Principal> {
    let principal = identify(apps, shown, asked, now)?;
    principal.app.touch(now);
    Ok(principal)
}

fn identify(apps: &Apps, shown: &Shown, asked: Option<&str>, now: Timestamp) -> Result<Principal> {
    match shown {
        Shown::Key(text) => {
            let entry = auth::keys::authenticate_basic(apps, text)?;
            Ok(Principal {
                app: apps.of_key(entry.key.name())?,
                // A key may name any clientId.
                identity: identity::establish(&ClientIdentity::Wildcard, asked)?,
                capability: entry.capability.clone(),
                token: None,
            })
        }
        Shown::Token(token) => {
            let verified = auth::verify(token, apps, now)?;
            Ok(Principal {
                app: apps.of_key(&verified.key_name)?,
                identity: identity::establish(&verified.identity, asked)?,
                capability: verified.capability.clone(),
                token: Some(verified),
            })
        }
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

    /// When their credential ends; a key does not.
    pub(crate) fn expires(&self) -> Option<Timestamp> {
        self.token.as_ref().map(|token| token.expires)
    }

    /// How many messages a second one connection of theirs may publish on `channel`, where their token limits it.
    pub(super) fn publish_rate(&self, channel: &str) -> Option<f64> {
        self.token.as_ref()?.user_claims.publish_rate(channel)
    }

    /// The claim that events of theirs on `channel` carry.
    pub(super) fn user_claim(&self, channel: &str) -> Option<String> {
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
