//! What a run of policy tests found, and its forms.

mod cases;
mod json;
mod table;

use crate::chat_core::auth::policy::{Answer, Check, Coverage, Mutation, Verdict};

/// What a run found.
pub(super) struct Report {
    /// The names of the roles.
    pub(super) roles: Vec<String>,
    /// One for each check that was made.
    pub(super) lines: Vec<Line>,
    /// How many checks were left out after one had failed.
    pub(super) left_out: usize,
    /// How much of the policy they reach.
    pub(super) coverage: Coverage,
    /// The least that they must reach, in per cent.
    pub(super) min_coverage: Option<f64>,
    /// What they would notice, where that was asked.
    pub(super) mutation: Option<Mutation>,
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
        let mutation = self.mutation.as_ref().map(|mutation| Condition {
            name: "every change of a role is noticed".to_owned(),
            is_met: mutation.survivors.is_empty(),
            found: format!(
                "{} of {} changes are noticed by no test",
                mutation.survivors.len(),
                mutation.tried
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
        &self.roles[line.check.role]
    }
}
