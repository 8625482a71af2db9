//! The least capability: what would just have allowed what was done, and its proof by doing it again.

use std::collections::{BTreeMap, BTreeSet};

use crate::chat_core::auth::capability::{Capability, Grant};
use crate::chat_core::auth::operation::Operation;
use crate::chat_core::auth::resource::{Resource, Target, path_matches};
use crate::chat_core::protocol::names::channel_of;

/// A right that was made use of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usage {
    /// The room, or the channel that is none.
    pub name: String,
    /// True for a room.
    pub is_room: bool,
    /// The operation.
    pub operation: Operation,
}

impl Usage {
    /// Returns whether `capability` allows it. A right over everybody's messages is one over one's own.
    pub fn is_allowed_by(&self, capability: &Capability) -> bool {
        let target = if self.is_room {
            Target::room(&self.name)
        } else {
            Target::channel(&self.name)
        };
        capability.allows(&target, self.operation)
            || wider(self.operation).is_some_and(|wider| capability.allows(&target, wider))
    }

    /// The narrowest resource that covers the place.
    fn resource(&self) -> String {
        // A name that would be read as a pattern stands for itself only as the name of a room's channel.
        if self.is_room && self.name.split(':').any(|segment| segment == "*") {
            channel_of(&self.name)
        } else {
            self.name.clone()
        }
    }
}

/// The operation that includes `operation`.
fn wider(operation: Operation) -> Option<Operation> {
    match operation {
        Operation::MessageUpdateOwn => Some(Operation::MessageUpdateAny),
        Operation::MessageDeleteOwn => Some(Operation::MessageDeleteAny),
        _ => None,
    }
}

/// The least capability that allows all of `uses`; nothing can be taken from it. With `generalize`, places that
/// differ in one segment, and are that many at least, become a pattern, for each operation by itself; the first
/// segment, which tells what kind of place it is, always stays.
pub fn minimize(uses: &BTreeSet<Usage>, generalize: Option<usize>) -> Capability {
    let mut places: BTreeMap<Operation, BTreeSet<String>> = BTreeMap::new();
    for used in uses {
        let names = places.entry(used.operation).or_default();
        names.insert(used.resource());
    }
    if let Some(least) = generalize {
        for names in places.values_mut() {
            *names = patterns(std::mem::take(names), least.max(2));
        }
    }
    let mut operations: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for (operation, names) in places {
        for name in names {
            operations.entry(name).or_default().push(operation);
        }
    }
    let grants = operations.into_iter().filter_map(|(name, operations)| {
        let is_included = |operation: &Operation| {
            wider(*operation).is_some_and(|wider| operations.contains(&wider))
        };
        let needed = operations
            .iter()
            .filter(|operation| !is_included(operation));
        Some(Grant::of(
            Resource::parse(&name)?,
            needed.copied().collect(),
        ))
    });
    Capability::of_grants(grants.collect())
}

