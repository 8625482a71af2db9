//! The content that a channel begins with and is reset to.

use super::command::ChannelCommand;
use super::fold::Transition;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::PresenceMessage;

/// The content that a channel begins with.
#[derive(Debug, Default)]
pub(crate) struct ChannelSeed {
    /// Entries of another store, in the order of their serials, with the effects that they had there.
    pub(crate) imported: Vec<Transition>,
    /// The presence set.
    pub(crate) members: Vec<PresenceMessage>,
    /// Commands that are done in it then.
    pub(crate) steps: Vec<SeedStep>,
}

impl From<Vec<SeedStep>> for ChannelSeed {
    fn from(steps: Vec<SeedStep>) -> Self {
        Self {
            steps,
            ..Self::default()
        }
    }
}

/// A command that a channel begins with, at its own time.
#[derive(Clone, Debug)]
pub(crate) struct SeedStep {
    /// The command.
    pub(crate) command: ChannelCommand,
    /// The time that it is stamped with.
    pub(crate) at: Timestamp,
    /// The earlier step of the same plan whose first message it is about, by its index there.
    pub(crate) about: Option<usize>,
}

impl SeedStep {
    /// Runs each of `steps` through `apply`, which returns the serials of what was done; a step about an earlier one
    /// is given that one's serial first.
    pub(super) fn each(
        steps: Vec<Self>,
        mut apply: impl FnMut(ChannelCommand, Timestamp) -> Result<Vec<Option<String>>>,
    ) -> Result<()> {
        let mut serials: Vec<Option<String>> = Vec::with_capacity(steps.len());
        for Self {
            mut command,
            at,
            about,
        } in steps
        {
            if let Some(serial) = about.and_then(|index| serials.get(index)?.as_deref()) {
                command.kind = command.kind.about(serial);
            }
            let done = apply(command, at)?;
            serials.push(done.into_iter().next().flatten());
        }
        Ok(())
    }
}
