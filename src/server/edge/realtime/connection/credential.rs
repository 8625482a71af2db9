//! The credential of a connection over time: its renewal, its end, and another in its place.

use std::sync::Arc;
use std::time::Duration;

use super::{Connection, Modes};
use crate::chat_core::auth::{Keys, identity};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Action, ProtocolMessage};
use crate::server::core::gate::{self, Credential, Principal};
use crate::server::core::hub::Subscriber;
use crate::server::core::state::Due;
use crate::server::edge::access_log::{Claimed, Transport};
use crate::server::edge::realtime::attach;
use crate::server::engine::revocation::Revocation;

/// How long before its token ends a connection is asked for a new one (RTN22).
const RENEWAL_LEAD: Duration = Duration::from_secs(30);

/// A token that ends sooner than this is not worth asking for another.
const RENEWAL_LEAST: Duration = Duration::from_millis(5500);

impl Connection {
    /// Asks for a new token if the one in force ends soon (RTN22).
    pub(crate) fn ask_for_token(&self) {
        let now = self.core.clock.now();
        let is_due = {
            let mut state = self.lock();
            state.renew_at.take_if(|at| *at <= now).is_some()
        };
        if is_due {
            self.request_reauth();
        }
    }

    /// Asks for a new token.
    pub(crate) fn request_reauth(&self) {
        self.send(&ProtocolMessage::new(Action::Auth));
    }

    /// Ends the connection if its token has ended (RTN15h).
    pub(crate) fn check_expiry(&self) {
        let now = self.core.clock.now();
        if self
            .principal()
            .expires()
            .is_some_and(|expires| expires <= now)
        {
            self.disconnect(ErrorInfo::new(40142, 401, "Token expired"));
        }
    }

    /// Whether `revocation` is about the token of this connection.
    pub(crate) fn is_hit_by(&self, revocation: &Revocation) -> bool {
        let principal = self.principal();
        principal
            .token
            .as_ref()
            .is_some_and(|token| revocation.is_about(&token.facts()))
    }

    /// Ends the connection if its token was revoked.
    pub(crate) fn check_revocation(&self) {
        let principal = self.principal();
        let is_revoked = principal
            .token
            .as_ref()
            .is_some_and(|token| self.core.apps.is_revoked(&token.facts()));
        if is_revoked {
            self.disconnect(ErrorInfo::new(40141, 401, "token revoked"));
        }
    }

    /// Takes a new token in the place of the credential in force (RTC8).
    pub(super) fn reauthenticate(self: &Arc<Self>, message: &ProtocolMessage) {
        let Some(auth) = &message.auth else {
            return self.fail(ErrorInfo::new(40000, 400, "AUTH without a token"));
        };
        let current = self.principal();
        let shown = Credential::Token(auth.access_token.clone());
        let admitted = gate::admit(&self.core.apps, &shown, None, self.core.clock.now())
            .and_then(|next| check_same_client(&current, next));
        match admitted {
            Ok(next) => {
                self.lock().principal = Arc::new(next);
                self.send(&self.connected());
                self.watch_token();
                self.reapply_capability();
            }
            Err(error) => {
                if let Some(log) = &self.core.access_log {
                    let claimed = Claimed::by(Some(&shown), None, &self.core.apps.sealer);
                    let now = self.core.clock.now();
                    log.refused(Transport::Realtime, claimed, Some(self.id()), &error, now);
                }
                self.fail(error);
            }
        }
    }

    /// Gives each attachment what the credential in force gives of what it asked for.
    fn reapply_capability(self: &Arc<Self>) {
        let principal = self.principal();
        let attached: Vec<(String, Modes)> = {
            let state = self.lock();
            state
                .attached
                .iter()
                .map(|(channel, modes)| (channel.clone(), *modes))
                .collect()
        };
        for (channel, modes) in attached {
            let granted = principal.modes(&channel, modes.asked);
            if granted == modes.granted {
                continue;
            }
            if granted == 0 {
                self.note_detached(&channel);
                principal.app.hub.detach(self.as_ref(), &channel);
                self.send(&ProtocolMessage {
                    error: Some(attach::denied(&channel)),
                    ..ProtocolMessage::on(Action::Error, &channel)
                });
            } else {
                self.lock().attached.insert(
                    channel.clone(),
                    Modes {
                        asked: modes.asked,
                        granted,
                    },
                );
                let subscriber: Arc<dyn Subscriber> = Arc::clone(self) as Arc<dyn Subscriber>;
                principal
                    .app
                    .hub
                    .change_modes(&subscriber, &channel, granted);
            }
        }
    }

    /// Sets the deadlines of the token in force. One that lives hardly longer than the lead is asked for at half of
    /// what is left: else it would be asked for at once, and so would the one that comes in its place, for ever.
    pub(super) fn watch_token(&self) {
        let Some(expires) = self.principal().expires() else {
            self.lock().renew_at = None;
            return;
        };
        let left = expires.since(self.core.clock.now());
        let lead = if left > RENEWAL_LEAD + Duration::from_secs(1) {
            RENEWAL_LEAD
        } else {
            left / 2
        };
        let renew_at = (left >= RENEWAL_LEAST).then(|| expires - lead);
        self.lock().renew_at = renew_at;
        if let Some(renew_at) = renew_at {
            self.core.timers.set(renew_at, Due::Renewal(self.number));
        }
        self.core.timers.set(expires, Due::Expiry(self.number));
    }
}

/// Whether `next` may go on where `current` was: same app, same client.
fn check_same_client(current: &Principal, mut next: Principal) -> Result<Principal> {
    if next.app.id != current.app.id {
        return Err(ErrorInfo::new(
            40102,
            401,
            "Incompatible credentials: the new token is of another app",
        ));
    }
    next.identity = identity::establish(&next.identity, current.identity.client_id())?;
    Ok(next)
}
