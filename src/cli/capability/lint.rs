//! `capability lint`: the mistakes in capabilities, given by themselves or held by the roles of a policy.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::argument;
use super::policy;
use super::report::github;
use crate::chat_core::auth::lint::{Finding, Severity, lint_capability};
use crate::chat_core::auth::policy::Place;
use crate::cli::Context;
use crate::cli::exit::{Exit, UsageError};
use crate::cli::{finding, subject};
use crate::output::{Look, Render, to_json};

/// Find the mistakes that people make with capabilities: each with why it bites, and the fix
///
///   chatctl capability lint '{"lobby*":["publish"]}'
///   chatctl capability lint --policy policy.toml --format github
///
/// A policy file says how bad a finding is there, and why:
///
///   [lint.namespace-root]
///   severity = "off"
///   reason = "the room 'dms' is meant"
///
/// `chatctl help lint` lists the rules. The token commands of a policy are run. Exits 1 if there is an error among the findings.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Lint {
    /// Capabilities as JSON, or tokens that have one; `-` for standard input, `@file` for a file
    #[arg(value_name = "CAPABILITY", required_unless_present = "policy")]
    capabilities: Vec<String>,

    /// Policy whose roles are looked at
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,

    /// What the key may do, as JSON: a token never may more
    #[arg(long, value_name = "JSON")]
    key_capability: Option<String>,

    /// Form of the results [default: that of --output]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One JSON value
    Json,
    /// Annotations of GitHub Actions
    Github,
}

/// A finding, and what it is about.
struct About {
    /// The role, where it is one's.
    role: Option<(String, Place)>,
    finding: Finding,
}

struct Findings(Vec<About>);

impl Lint {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let of_key = subject::key_capability(self.key_capability.as_deref(), context)?;
        let mut all = Vec::new();
        for written in &self.capabilities {
            let capability = argument::capability("CAPABILITY", written, context)?;
            let findings = lint_capability(&capability, of_key.as_ref());
            all.extend(findings.into_iter().map(|finding| About {
                role: None,
                finding,
            }));
        }
        let loaded = policy::load(&self.policy, false, context)?;
        for (role, levels) in loaded.policy.roles.iter().zip(&loaded.levels) {
            let Some(capability) = &role.capability else {
                continue;
            };
            let findings = lint_capability(capability, of_key.as_ref());
            all.extend(
                findings
                    .into_iter()
                    .filter_map(|it| levels.apply(it))
                    .map(|finding| About {
                        role: Some((role.name.clone(), role.place.clone())),
                        finding,
                    }),
            );
        }
        let findings = Findings(all);
        findings.print(self.format, context)?;
        let is_error = |about: &About| about.finding.severity == Severity::Error;
        Ok(Exit::verdict(!findings.0.iter().any(is_error)))
    }
}

impl Findings {
    fn print(&self, format: Option<Format>, context: &Context) -> anyhow::Result<()> {
        let output = &context.output;
        match format {
            None => output.print(self),
            Some(Format::Json) if output.has_query() => output.print(self),
            Some(_) if output.has_query() => {
                Err(UsageError::new("--jq filters JSON: leave --format out").into())
            }
            Some(Format::Table) => output.print_text(&(self.table(Look::default()) + "\n")),
            Some(Format::Json) => output.print_text(&format!("{}\n", self.json())),
            Some(Format::Github) => output.print_text(&self.github()),
        }
    }

    fn github(&self) -> String {
        let mut text = String::new();
        for About { role, finding } in &self.0 {
            let level = match finding.severity {
                Severity::Error => "error",
                Severity::Warn => "warning",
                Severity::Info => "notice",
            };
            let place = role.as_ref().map_or_else(String::new, |(_, place)| {
                format!(
                    "file={},line={},",
                    github::property(&place.file),
                    place.line
                )
            });
            let found = format!(
                "{}: {}. {}",
                about(role.as_ref()),
                finding.message,
                finding.fix
            );
            let _ = writeln!(
                text,
                "::{level} {place}title={}::{}",
                github::property(finding.code),
                github::message(&found)
            );
        }
        text
    }
}

/// What a finding is about, in words.
fn about(role: Option<&(String, Place)>) -> String {
    match role {
        Some((name, _)) => format!("role {name}"),
        None => "the capability".to_owned(),
    }
}

impl Render for Findings {
    fn json(&self) -> Value {
        let findings = self.0.iter().map(|about| {
            let mut value = to_json(&about.finding);
            if let Some((name, place)) = &about.role {
                value["role"] = Value::from(name.as_str());
                value["file"] = Value::from(&*place.file);
                value["line"] = Value::from(place.line);
            }
            value
        });
        findings.collect()
    }

    fn table(&self, look: Look) -> String {
        let findings = self
            .0
            .iter()
            .map(|found| (Some(about(found.role.as_ref())), &found.finding));
        finding::texts(findings, look)
    }
}
