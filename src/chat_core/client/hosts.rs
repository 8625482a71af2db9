//! The hosts to try, in order: the first one, and a few of those to fall back to (RSC15, RTN17).

use std::time::Duration;

use parking_lot::Mutex;

use crate::chat_core::clock::Moment;
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::chat_core::random::Random;

/// The number of fallback hosts that are tried for one call or connection (`httpMaxRetryCount`).
const MAX_FALLBACKS: usize = 3;

/// The time for which a fallback host that worked is asked first (`fallbackRetryTimeout`, RSC15f).
const PREFERRED_FOR: Duration = Duration::from_secs(10 * 60);

/// Returns the number of fallback hosts of `endpoint` that are tried.
pub(super) fn fallbacks(endpoint: &Endpoint) -> usize {
    endpoint.fallbacks().len().min(MAX_FALLBACKS)
}

/// The hosts to try: the first one, and fallbacks in an order of their own each time (RSC15a).
pub(super) fn candidates(endpoint: &Endpoint, random: &Random) -> Vec<String> {
    let mut hosts = endpoint.fallbacks().to_vec();
    random.shuffle(&mut hosts);
    hosts.truncate(MAX_FALLBACKS);
    hosts.insert(0, endpoint.primary_host().to_owned());
    hosts
}

/// The fallback host that worked last.
#[derive(Default)]
pub(super) struct Preferred(Mutex<Option<(String, Moment)>>);

impl Preferred {
    /// `hosts` with the preferred one, if there is one now, in front.
    pub(super) fn first_of(&self, mut hosts: Vec<String>, now: Moment) -> Vec<String> {
        let mut held = self.0.lock();
        match held.as_ref() {
            Some((host, until)) if *until > now => {
                hosts.retain(|other| other != host);
                hosts.insert(0, host.clone());
            }
            _ => *held = None,
        }
        hosts
    }

    /// Notes that `host` answered.
    pub(super) fn worked(&self, host: &str, endpoint: &Endpoint, now: Moment) {
        let mut held = self.0.lock();
        if host == endpoint.primary_host() {
            *held = None;
        } else if held.as_ref().is_none_or(|(other, _)| other != host) {
            *held = Some((host.to_owned(), now + PREFERRED_FOR));
        }
    }

    /// Notes that `host` did not.
    pub(super) fn failed(&self, host: &str) {
        let mut held = self.0.lock();
        if held.as_ref().is_some_and(|(other, _)| other == host) {
            *held = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::after_beginning(Duration::from_millis(1_700_000_000_000));

    #[test]
    fn the_first_host_is_tried_first_and_three_others_in_any_order() {
        let endpoint = Endpoint::default();
        let tried = |seed| candidates(&endpoint, &Random::seeded(seed));
        let orders: std::collections::BTreeSet<_> = (0..50).map(tried).collect();
        assert!(orders.len() > 10, "{}", orders.len());
        for hosts in orders {
            assert_eq!(hosts[0], endpoint.primary_host());
            assert_eq!(hosts.len(), 4);
            let others: std::collections::BTreeSet<_> = hosts[1..].iter().collect();
            assert!(others.len() == 3 && !others.contains(&hosts[0]));
        }
        let alone = Endpoint::parse("localhost:1").unwrap();
        assert_eq!(candidates(&alone, &Random::seeded(1)), ["localhost"]);
        assert_eq!((fallbacks(&endpoint), fallbacks(&alone)), (3, 0));
    }

    #[test]
    fn a_fallback_that_worked_comes_first_for_a_while() {
        let endpoint = Endpoint::default();
        let preferred = Preferred::default();
        let order = |now| preferred.first_of(vec!["first".to_owned(), "b".to_owned()], now);
        preferred.worked("b", &endpoint, NOW);
        assert_eq!(order(NOW), ["b", "first"]);
        preferred.worked("b", &endpoint, NOW + Duration::from_secs(500));
        let later = NOW + Duration::from_secs(600);
        assert_eq!(order(later), ["first", "b"], "not for ever");
        preferred.worked("b", &endpoint, NOW);
        preferred.failed("c");
        assert_eq!(order(NOW), ["b", "first"]);
        preferred.failed("b");
        assert_eq!(order(NOW), ["first", "b"]);
    }
}
