//! Mutation: what a test suite would notice if a role were granted less, or more.
//!
//! A right is taken away or added, and the tests are judged again. A change that none of them notices is a hole in
//! the suite; a line without which every change would still be noticed is one that nobody would miss.

use std::collections::{BTreeSet, HashMap};

use super::check::{Assertion, Check};
use super::evaluate::{Answer, evaluate};
use super::{Policy, Role};
use crate::chat_core::auth::algebra::Region;
use crate::chat_core::auth::capability::{Capability, Grant};
use crate::chat_core::auth::operation::{Operation, Operations};
use crate::chat_core::auth::resource::Resource;

/// How a role was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It lost a right.
    Removed,
    /// It got a right.
    Added,
}

/// A changed role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// The role, by its place in the policy.
    pub role: usize,
    /// How it was changed.
    pub change: Change,
    /// The resource.
    pub resource: String,
    /// The operation; `*` for a whole rule of everything.
    pub operation: &'static str,
    /// Whether the role may do the same as before, since another rule gives it too.
    pub is_same: bool,
}

/// What became of all changes.
#[derive(Clone, Debug, Default)]
pub struct Mutation {
    /// How many changes were tried.
    pub tried: usize,
    /// Those that no check noticed.
    pub survivors: Vec<Mutant>,
    /// The checks, by their places, whose lines nobody would miss.
    pub needless: Vec<usize>,
}

/// Tries every change of every role whose rights are known. Only checks that pass as things are can notice one.
pub fn mutate(policy: &Policy, checks: &[Check]) -> Mutation {
    let passing: Vec<usize> = (0..checks.len())
        .filter(|place| {
            let check = &checks[*place];
            evaluate(&policy.roles[check.role], check).answer == Answer::Passed
        })
        .collect();
    let lines = lines(checks);
    let mut mutation = Mutation::default();
    let mut needed: BTreeSet<usize> = BTreeSet::new();
    for (place, role) in policy.roles.iter().enumerate() {
        let of_role: Vec<usize> = passing
            .iter()
            .copied()
            .filter(|check| checks[*check].role == place)
            .collect();
        for (mutant, changed) in mutants(place, role) {
            mutation.tried += 1;
            let noticing: BTreeSet<usize> = of_role
                .iter()
                .filter(|check| evaluate(&changed, &checks[**check]).answer == Answer::Failed)
                .map(|check| lines[*check])
                .collect();
            match noticing.len() {
                0 => mutation.survivors.push(mutant),
                1 => needed.extend(noticing),
                _ => {}
            }
        }
    }
    mutation.needless = needless(&passing, &lines, &needed, checks);
    mutation
}

/// The first check of each line about rights that was never the only one to notice.
fn needless(
    passing: &[usize],
    lines: &[usize],
    needed: &BTreeSet<usize>,
    checks: &[Check],
) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    passing
        .iter()
        .copied()
        .filter(|check| {
            // What decides, who it is, and that something is allowed nowhere at all: more than these changes test.
            let is_of_rights = matches!(
                checks[*check].assertion,
                Assertion::Allow(_) | Assertion::Deny(_) | Assertion::NothingBesides(_)
            );
            is_of_rights && !needed.contains(&lines[*check]) && seen.insert(lines[*check])
        })
        .collect()
}

/// The line of each check: one expectation of one test, whatever the room and the role.
fn lines(checks: &[Check]) -> Vec<usize> {
    let mut known = HashMap::new();
    checks
        .iter()
        .map(|check| {
            let next = known.len();
            *known
                .entry((&check.place, &check.assertion))
                .or_insert(next)
        })
        .collect()
}

fn mutants(place: usize, role: &Role) -> Vec<(Mutant, Role)> {
    let Some(capability) = &role.capability else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (index, grant) in capability.grants().iter().enumerate() {
        for operation in grant.operations.names() {
            let less = without(capability, index, operation);
            let mutant = Mutant {
                role: place,
                change: Change::Removed,
                resource: grant.resource.to_string(),
                operation,
                is_same: is_given(&less, &grant.resource, operation),
            };
            all.push((mutant, with(role, less)));
        }
    }
    let everything = Resource::parse("*");
    let resources = capability.grants().iter().map(|grant| &grant.resource);
    let mut wider: Vec<&Resource> = resources.collect();
    if let Some(everything) = &everything
        && !wider.contains(&everything)
    {
        wider.push(everything);
    }
    for resource in wider {
        for operation in Operation::ALL {
            if is_given(capability, resource, operation.name()) {
                continue;
            }
            let added = Grant::of(resource.clone(), [operation].into_iter().collect());
            let more = capability.union(&Capability::of_grants(vec![added]));
            let mutant = Mutant {
                role: place,
                change: Change::Added,
                resource: resource.to_string(),
                operation: operation.name(),
                is_same: false,
            };
            all.push((mutant, with(role, more)));
        }
    }
    all
}

fn with(role: &Role, capability: Capability) -> Role {
    Role {
        capability: Some(capability),
        ..role.clone()
    }
}

fn without(capability: &Capability, index: usize, operation: &str) -> Capability {
    let mut grants = capability.grants().to_vec();
    let kept: Operations = Operation::ALL
        .into_iter()
        .filter(|one| {
            let operations = grants[index].operations;
            operation != "*" && operations.contains(*one) && one.name() != operation
        })
        .collect();
    grants[index].operations = kept;
    Capability::of_grants(grants)
}

/// Whether all of `resource` has `operation` already.
fn is_given(capability: &Capability, resource: &Resource, operation: &str) -> bool {
    let wanted = match Operation::parse(operation) {
        Some(operation) => [operation].into_iter().collect(),
        None => Operations::STAR,
    };
    let taken: Vec<&Resource> = capability
        .grants()
        .iter()
        .filter(|grant| grant.operations.covers(wanted))
        .map(|grant| &grant.resource)
        .collect();
    Region::without(resource, &taken).is_none()
}