/// The names, with a `*` where `least` of them or more differ in one segment only.
fn patterns(names: BTreeSet<String>, least: usize) -> BTreeSet<String> {
    // What has a star already is a pattern, or no name that could be part of one.
    let (fixed, names): (BTreeSet<String>, BTreeSet<String>) =
        names.into_iter().partition(|name| name.contains('*'));
    let mut paths: BTreeSet<Vec<String>> = names
        .iter()
        .map(|name| name.split(':').map(str::to_owned).collect())
        .collect();
    let longest = paths.iter().map(Vec::len).max().unwrap_or_default();
    // The last segments first: they are the ones that tell one from another.
    for place in (1..longest).rev() {
        let mut alike: BTreeMap<Vec<String>, Vec<Vec<String>>> = BTreeMap::new();
        for path in &paths {
            if place < path.len() && path[place] != "*" {
                let mut pattern = path.clone();
                "*".clone_into(&mut pattern[place]);
                alike.entry(pattern).or_default().push(path.clone());
            }
        }
        for (pattern, same) in alike {
            if same.len() >= least {
                paths.retain(|path| !same.contains(path));
                paths.insert(pattern);
            }
        }
    }
    let joined: BTreeSet<String> = paths.into_iter().map(|path| path.join(":")).collect();
    let is_covered = |name: &String| {
        joined
            .iter()
            .any(|other| other != name && other.contains('*') && path_matches(other, name))
    };
    let kept = joined.iter().filter(|name| !is_covered(name)).cloned();
    kept.chain(fixed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn used(name: &str, operation: Operation) -> Usage {
        Usage {
            name: name.to_owned(),
            is_room: true,
            operation,
        }
    }

    fn of(uses: &[Usage], generalize: Option<usize>) -> String {
        minimize(&uses.iter().cloned().collect(), generalize)
            .text()
            .to_owned()
    }

    #[test]
    fn what_was_done_is_allowed_and_nothing_else() {
        use Operation::{MessageUpdateAny, MessageUpdateOwn, Publish, Subscribe};
        let uses = [
            used("lobby", Publish),
            used("lobby", Subscribe),
            used("lobby", MessageUpdateOwn),
            used("den", MessageUpdateOwn),
            used("den", MessageUpdateAny),
            used("a:*", Subscribe),
        ];
        assert_eq!(
            of(&uses, None),
            r#"{"a:*::$chat":["subscribe"],"den":["message-update-any"],"lobby":["message-update-own","publish","subscribe"]}"#
        );
    }

    #[test]
    fn places_that_differ_in_one_segment_become_a_pattern_for_each_operation() {
        use Operation::{Publish, Subscribe};
        let mut uses: Vec<Usage> = ["a", "b", "c"]
            .iter()
            .map(|who| used(&format!("dms:{who}"), Subscribe))
            .collect();
        uses.push(used("dms:a", Publish));
        assert_eq!(
            of(&uses, Some(3)),
            r#"{"dms:*":["subscribe"],"dms:a":["publish"]}"#
        );
        assert!(!of(&uses, Some(4)).contains('*'));
        // The kind of a place is never left open.
        let rooms = ["x", "y", "z"].map(|name| used(name, Publish));
        assert!(!of(&rooms, Some(2)).contains('*'));
        let kinds = ["x:q", "y:q"].map(|name| used(name, Publish));
        assert!(!of(&kinds, Some(2)).contains('*'));
        // A middle segment, and two of them at once.
        let teams = ["t:1:c", "t:2:c"].map(|name| used(name, Publish));
        assert_eq!(of(&teams, Some(2)), r#"{"t:*:c":["publish"]}"#);
        let both = ["t:1:a", "t:1:b", "t:2:a", "t:2:b"].map(|name| used(name, Publish));
        assert_eq!(of(&both, Some(2)), r#"{"t:*:*":["publish"]}"#);
    }

    fn any_use() -> impl Strategy<Value = Usage> {
        let names = "(a|b|t)(:(1|2|3|[*])){0,2}";
        (names, any::<bool>(), 0..Operation::ALL.len()).prop_map(|(name, is_room, place)| Usage {
            name,
            is_room,
            operation: Operation::ALL[place],
        })
    }

    proptest! {
        #[test]
        fn all_is_allowed_again_and_each_part_is_needed(
            uses in proptest::collection::btree_set(any_use(), 0..20),
            generalize in proptest::option::of(2_usize..4),
        ) {
            let capability = minimize(&uses, generalize);
            let read = Capability::parse(capability.text()).unwrap();
            prop_assert!(uses.iter().all(|used| used.is_allowed_by(&read)));
            let exact = uses.iter().all(|used| used.is_room || !used.name.contains('*'));
            if generalize.is_none() && exact {
                for (place, grant) in read.grants().iter().enumerate() {
                    for operation in Operation::ALL.into_iter().filter(|operation| grant.operations.contains(*operation)) {
                        let mut grants = read.grants().to_vec();
                        grants[place].operations = Operation::ALL
                            .into_iter()
                            .filter(|kept| *kept != operation && grant.operations.contains(*kept))
                            .collect();
                        let smaller = Capability::of_grants(grants);
                        prop_assert!(uses.iter().any(|used| !used.is_allowed_by(&smaller)), "{} on {}", operation, grant.resource);
                    }
                }
            }
        }
    }
}
