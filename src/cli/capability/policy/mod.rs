//! Policy files: reading them, and fetching what they leave to commands.

mod file;
mod levels;
mod role;
pub(super) mod schema;
mod source;
mod test;
mod token;

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::chat_core::analysis::policy::{Policy, Role};
use crate::chat_core::analysis::token_text;
use crate::cli::Context;
use crate::cli::failure::Failure;
pub(in crate::cli) use levels::Levels;
pub(super) use role::DEFAULT_TTL;
use source::Source;
pub(super) use source::nearest;
pub(super) use token::Held;

/// Policies that were read, all as one, and how each of their roles is let in.
pub(super) struct Loaded {
    /// What they say.
    pub(super) policy: Policy,
    /// By role.
    pub(super) held: Vec<Held>,
    /// By role: how bad the findings of lint rules are in its file.
    pub(super) levels: Vec<Levels>,
}

/// Reads policy files and runs their token commands.
///
/// # Errors
/// What is wrong in a file and where; a command that gives no token; with `is_offline`, a role of which only the
/// service knows what it may do.
pub(super) fn load(
    paths: &[PathBuf],
    is_offline: bool,
    context: &Context,
) -> anyhow::Result<Loaded> {
    let mut loaded = Loaded {
        policy: Policy::default(),
        held: Vec::new(),
        levels: Vec::new(),
    };
    for path in paths {
        let source = Source::read(path, context)?;
        let file = source.parse()?;
        let first = loaded.policy.roles.len();
        let levels = Levels::read(&source, &file)?;
        let mut users = Vec::with_capacity(file.roles.len());
        for (name, written) in &file.roles {
            let (role, credential) = role::read(&source, name, written, context)?;
            let (role, held) = token::hold(role, credential, context)?;
            if is_offline && role.capability.is_none() {
                if let Held::Token(token, _) = &held {
                    // What is no token at all is known to nobody.
                    token_text::read(token.reveal())
                        .with_context(|| format!("the token of role '{name}'"))?;
                }
                return Err(unknown_rights(&role).into());
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

/// What a policy file says of lint rules; none of its commands is run.
///
/// # Errors
/// What is wrong in the file and where.
pub(in crate::cli) fn lint_levels(path: &Path, context: &Context) -> anyhow::Result<Levels> {
    let source = Source::read(path, context)?;
    let file = source.parse()?;
    Levels::read(&source, &file)
}

fn unknown_rights(role: &Role) -> Failure {
    Failure::usage(format!(
        "{}:{}: what role '{}' may do is known to the service alone",
        role.place.file, role.place.line, role.name
    ))
    .hint(
        "say it with capability, grant or capability-file beside the key or command, or use --live",
    )
}
