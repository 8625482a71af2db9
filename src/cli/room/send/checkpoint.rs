//! The progress of sending the lines of an input to a room, kept in a file between runs.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{Context as Hash, SHA256};
use serde::{Deserialize, Serialize};

use super::lines::InputLine;
use crate::chat_core::random::Random;
use crate::cli::atomic_file;
use crate::cli::failure::Failure;

/// A file with the progress of sending an input to a room.
pub(in crate::cli::room) struct Checkpoint {
    path: PathBuf,
    state: CheckpointState,
    /// The fingerprint of the lines that were read so far.
    read: String,
}

#[derive(Serialize, Deserialize)]
#[serde(expecting = "a JSON object")]
struct CheckpointState {
    /// The room of the lines.
    room: String,
    /// The prefix of every line's idempotency key: a line that was on its way when a run ended is sent once.
    key: String,
    /// The number of lines that are done, refused ones included.
    done: u64,
    /// The fingerprint of those lines, which tells this input from another.
    lines: String,
}

impl Checkpoint {
    /// Reads the file. One that does not exist, or is empty, begins at the first line.
    ///
    /// # Errors
    /// A file that can't be read, that is not a checkpoint, or that is about another room.
    pub(in crate::cli::room) fn open(path: &Path, room: &str) -> anyhow::Result<Self> {
        let shown = path.display();
        let text = match std::fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            text => text.with_context(|| format!("can't read {shown}"))?,
        };
        let state = if text.is_empty() {
            CheckpointState {
                room: room.to_owned(),
                key: String::new(),
                done: 0,
                lines: String::new(),
            }
        } else {
            serde_json::from_slice(&text)
                .with_context(|| format!("{shown} was not written by --resume"))?
        };
        let checkpoint = Self {
            path: path.to_owned(),
            state,
            read: String::new(),
        };
        if checkpoint.state.room == room {
            Ok(checkpoint)
        } else {
            let other = &checkpoint.state.room;
            Err(checkpoint.not_ours(&format!("it is about the room {other}, not {room}")))
        }
    }

    /// The prefix of the idempotency keys, which is generated and kept before the first line is sent.
    pub(super) fn key(&mut self, random: &Random) -> anyhow::Result<String> {
        if self.state.key.is_empty() {
            self.state.key = random.alphanumeric(12);
            self.save()?;
        }
        Ok(self.state.key.clone())
    }

    /// Notes that a line was read. Returns whether it was done in an earlier run.
    ///
    /// # Errors
    /// Lines that differ from those of the earlier run.
    pub(super) fn is_done(&mut self, line: &InputLine) -> anyhow::Result<bool> {
        let mut hash = Hash::new(&SHA256);
        hash.update(self.read.as_bytes());
        hash.update(&line.fingerprint);
        self.read = URL_SAFE_NO_PAD.encode(hash.finish());
        if line.number == self.state.done && self.read != self.state.lines {
            let done = self.state.done;
            let fault = format!("its first {done} lines differ from those of this input");
            return Err(self.not_ours(&fault));
        }
        Ok(line.number <= self.state.done)
    }

    /// Notes that the last line read is done.
    pub(super) fn done(&mut self, number: u64) -> anyhow::Result<()> {
        self.state.done = number;
        self.state.lines.clone_from(&self.read);
        self.save()
    }

    /// Notes that the input ended after `last` lines.
    ///
    /// # Errors
    /// More lines than that were done in an earlier run.
    pub(super) fn ended(&self, last: u64) -> anyhow::Result<()> {
        let done = self.state.done;
        if last >= done {
            return Ok(());
        }
        Err(self.not_ours(&format!("{done} lines are done, and this input has {last}")))
    }

    fn not_ours(&self, fault: &str) -> anyhow::Error {
        let shown = self.path.display();
        Failure::usage(format!("--resume: {shown} belongs to another run: {fault}"))
            .hint("use one file per room and input, or remove it to begin at the first line")
            .into()
    }

    fn save(&self) -> anyhow::Result<()> {
        atomic_file::write(&self.path, &serde_json::to_vec(&self.state)?)
            .with_context(|| format!("can't write {}", self.path.display()))
    }
}
