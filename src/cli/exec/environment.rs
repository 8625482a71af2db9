//! The environment of the command of `exec`.

use std::ffi::{OsStr, OsString};

use super::trust::TrustFiles;
use super::virtual_time::{NODE_OPTIONS, SharedTime};
use crate::cli::Context;
use crate::cli::admin_token;
use crate::cli::serve::Ready;
use crate::cli::variables::variables;

/// The environment of the command: that of this process without the variables of other servers, with those of this one
/// and of its certificate, and with this program on the PATH.
///
/// # Errors
/// A folder whose name can't be in PATH.
pub(super) fn of_command(
    context: &Context,
    ready: &Ready,
    trust: Option<&TrustFiles>,
    time: Option<&SharedTime>,
) -> anyhow::Result<Vec<(OsString, OsString)>> {
    let mut environment: Vec<(OsString, OsString)> = context
        .environment
        .iter()
        .filter(|(name, _)| !is_for_another(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for (name, value) in variables(ready) {
        environment.push((name.into(), value.into()));
    }
    if let Some(token) = &ready.admin_token {
        environment.push((admin_token::VARIABLE.into(), token.into()));
    }
    // A profile would lead elsewhere.
    environment.push(("CHATCTL_EXEC".into(), "1".into()));
    for (name, path) in trust.iter().flat_map(|trust| trust.variables()) {
        environment.push((name.into(), path.into()));
    }
    if let Some(time) = time {
        let before = context.environment.raw(NODE_OPTIONS);
        environment.retain(|(name, _)| name != NODE_OPTIONS);
        let variables = time.variables(before).into_iter();
        environment.extend(variables.map(|(name, value)| (name.into(), value)));
    }
    if let Ok(program) = std::env::current_exe()
        && let Some(folder) = program.parent()
    {
        // An empty PATH has one entry: the current folder.
        let path = context
            .environment
            .raw("PATH")
            .filter(|path| !path.is_empty());
        let others = path.into_iter().flat_map(std::env::split_paths);
        let folders = std::iter::once(folder.to_owned()).chain(others);
        environment.push(("PATH".into(), std::env::join_paths(folders)?));
    }
    Ok(environment)
}

fn is_for_another(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| {
        name.starts_with("CHATCTL_") || matches!(name, "ABLY_TOKEN" | "ABLY_CLIENT_ID")
    })
}
