//! `faults shrink`: the least set of the faults of a seed with which a command still fails.

use std::ffi::OsString;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use super::minimal::least;
use crate::cli::Context;
use crate::cli::context::jq_filter;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::process::mode;
use crate::cli::serve::ChaosOptions;
use crate::cli::{atomic_file, rule_text};
use crate::output::query::JqFilter;
use crate::output::{Look, Render};

/// Find the faults of a seed that make a command fail
///
/// Runs the command on servers of its own, as exec does: without faults, where it must pass twice; with those of the
/// seed, where it must fail twice; then with fewer and fewer of them, until each that is left is needed. Prints them as a
/// rule file, which exec --faults takes.
///
///     chatctl faults shrink --chaos 17 -- npm test
///     chatctl faults shrink --chaos 17 --match 'sent twice' --rules least.toml -- npm test
///
/// A run fails if the command's status is not 0; with --match, if it also printed a line that matches. Exits 1 if the
/// seed does not make it fail, or not always.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct ShrinkFaults {
    #[command(flatten)]
    chaos: ChaosOptions,

    /// Count a run as failed only if its output matches this regular expression
    #[arg(long = "match", value_name = "REGEX")]
    pattern: Option<String>,

    /// Write the rules to this file instead of printing them
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,

    /// Run in virtual time, as exec --virtual-time does
    #[arg(long)]
    virtual_time: bool,

    /// Command to run, with its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// The most of a run's output that is looked at, in bytes.
const MAX_OUTPUT: u64 = 16 * 1024 * 1024;

/// Runs of the command.
struct Runs<'a> {
    context: &'a Context,
    asked: &'a ShrinkFaults,
    /// Finds the pattern in an output.
    filter: Option<JqFilter>,
    folder: tempfile::TempDir,
    count: usize,
}

impl ShrinkFaults {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let (seed, profile) = self.chaos.required()?;
        let filter = match &self.pattern {
            None => None,
            Some(pattern) => {
                let source = format!("test({})", Value::String(pattern.clone()));
                Some(jq_filter(
                    "--match",
                    &source,
                    context.settings().timeout()?.value,
                )?)
            }
        };
        let mut runs = Runs {
            context,
            asked: self,
            filter,
            folder: tempfile::tempdir().context("can't make a temporary folder")?,
            count: 0,
        };
        for _ in 0..2 {
            if runs.fails(&[], "without faults")? {
                return Err(no(
                    "the command fails without faults: there is nothing to find",
                    "run it with 'chatctl exec' first",
                ));
            }
        }
        let log = runs.folder.path().join("log.json");
        let with_seed = ["--chaos".into(), seed.to_string().into()];
        let with_profile = ["--chaos-profile".into(), profile.into()];
        let to_log: [OsString; 2] = ["--fault-log".into(), log.clone().into()];
        let arguments: Vec<OsString> = with_seed
            .into_iter()
            .chain(with_profile)
            .chain(to_log)
            .collect();
        if !runs.fails_with(&arguments, &format!("with seed {seed}"))? {
            return Err(no(
                &format!("the command passes with --chaos {seed}"),
                "a seed of a failing run is printed by exec --chaos",
            ));
        }
        let drawn = rules_of(&log)?;
        for _ in 0..2 {
            if !runs.fails(&drawn, "with the faults of the seed")? {
                return Err(no(
                    &format!(
                        "the {} faults of the seed do not always make it fail",
                        drawn.len()
                    ),
                    "the order in which it acts differs between runs: --virtual-time makes it the same",
                ));
            }
        }
        let least = least(drawn, |rules| {
            let what = format!("with {} of them", rules.len());
            runs.fails(rules, &what)
        })?;
        let least = weaken(least, &mut runs)?;
        let text = rule_text::file(&least);
        if let Some(path) = &self.rules {
            atomic_file::write(path, text.as_bytes())
                .with_context(|| format!("--rules: can't write {}", path.display()))?;
        }
        context.output.print(&Least {
            rules: least,
            written: self.rules.clone(),
        })?;
        context
            .output
            .notice(&format!("found in {} runs", runs.count));
        Ok(Exit::Done)
    }
}

