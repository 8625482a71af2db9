//! Where the admin token of a server is: a variable within `exec`, and for `serve --dev` and `--admin` a file of this user
//! that is named after the port.

use std::fs;
use std::path::PathBuf;

use super::atomic_file;
use super::context::Context;
use crate::settings::Environment;

/// The variable with the token.
pub(super) const VARIABLE: &str = "CHATCTL_ADMIN_TOKEN";

/// The file with the token of a server of this user on `port`, if the user has a folder for it.
pub(super) fn file_of(environment: &Environment, port: u16) -> Option<PathBuf> {
    let absolute = |name| {
        environment
            .raw(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")));
    Some(state?.join(format!("chatctl/admin/{port}")))
}

/// The token of a server on a port, in a file for the other commands of this user, for as long as this is not dropped.
pub(super) struct TokenFile {
    path: PathBuf,
    token: String,
}

impl TokenFile {
    /// Writes the file; without a folder for it, or where that can't be written, there is none.
    pub(super) fn write(context: &Context, port: u16, token: &str) -> Option<Self> {
        let path = file_of(&context.environment, port)?;
        let folder = path.parent()?;
        let written =
            fs::create_dir_all(folder).and_then(|()| atomic_file::write_private(&path, token));
        match written {
            Ok(()) => Some(Self {
                path,
                token: token.to_owned(),
            }),
            Err(error) => {
                tracing::warn!(%error, "the admin token can't be kept for other commands");
                None
            }
        }
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        let kept = fs::read_to_string(&self.path).unwrap_or_default();
        if kept.trim() == self.token {
            // One that remains opens nothing.
            let _ = fs::remove_file(&self.path);
        }
    }
}
