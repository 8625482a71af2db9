//! Mutation: what a test suite would notice if a role were granted less, or more.
//!
//! A right is taken away or added, or a rule is widened, and the tests are judged again. A change that none of them
//! notices is a hole in the suite. An expectation is redundant if all that is noticed would be without it.
//!
//! What is judged again is what a change can touch: the rooms of its rule, and of those the expectations about its
//! operations, until it is known who notices. So the cost grows with the expectations times the operations, and with
//! the rules of one role only where they overlap.

mod expectation_use;
mod probes;
mod rights;
mod rule_index;

use std::cell::Cell;

use super::check::{Assertion, Check};
use super::evaluate::{Answer, evaluate, evaluate_each, rights as judge};
use super::rules::Rules;
use super::{Policy, Role};
use crate::chat_core::analysis::permission::Permission;
use crate::chat_core::auth::operation::{Operation, Operations};
use crate::chat_core::auth::resource::Resource;
use expectation_use::ExpectationUse;
use rights::{Changed, Way};
use rule_index::RuleIndex;

/// A kind of change of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A right was taken away.
    Removed,
    /// A right was added.
    Added,
    /// A rule of it came to hold everywhere.
    Widened,
}

/// A changed role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// The role, by its place in the policy.
    pub role: usize,
    /// The kind of change.
    pub change: Change,
    /// The resource.
    pub resource: String,
    /// The operation; `*` for a whole rule of everything, `None` where a rule was widened with all that it grants.
    pub operation: Option<&'static str>,
    /// Whether the role may do the same as before, since another rule gives it too.
    pub is_same: bool,
}

/// The result of all changes.
#[derive(Clone, Debug, Default)]
pub struct Mutation {
    /// The number of changes that were tried.
    pub tried: usize,
    /// Those that no check noticed.
    pub survivors: Vec<Mutant>,
    /// The redundant expectations, each by the place of its first check.
    pub redundant: Vec<usize>,
}

/// Tries every change of these roles, by their places in the policy, as far as their rights are known. Only checks that
/// pass as things are can notice one, and only expectations all of whose checks pass are weighed.
///
/// What is weighed besides, and is nobody's fault where it is not noticed: rights in a room by itself, all that is
/// denied there, patterns that shrink to a room or grow by a step, what is forbidden in a room of which no test speaks,
/// and other claims, clientIds and lives.
pub fn mutate(policy: &Policy, roles: &[usize], checks: &[Check]) -> Mutation {
    let mut mutation = Mutation::default();
    let mut uses = ExpectationUse::new(checks);
    let passes: Vec<bool> = evaluate_each(policy, checks)
        .map(|verdict| verdict.answer == Answer::Passed)
        .collect();
    for (place, role) in policy.of(roles) {
        let of_role = (0..checks.len()).filter(|check| checks[*check].role == place);
        let (passing, others): (Vec<usize>, Vec<usize>) = of_role.partition(|check| passes[*check]);
        uses.leave_out(&others);
        let suite = Suite {
            checks,
            passing: &passing,
            asked_first: Cell::default(),
        };
        if let Some(capability) = &role.capability {
            let index = RuleIndex::new(Rules::of(capability), suite.passing());
            if let Some(everything) = Resource::parse("*") {
                rights::each(&index, &everything, |change, changed| {
                    mutation.tried += 1;
                    if !suite.notice(&index, &changed, &mut uses) {
                        mutation.survivors.push(Mutant {
                            role: place,
                            change,
                            resource: changed.resource.to_string(),
                            operation: changed.word,
                            is_same: changed.is_same,
                        });
                    }
                });
            }
            probes::of_rights(&index, &role.forbid, checks, |changed| {
                suite.notice(&index, &changed, &mut uses);
            });
            suite.only_needed(&index, &mut uses);
        }
        for probe in probes::of_role(role, &suite) {
            uses.notice(suite.noticing_role(&probe));
        }
    }
    mutation.redundant = uses.redundant(checks);
    mutation
}

/// Every change of a capability, by its resource and operation, for whoever wants to do it in another way.
#[cfg(test)]
pub(super) fn each(
    capability: &crate::chat_core::auth::capability::Capability,
    mut change: impl FnMut(Change, &str, Option<&'static str>),
) {
    let index = RuleIndex::new(Rules::of(capability), std::iter::empty());
    let everything = Resource::parse("*").unwrap();
    rights::each(&index, &everything, |kind, changed| {
        change(kind, changed.resource.as_str(), changed.word);
    });
}

/// The checks of one role that pass as things are.
struct Suite<'a> {
    checks: &'a [Check],
    passing: &'a [usize],
    /// The checks that noticed the changes before: most likely they notice the next one too.
    asked_first: Cell<[Option<usize>; 4]>,
}

