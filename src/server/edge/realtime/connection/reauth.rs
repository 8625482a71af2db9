//! The credential of a connection over time: its renewal, its expiry, and another in its place.

use std::sync::Arc;
use std::time::Duration;

use super::Connection;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Action, ProtocolMessage};
use crate::server::core::connections::LiveConnection as _;
use crate::server::core::events::Event;
use crate::server::core::gate::{self, Principal};
use crate::server::core::hub::Subscriber as _;
use crate::server::core::login::{ClaimedIdentity, Credential, Transport};
use crate::server::core::revoked::Revoked;

/// The time before its token expires at which a connection is asked for a new one (RTN22).
const RENEWAL_LEAD: Duration = Duration::from_secs(30);

/// A token that ends sooner than this is not worth asking for another.
const RENEWAL_LEAST: Duration = Duration::from_millis(5500);

impl Connection {
    /// Ends the connection if its token has expired (RTN15h).
    fn check_expiry(&self) {
        let ends = self.lock().ends;
        if ends.is_some_and(|ends| ends <= self.server.deadlines.now()) {
            self.disconnect(ErrorInfo::new(40142, 401, "Token expired"));
        }
    }

    /// Asks the client for a new token (RTN22).
    pub(super) fn request_reauth(&self) {
        self.send(&ProtocolMessage::new(Action::Auth));
    }

    /// Has the connection end once a revocation of its token applies, unless it has another token by then; returns when.
    pub(super) fn watch_revocation(&self) -> Option<Revoked> {
        let revoked = self.principal().revoked_at();
        if let Some(revoked) = revoked {
            self.schedule(
                |deadlines| &mut deadlines.revocation,
                revoked.next_second,
                |connection| connection.check_revocation(),
            );
        } else {
            let slot = &mut self.lock().deadlines.revocation;
            self.server.deadlines.cancel(slot);
        }
        revoked
    }

    /// Ends the connection if its token was revoked.
    fn check_revocation(&self) {
        let now = self.server.deadlines.now();
        let revoked = self.principal().revoked_at();
        if revoked.is_some_and(|revoked| revoked.from <= now) {
            self.disconnect(gate::revoked());
        }
    }

    /// Takes a new token in the place of the credential in force (RTC8).
    pub(super) async fn reauthenticate(&self, message: &ProtocolMessage) {
        let Some(auth) = &message.auth else {
            return self.fail(ErrorInfo::new(40000, 400, "AUTH without a token"));
        };
        let credential = Credential::Token(auth.access_token.clone());
        match self.take_credential(&credential) {
            Ok(next) => {
                self.send(&self.connected());
                self.watch_token();
                self.watch_revocation();
                self.server.events.emit(Event::TokenRenewed {
                    actor: next.actor(Some(self.id())),
                });
                self.judge_attachments().await;
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

    /// Puts a credential in force.
    fn take_credential(&self, credential: &Credential) -> Result<Arc<Principal>> {
        let now = self.server.clock.now();
        let next = gate::authenticate(&self.server.apps, credential, None, now)?;
        next.require_client_type(self.client_type.as_deref())?;
        #[cfg(test)]
        self.server.notify_verified();
        let next = self.session.follow(next)?;
        // A revocation that found the earlier token here did not find this one: it is looked for once more.
        next.require_in_force(&self.server.apps)?;
        Ok(next)
    }

    /// Sets the deadlines of the token in force. One that lives hardly longer than the lead is asked for at half of
    /// what is left: else it would be asked for at once, and so would the one that comes in its place, for ever.
    pub(super) fn watch_token(&self) {
        let (clock, deadlines) = (&self.server.clock, &self.server.deadlines);
        let Some(expires) = self.principal().expires() else {
            let mut state = self.lock();
            state.ends = None;
            deadlines.cancel(&mut state.deadlines.renewal);
            deadlines.cancel(&mut state.deadlines.expiry);
            return;
        };
        // Read once: nobody lengthens or shortens a token by setting the date.
        let (now, left) = (clock.moment(), expires.since(clock.now()));
        let ends = now + left;
        self.lock().ends = Some(ends);
        let lead = if left > RENEWAL_LEAD + Duration::from_secs(1) {
            RENEWAL_LEAD
        } else {
            left / 2
        };
        if left >= RENEWAL_LEAST {
            self.schedule(
                |deadlines| &mut deadlines.renewal,
                ends - lead,
                |connection| connection.request_reauth(),
            );
        } else {
            let mut state = self.lock();
            deadlines.cancel(&mut state.deadlines.renewal);
        }
        self.schedule(
            |deadlines| &mut deadlines.expiry,
            ends,
            |connection| connection.check_expiry(),
        );
    }
}
