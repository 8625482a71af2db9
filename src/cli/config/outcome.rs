//! The outcome of an edit.

use serde_json::Value;

use crate::output::{Look, Render};

/// An outcome for programs: people get a notice.
pub(super) struct Outcome(pub(super) Value);

impl Render for Outcome {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, _: Look) -> String {
        String::new()
    }
}