impl Runs<'_> {
    /// Returns whether the command fails with these rules.
    fn fails(&mut self, rules: &[Value], what: &str) -> anyhow::Result<bool> {
        if rules.is_empty() {
            return self.fails_with(&[], what);
        }
        let path = self.folder.path().join("rules.toml");
        fs::write(&path, rule_text::file(rules)).context("can't write the rules of a run")?;
        self.fails_with(&["--faults".into(), path.into()], what)
    }

    /// Returns whether the command fails with these options of `exec`.
    fn fails_with(&mut self, options: &[OsString], what: &str) -> anyhow::Result<bool> {
        self.count += 1;
        let output = self.folder.path().join("output");
        let file = fs::File::create(&output).context("can't keep the output of a run")?;
        let mut command = mode::program_command()?;
        command
            .arg("exec")
            .args(options)
            .args(self.asked.virtual_time.then_some("--virtual-time"))
            .arg("--")
            .args(&self.asked.command)
            .env_clear()
            .envs(self.context.environment.iter())
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file);
        let status = command.status().context("can't start a run")?;
        // Its own failures, as of a command that is not there, are not what is looked for.
        if matches!(status.code(), Some(125..=127)) {
            let said = fs::read_to_string(&output).unwrap_or_default();
            return Err(Failure::usage(format!(
                "a run could not be made: {}",
                said.trim().lines().next_back().unwrap_or_default()
            ))
            .into());
        }
        let has_failed = !status.success() && self.matches(&output)?;
        let verdict = if has_failed { "fails" } else { "passes" };
        self.context
            .output
            .notice(&format!("run {}: {what}: {verdict}", self.count));
        Ok(has_failed)
    }

    fn matches(&self, output: &Path) -> anyhow::Result<bool> {
        let Some(filter) = &self.filter else {
            return Ok(true);
        };
        let mut text = Vec::new();
        fs::File::open(output)?
            .take(MAX_OUTPUT)
            .read_to_end(&mut text)?;
        let text = String::from_utf8_lossy(&text).into_owned();
        Ok(filter.holds(&Value::String(text))?)
    }
}

/// Makes each span as short as it can be.
fn weaken(mut rules: Vec<Value>, runs: &mut Runs<'_>) -> anyhow::Result<Vec<Value>> {
    for at in 0..rules.len() {
        for key in ["by", "for"] {
            if rules[at][key].is_null() || rules[at][key] == "1ms" {
                continue;
            }
            let mut weaker = rules.clone();
            weaker[at][key] = json!("1ms");
            if runs.fails(&weaker, &format!("with a shorter '{key}'"))? {
                rules = weaker;
            }
        }
    }
    Ok(rules)
}

/// The rules that do again what the log in the file at `path` has.
fn rules_of(path: &Path) -> anyhow::Result<Vec<Value>> {
    let entries: Vec<Value> = serde_json::from_slice(&fs::read(path)?)?;
    let rules = entries.iter().map(|entry| entry["replay"].clone());
    Ok(rules.filter(Value::is_object).collect())
}

fn no(message: &str, hint: &str) -> anyhow::Error {
    Failure::new(Exit::No, message).hint(hint).into()
}

/// The least set of faults.
struct Least {
    rules: Vec<Value>,
    written: Option<PathBuf>,
}

impl Render for Least {
    fn json(&self) -> Value {
        json!({"fault": self.rules})
    }

    fn table(&self, _: Look) -> String {
        match &self.written {
            Some(path) => format!("{} faults: {}", self.rules.len(), path.display()),
            None => rule_text::file(&self.rules).trim_end().to_owned(),
        }
    }
}
