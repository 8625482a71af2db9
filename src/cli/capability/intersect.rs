//! `capability intersect`: the intersection of two capabilities.

use clap::Args;
use serde_json::Value;

use super::argument::Pair;
use crate::chat_core::auth::Capability;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::output::{Look, Render};

/// Print the capability that allows exactly what both A and B allow
///
/// A token that asks for B gets this from a key with A:
///
///     chatctl capability intersect '{"dms:*":["*"]}' '{"*:alice":["publish"],"lobby":["subscribe"]}'
///
/// Exits 1 when nothing is left: a token with such a capability is refused.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Intersect {
    #[command(flatten)]
    pair: Pair,
}

impl Intersect {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let (one, two) = self.pair.read(context)?;
        let common = Common(one.intersect(&two));
        context.output.print(&common)?;
        Ok(Exit::verdict(!common.0.is_empty()))
    }
}

struct Common(Capability);

impl Render for Common {
    fn json(&self) -> Value {
        self.0.to_json()
    }

    fn table(&self, _look: Look) -> String {
        self.0.canonical()
    }
}
