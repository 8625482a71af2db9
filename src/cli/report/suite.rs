//! Cases in suites: results in the shape that all test reporters share.

use serde_json::Value;

use crate::chat_core::analysis::policy::SourceLocation;

/// Cases that belong together.
pub(in crate::cli) struct ReportSuite {
    pub(in crate::cli) name: String,
    pub(in crate::cli) cases: Vec<ReportCase>,
}

/// One check with its outcome.
pub(in crate::cli) struct ReportCase {
    /// Its name within its suite.
    pub(in crate::cli) name: String,
    /// Its name where there are no suites.
    pub(in crate::cli) title: String,
    /// Its subject.
    pub(in crate::cli) class: String,
    /// Its place in a file, if it has one.
    pub(in crate::cli) place: Option<SourceLocation>,
    pub(in crate::cli) outcome: CaseOutcome,
    /// Details, whatever the outcome.
    pub(in crate::cli) details: Vec<(&'static str, Value)>,
}

/// The outcome of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum CaseOutcome {
    Passed,
    /// The observation instead.
    Failed(String),
    /// The reason.
    Skipped(String),
}

/// A message that is shown beside the line of a file, or by itself.
pub(in crate::cli) struct FileAnnotation {
    pub(in crate::cli) level: AnnotationLevel,
    pub(in crate::cli) place: Option<SourceLocation>,
    pub(in crate::cli) title: String,
    pub(in crate::cli) message: String,
}

/// The severity of an annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum AnnotationLevel {
    Error,
    Warning,
    Notice,
}

/// The number of cases by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CaseTally {
    pub(super) all: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

impl CaseTally {
    pub(super) fn of<'a>(cases: impl Iterator<Item = &'a ReportCase>) -> Self {
        let mut tally = Self::default();
        for case in cases {
            tally.all += 1;
            match case.outcome {
                CaseOutcome::Passed => {}
                CaseOutcome::Failed(_) => tally.failed += 1,
                CaseOutcome::Skipped(_) => tally.skipped += 1,
            }
        }
        tally
    }
}
