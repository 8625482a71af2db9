//! The credential of a connection over time: its renewal, its expiry, and another in its place.

use std::sync::Arc;
use std::time::Duration;

use super::{Connection, Modes};
use crate::chat_core::auth::{Keys, identity};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Action, ProtocolMessage};
use crate::server::core::connections::LiveConnection as _;
use crate::server::core::events::Event;
use crate::server::core::gate::{self, Principal};
use crate::server::core::hub::Subscriber;
use crate::server::core::login::{ClaimedIdentity, Credential, Transport};
use crate::server::engine::revocation::Revocation;

/// The time before its token expires at which a connection is asked for a new one (RTN22).
const RENEWAL_LEAD: Duration = Duration::from_secs(30);

/// A token that ends sooner than this is not worth asking for another.
const RENEWAL_LEAST: Duration = Duration::from_millis(5500);

impl Connection {
    /// Ends the connection if its token has expired (RTN15h).
    fn check_expiry(&self) {
        let now = self.server.clock.now();
        let expires = self.principal().expires();
        if expires.is_some_and(|expires| expires <= now) {
            self.disconnect(ErrorInfo::new(40142, 401, "Token expired"));
        }
    }

    /// Ends the connection once `revocation` applies, unless it has another token by then.
    pub(super) fn schedule_revocation(&self, revocation: &Revocation) {
        // A token of the new second is not taken for one of the old: JWTs count whole seconds.
        let at = Timestamp(revocation.applies_at.millis().div_euclid(1000) * 1000 + 1000);
        self.schedule(
            |deadlines| &mut deadlines.revocation,
            at,
            |connection| connection.check_revocation(),
        );
    }

    /// Ends the connection if its token was revoked.
    fn check_revocation(&self) {
        let principal = self.principal();
        let is_revoked = principal
            .token
            .as_ref()
            .is_some_and(|token| self.server.apps.is_revoked(&token.facts()));
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
        let credential = Credential::Token(auth.access_token.clone());
        let now = self.server.clock.now();
        let authenticated = gate::authenticate(&self.server.apps, &credential, None, now)
            .and_then(|next| check_same_client(&current, next));
        match authenticated {
            Ok(next) => {
                let next = Arc::new(next);
                self.lock().principal = Arc::clone(&next);
                self.send(&self.connected());
                self.watch_token();
                self.server.events.emit(Event::TokenRenewed {
                    actor: next.actor(Some(self.id())),
                });
                self.reapply_capability();
            }
            Err(error) => {
                if self.server.events.is_observed() {
                    let sealer = &self.server.apps.sealer;
                    self.server.events.emit(Event::LoginRefused {
                        transport: Transport::Realtime,
                        claimed: &ClaimedIdentity::by(Some(&credential), None, sealer),
                        connection_id: Some(self.id()),
                        error: &error,
                    });
                }
                self.fail(error);
            }
        }
    }

    /// Reapplies the capability in force to the modes that each attachment requested.
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
            let granted = principal.granted_modes(&channel, modes.requested);
            if granted == modes.granted {
                continue;
            }
            if granted.is_empty() {
                self.detach_from(&principal, &channel);
                self.send(&ProtocolMessage {
                    error: Some(super::attach::denied(&channel)),
                    ..ProtocolMessage::on(Action::Error, &channel)
                });
            } else {
                self.lock().attached.insert(
                    channel.clone(),
                    Modes {
                        requested: modes.requested,
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
            let mut state = self.lock();
            self.server.deadlines.cancel(&mut state.deadlines.renewal);
            self.server.deadlines.cancel(&mut state.deadlines.expiry);
            return;
        };
        let left = expires.since(self.server.clock.now());
        let lead = if left > RENEWAL_LEAD + Duration::from_secs(1) {
            RENEWAL_LEAD
        } else {
            left / 2
        };
        if left >= RENEWAL_LEAST {
            self.schedule(
                |deadlines| &mut deadlines.renewal,
                expires - lead,
                |connection| connection.request_reauth(),
            );
        } else {
            let mut state = self.lock();
            self.server.deadlines.cancel(&mut state.deadlines.renewal);
        }
        self.schedule(
            |deadlines| &mut deadlines.expiry,
            expires,
            |connection| connection.check_expiry(),
        );
    }
}

/// Returns `next` if it may go on where `current` was: same app, same client.
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
