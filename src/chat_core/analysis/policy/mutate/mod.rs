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
mod suite;

use super::check::Check;
use super::evaluate::{Answer, evaluate_each};
use super::model::Policy;
use super::rules::Rules;
use crate::chat_core::auth::resource::Resource;
use expectation_use::ExpectationUse;
use rule_index::RuleIndex;
use suite::RoleChecks;

pub use rights::MutantKind;

/// A changed role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// The role, by its place in the policy.
    pub role: usize,
    /// The kind of change.
    pub change: MutantKind,
    /// The resource.
    pub resource: String,
    /// The operation; `*` for a whole rule of everything, `None` where a rule was widened with all that it grants.
    pub operation: Option<&'static str>,
    /// True if the role has the same rights as before, since another rule grants them too.
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
        let suite = RoleChecks::new(checks, &passing);
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

/// Every change of a capability, by its resource and operation, for other ways to judge it.
#[cfg(test)]
pub(super) fn each(
    capability: &crate::chat_core::auth::capability::Capability,
    mut change: impl FnMut(MutantKind, &str, Option<&'static str>),
) {
    let index = RuleIndex::new(Rules::of(capability), std::iter::empty());
    let everything = Resource::parse("*").unwrap();
    rights::each(&index, &everything, |kind, changed| {
        change(kind, changed.resource.as_str(), changed.word);
    });
}
