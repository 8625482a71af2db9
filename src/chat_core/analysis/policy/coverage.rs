//! Coverage: what is granted and exercised by no line, and the features that no line mentions.

use std::collections::BTreeMap;

use super::check::{Assertion, Check};
use super::model::Policy;
use super::rules::Rules;
use crate::chat_core::analysis::permission::Permission;
use crate::chat_core::auth::feature::Feature;
use crate::chat_core::auth::operation::Operation;

/// One operation that a role is granted on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedRight {
    /// The role, by its place in the policy.
    pub role: usize,
    /// The resource.
    pub resource: String,
    /// The operation; `*` for a rule that grants everything.
    pub operation: &'static str,
    /// True if a line that expects something to be allowed depends on it.
    pub is_exercised: bool,
}

/// The part of a policy that its tests reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Everything that is granted.
    pub grants: Vec<GrantedRight>,
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

    /// Returns the rights that are granted and not exercised.
    pub fn gaps(&self) -> impl Iterator<Item = &GrantedRight> {
        self.grants.iter().filter(|one| !one.is_exercised)
    }
}

/// Measures how much of what these roles of `policy` hold, by their places in it, the checks reach.
pub fn coverage(policy: &Policy, roles: &[usize], checks: &[Check]) -> Coverage {
    let mut grants = Vec::new();
    for (place, role) in policy.of(roles) {
        let of_role = checks.iter().filter(|check| check.role == place);
        let Some(held) = role.capability.as_ref().map(Rules::of) else {
            continue;
        };
        let mut allowed: BTreeMap<&str, Vec<Permission>> = BTreeMap::new();
        for check in of_role {
            if let (Assertion::Allow(permission), Some(room)) = (&check.assertion, &check.room) {
                allowed.entry(room).or_default().push(*permission);
            }
        }
        // By rule: what is allowed in the rooms that it covers.
        let mut exercised: Vec<Vec<Permission>> = vec![Vec::new(); held.grants.len()];
        for (room, permissions) in allowed {
            for rule in held.covering(room) {
                exercised[rule].extend(&permissions);
            }
        }
        for (grant, exercised) in held.grants.iter().zip(exercised) {
            grants.extend(grant.operations.names().into_iter().map(|operation| {
                GrantedRight {
                    role: place,
                    resource: grant.resource.to_string(),
                    operation,
                    is_exercised: exercised
                        .iter()
                        .any(|permission| uses(*permission, operation)),
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

/// Returns whether `permission` can rest on what is given under the name `operation`.
fn uses(permission: Permission, operation: &str) -> bool {
    let optional = match permission {
        Permission::Feature(feature) => feature.optional(),
        Permission::Operation(_) => &[],
    };
    let needs = permission.needs();
    let uses = needs.iter().copied().flatten().chain(optional);
    uses.copied()
        .any(|used: Operation| operation == "*" || used.name() == operation)
}

fn mentions(check: &Check, feature: Feature) -> bool {
    matches!(check.assertion, Assertion::NothingBesides(_))
        || check.assertion.permission() == Some(Permission::Feature(feature))
}
