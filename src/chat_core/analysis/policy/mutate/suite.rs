//! The checks of one role, and the changes that they notice.

use std::cell::Cell;

use super::expectation_use::ExpectationUse;
use super::rights::{RightsChange, Way};
use super::rule_index::RuleIndex;
use crate::chat_core::analysis::permission::Permission;
use crate::chat_core::analysis::policy::check::{Assertion, Check};
use crate::chat_core::analysis::policy::evaluate::{Answer, evaluate, rights as judge};
use crate::chat_core::analysis::policy::model::Role;
use crate::chat_core::auth::operation::{Operation, Operations};

/// The checks of one role that pass as things are.
pub(super) struct RoleChecks<'a> {
    checks: &'a [Check],
    passing: &'a [usize],
    /// The checks that noticed the changes before: most likely they notice the next one too.
    asked_first: Cell<[Option<usize>; 4]>,
}

impl<'a> RoleChecks<'a> {
    pub(super) fn new(checks: &'a [Check], passing: &'a [usize]) -> Self {
        Self {
            checks,
            passing,
            asked_first: Cell::default(),
        }
    }

    pub(super) fn passing(&self) -> impl Iterator<Item = (usize, &'a Check)> {
        let checks = self.checks;
        self.passing
            .iter()
            .map(move |place| (*place, &checks[*place]))
    }

    /// Returns whether a change of rights is noticed; what is needed for it is taken in.
    pub(super) fn notice(
        &self,
        index: &RuleIndex<'_>,
        changed: &RightsChange<'_>,
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
    fn notices(&self, check: usize, index: &RuleIndex<'_>, changed: &RightsChange<'_>) -> bool {
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

    /// Those that notice another clientId or other claims of the role.
    pub(super) fn noticing_role(&self, changed: &Role) -> impl Iterator<Item = usize> {
        self.passing()
            .filter(|(_, check)| {
                is_of_role(&check.assertion) && evaluate(changed, check).answer == Answer::Failed
            })
            .map(|(place, _)| place)
    }

    /// An entry of `only` that says what no other one says is needed: without it there would be something besides.
    pub(super) fn only_needed(&self, index: &RuleIndex<'_>, uses: &mut ExpectationUse) {
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
fn can_notice(assertion: &Assertion, changed: &RightsChange<'_>) -> bool {
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
pub(super) fn is_of_role(assertion: &Assertion) -> bool {
    matches!(
        assertion,
        Assertion::ClientId(_)
            | Assertion::UserClaim(_)
            | Assertion::MinLifetime(_)
            | Assertion::MaxLifetime(_)
    )
}
