//! Reads policy files, and runs their token commands where the user allows it.

mod file;
mod levels;
mod role;
pub(super) mod schema;
mod source;
mod test;
mod token;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use toml::Spanned;

use crate::chat_core::analysis::policy::{Policy, Role};
use crate::chat_core::analysis::token_text;
use crate::cli::Context;
use crate::cli::failure::Failure;
use file::RoleFile;
pub(in crate::cli) use levels::LintLevels;
pub(super) use role::DEFAULT_TTL;
use role::RoleCredential;
use source::PolicySource;
pub(super) use source::nearest;
pub(super) use token::ResolvedCredential;

/// Policies as one, with the credentials of each role.
pub(super) struct Loaded {
    /// The policy.
    pub(super) policy: Policy,
    /// By role.
    pub(super) held: Vec<ResolvedCredential>,
    /// By role: the severities of lint rules in its file.
    pub(super) levels: Vec<LintLevels>,
}

/// The treatment of the token commands of a policy.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenCommands {
    /// They are run, and the service judges what their tokens do not say.
    RunForLive,
    /// They are run, and their tokens must say what they grant.
    Run,
    /// They are not run, since the file may not be trusted. A role that has one is refused.
    Refuse,
    /// They are not run, and nothing is asked of their roles.
    Ignore,
}

impl TokenCommands {
    /// The treatment offline, where the user may have allowed them.
    pub(super) fn offline(are_allowed: bool) -> Self {
        if are_allowed { Self::Run } else { Self::Refuse }
    }
}

/// Reads policy files and runs their token commands, where `commands` says so.
///
/// # Errors
/// A fault in a file with its place; a command that gives no token; offline, a role whose rights only the service
/// knows.
pub(super) fn load(
    paths: &[PathBuf],
    commands: TokenCommands,
    context: &Context,
) -> anyhow::Result<Loaded> {
    let mut loaded = Loaded {
        policy: Policy::default(),
        held: Vec::new(),
        levels: Vec::new(),
    };
    for path in paths {
        let source = PolicySource::read(path, context)?;
        let file = source.parse()?;
        let first = loaded.policy.roles.len();
        let levels = LintLevels::read(&source, &file)?;
        let mut users = Vec::with_capacity(file.roles.len());
        for (name, written) in &file.roles {
            let (role, credential) = role::read(&source, name, written, context)?;
            let has_command = matches!(credential, RoleCredential::Command(_));
            if commands == TokenCommands::Refuse && has_command {
                return Err(has_a_command(&source, written, &role).into());
            }
            let (role, held) = if commands == TokenCommands::Ignore && has_command {
                (role, ResolvedCredential::Minted(Vec::new()))
            } else {
                token::hold(role, credential, context)?
            };
            let is_offline = matches!(commands, TokenCommands::Run | TokenCommands::Refuse);
            if is_offline && role.capability.is_none() {
                if let ResolvedCredential::Token(token, _) = &held {
                    // Something that is not a token is a fault of its own.
                    token_text::read(token.reveal())
                        .with_context(|| format!("the token of role '{name}'"))?;
                }
                return Err(unknown_rights(&source, written, &role).into());
            }
            users.push(written.get_ref().user.clone());
            loaded.policy.roles.push(role);
            loaded.held.push(held);
            loaded.levels.push(levels.clone());
        }
        let roles = &loaded.policy.roles[first..];
        for written in &file.tests {
            let tests = test::read(&source, written, roles, &users)?;
            loaded.policy.tests.extend(tests.into_iter().map(|test| {
                let role = test.role + first;
                crate::chat_core::analysis::policy::Test { role, ..test }
            }));
        }
    }
    Ok(loaded)
}

/// Reads the severities of lint rules in a policy file, without running any of its commands.
///
/// # Errors
/// A fault in the file, with its place.
pub(in crate::cli) fn lint_levels(path: &Path, context: &Context) -> anyhow::Result<LintLevels> {
    let source = PolicySource::read(path, context)?;
    let file = source.parse()?;
    LintLevels::read(&source, &file)
}

fn has_a_command(source: &PolicySource, written: &Spanned<RoleFile>, role: &Role) -> Failure {
    let what = format!(
        "role '{}' has a token-command, which is not run unless you allow it",
        role.name
    );
    source
        .fault(Some(written.span()), &what)
        .hint("read the command, and allow those of this policy with --run-commands")
}

fn unknown_rights(source: &PolicySource, written: &Spanned<RoleFile>, role: &Role) -> Failure {
    let what = format!(
        "the rights of role '{}' are known to the service only",
        role.name
    );
    source
        .fault(Some(written.span()), &what)
    .hint(
        "give them with capability, grant or capability-file beside the key or command, or use --live",
    )
}

/// Reads the text of a policy, and judges its checks, their coverage and their mutants. A fault is one line, and names
/// its place. Commands are not run and other files are not read.
#[cfg(any(test, fuzzing))]
pub(in crate::cli) fn fuzz(text: &str, context: &Context) {
    let source = PolicySource::new("policy".into(), PathBuf::new(), text.to_owned());
    match read_source(&source, context) {
        Ok(policy) => judge(&policy),
        Err(error) => {
            let fault = error.to_string();
            assert!(fault.starts_with("policy:"), "{fault}");
        }
    }
}

#[cfg(any(test, fuzzing))]
fn read_source(source: &PolicySource, context: &Context) -> anyhow::Result<Policy> {
    let file = source.parse()?;
    let mut policy = Policy::default();
    let written = file.roles.values().map(toml::Spanned::get_ref);
    if written.clone().any(|role| role.capability_file.is_some()) {
        return Ok(policy);
    }
    let users: Vec<_> = written.map(|role| role.user.clone()).collect();
    LintLevels::read(source, &file)?;
    for (name, written) in &file.roles {
        policy
            .roles
            .push(role::read(source, name, written, context)?.0);
    }
    for written in &file.tests {
        let tests = test::read(source, written, &policy.roles, &users)?;
        policy.tests.extend(tests);
    }
    Ok(policy)
}

/// Checks that judging all checks at once and one by one is the same, as far as they are few.
#[cfg(any(test, fuzzing))]
fn judge(policy: &Policy) {
    use crate::chat_core::analysis::policy::{coverage, evaluate, evaluate_each, mutate};
    let checks = policy.checks();
    let verdicts: Vec<_> = evaluate_each(policy, &checks).collect();
    assert_eq!(verdicts.len(), checks.len());
    for (check, verdict) in checks.iter().zip(&verdicts) {
        let alone = evaluate(&policy.roles[check.role], check);
        assert_eq!(&alone, verdict, "{check:?}");
    }
    let roles: Vec<usize> = (0..policy.roles.len()).collect();
    let percent = coverage(policy, &roles, &checks).percent();
    assert!((0.0..=100.0).contains(&percent), "{percent}");
    if checks.len() * roles.len() < 200 {
        let _ = mutate(policy, &roles, &checks);
    }
}
