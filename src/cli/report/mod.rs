//! Results for test reporters: cases in suites, as TAP, JUnit XML and GitHub annotations.
//!
//! Each command defines its own cases.

mod github;
mod junit;
mod suite;
mod tap;

use std::ffi::OsString;

use clap::ValueEnum;

use super::Context;
use super::failure::Failure;
use crate::output::Render;
use crate::settings::OutputFormat;
pub(super) use suite::{AnnotationLevel, CaseOutcome, FileAnnotation, ReportCase, ReportSuite};

/// The commands that report tests: noun and verb.
const COMMANDS: [(&str, &str); 4] = [
    ("capability", "test"),
    ("capability", "lint"),
    ("claims", "lint"),
    ("auth", "check"),
];

/// Checks that the command of a line has the form of results that its settings ask for.
///
/// # Errors
/// A form for test reports, of a command that has none.
pub(super) fn check_form(
    format: OutputFormat,
    noun: &str,
    arguments: &[OsString],
) -> Result<(), Failure> {
    let has_form = COMMANDS
        .iter()
        .any(|(name, verb)| *name == noun && arguments.iter().any(|word| word == verb));
    if !format.is_for_tests() || has_form {
        return Ok(());
    }
    let commands: Vec<String> = COMMANDS
        .iter()
        .map(|(noun, verb)| format!("{noun} {verb}"))
        .collect();
    let form = format.to_possible_value();
    let form = form.as_ref().map_or("", |form| form.get_name());
    Err(
        Failure::usage(format!("-o {form} is for commands that report tests")).hint(format!(
            "they are {}; other commands have table, json and jsonl",
            commands.join(", ")
        )),
    )
}

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

/// Prints a report, in `format` or in the form that the settings ask for.
///
/// # Errors
/// As [`Context::print_in_form`].
pub(super) fn print<R: Reported>(
    report: &R,
    format: Option<ReportFormat>,
    context: &Context,
) -> anyhow::Result<()> {
    let format = match (format, context.output.format()) {
        (Some(format), _) => format,
        (None, OutputFormat::Tap) => ReportFormat::Tap,
        (None, OutputFormat::Junit) => ReportFormat::Junit,
        (None, OutputFormat::Github) => ReportFormat::Github,
        _ => return context.output.print(report),
    };
    context.print_in_form(report, format == ReportFormat::Json, |look| match format {
        ReportFormat::Table => report.table(look) + "\n",
        ReportFormat::Json => format!("{}\n", report.json()),
        ReportFormat::Tap => tap::text(&report.suites()),
        ReportFormat::Junit => junit::text(R::COMMAND, &report.suites()),
        ReportFormat::Github => github::text(&report.annotations(), report.summary().as_deref()),
    })
}
