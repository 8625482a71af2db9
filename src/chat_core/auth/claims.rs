//! User claims: what the signer of a token says about its bearer, room by room, for all who see the bearer act.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::resource::{Target, path_matches};
use crate::chat_core::protocol::names::CHAT_SUFFIX;

/// The prefix of a room's name or pattern in a claim for Chat.
pub const ROOM_PREFIX: &str = "ably.room.";
/// The prefix of a channel's name or pattern in a claim for Pub/Sub.
pub const CHANNEL_PREFIX: &str = "ably.channel.";
/// The prefix of a pattern in a claim that limits how fast one attachment publishes.
pub const RATE_PREFIX: &str = "ably.limits.publish.perAttachment.maxRate.";

/// The claims of a token that are looked up by the name of a room or channel.
#[derive(Clone, Debug, Default)]
pub struct UserClaims {
    rooms: Vec<Claim<String>>,
    channels: Vec<Claim<String>>,
    rates: Vec<Claim<f64>>,
}

#[derive(Clone, Debug)]
struct Claim<T> {
    pattern: String,
    value: T,
}

/// The claim that counts, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolution<'a> {
    /// The pattern that matched most specifically, as written in the token.
    pub pattern: &'a str,
    /// Its value, which only signer and receivers interpret.
    pub user_claim: &'a str,
}

impl UserClaims {
    /// The user claims among a token's claims. Values that are not strings are not user claims.
    pub fn from_claims(claims: &Map<String, Value>) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Self {
            rooms: collect(claims, ROOM_PREFIX, text),
            channels: collect(claims, CHANNEL_PREFIX, text),
            rates: collect(claims, RATE_PREFIX, Value::as_f64),
        }
    }

    /// Returns the claim that events in the room called `room` carry.
    pub fn resolve_room(&self, room: &str) -> Option<Resolution<'_>> {
        find(&self.rooms, room).map(Claim::resolution)
    }

    /// Returns the claim that events on `channel` carry: a room's channel has its room's claim, and no channel claim.
    pub fn resolve_channel(&self, channel: &str) -> Option<Resolution<'_>> {
        match channel.strip_suffix(CHAT_SUFFIX) {
            Some(room) => self.resolve_room(room),
            None => find(&self.channels, channel).map(Claim::resolution),
        }
    }

    /// Returns the messages a second that one attachment to `channel` may publish, where the token limits it.
    pub fn publish_rate(&self, channel: &str) -> Option<f64> {
        find(&self.rates, Target::channel(channel).name()).map(|claim| claim.value)
    }

    /// Patterns and values of the claims for rooms, the most specific first.
    pub fn rooms(&self) -> impl Iterator<Item = Resolution<'_>> {
        self.rooms.iter().map(Claim::resolution)
    }

    /// Patterns and values of the claims for channels, the most specific first.
    pub fn channels(&self) -> impl Iterator<Item = Resolution<'_>> {
        self.channels.iter().map(Claim::resolution)
    }
}

impl Claim<String> {
    fn resolution(&self) -> Resolution<'_> {
        Resolution {
            pattern: &self.pattern,
            user_claim: &self.value,
        }
    }
}

/// Returns whether the pattern of a user claim matches `name`. Qualified patterns match nothing, except `[*]*`, which
/// is `*`; so does the name of a room's channel.
pub fn pattern_matches(pattern: &str, name: &str) -> bool {
    if pattern.starts_with('[') {
        return pattern == "[*]*";
    }
    !pattern.ends_with(CHAT_SUFFIX) && path_matches(pattern, name)
}

/// Orders two patterns by specificity: the more specific (less) is one without a wildcard; then, from the left, the one
/// with a literal where the other has `*`; then the longer one. Different literals are ordered as texts, to make the
/// order total.
pub fn specificity(one: &str, two: &str) -> Ordering {
    let (one, two) = (plain(one), plain(two));
    let is_wild = |pattern: &str| pattern.split(':').any(|segment| segment == "*");
    is_wild(one).cmp(&is_wild(two)).then_with(|| {
        let (mut ones, mut twos) = (one.split(':'), two.split(':'));
        loop {
            let order = match (ones.next(), twos.next()) {
                (None, None) => return Ordering::Equal,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(one), Some(two)) => (one == "*", one).cmp(&(two == "*", two)),
            };
            if order.is_ne() {
                return order;
            }
        }
    })
}

fn plain(pattern: &str) -> &str {
    if pattern == "[*]*" { "*" } else { pattern }
}

