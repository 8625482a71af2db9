//! The revocations of one app as they are in force in this process: whatever the date is set to, what was revoked stays
//! so, and what is to be revoked is in time.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::chat_core::auth::keys::TokenFacts;
use crate::chat_core::clock::{Clock, Moment, Timestamp};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::engine::revocation::{KEPT, MAX_KEPT, Revocation, RevocationTarget};

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

/// The revocations of one app, found by what they are about: a token is looked up by what it says of itself, however
/// many there are.
#[derive(Default)]
pub(crate) struct RevokedTokens {
    /// By key, what is revoked of each target: by `issued_before`, ascending. One that reaches further applies later than
    /// those before it, else it stands for them as well.
    keys: HashMap<String, HashMap<RevocationTarget, Vec<Known>>>,
    /// Each revocation that was added, oldest first, with the moment from which it cannot be about a token any more.
    by_age: VecDeque<(Moment, String, RevocationTarget)>,
}

struct Known {
    /// Tokens that were issued before this are revoked.
    issued_before: Timestamp,
    /// The moment from which it cannot be about a token any more.
    until: Moment,
    revoked: Revoked,
}

impl RevokedTokens {
    /// Drops the revocations that cannot be about a token any more, and refuses one more where there are as many as may
    /// be: none that may be about a token gives way.
    ///
    /// # Errors
    /// 42910 / 429.
    pub(crate) fn require_room(&mut self, now: Moment) -> Result<()> {
        self.expire(now);
        if self.by_age.len() >= MAX_KEPT {
            let why = format!(
                "The app has {MAX_KEPT} revocations in force: revoke once the oldest are over, or change the key"
            );
            return Err(ErrorInfo::new(42910, 429, why));
        }
        Ok(())
    }

    /// Adds a revocation, and drops those that cannot be about a token any more.
    pub(crate) fn add(&mut self, revocation: Revocation, clock: &dyn Clock) {
        let now = clock.moment();
        self.expire(now);
        // One that is read from a store after the date was set back was in force long ago.
        let wait = revocation.applies_at.since(clock.now());
        let from = now + wait.min(LONGEST_MARGIN);
        let into_second = revocation.applies_at.millis().rem_euclid(1000);
        let left = Duration::from_millis(1000 - into_second.unsigned_abs());
        let known = Known {
            issued_before: revocation.issued_before,
            until: now + KEPT,
            revoked: Revoked {
                from,
                next_second: from + left,
            },
        };
        let Revocation {
            key_name, target, ..
        } = revocation;
        self.by_age
            .push_back((known.until, key_name.clone(), target.clone()));
        let targets = self.keys.entry(key_name).or_default();
        insert(targets.entry(target).or_default(), known, now);
    }

    /// Returns when a token is out of force: by the earliest of the revocations that are about it.
    pub(crate) fn of(&self, token: &TokenFacts<'_>) -> Option<Revoked> {
        let targets = self.keys.get(token.key_name)?;
        let at = |target: RevocationTarget| {
            let known = targets.get(&target)?;
            // Those that reach further apply later.
            let first = known.partition_point(|known| known.issued_before <= token.issued);
            Some(known.get(first)?.revoked)
        };
        let client_id = token.client_id.map(str::to_owned);
        let revocation_key = token.revocation_key.map(str::to_owned);
        let grants = token.capability.grants().iter();
        let resources = grants.map(|grant| RevocationTarget::Channel(grant.rule().resource));
        let client_id = client_id.map(RevocationTarget::ClientId);
        client_id
            .into_iter()
            .chain(revocation_key.map(RevocationTarget::RevocationKey))
            .chain(resources)
            .filter_map(at)
            .min()
    }

    fn expire(&mut self, now: Moment) {
        while self
            .by_age
            .front()
            .is_some_and(|(until, _, _)| *until <= now)
        {
            let Some((_, key_name, target)) = self.by_age.pop_front() else {
                return;
            };
            let Some(targets) = self.keys.get_mut(&key_name) else {
                continue;
            };
            if let Some(known) = targets.get_mut(&target) {
                known.retain(|known| known.until > now);
                if known.is_empty() {
                    targets.remove(&target);
                }
            }
            if targets.is_empty() {
                self.keys.remove(&key_name);
            }
        }
    }

    /// Returns how many are kept.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.by_age.len()
    }
}

