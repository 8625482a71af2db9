//! `capability test`: checks the expectations of policy files with the engine and, with `--live`, at an endpoint.

use std::path::PathBuf;

use clap::Args;

use super::argument;
use super::live::{LiveOptions, prove};
use super::policy::{self, Loaded, TokenCommands};
use super::report::{CheckLine, MutationResult, PolicyReport};
use crate::chat_core::analysis::policy::{Answer, Check, Policy, coverage, evaluate_each, mutate};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::report::{self, ReportFormat};

/// Test that roles may do what a policy says, and nothing else
///
/// A policy has roles with their rights, and tests of what is allowed and denied in which rooms:
///
///   [roles.member]
///   client-id = "{user}"
///   grant = { "dms:*" = ["send-messages", "receive-messages"] }
///   forbid = ["message-delete-any"]
///
///   [[test]]
///   name = "members talk in DMs and nowhere else"
///   role = "member"
///   rooms = ["dms:a", "dms:a:b"]
///   only = ["send-messages", "receive-messages"]
///
///     chatctl capability test policy.toml
///     chatctl capability test policy.toml --mutate --min-coverage 100
///     chatctl capability test policy.toml -o junit > report.xml
///     chatctl exec -- chatctl capability test policy.toml --live
///
/// With --live nothing stays behind: messages are deleted, members leave. Operations that nothing in Chat can show are
/// judged by the engine only, and listed as not proved.
///
/// Roles have a capability (grant, capability, capability-file), a token that token-command prints, or a key. The
/// commands of a policy are run with --live and --run-commands: read a policy before you do that.
/// `chatctl capability schema` describes the file.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct CapabilityTest {
    /// Policy files, in TOML; `-` for standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Only tests whose names contain this
    #[arg(long = "test", value_name = "TEXT")]
    tests: Vec<String>,

    /// Only expectations and rights of this role
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,

    /// Only expectations in this room
    #[arg(long = "room", value_name = "ROOM")]
    rooms: Vec<String>,

    /// Stop at the first failure
    #[arg(long)]
    fail_fast: bool,

    // The older spelling of -o.
    #[arg(long, value_name = "FORMAT", hide = true)]
    format: Option<ReportFormat>,

    /// Fail if tests exercise less than this share of what is granted, in per cent
    #[arg(long, value_name = "PERCENT", value_parser = percent, allow_negative_numbers = true)]
    min_coverage: Option<f64>,

    /// Change each role by one right, less or more, or by a rule that holds everywhere, and fail if no test notices;
    /// report redundant expectations
    #[arg(long)]
    mutate: bool,

    /// Do everything at the endpoint too, in fresh rooms where that proves the same, and undo it
    #[arg(long)]
    live: bool,

    /// Run the token commands of the policy, which are shell commands in it; --live implies it
    #[arg(long)]
    run_commands: bool,

    /// Number of rooms to try at a time with --live
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = jobs)]
    jobs: usize,
}

impl CapabilityTest {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        argument::one_stdin(self.files.iter().filter_map(|path| path.to_str()))?;
        let commands = if self.live {
            TokenCommands::RunForLive
        } else {
            TokenCommands::offline(self.run_commands)
        };
        let loaded = policy::load(&self.files, commands, context)?;
        let checks = self.chosen(&loaded)?;
        let mut lines = self.judged(&loaded, &checks);
        let mut is_interrupted = false;
        let is_over = self.fail_fast && lines.iter().any(|line| line.answer() == Answer::Failed);
        if self.live && !is_over {
            let wanted = LiveOptions {
                jobs: self.jobs,
                fail_fast: self.fail_fast,
            };
            let proved = prove(&loaded, lines, &wanted, context)?;
            lines = proved.lines;
            is_interrupted = proved.is_interrupted;
        }
        let roles = self.chosen_roles(&loaded.policy);
        let report = PolicyReport {
            roles: loaded
                .policy
                .roles
                .iter()
                .map(|role| (role.name.clone(), role.place.clone()))
                .collect(),
            left_out: checks.len() - lines.len(),
            coverage: coverage(&loaded.policy, &roles, &checks),
            min_coverage: self.min_coverage,
            changes: self
                .mutate
                .then(|| changes(&loaded.policy, &roles, &checks)),
            lines,
        };
        report::print(&report, self.format, context)?;
        if is_interrupted {
            return Ok(Exit::Interrupted);
        }
        Ok(Exit::verdict(report.is_good()))
    }

    /// The checks that the filters let through.
    fn chosen(&self, loaded: &Loaded) -> anyhow::Result<Vec<Check>> {
        let roles = &loaded.policy.roles;
        let all = loaded.policy.checks();
        if all.is_empty() {
            return Err(Failure::usage("there is no test in the policy")
                .hint("a test is [[test]] with name, role, rooms, and allow, deny or only")
                .into());
        }
        for name in &self.roles {
            if !roles.iter().any(|role| role.name == *name) {
                let error = Failure::usage(format!("--role: unknown role '{name}'"));
                let known = roles.iter().map(|role| role.name.as_str());
                return Err(match policy::nearest(name, known) {
                    Some(nearest) => error.hint(format!("did you mean '{nearest}'?")),
                    None => error,
                }
                .into());
            }
        }
        let fits = |check: &Check| {
            let is_test =
                self.tests.is_empty() || self.tests.iter().any(|text| check.test.contains(text));
            let is_role = self.roles.is_empty() || self.roles.contains(&roles[check.role].name);
            let is_room = self.rooms.is_empty()
                || check
                    .room
                    .as_ref()
                    .is_some_and(|room| self.rooms.contains(room));
            is_test && is_role && is_room
        };
        let chosen: Vec<Check> = all.into_iter().filter(fits).collect();
        if chosen.is_empty() {
            return Err(Failure::usage("no test matches --test, --role and --room").into());
        }
        Ok(chosen)
    }

    /// The roles that are tested: the rights of others are not a gap in the tests.
    fn chosen_roles(&self, policy: &Policy) -> Vec<usize> {
        let is_chosen = |name| self.roles.is_empty() || self.roles.contains(name);
        let roles = policy.roles.iter().enumerate();
        roles
            .filter(|(_, role)| is_chosen(&role.name))
            .map(|(place, _)| place)
            .collect()
    }

    fn judged(&self, loaded: &Loaded, checks: &[Check]) -> Vec<CheckLine> {
        let mut lines = Vec::with_capacity(checks.len());
        for (check, offline) in checks.iter().zip(evaluate_each(&loaded.policy, checks)) {
            let line = CheckLine {
                offline,
                check: check.clone(),
                live: None,
            };
            let is_last = self.fail_fast && line.answer() == Answer::Failed;
            lines.push(line);
            if is_last {
                break;
            }
        }
        lines
    }
}

/// The changes of roles that the tests would notice.
fn changes(policy: &Policy, roles: &[usize], checks: &[Check]) -> MutationResult {
    let mutation = mutate(policy, roles, checks);
    let redundant = mutation.redundant.iter();
    MutationResult {
        redundant: redundant.map(|place| checks[*place].clone()).collect(),
        mutation,
    }
}

fn jobs(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(jobs) if (1..=64).contains(&jobs) => Ok(jobs),
        _ => Err("must be a number from 1 to 64".to_owned()),
    }
}

fn percent(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent),
        _ => Err("must be a number from 0 to 100".to_owned()),
    }
}
