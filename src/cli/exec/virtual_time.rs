//! Virtual time in the processes of the command of `exec`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use tempfile::TempDir;

use crate::cli::Context;
use crate::cli::temporary;
use crate::cli::virtual_time::{PRELOAD, TimeOptions};
use crate::server::virtual_time::{Mode, SOCKET, VirtualTime};

/// The variable whose options Node takes.
pub(super) const NODE_OPTIONS: &str = "NODE_OPTIONS";

/// Virtual time that the processes of a command share with its server. Its files are removed on drop.
pub(in crate::cli) struct SharedTime {
    pub(super) time: Arc<VirtualTime>,
    folder: TempDir,
    seed: Option<u32>,
}

impl SharedTime {
    /// Starts virtual time.
    ///
    /// # Errors
    /// An invalid option; files that can't be written.
    pub(super) fn start(options: &TimeOptions, context: &mut Context) -> anyhow::Result<Self> {
        let folder = temporary::short_folder(context)
            .context("--virtual-time: can't create a temporary folder")?;
        let preload = folder.path().join(temporary::PRELOAD);
        fs::write(&preload, PRELOAD)
            .with_context(|| format!("--virtual-time: can't write {}", preload.display()))?;
        let time = options.start(Mode::Running, Some(folder.path()), context)?;
        let seed = options.random_seed;
        Ok(Self { time, folder, seed })
    }

    /// The temporary folder of the command.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The variables by which processes take part. The options that Node has `before` are kept.
    pub(super) fn variables(&self, before: Option<&OsStr>) -> Vec<(&'static str, OsString)> {
        let mut options = before.unwrap_or_default().to_owned();
        if !options.is_empty() {
            options.push(" ");
        }
        options.push("--require ");
        options.push(self.folder().join(temporary::PRELOAD));
        let mut variables = vec![
            ("CHATCTL_CLOCK", self.folder().join(SOCKET).into()),
            (NODE_OPTIONS, options),
        ];
        if let Some(seed) = self.seed {
            variables.push(("CHATCTL_CLOCK_SEED", seed.to_string().into()));
        }
        variables
    }
}
