//! Lint findings as people, programs and test reporters see them.

use serde_json::Value;

use super::capability::LintLevels;
use super::exit::Exit;
use super::report::{AnnotationLevel, CaseOutcome, FileAnnotation, ReportCase, ReportSuite};
use crate::chat_core::analysis::lint::{Finding, Linted, Severity};
use crate::chat_core::analysis::policy::SourceLocation;
use crate::output::{Look, Style, table::plain};

/// A subject of lint rules, with its findings.
pub(super) struct LintedSubject {
    /// Its name for people, such as "role member".
    pub(super) name: String,
    /// Its place in a file, where that is known.
    pub(super) place: Option<SourceLocation>,
    findings: Vec<Finding>,
    /// The rules that were applied, each with the reason where a file turns it off.
    rules: Vec<(&'static str, Option<String>)>,
}

impl LintedSubject {
    /// The findings of `linted`, with the severities of `levels`.
    pub(super) fn new(
        name: String,
        place: Option<SourceLocation>,
        linted: Linted,
        levels: &LintLevels,
    ) -> Self {
        let why_off = |code| levels.why_off(code).map(str::to_owned);
        Self {
            name,
            place,
            findings: linted
                .findings
                .into_iter()
                .filter_map(|finding| levels.apply(finding))
                .collect(),
            rules: linted
                .applied
                .into_iter()
                .map(|code| (code, why_off(code)))
                .collect(),
        }
    }

    /// Its findings.
    pub(super) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// A case for each rule. An error fails it, as it fails the command; lesser findings are details.
    fn suite(&self) -> ReportSuite {
        let cases = self.rules.iter().map(|(code, why_off)| {
            let of_rule = || self.findings.iter().filter(|finding| finding.code == *code);
            let errors: Vec<&str> = of_rule()
                .filter(|finding| finding.severity == Severity::Error)
                .map(|finding| finding.message.as_str())
                .collect();
            let outcome = match why_off {
                Some(reason) => CaseOutcome::Skipped(format!("off: {reason}")),
                None if errors.is_empty() => CaseOutcome::Passed,
                None => CaseOutcome::Failed(errors.join("; ")),
            };
            ReportCase {
                name: (*code).to_owned(),
                title: format!("{}: {code}", self.name),
                class: self.name.clone(),
                place: self.place.clone(),
                outcome,
                details: details(of_rule()),
            }
        });
        ReportSuite {
            name: self.name.clone(),
            cases: cases.collect(),
        }
    }

    fn annotations(&self) -> impl Iterator<Item = FileAnnotation> {
        self.findings.iter().map(|finding| FileAnnotation {
            level: match finding.severity {
                Severity::Error => AnnotationLevel::Error,
                Severity::Warn => AnnotationLevel::Warning,
                Severity::Info => AnnotationLevel::Notice,
            },
            place: self.place.clone(),
            title: finding.code.to_owned(),
            message: format!("{}: {}. {}", self.name, finding.message, finding.fix),
        })
    }
}

/// Each finding on a line, then why it matters and what to do.
fn details<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<(&'static str, Value)> {
    let findings: Vec<&Finding> = findings.collect();
    let Some(first) = findings.first() else {
        return Vec::new();
    };
    let said = |finding: &&Finding| format!("{}: {}", finding.severity.name(), finding.message);
    vec![
        ("found", findings.iter().map(said).collect()),
        ("why", Value::from(first.why)),
        ("fix", Value::from(first.fix)),
    ]
}

/// The test suites of all subjects.
pub(super) fn suites(subjects: &[LintedSubject]) -> Vec<ReportSuite> {
    subjects.iter().map(LintedSubject::suite).collect()
}

/// The annotations of all subjects.
pub(super) fn annotations(subjects: &[LintedSubject]) -> Vec<FileAnnotation> {
    subjects
        .iter()
        .flat_map(LintedSubject::annotations)
        .collect()
}

/// No if there is an error among the findings.
pub(super) fn verdict(subjects: &[LintedSubject]) -> Exit {
    let mut findings = subjects.iter().flat_map(LintedSubject::findings);
    Exit::verdict(findings.all(|finding| finding.severity != Severity::Error))
}

/// The findings as text, each with its subject where one is given.
pub(super) fn texts<'a>(
    findings: impl Iterator<Item = (Option<&'a str>, &'a Finding)>,
    look: Look,
) -> String {
    let texts: Vec<String> = findings
        .map(|(about, finding)| {
            let about = about.map_or_else(String::new, |about| format!("{}: ", plain(about)));
            let message = format!("{about}{}", plain(&finding.message));
            let first = format!("{} ", severity(finding, look));
            [
                look.wrap(&first, &message, 2),
                look.wrap("  why: ", finding.why, 7),
                look.wrap("  fix: ", finding.fix, 7),
            ]
            .join("\n")
        })
        .collect();
    if texts.is_empty() {
        return "no findings".to_owned();
    }
    texts.join("\n\n")
}

fn severity(finding: &Finding, look: Look) -> String {
    let text = format!("{}[{}]:", finding.severity.name(), finding.code);
    let style = match finding.severity {
        Severity::Error => Style::Error,
        Severity::Warn => Style::Warning,
        Severity::Info => Style::Hint,
    };
    look.painted(&text, style)
}
