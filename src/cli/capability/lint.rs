//! `capability lint`: mistakes in capabilities, and in those of the roles of a policy.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::argument;
use super::policy::{self, LintLevels, TokenCommands};
use crate::chat_core::analysis::lint::lint_capability;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::finding::{self, LintedSubject};
use crate::cli::report::{self, FileAnnotation, ReportFormat, ReportSuite, Reported};
use crate::cli::subject;
use crate::output::{Look, Render, to_json};

/// Find common mistakes in capabilities, each with reason and fix
///
///     chatctl capability lint '{"lobby*":["publish"]}'
///     chatctl capability lint --policy policy.toml -o github
///
/// A policy file may change the severity of a rule, with a reason:
///
///   [lint.namespace-root]
///   severity = "off"
///   reason = "the room 'dms' is meant"
///
/// With -o tap and junit, each rule that was applied to each capability is a case: an error fails it, lesser
/// findings are details, and a rule that the file turns off is skipped.
///
/// `chatctl help lint` lists the rules. The token commands of a policy are run. Exits 1 if there is an error among the
/// findings.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct CapabilityLint {
    /// Capabilities as JSON, or tokens that have one; `-` for standard input, `@file` for a file
    #[arg(value_name = "CAPABILITY", required_unless_present = "policy")]
    capabilities: Vec<String>,

    /// Policy whose roles are checked; `-` for standard input
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,

    /// Capability of the key, as JSON: a token never grants more than its key
    #[arg(long, value_name = "JSON")]
    key_capability: Option<String>,

    // The older spelling of -o.
    #[arg(long, value_name = "FORMAT", hide = true)]
    format: Option<ReportFormat>,
}

/// The source of a capability.
enum CapabilitySource {
    /// The argument of this number, from 1, and the file that it names.
    Argument(usize, Option<String>),
    /// The role of this name.
    Role(String),
}

/// The findings of all capabilities.
struct CapabilityFindings {
    subjects: Vec<LintedSubject>,
    /// By subject.
    origins: Vec<CapabilitySource>,
}

impl CapabilityLint {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let files = self.policy.iter().filter_map(|path| path.to_str());
        let others = self.capabilities.iter().chain(&self.key_capability);
        argument::one_stdin(others.map(String::as_str).chain(files))?;
        let of_key = subject::key_capability(self.key_capability.as_deref(), context)?;
        let mut findings = CapabilityFindings {
            subjects: Vec::new(),
            origins: Vec::new(),
        };
        for (place, written) in self.capabilities.iter().enumerate() {
            let capability = argument::capability_to_lint("CAPABILITY", written, context)?;
            let linted = lint_capability(&capability, of_key.as_ref());
            let file = written.strip_prefix('@').map(str::to_owned);
            let name = match &file {
                Some(file) => format!("the capability in {file}"),
                None if self.capabilities.len() == 1 => "the capability".to_owned(),
                None => format!("capability {}", place + 1),
            };
            let subject = LintedSubject::new(name, None, linted, &LintLevels::default());
            findings.add(CapabilitySource::Argument(place + 1, file), subject);
        }
        let loaded = policy::load(&self.policy, TokenCommands::Ignore, context)?;
        for (role, levels) in loaded.policy.roles.iter().zip(&loaded.levels) {
            let Some(capability) = &role.capability else {
                continue;
            };
            let linted = lint_capability(capability, of_key.as_ref());
            let (name, place) = (format!("role {}", role.name), Some(role.place.clone()));
            let subject = LintedSubject::new(name, place, linted, levels);
            findings.add(CapabilitySource::Role(role.name.clone()), subject);
        }
        report::print(&findings, self.format, context)?;
        Ok(finding::verdict(&findings.subjects))
    }
}

impl CapabilityFindings {
    fn add(&mut self, origin: CapabilitySource, subject: LintedSubject) {
        self.subjects.push(subject);
        self.origins.push(origin);
    }
}

impl Reported for CapabilityFindings {
    const COMMAND: &'static str = "chatctl capability lint";

    fn suites(&self) -> Vec<ReportSuite> {
        finding::suites(&self.subjects)
    }

    fn annotations(&self) -> Vec<FileAnnotation> {
        finding::annotations(&self.subjects)
    }

    fn summary(&self) -> Option<String> {
        None
    }
}

impl Render for CapabilityFindings {
    fn json(&self) -> Value {
        let all = self.subjects.iter().zip(&self.origins);
        let findings = all.flat_map(|(subject, origin)| {
            subject.findings().iter().map(move |finding| {
                let mut value = to_json(finding);
                match origin {
                    CapabilitySource::Role(name) => value["role"] = Value::from(name.as_str()),
                    CapabilitySource::Argument(number, file) => {
                        value["argument"] = Value::from(*number);
                        if let Some(file) = file {
                            value["file"] = Value::from(file.as_str());
                        }
                    }
                }
                if let Some(place) = &subject.place {
                    value["file"] = Value::from(&*place.file);
                    value["line"] = Value::from(place.line);
                }
                value
            })
        });
        findings.collect()
    }

    fn table(&self, look: Look) -> String {
        let each = self.subjects.iter().flat_map(|subject| {
            let findings = subject.findings().iter();
            findings.map(|finding| (Some(subject.name.as_str()), finding))
        });
        finding::texts(each, look)
    }
}
