//! Cases in suites: results in the shape that all test reporters share.

use serde_json::Value;

use crate::chat_core::analysis::policy::SourceLocation;

/// Cases that belong together.
pub(in crate::cli) struct Suite {
    pub(in crate::cli) name: String,
    pub(in crate::cli) cases: Vec<Case>,
}

/// One thing that is right or wrong.
pub(in crate::cli) struct Case {
    /// What it is called within its suite.
    pub(in crate::cli) name: String,
    /// What it is called where there are no suites.
    pub(in crate::cli) title: String,
    /// Whom it is about.
    pub(in crate::cli) class: String,
    /// Where it is written, if it is written somewhere.
    pub(in crate::cli) place: Option<SourceLocation>,
    pub(in crate::cli) outcome: Outcome,
    /// What there is to say besides, to programs and people, whatever the outcome.
    pub(in crate::cli) details: Vec<(&'static str, Value)>,
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Outcome {
    Passed,
    /// What was found instead.
    Failed(String),
    /// Why nobody knows.
    Skipped(String),
}

/// Something that is shown beside the line of a file, or by itself.
pub(in crate::cli) struct Annotation {
    pub(in crate::cli) level: Level,
    pub(in crate::cli) place: Option<SourceLocation>,
    pub(in crate::cli) title: String,
    pub(in crate::cli) message: String,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Level {
    Error,
    Warning,
    Notice,
}

/// How many cases ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) all: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

impl Tally {
    pub(super) fn of<'a>(cases: impl Iterator<Item = &'a Case>) -> Self {
        let mut tally = Self::default();
        for case in cases {
            tally.all += 1;
            match case.outcome {
                Outcome::Passed => {}
                Outcome::Failed(_) => tally.failed += 1,
                Outcome::Skipped(_) => tally.skipped += 1,
            }
        }
        tally
    }
}
