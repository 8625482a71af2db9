//! Results for test reporters: cases in suites, as TAP, JUnit XML and GitHub annotations.
//!
//! Each command defines its own cases.

mod github;
mod junit;
mod suite;
mod tap;

use clap::ValueEnum;

use super::Context;
use crate::output::Render;
pub(super) use suite::{AnnotationLevel, CaseOutcome, FileAnnotation, ReportCase, ReportSuite};

/// The form of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
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
    /// The command that made it.
    const COMMAND: &'static str;

    /// The cases, in suites.
    fn suites(&self) -> Vec<ReportSuite>;

    /// The annotations of files.
    fn annotations(&self) -> Vec<FileAnnotation>;

    /// The summary after the annotations, if there is one.
    fn summary(&self) -> Option<String>;
}

/// Prints a report, in `format` or in the form that every command has.
///
/// # Errors
/// As [`Context::print_in_form`].
pub(super) fn print<R: Reported>(
    report: &R,
    format: Option<ReportFormat>,
    context: &Context,
) -> anyhow::Result<()> {
    let Some(format) = format else {
        return context.output.print(report);
    };
    context.print_in_form(report, format == ReportFormat::Json, |look| match format {
        ReportFormat::Table => report.table(look) + "\n",
        ReportFormat::Json => format!("{}\n", report.json()),
        ReportFormat::Tap => tap::text(&report.suites()),
        ReportFormat::Junit => junit::text(R::COMMAND, &report.suites()),
        ReportFormat::Github => github::text(&report.annotations(), report.summary().as_deref()),
    })
}
