//! `faults lint`: the faults of rule files.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::toml_file;
use crate::output::{Look, Render};
use crate::server::faults::RulesForm;

/// Check rule files of faults
///
/// Prints what is wrong, and where; exits 1 if anything is.
///
///     chatctl faults lint faults.toml
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct LintFaults {
    /// Files with rules, in TOML
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// The faults of each file.
struct Linted(Vec<(String, String)>);

impl LintFaults {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let mut found = Vec::new();
        for path in &self.files {
            let name = path.display().to_string();
            let text = crate::chat_core::text::read_file(path).map_err(|error| {
                crate::cli::failure::Failure::usage(format!("FILE: {name}: {error}"))
            })?;
            match toml_file::parse::<RulesForm>(&text) {
                Ok(rules) => {
                    let faults = rules.faults().into_iter();
                    found.extend(faults.map(|fault| (name.clone(), fault)));
                }
                Err(fault) => found.push((name, fault)),
            }
        }
        let is_clean = found.is_empty();
        context.output.print(&Linted(found))?;
        Ok(if is_clean { Exit::Done } else { Exit::No })
    }
}

impl Render for Linted {
    fn json(&self) -> Value {
        let each = self.0.iter();
        each.map(|(file, fault)| json!({"file": file, "message": fault}))
            .collect()
    }

    fn table(&self, _: Look) -> String {
        if self.0.is_empty() {
            return "nothing is wrong".to_owned();
        }
        let each = self.0.iter();
        let lines: Vec<String> = each
            .map(|(file, fault)| format!("{file}:{fault}"))
            .collect();
        lines.join("\n")
    }
}
