//! JSON Schemas of the files that commands read, for editors.

use serde_json::Value;

use super::Context;
use super::exit::Exit;
use crate::output::{Look, Render};

/// A schema, which is indented for people.
struct Document<'a>(&'a Value);

/// Prints a schema.
///
/// # Errors
/// As [`crate::output::Output::print`].
pub(super) fn print(schema: &Value, context: &Context) -> anyhow::Result<Exit> {
    context.output.print(&Document(schema))?;
    Ok(Exit::Done)
}

impl Render for Document<'_> {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, _: Look) -> String {
        format!("{:#}", self.0)
    }
}
