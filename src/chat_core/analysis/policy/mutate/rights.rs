//! The changes of a capability that a test should notice.

use super::rule_index::{Affected, RuleChange, RuleIndex};
use crate::chat_core::analysis::algebra::is_covered;
use crate::chat_core::auth::capability::Grant;
use crate::chat_core::auth::operation::{Operation, Operations};
use crate::chat_core::auth::resource::Resource;

/// A kind of change of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MutantKind {
    /// A right was taken away.
    Removed,
    /// A right was added.
    Added,
    /// A rule of it came to hold everywhere.
    Widened,
}

/// A change of a capability.
pub(super) struct RightsChange<'a> {
    pub(super) step: RuleChange,
    /// The resource of the rule that is changed or added.
    pub(super) resource: &'a Resource,
    /// The rules and checks that it can have to do with.
    pub(super) affected: &'a Affected,
    /// The operations that come or go.
    pub(super) operations: Operations,
    /// The word for them, where it is one.
    pub(super) word: Option<&'static str>,
    pub(super) way: Way,
    /// True if the same is allowed as before.
    pub(super) is_same: bool,
}

/// The direction of a change: fewer rights, or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Less,
    More,
}

/// Every change: a right that is taken away, one that is added on a rule or on `*`, a rule that comes to hold
/// everywhere.
pub(super) fn each(
    index: &RuleIndex<'_>,
    everything: &Resource,
    mut change: impl FnMut(MutantKind, RightsChange<'_>),
) {
    let grants = index.rules.grants;
    let everywhere = index.affected(everything);
    let given = given(grants, everything);
    for (place, grant) in grants.iter().enumerate() {
        let resource = &grant.resource;
        let affected = index.affected(resource);
        let around = index.rules.grants_at(&affected.rules);
        for word in grant.operations.names() {
            change(
                MutantKind::Removed,
                less(&around, place, grant, &affected, word),
            );
        }
        for operation in Operation::ALL {
            if !is_given(&around, resource, one(operation)) {
                change(MutantKind::Added, more(resource, &affected, operation));
            }
        }
        if everything.covers(resource) && resource != everything && !given.covers(grant.operations)
        {
            change(
                MutantKind::Widened,
                moved(place, grant, everything, &everywhere, Way::More),
            );
        }
    }
    if !grants.iter().any(|grant| grant.resource == *everything) {
        for operation in Operation::ALL {
            if !given.contains(operation) {
                change(MutantKind::Added, more(everything, &everywhere, operation));
            }
        }
    }
}

fn one(operation: Operation) -> Operations {
    [operation].into_iter().collect()
}

/// One right more.
pub(super) fn more<'a>(
    resource: &'a Resource,
    affected: &'a Affected,
    operation: Operation,
) -> RightsChange<'a> {
    RightsChange {
        word: Some(operation.name()),
        ..with(resource, affected, one(operation))
    }
}

/// Several rights more.
pub(super) fn with<'a>(
    resource: &'a Resource,
    affected: &'a Affected,
    operations: Operations,
) -> RightsChange<'a> {
    RightsChange {
        step: RuleChange::Add(Grant::of(resource.clone(), operations)),
        resource,
        affected,
        operations,
        word: None,
        way: Way::More,
        is_same: false,
    }
}

/// A right less, by its word: `*` for all of a rule that grants everything.
fn less<'a>(
    around: &[Grant],
    place: usize,
    grant: &'a Grant,
    affected: &'a Affected,
    word: &'static str,
) -> RightsChange<'a> {
    let resource = &grant.resource;
    let taken = Operation::parse(word).map_or(Operations::STAR, one);
    let kept = Operation::ALL
        .into_iter()
        .filter(|one| grant.operations.contains(*one) && !taken.contains(*one));
    let left = Grant::of(resource.clone(), kept.collect());
    let others = around.iter().filter(|other| other.resource != *resource);
    let others: Vec<Grant> = others.cloned().collect();
    RightsChange {
        step: RuleChange::Put(place, left),
        resource,
        affected,
        operations: taken,
        word: Some(word),
        way: Way::Less,
        is_same: is_given(&others, resource, taken),
    }
}

/// A rule that holds elsewhere instead: in less, or in more. It is noticed in the larger of the two places.
pub(super) fn moved<'a>(
    place: usize,
    grant: &'a Grant,
    to: &Resource,
    larger: &'a Affected,
    way: Way,
) -> RightsChange<'a> {
    RightsChange {
        step: RuleChange::Put(place, Grant::of(to.clone(), grant.operations)),
        resource: &grant.resource,
        affected: larger,
        operations: grant.operations,
        word: None,
        way,
        is_same: false,
    }
}

/// The operations that all of `resource` has.
fn given(grants: &[Grant], resource: &Resource) -> Operations {
    if is_given(grants, resource, Operations::STAR) {
        return Operations::STAR;
    }
    let each = Operation::ALL.into_iter();
    each.filter(|operation| is_given(grants, resource, one(*operation)))
        .collect()
}

/// Returns whether all of `resource` has what is wanted already.
pub(super) fn is_given(grants: &[Grant], resource: &Resource, wanted: Operations) -> bool {
    let taken: Vec<&Resource> = grants
        .iter()
        .filter(|grant| grant.operations.covers(wanted))
        .map(|grant| &grant.resource)
        .collect();
    is_covered(resource, &taken)
}
