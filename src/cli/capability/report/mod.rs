//! What a run of policy tests found, and its forms.

mod cases;
mod json;
mod table;

use std::collections::BTreeMap;

use crate::chat_core::analysis::policy::{
    Answer, Change, Check, Coverage, Mutant, Mutation, SourceLocation, Verdict,
};

/// What a run found.
pub(super) struct Report {
    /// The names of the roles, and where they are written.
    pub(super) roles: Vec<(String, SourceLocation)>,
    /// One for each check that was made.
    pub(super) lines: Vec<Line>,
    /// How many checks were left out after one had failed.
    pub(super) left_out: usize,
    /// How much of the policy they reach.
    pub(super) coverage: Coverage,
    /// The least that they must reach, in per cent.
    pub(super) min_coverage: Option<f64>,
    /// What they would notice, where that was asked.
    pub(super) changes: Option<Changes>,
}

/// What would be noticed if roles were changed.
pub(super) struct Changes {
    pub(super) mutation: Mutation,
    /// A check of each expectation that is redundant.
    pub(super) redundant: Vec<Check>,
}

/// A check, and what came of it.
pub(super) struct Line {
    pub(super) check: Check,
    /// What the engine says.
    pub(super) offline: Verdict,
    /// What the endpoint did, where it was asked.
    pub(super) live: Option<Seen>,
}

/// What an endpoint did.
pub(super) struct Seen {
    pub(super) answer: Answer,
    /// What was seen, for people.
    pub(super) found: String,
    /// The room that it was tried in.
    pub(super) room: Option<String>,
}

/// A condition of the whole run.
pub(super) struct Condition {
    pub(super) name: String,
    pub(super) is_met: bool,
    pub(super) found: String,
}

/// How many lines ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) unknown: usize,
}

impl Line {
    /// How it ended: it fails if either way fails, and passes if one way passes.
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

    /// Whether the engine and the endpoint disagree.
    pub(super) fn differs(&self) -> bool {
        let known = |answer| answer != Answer::Unknown;
        self.live.as_ref().is_some_and(|live| {
            known(live.answer) && known(self.offline.answer) && live.answer != self.offline.answer
        })
    }

    /// What is expected, and where.
    pub(super) fn title(&self) -> String {
        match &self.check.room {
            Some(room) => format!("{room}: {}", self.check.assertion),
            None => self.check.assertion.to_string(),
        }
    }

    /// What was found, both ways where they were both tried.
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

impl Report {
    /// How many lines ended how.
    pub(super) fn tally(&self) -> Tally {
        let mut tally = Tally::default();
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
    pub(super) fn conditions(&self) -> Vec<Condition> {
        let percent = self.coverage.percent();
        let coverage = self.min_coverage.map(|least| Condition {
            name: format!("coverage is {least} % at least"),
            is_met: percent >= least,
            found: format!("{percent:.0} % of what is granted is exercised"),
        });
        let mutation = self.changes.as_ref().map(|changes| Condition {
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

    /// Whether all is as expected.
    pub(super) fn is_good(&self) -> bool {
        self.tally().failed == 0 && self.conditions().iter().all(|condition| condition.is_met)
    }

    /// The name of the role of a line.
    pub(super) fn role(&self, line: &Line) -> &str {
        &self.roles[line.check.role].0
    }
}

impl Changes {
    /// What nobody would notice, in words: the role and what was done to a rule of it.
    fn survived(&self, roles: &[(String, SourceLocation)]) -> Vec<(usize, String)> {
        let mut by_rule: BTreeMap<(usize, Change, &str, bool), Vec<&str>> = BTreeMap::new();
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
                        (Change::Removed, true) => {
                            format!("another rule gives it too {operations}")
                        }
                        (Change::Removed, false) => {
                            format!("nobody would notice that it lost {operations}")
                        }
                        (Change::Added, _) => {
                            format!("nobody would notice that it also had {operations}")
                        }
                        (Change::Widened, _) => {
                            "nobody would notice that it held everywhere".to_owned()
                        }
                    };
                    (role, format!("{name} '{resource}': {what}"))
                });
        survived.collect()
    }
}

/// A condition, in words.
const EVERY_CHANGE: &str = "every change of a role is noticed";
