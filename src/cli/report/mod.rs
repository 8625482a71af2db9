//! Results as test reporters read them: cases in suites, and the forms in which TAP, JUnit and GitHub take them.
//!
//! What a case is, its command says.

mod github;
mod junit;
mod suite;
mod tap;

use clap::ValueEnum;

use super::Context;
use crate::output::Render;
pub(super) use suite::{Annotation, Case, Level, Outcome, Suite};

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