fn collect<T>(
    claims: &Map<String, Value>,
    prefix: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Vec<Claim<T>> {
    let mut found: Vec<Claim<T>> = claims
        .iter()
        .filter_map(|(name, value)| {
            let pattern = name.strip_prefix(prefix)?;
            let value = read(value)?;
            (!pattern.is_empty()).then(|| Claim {
                pattern: pattern.to_owned(),
                value,
            })
        })
        .collect();
    found.sort_by(|one, two| {
        specificity(&one.pattern, &two.pattern).then_with(|| one.pattern.cmp(&two.pattern))
    });
    found
}

fn find<'a, T>(claims: &'a [Claim<T>], name: &str) -> Option<&'a Claim<T>> {
    claims
        .iter()
        .find(|claim| pattern_matches(&claim.pattern, name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn claims(pairs: &[(&str, &str)]) -> UserClaims {
        let map = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
            .collect();
        UserClaims::from_claims(&map)
    }

    #[test]
    fn the_most_specific_pattern_wins() {
        let three = claims(&[
            ("ably.room.*", "all"),
            ("ably.room.dms:*", "dms"),
            ("ably.room.dms:alice", "alice"),
        ]);
        for (room, pattern) in [
            ("my-chat-room", "*"),
            ("dms:alice", "dms:alice"),
            ("dms:alice:bob", "dms:*"),
            ("dms", "dms:*"),
            ("a*", "*"),
        ] {
            assert_eq!(three.resolve_room(room).unwrap().pattern, pattern, "{room}");
        }
        let support = claims(&[
            ("ably.room.support:*", "s"),
            ("ably.room.support:vip:*", "v"),
            ("ably.room.support:*:one", "mid"),
        ]);
        assert_eq!(
            support
                .resolve_room("support:vip:one")
                .map(|found| found.user_claim),
            Some("v")
        );
    }

    #[test]
    fn the_empty_text_is_a_claim_and_other_values_are_none() {
        assert_eq!(
            claims(&[("ably.room.*", "")])
                .resolve_room("a")
                .map(|found| found.user_claim),
            Some("")
        );
        let map = serde_json::from_str(r#"{"ably.room.*":{"role":"x"},"ably.room.":"y"}"#).unwrap();
        assert_eq!(UserClaims::from_claims(&map).resolve_room("a"), None);
    }

    #[test]
    fn room_and_channel_claims_do_not_mix() {
        let both = claims(&[("ably.channel.*", "channel"), ("ably.room.lobby", "room")]);
        assert_eq!(
            both.resolve_channel("lobby::$chat").unwrap().user_claim,
            "room"
        );
        assert_eq!(both.resolve_channel("hall::$chat"), None);
        assert_eq!(both.resolve_channel("lobby").unwrap().user_claim, "channel");
        assert_eq!(
            claims(&[("ably.room.lobby::$chat", "x")]).resolve_room("lobby"),
            None
        );
    }

    #[test]
    fn qualified_patterns_match_nothing_but_everything() {
        let all = claims(&[("ably.room.[*]*", "x"), ("ably.room.[meta]a", "y")]);
        assert_eq!(all.resolve_room("a").unwrap().pattern, "[*]*");
    }

    #[test]
    fn rates_are_numbers() {
        let map = serde_json::from_str(
            r#"{"ably.limits.publish.perAttachment.maxRate.*":5,"ably.limits.publish.perAttachment.maxRate.a":0.1}"#,
        )
        .unwrap();
        let limits = UserClaims::from_claims(&map);
        assert_eq!(limits.publish_rate("a::$chat"), Some(0.1));
        assert_eq!(limits.publish_rate("b"), Some(5.0));
    }

    proptest! {
        #[test]
        fn resolution_does_not_depend_on_the_order_of_claims(
            patterns in prop::collection::hash_set("(a|b|\\*)(:(a|b|\\*)){0,3}", 0..6),
            room in "(a|b)(:(a|b)){0,3}",
        ) {
            let pairs: Vec<(String, Value)> = patterns
                .iter()
                .map(|pattern| (format!("{ROOM_PREFIX}{pattern}"), Value::from(pattern.as_str())))
                .collect();
            let forward = UserClaims::from_claims(&pairs.iter().cloned().collect());
            let backward = UserClaims::from_claims(&pairs.into_iter().rev().collect());
            prop_assert_eq!(forward.resolve_room(&room), backward.resolve_room(&room));
            if let Some(found) = forward.resolve_room(&room) {
                for pattern in patterns.iter().filter(|pattern| pattern_matches(pattern, &room)) {
                    prop_assert!(specificity(found.pattern, pattern).is_le());
                }
            } else {
                prop_assert!(patterns.iter().all(|pattern| !pattern_matches(pattern, &room)));
            }
        }

        #[test]
        fn specificity_is_a_total_order(a in "[ab*]{1,2}(:[ab*]){0,2}", b in "[ab*]{1,2}(:[ab*]){0,2}", c in "[ab*]{1,2}(:[ab*]){0,2}") {
            prop_assert_eq!(specificity(&a, &b), specificity(&b, &a).reverse());
            if specificity(&a, &b).is_le() && specificity(&b, &c).is_le() {
                prop_assert!(specificity(&a, &c).is_le());
            }
        }
    }
}
