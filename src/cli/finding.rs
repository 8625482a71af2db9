//! What lint rules found: how it looks to people, to programs, and to test reporters.

use serde_json::Value;

use super::capability::Levels;
use super::exit::Exit;
use super::report::{Annotation, Case, Level, Outcome, Suite};
use crate::chat_core::analysis::lint::{Finding, Linted, Severity};
use crate::chat_core::analysis::policy::SourceLocation;
use crate::output::{Look, table::plain};

/// Something that was looked at, and what there is to say about it.
pub(super) struct Subject {
    /// What it is, in words: "role member".
    pub(super) name: String,
    /// Where it is written, where that is known.
    pub(super) place: Option<SourceLocation>,
    findings: Vec<Finding>,
    /// The rules that were applied, each with the reason where a file has put it off.
    rules: Vec<(&'static str, Option<String>)>,
}

impl Subject {
    /// What was found, as bad as `levels` say.
    pub(super) fn new(
        name: String,
        place: Option<SourceLocation>,
        linted: Linted,
        levels: &Levels,
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

    /// What was found.
    pub(super) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// A case for each rule. It fails by an error, as the command does; what is less bad is said beside it.
    fn suite(&self) -> Suite {
        let cases = self.rules.iter().map(|(code, why_off)| {
            let of_rule = || self.findings.iter().filter(|finding| finding.code == *code);
            let errors: Vec<&str> = of_rule()
                .filter(|finding| finding.severity == Severity::Error)
                .map(|finding| finding.message.as_str())
                .collect();
            let outcome = match why_off {
                Some(reason) => Outcome::Skipped(format!("off: {reason}")),
                None if errors.is_empty() => Outcome::Passed,
                None => Outcome::Failed(errors.join("; ")),
            };
            Case {
                name: (*code).to_owned(),
                title: format!("{}: {code}", self.name),
                class: self.name.clone(),
                place: self.place.clone(),
                outcome,
                details: details(of_rule()),
            }
        });
        Suite {
            name: self.name.clone(),
            cases: cases.collect(),
        }
    }

    fn annotations(&self) -> impl Iterator<Item = Annotation> {
        self.findings.iter().map(|finding| Annotation {
            level: match finding.severity {
                Severity::Error => Level::Error,
                Severity::Warn => Level::Warning,
                Severity::Info => Level::Notice,
            },
            place: self.place.clone(),
            title: finding.code.to_owned(),
            message: format!("{}: {}. {}", self.name, finding.message, finding.fix),
        })
    }
}

/// Each finding in a line, then why they bite and what to do.
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

/// The cases about all of them.
pub(super) fn suites(subjects: &[Subject]) -> Vec<Suite> {
    subjects.iter().map(Subject::suite).collect()
}

/// What stands beside the lines about all of them.
pub(super) fn annotations(subjects: &[Subject]) -> Vec<Annotation> {
    subjects.iter().flat_map(Subject::annotations).collect()
}

/// No where there is an error.
pub(super) fn verdict(subjects: &[Subject]) -> Exit {
    let mut findings = subjects.iter().flat_map(Subject::findings);
    Exit::verdict(findings.all(|finding| finding.severity != Severity::Error))
}

/// The mistakes, each with what it is about where that has to be said.
pub(super) fn texts<'a>(
    findings: impl Iterator<Item = (Option<&'a str>, &'a Finding)>,
    look: Look,
) -> String {
    let texts: Vec<String> = findings
        .map(|(about, finding)| {
            let about = about.map_or_else(String::new, |about| format!("{}: ", plain(about)));
            format!(
                "{} {about}{}\n  why: {}\n  fix: {}",
                severity(finding, look),
                plain(&finding.message),
                finding.why,
                finding.fix
            )
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
        Severity::Error => "1;31",
        Severity::Warn => "1;33",
        Severity::Info => "1;36",
    };
    look.paint(&text, style)
}
