//! The report of a run of policy tests, and its forms.

mod cases;
mod json;
mod table;

use std::collections::BTreeMap;

use crate::chat_core::analysis::policy::{
    Answer, Check, Coverage, Mutant, MutantKind, Mutation, SourceLocation, Verdict,
};

/// The report of a run.
pub(super) struct PolicyReport {
    /// The names of the roles, with their places.
    pub(super) roles: Vec<(String, SourceLocation)>,
    /// One for each check that was made.
    pub(super) lines: Vec<CheckLine>,
    /// The number of checks that were left out after a failure.
    pub(super) left_out: usize,
    /// The coverage of the policy.
    pub(super) coverage: Coverage,
    /// The least coverage, in per cent.
    pub(super) min_coverage: Option<f64>,
    /// The changes that the tests would notice, where mutation was asked for.
    pub(super) changes: Option<MutationResult>,
}

/// The result of mutation: the changes of roles that the tests notice.
pub(super) struct MutationResult {
    pub(super) mutation: Mutation,
    /// A check of each expectation that is redundant.
    pub(super) redundant: Vec<Check>,
}

/// A check and its result.
pub(super) struct CheckLine {
    pub(super) check: Check,
    /// The engine's answer.
    pub(super) offline: Verdict,
    /// The endpoint's answer, in a live run.
    pub(super) live: Option<LiveObservation>,
}

/// An endpoint's answer.
pub(super) struct LiveObservation {
    pub(super) answer: Answer,
    /// The observation, for people.
    pub(super) found: String,
    /// The room that it was tried in.
    pub(super) room: Option<String>,
}

/// A condition of the whole run.
pub(super) struct RunCondition {
    pub(super) name: String,
    pub(super) is_met: bool,
    pub(super) found: String,
}

/// The number of lines by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LineTally {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) unknown: usize,
}

impl CheckLine {
    /// Its result: it fails if either answer is a failure, and passes if one of them passes.
    pub(super) fn answer(&self) -> Answer {
        let both = [
            Some(self.offline.answer),
            self.live.as_ref().map(|live| live.answer),
        ];
        if both.contains(&Some(Answer::Failed)) {
            Answer::Failed
        } else if both.contains(&Some(Answer::Passed)) {
            Answer::Passed
        } else {
            Answer::Unknown
        }
    }

    /// Returns whether the endpoint was asked, and its answer says nothing.
    pub(super) fn is_unproved(&self) -> bool {
        let live = self.live.as_ref();
        live.is_some_and(|live| live.answer == Answer::Unknown)
    }

    /// Returns whether the engine and the endpoint disagree.
    pub(super) fn differs(&self) -> bool {
        let known = |answer| answer != Answer::Unknown;
        self.live.as_ref().is_some_and(|live| {
            known(live.answer) && known(self.offline.answer) && live.answer != self.offline.answer
        })
    }

    /// The expectation, with its room.
    pub(super) fn title(&self) -> String {
        match &self.check.room {
            Some(room) => format!("{room}: {}", self.check.assertion),
            None => self.check.assertion.to_string(),
        }
    }

    /// The observation: both of them where both were made.
    pub(super) fn found(&self) -> String {
        match &self.live {
            None => self.offline.found.clone(),
            Some(live) => {
                let differ = if self.differs() {
                    "live and offline differ: "
                } else {
                    ""
                };
                format!(
                    "{differ}offline {}; live {}",
                    self.offline.found, live.found
                )
            }
        }
    }
}

impl PolicyReport {
    /// The number of lines by result.
    pub(super) fn tally(&self) -> LineTally {
        let mut tally = LineTally::default();
        for line in &self.lines {
            match line.answer() {
                Answer::Passed => tally.passed += 1,
                Answer::Failed => tally.failed += 1,
                Answer::Unknown => tally.unknown += 1,
            }
        }
        tally
    }

    /// The conditions of the whole run.
    pub(super) fn conditions(&self) -> Vec<RunCondition> {
        let percent = self.coverage.percent();
        let coverage = self.min_coverage.map(|least| RunCondition {
            name: format!("coverage is at least {least} %"),
            is_met: percent >= least,
            found: format!("{percent:.0} % of what is granted is exercised"),
        });
        let mutation = self.changes.as_ref().map(|changes| RunCondition {
            name: EVERY_CHANGE.to_owned(),
            is_met: changes.mutation.survivors.is_empty(),
            found: format!(
                "{} of {} changes are noticed by no test",
                changes.mutation.survivors.len(),
                changes.mutation.tried
            ),
        });
        coverage.into_iter().chain(mutation).collect()
    }

    /// Returns whether everything is as expected.
    pub(super) fn is_good(&self) -> bool {
        self.tally().failed == 0 && self.conditions().iter().all(|condition| condition.is_met)
    }

    /// The name of the role of a line.
    pub(super) fn role(&self, line: &CheckLine) -> &str {
        &self.roles[line.check.role].0
    }
}

impl MutationResult {
    /// The change that no test notices, in words: the role and what was changed in a rule of it.
    fn survived(&self, roles: &[(String, SourceLocation)]) -> Vec<(usize, String)> {
        let mut by_rule: BTreeMap<(usize, MutantKind, &str, bool), Vec<&str>> = BTreeMap::new();
        for mutant in &self.mutation.survivors {
            let Mutant {
                role,
                change,
                resource,
                operation,
                is_same,
            } = mutant;
            let rule = (*role, *change, resource.as_str(), *is_same);
            by_rule.entry(rule).or_default().extend(operation);
        }
        let survived =
            by_rule
                .into_iter()
                .map(|((role, change, resource, is_same), operations)| {
                    let name = &roles[role].0;
                    let operations = operations.join(", ");
                    let what = match (change, is_same) {
                        (MutantKind::Removed, true) => {
                            format!("another rule also grants {operations}")
                        }
                        (MutantKind::Removed, false) => {
                            format!("no test would notice that it lost {operations}")
                        }
                        (MutantKind::Added, _) => {
                            format!("no test would notice that it also had {operations}")
                        }
                        (MutantKind::Widened, _) => {
                            "no test would notice that it held everywhere".to_owned()
                        }
                    };
                    (role, format!("{name} '{resource}': {what}"))
                });
        survived.collect()
    }
}

/// A condition, in words.
const EVERY_CHANGE: &str = "every change of a role is noticed";