impl<'a> Suite<'a> {
    fn passing(&self) -> impl Iterator<Item = (usize, &'a Check)> {
        let checks = self.checks;
        self.passing
            .iter()
            .map(move |place| (*place, &checks[*place]))
    }

    /// Returns whether a change of rights is noticed; what is needed for it is taken in.
    fn notice(
        &self,
        index: &RuleIndex<'_>,
        changed: &Changed<'_>,
        uses: &mut ExpectationUse,
    ) -> bool {
        let [first, second, third, fourth] = self.asked_first.get();
        let likely = [first, second, third, fourth].into_iter().flatten();
        let likely = likely.filter(|check| changed.affected.checks.binary_search(check).is_ok());
        let asked = likely.chain(changed.affected.checks.iter().copied());
        let mut last = None;
        let noticing = asked
            .filter(|check| self.notices(*check, index, changed))
            .inspect(|check| last = Some(*check));
        let is_noticed = uses.notice(noticing);
        if last.is_some_and(|last| ![first, second, third, fourth].contains(&Some(last))) {
            self.asked_first.set([last, first, second, third]);
        }
        is_noticed
    }

    /// Returns whether a check notices a change of rights.
    fn notices(&self, check: usize, index: &RuleIndex<'_>, changed: &Changed<'_>) -> bool {
        let check = &self.checks[check];
        if !can_notice(&check.assertion, changed) {
            return false;
        }
        // Where all of it is granted already, more of it changes nothing but which rule decides.
        let is_about_rules = matches!(check.assertion, Assertion::Rule(..));
        let is_known = |room| index.grants_in(room, changed.operations);
        let capability = match &check.room {
            Some(room) if changed.way == Way::More && !is_about_rules && is_known(room) => {
                return false;
            }
            Some(room) => index.in_room(room, Some(&changed.step)),
            None => index.changed(&changed.affected.rules, Some(&changed.step), |_| true),
        };
        judge(&capability, check, &check.assertion).answer == Answer::Failed
    }

    /// Those that notice that the role is somebody else, or says something else.
    fn noticing_role(&self, changed: &Role) -> impl Iterator<Item = usize> {
        self.passing()
            .filter(|(_, check)| {
                is_of_role(&check.assertion) && evaluate(changed, check).answer == Answer::Failed
            })
            .map(|(place, _)| place)
    }

    /// An entry of `only` that says what no other one says is needed: without it there would be something besides.
    fn only_needed(&self, index: &RuleIndex<'_>, uses: &mut ExpectationUse) {
        for (place, check) in self.passing() {
            let (Assertion::NothingBesides(permissions), Some(room)) =
                (&check.assertion, &check.room)
            else {
                continue;
            };
            let capability = index.in_room(room, None);
            for entry in 0..permissions.len() {
                let mut fewer = permissions.clone();
                fewer.remove(entry);
                let without = Assertion::NothingBesides(fewer);
                if judge(&capability, check, &without).answer == Answer::Failed {
                    uses.need_only(place, entry, self.checks);
                }
            }
        }
    }
}

/// Returns whether an expectation can fail by a change of rights: one that holds does not fail by a right less where
/// something is denied, nor by one more where something is allowed.
fn can_notice(assertion: &Assertion, changed: &Changed<'_>) -> bool {
    let is_about = |permission: &Permission| involves(*permission, changed.operations);
    match assertion {
        Assertion::Allow(permission) => changed.way == Way::Less && is_about(permission),
        Assertion::Deny(permission) | Assertion::Forbid(permission) => {
            changed.way == Way::More && is_about(permission)
        }
        Assertion::NothingBesides(_) => changed.way == Way::More,
        Assertion::Rule(permission, _) => is_about(permission),
        _ => false,
    }
}

fn involves(permission: Permission, operations: Operations) -> bool {
    let needs = permission.needs();
    let mut needed = needs.iter().copied().flatten();
    needed.any(|operation: &Operation| operations.contains(*operation))
}

/// Returns whether it is about who a role is and what it says, not about its rights.
fn is_of_role(assertion: &Assertion) -> bool {
    matches!(
        assertion,
        Assertion::ClientId(_)
            | Assertion::UserClaim(_)
            | Assertion::MinLifetime(_)
            | Assertion::MaxLifetime(_)
    )
}
