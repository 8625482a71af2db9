//! The revocations of one app as they are in force in this process: whatever the date is set to, what was revoked stays
//! so, and what is to be revoked is in time.

use std::time::Duration;

use crate::chat_core::auth::keys::TokenFacts;
use crate::chat_core::clock::{Clock, Moment};
use crate::server::engine::revocation::{KEPT, MAX_KEPT, Revocation};

/// The longest time from a revocation until it applies.
const LONGEST_MARGIN: Duration = Duration::from_secs(60);

/// The moment from which a token is out of force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Revoked {
    /// The moment.
    pub(crate) from: Moment,
    /// The first moment of the next whole second of the date: a token of the new second is not taken for one of the
    /// old, since JWTs count whole seconds.
    pub(crate) next_second: Moment,
}

/// The revocations of one app.
#[derive(Default)]
pub(crate) struct RevokedTokens(Vec<Known>);

struct Known {
    revocation: Revocation,
    since: Moment,
    revoked: Revoked,
}

impl RevokedTokens {
    /// Adds a revocation, and drops those that cannot be about a token any more.
    pub(crate) fn add(&mut self, revocation: Revocation, clock: &dyn Clock) {
        let now = clock.moment();
        self.0.retain(|known| known.since + KEPT > now);
        if self.0.len() == MAX_KEPT {
            self.0.remove(0);
        }
        // One that is read from a store after the date was set back was in force long ago.
        let wait = revocation.applies_at.since(clock.now());
        let from = now + wait.min(LONGEST_MARGIN);
        let into_second = revocation.applies_at.millis().rem_euclid(1000);
        let left = Duration::from_millis(1000 - into_second.unsigned_abs());
        self.0.push(Known {
            revocation,
            since: now,
            revoked: Revoked {
                from,
                next_second: from + left,
            },
        });
    }

    /// Returns when a token is out of force: by the earliest of the revocations that are about it.
    pub(crate) fn of(&self, token: &TokenFacts<'_>) -> Option<Revoked> {
        let about = self
            .0
            .iter()
            .filter(|known| known.revocation.is_about(token));
        about.map(|known| known.revoked).min()
    }
}
