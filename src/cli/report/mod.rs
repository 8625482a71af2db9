//! Results as test reporters read them: cases in suites, and the forms in which TAP, JUnit and GitHub take them.
//!
//! What a case is, its command says.

mod github;
mod junit;
mod tap;

use clap::ValueEnum;
use serde_json::Value;

use super::Context;
use crate::chat_core::analysis::policy::SourceLocation;
use crate::output::Render;

/// The form of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Table,
    /// One JSON value
    Json,
    /// TAP version 14
    Tap,
    /// JUnit XML
    Junit,
    /// Annotations of GitHub Actions
    Github,
}

/// A result that has cases.
pub(super) trait Reported: Render {
    /// The command that found it.
    const COMMAND: &'static str;

    /// The cases, in suites.
    fn suites(&self) -> Vec<Suite>;

    /// What stands beside the lines of files.
    fn annotations(&self) -> Vec<Annotation>;

    /// What is said after the annotations, if anything is.
    fn summary(&self) -> Option<String>;
}

/// Cases that belong together.
pub(super) struct Suite {
    pub(super) name: String,
    pub(super) cases: Vec<Case>,
}

/// One thing that is right or wrong.
pub(super) struct Case {
    /// What it is called within its suite.
    pub(super) name: String,
    /// What it is called where there are no suites.
    pub(super) title: String,
    /// Whom it is about.
    pub(super) class: String,
    /// Where it is written, if it is written somewhere.
    pub(super) place: Option<SourceLocation>,
    pub(super) outcome: Outcome,
    /// What there is to say besides, to programs and people, whatever the outcome.
    pub(super) details: Vec<(&'static str, Value)>,
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    /// What was found instead.
    Failed(String),
    /// Why nobody knows.
    Skipped(String),
}

/// Something that is shown beside the line of a file, or by itself.
pub(super) struct Annotation {
    pub(super) level: Level,
    pub(super) place: Option<SourceLocation>,
    pub(super) title: String,
    pub(super) message: String,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Error,
    Warning,
    Notice,
}

/// How many cases ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    all: usize,
    failed: usize,
    skipped: usize,
}

impl Tally {
    fn of<'a>(cases: impl Iterator<Item = &'a Case>) -> Self {
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

/// Prints a report, in `format` or in the form that every command has.
///
/// # Errors
/// As [`Context::print_in_form`].
pub(super) fn print<R: Reported>(
    report: &R,
    format: Option<Format>,
    context: &Context,
) -> anyhow::Result<()> {
    let Some(format) = format else {
        return context.output.print(report);
    };
    context.print_in_form(report, format == Format::Json, |look| match format {
        Format::Table => report.table(look) + "\n",
        Format::Json => format!("{}\n", report.json()),
        Format::Tap => tap::text(&report.suites()),
        Format::Junit => junit::text(R::COMMAND, &report.suites()),
        Format::Github => github::text(&report.annotations(), report.summary().as_deref()),
    })
}
