//! Coverage: what is granted and exercised by no line, and the features that no line mentions.

use super::Policy;
use super::check::{Assertion, Check};
use crate::chat_core::auth::capability::{Capability, Grant};
use crate::chat_core::auth::feature::Feature;
use crate::chat_core::auth::operation::Operation;
use crate::chat_core::auth::resource::Target;
use crate::chat_core::auth::wish::Wish;

/// One operation that a role is granted on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The role, by its place in the policy.
    pub role: usize,
    /// Where.
    pub resource: String,
    /// What; `*` for a rule that grants everything.
    pub operation: &'static str,
    /// Whether a line that expects something to be allowed rests on it.
    pub is_exercised: bool,
}

/// How much of a policy its tests reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Everything that is granted.
    pub grants: Vec<Granted>,
    /// The features that no line names, and no `only` speaks of.
    pub unmentioned: Vec<Feature>,
}

impl Coverage {
    /// The share of what is granted that is exercised, in per cent; 100 where nothing is granted.
    pub fn percent(&self) -> f64 {
        let exercised = self.grants.iter().filter(|one| one.is_exercised).count();
        match self.grants.len() {
            0 => 100.0,
            all => exercised as f64 * 100.0 / all as f64,
        }
    }

    /// What is granted and not exercised.
    pub fn gaps(&self) -> impl Iterator<Item = &Granted> {
        self.grants.iter().filter(|one| !one.is_exercised)
    }
}

/// How much of what these roles of `policy` hold, by their places in it, the checks reach.
pub fn coverage(policy: &Policy, roles: &[usize], checks: &[Check]) -> Coverage {
    let mut grants = Vec::new();
    for (place, role) in policy.of(roles) {
        let of_role = checks.iter().filter(|check| check.role == place);
        let exercised: Vec<(&str, Wish)> = of_role
            .filter_map(|check| match check.assertion {
                Assertion::Allow(wish) => Some((check.room.as_deref()?, wish)),
                _ => None,
            })
            .collect();
        for grant in role.capability.iter().flat_map(Capability::grants) {
            grants.extend(grant.operations.names().into_iter().map(|operation| {
                Granted {
                    role: place,
                    resource: grant.resource.to_string(),
                    operation,
                    is_exercised: exercised
                        .iter()
                        .any(|(room, wish)| rests_on(grant, operation, room, *wish)),
                }
            }));
        }
    }
    Coverage {
        grants,
        unmentioned: Feature::ALL
            .into_iter()
            .filter(|feature| !checks.iter().any(|check| mentions(check, *feature)))
            .collect(),
    }
}

/// Whether `wish` in `room` can rest on what `grant` gives under the name `operation`.
fn rests_on(grant: &Grant, operation: &str, room: &str, wish: Wish) -> bool {
    let optional = match wish {
        Wish::Feature(feature) => feature.optional(),
        Wish::Operation(_) => &[],
    };
    let needs = wish.needs();
    let uses = needs.iter().copied().flatten().chain(optional);
    let is_used = uses
        .copied()
        .any(|used: Operation| operation == "*" || used.name() == operation);
    is_used && grant.resource.matches(&Target::room(room))
}

fn mentions(check: &Check, feature: Feature) -> bool {
    matches!(check.assertion, Assertion::NothingBesides(_))
        || check.assertion.wish() == Some(Wish::Feature(feature))
}
