//! What `check` and `explain` are asked: rooms, and features or operations in them.

use clap::Args;

use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::feature::FeatureCheck;
use crate::chat_core::auth::{Feature, Operation, Target};
use crate::cli::exit::UsageError;
use crate::cli::grants::{feature, unknown};

/// Rooms, and what is to be done in them.
#[derive(Args, Debug)]
pub(super) struct Question {
    /// Rooms, by their names
    #[arg(value_name = "ROOM")]
    rooms: Vec<String>,

    /// Chat features, as `chatctl capability features` lists them
    #[arg(long = "feature", value_name = "FEATURE", num_args = 1.., value_delimiter = ',', required_unless_present = "ops")]
    features: Vec<String>,

    /// Operations, as they stand in a capability
    #[arg(long = "op", id = "ops", value_name = "OP", num_args = 1.., value_delimiter = ',')]
    ops: Vec<String>,
}

/// One thing that somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Feature(Feature),
    Operation(Operation),
}

impl Wish {
    /// The word for it, and the JSON field that it stands in.
    pub(super) fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Feature(feature) => ("feature", feature.name()),
            Self::Operation(operation) => ("operation", operation.name()),
        }
    }

    /// What `capability` says of it in a room.
    pub(super) fn check(self, capability: &Capability, target: &Target<'_>) -> FeatureCheck {
        match self {
            Self::Feature(feature) => feature.check(capability, target),
            Self::Operation(operation) => {
                let decision = capability.decide(target, operation);
                let missing = if decision.allowed {
                    None
                } else {
                    Operation::ALL.iter().find(|one| **one == operation)
                };
                FeatureCheck {
                    allowed: decision.allowed,
                    rules: decision.rule.into_iter().collect(),
                    missing: missing.map(std::slice::from_ref).into_iter().collect(),
                }
            }
        }
    }
}

impl Question {
    /// The rooms and the wishes.
    ///
    /// # Errors
    /// No room, or a word that is no feature or operation.
    pub(super) fn read(mut self) -> anyhow::Result<(Vec<String>, Vec<Wish>)> {
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
            return Err(UsageError::new("there is no ROOM to look at").into());
        }
        let mut wishes = Vec::new();
        for word in &self.features {
            wishes.push(Wish::Feature(feature("--feature", word)?));
        }
        for word in &self.ops {
            let operation = Operation::parse(word)
                .ok_or_else(|| unknown("--op", "operation", word, Operation::nearest(word)))?;
            wishes.push(Wish::Operation(operation));
        }
        Ok((self.rooms, wishes))
    }
}
