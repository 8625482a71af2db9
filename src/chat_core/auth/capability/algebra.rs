//! Intersection, union and additions of capabilities.

use std::collections::HashMap;

use super::{Capability, Grant, Rule};
use crate::chat_core::auth::operation::{Operation, Operations};
use crate::chat_core::auth::resource::{Resource, Target};

impl Capability {
    /// Exactly what both allow: a token's rights under its key.
    pub fn intersect(&self, other: &Self) -> Self {
        let mut kept = Vec::new();
        let mut derived = Vec::new();
        for one in &self.grants {
            for two in &other.grants {
                let operations = one.operations.intersect(two.operations);
                if operations.is_empty() {
                    continue;
                }
                let Some(resource) = one.resource.intersect(&two.resource) else {
                    continue;
                };
                let is_given = resource == one.resource || resource == two.resource;
                let grant = Grant::of(resource, operations);
                if is_given {
                    kept.push(grant);
                } else {
                    derived.push(grant);
                }
            }
        }
        let mut grants = merged(kept);
        // A path that neither side wrote says nothing new where a wider one grants the same.
        derived.retain(|grant| {
            !grants.iter().any(|wide| {
                wide.operations.covers(grant.operations) && wide.resource.covers(&grant.resource)
            })
        });
        grants.append(&mut derived);
        Self::of_grants(grants)
    }

    /// Returns the union: all that either allows.
    pub fn union(&self, other: &Self) -> Self {
        Self::of_grants(self.grants.iter().chain(&other.grants).cloned().collect())
    }

    /// The least that has to be added so that all of `operations` are allowed on `target`; `None` if they are.
    pub fn minimal_addition(&self, target: &Target<'_>, operations: &[Operation]) -> Option<Rule> {
        let missing: Operations = operations
            .iter()
            .copied()
            .filter(|operation| !self.allows(target, *operation))
            .collect();
        let resource = match target.qualifier() {
            Some(qualifier) => Resource::parse(&format!("[{qualifier}]{}", target.name())),
            None => Resource::parse(target.name()),
        }?;
        (!missing.is_empty()).then(|| Grant::of(resource, missing).rule())
    }

    /// This capability with `rule` in it; unknown words in the rule grant nothing.
    pub fn with(&self, rule: &Rule) -> Self {
        let operations = rule
            .operations
            .iter()
            .filter_map(|word| Operation::parse(word))
            .collect();
        let added = Resource::parse(&rule.resource)
            .map(|resource| Grant::of(resource, operations))
            .into_iter();
        Self::of_grants(self.grants.iter().cloned().chain(added).collect())
    }
}

/// The grants with those on the same resource joined, each where its resource stood first.
pub(super) fn merged(grants: Vec<Grant>) -> Vec<Grant> {
    let mut places: HashMap<Resource, usize> = HashMap::with_capacity(grants.len());
    let mut merged: Vec<Grant> = Vec::with_capacity(grants.len());
    for grant in grants {
        if let Some(&place) = places.get(&grant.resource) {
            let into = &mut merged[place];
            into.operations = into.operations.union(grant.operations);
            into.unknown.extend(grant.unknown);
        } else {
            places.insert(grant.resource.clone(), merged.len());
            merged.push(grant);
        }
    }
    merged
}