/// Adds a revocation to those of its target, of which only those stay that say something of their own.
fn insert(all: &mut Vec<Known>, mut new: Known, now: Moment) {
    let reaches_further = all.partition_point(|known| known.issued_before < new.issued_before);
    if let Some(wider) = all.get_mut(reaches_further)
        && wider.revoked.from <= new.revoked.from
    {
        wider.until = wider.until.max(new.until);
        return;
    }
    let end = all.partition_point(|known| known.issued_before <= new.issued_before);
    let begin = all[..end].partition_point(|known| known.revoked.from < new.revoked.from);
    for narrower in all.drain(begin..end) {
        new.until = new.until.max(narrower.until);
    }
    all.insert(begin, new);
    // Of those in force the one that reaches furthest says all.
    let in_force = all.partition_point(|known| known.revoked.from <= now);
    let until = all[..in_force].iter().map(|known| known.until).max();
    if let (Some(last), Some(until)) = (in_force.checked_sub(1), until) {
        all[last].until = until;
        all.drain(..last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::auth::Capability;
    use crate::chat_core::clock::TokioClock;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);
    const SECOND: Duration = Duration::from_secs(1);

    fn revocation(
        key: &str,
        target: &str,
        issued_before: Timestamp,
        applies_at: Timestamp,
    ) -> Revocation {
        Revocation {
            key_name: key.to_owned(),
            target: RevocationTarget::parse(target).unwrap(),
            issued_before,
            applies_at,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_indexed_lookup_finds_what_going_through_all_finds() {
        let clock = TokioClock::starting_at(NOW);
        let capability = Capability::parse(r#"{"foo:*":["subscribe"],"bar":["publish"]}"#).unwrap();
        let random = crate::chat_core::random::Random::seeded(7);
        let dice = move |sides: usize| {
            usize::from(random.token(2).bytes().map(u16::from).sum::<u16>()) % sides
        };
        for _ in 0..50 {
            let (mut revoked, mut all) = (RevokedTokens::default(), Vec::new());
            let targets = [
                "clientId:x",
                "clientId:y",
                "revocationKey:g",
                "channel:foo:*",
                "channel:foo",
            ];
            for _ in 0..30 {
                tokio::time::sleep(SECOND * u32::try_from(dice(8)).unwrap()).await;
                let now = clock.now();
                let issued_before = now - SECOND * u32::try_from(dice(60)).unwrap();
                let applies_at = now + SECOND * [0, 30][dice(2)];
                let key = ["a.b", "a.c"][dice(2)];
                let new = revocation(key, targets[dice(targets.len())], issued_before, applies_at);
                revoked.add(new.clone(), &clock);
                all.push((new, clock.moment() + applies_at.since(now)));
                for age in [0, 5, 20, 50, 90] {
                    let token = TokenFacts {
                        key_name: "a.b",
                        issued: now - SECOND * age,
                        client_id: Some("x"),
                        revocation_key: Some("g"),
                        capability: &capability,
                    };
                    let about = all.iter().filter(|(each, _)| each.is_about(&token));
                    let expected = about.map(|(_, from)| *from).min();
                    let found = revoked.of(&token).map(|found| found.from);
                    // What has begun is in force, whenever it did.
                    let now = clock.moment();
                    let seen = |from: Option<Moment>| from.map(|from| from.max(now));
                    assert_eq!(seen(found), seen(expected));
                }
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_revocation_in_force_gives_way_to_a_new_one() {
        let clock = TokioClock::starting_at(NOW);
        let mut revoked = RevokedTokens::default();
        for number in 0..MAX_KEPT {
            revoked.require_room(clock.moment()).unwrap();
            let target = format!("clientId:{number}");
            revoked.add(revocation("a.b", &target, NOW, NOW), &clock);
        }
        let error = revoked.require_room(clock.moment()).unwrap_err();
        assert_eq!((error.code, error.status_code), (42910, 429));
        let capability = Capability::parse(r#"{"*":["*"]}"#).unwrap();
        let is_revoked = |revoked: &RevokedTokens, client_id| {
            let token = TokenFacts {
                key_name: "a.b",
                issued: NOW - SECOND,
                client_id: Some(client_id),
                revocation_key: None,
                capability: &capability,
            };
            revoked.of(&token).is_some()
        };
        assert!(is_revoked(&revoked, "0") && is_revoked(&revoked, "99999"));
        tokio::time::sleep(KEPT).await;
        revoked.require_room(clock.moment()).unwrap();
        assert_eq!((revoked.count(), revoked.keys.len()), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn repeated_revocations_of_a_target_are_one_to_look_up() {
        let clock = TokioClock::starting_at(NOW);
        let mut revoked = RevokedTokens::default();
        for _ in 0..1000 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let now = clock.now();
            revoked.add(revocation("a.b", "clientId:x", now, now), &clock);
        }
        let target = RevocationTarget::ClientId("x".to_owned());
        assert_eq!(revoked.keys["a.b"][&target].len(), 1);
    }
}
