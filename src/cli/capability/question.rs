//! The arguments of `check` and `explain`: rooms, and features or operations.

use clap::Args;

use crate::chat_core::analysis::Permission;
use crate::chat_core::auth::Operation;
use crate::cli::failure::Failure;
use crate::cli::grants::{feature, unknown};
use crate::output::Style;

/// The answers in tables, and the colours of them.
pub(super) const ANSWERS: [(&str, Style); 3] = [
    ("allowed", Style::Good),
    ("denied", Style::Bad),
    ("not known", Style::Attention),
];

/// Rooms, and the permissions in question.
#[derive(Args, Debug)]
pub(super) struct Question {
    /// Names of the rooms
    #[arg(value_name = "ROOM")]
    rooms: Vec<String>,

    /// Chat features, as `chatctl capability features` lists them
    #[arg(long = "feature", value_name = "FEATURE", num_args = 1.., value_delimiter = ',')]
    features: Vec<String>,

    /// Operations, as capabilities name them
    #[arg(long = "op", id = "ops", value_name = "OP", num_args = 1.., value_delimiter = ',')]
    ops: Vec<String>,
}

impl Question {
    /// The rooms, and the permissions in question.
    ///
    /// # Errors
    /// No room, or an unknown feature or operation.
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
            return Err(Failure::usage("ROOM is missing").into());
        }
        if self.features.is_empty() && self.ops.is_empty() {
            return Err(Failure::usage("give --feature or --op")
                .hint("`chatctl capability features` lists the features, and the operations that they need")
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
