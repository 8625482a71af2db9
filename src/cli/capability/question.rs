//! What `check` and `explain` are asked: rooms, and features or operations in them.

use clap::Args;

use crate::chat_core::analysis::Permission;
use crate::chat_core::auth::Operation;
use crate::cli::failure::Failure;
use crate::cli::grants::{feature, unknown};

/// Rooms, and what is to be done in them.
#[derive(Args, Debug)]
pub(super) struct Question {
    /// Rooms, by their names
    #[arg(value_name = "ROOM")]
    rooms: Vec<String>,

    /// Chat features, as `chatctl capability features` lists them
    #[arg(long = "feature", value_name = "FEATURE", num_args = 1.., value_delimiter = ',')]
    features: Vec<String>,

    /// Operations, as they stand in a capability
    #[arg(long = "op", id = "ops", value_name = "OP", num_args = 1.., value_delimiter = ',')]
    ops: Vec<String>,
}

impl Question {
    /// The rooms and the permissions.
    ///
    /// # Errors
    /// No room, or a word that is no feature or operation.
    pub(super) fn read(mut self) -> anyhow::Result<(Vec<String>, Vec<Permission>)> {
        // `--feature presence lobby` is a natural order, and `--feature` takes all that follows it.
        if self.rooms.is_empty() {
            let words = if self.ops.is_empty() {
                &mut self.features
            } else {
                &mut self.ops
            };
            if words.len() > 1 {
                self.rooms.extend(words.pop());
            }
        }
        if self.rooms.is_empty() {
            return Err(Failure::usage("there is no ROOM to look at").into());
        }
        if self.features.is_empty() && self.ops.is_empty() {
            return Err(Failure::usage("what is to be done in the room is not said")
                .hint("name features with --feature, as `chatctl capability features` lists them, or operations with --op")
                .into());
        }
        let mut permissions = Vec::new();
        for word in &self.features {
            permissions.push(Permission::Feature(feature("--feature", word)?));
        }
        for word in &self.ops {
            let operation = Operation::parse(word)
                .ok_or_else(|| unknown("--op", "operation", word, Operation::nearest(word)))?;
            permissions.push(Permission::Operation(operation));
        }
        Ok((self.rooms, permissions))
    }
}
