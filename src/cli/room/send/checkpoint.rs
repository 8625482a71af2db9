//! How far the lines of an input were sent, kept in a file between runs.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::chat_core::random::Random;
use crate::cli::whole;

/// A file that remembers how far an input was sent.
pub(in crate::cli::room) struct Checkpoint {
    path: PathBuf,
    state: State,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    /// The beginning of every line's idempotency key: a line that was on its way when a run ended is sent once.
    key: String,
    /// How many lines are done, the refused ones with them.
    done: u64,
}

impl Checkpoint {
    /// Reads the file; one that is not there yet begins at the first line.
    ///
    /// # Errors
    /// A file that can't be read, or that is no such file.
    pub(in crate::cli::room) fn open(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let state = match std::fs::read(path) {
            Ok(text) => serde_json::from_slice(&text)
                .with_context(|| format!("{shown} was not written by --resume"))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => State::default(),
            Err(error) => return Err(error).with_context(|| format!("can't read {shown}")),
        };
        let path = path.to_owned();
        Ok(Self { path, state })
    }

    /// The beginning of the idempotency keys; made and kept before the first line is sent.
    pub(super) fn key(&mut self, random: &Random) -> anyhow::Result<String> {
        if self.state.key.is_empty() {
            self.state.key = random.alphanumeric(12);
            self.save()?;
        }
        Ok(self.state.key.clone())
    }

    /// Whether a line was done in an earlier run.
    pub(super) fn is_done(&self, number: u64) -> bool {
        number <= self.state.done
    }

    /// Notes that a line is done.
    pub(super) fn done(&mut self, number: u64) -> anyhow::Result<()> {
        self.state.done = number;
        self.save()
    }

    fn save(&self) -> anyhow::Result<()> {
        whole::write(&self.path, &serde_json::to_vec(&self.state)?)
            .with_context(|| format!("can't write {}", self.path.display()))
    }
}
