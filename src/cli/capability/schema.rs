//! `capability schema`: the JSON Schema of policy files, for editors.

use clap::Args;

use super::policy::schema::schema;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::json_schema;

/// Print the JSON Schema of policy files
///
/// Editors use it to complete and check policies. Save it beside the policy, and name it in the first line of the
/// policy, as Taplo and VS Code's "Even Better TOML" expect:
///
///     chatctl capability schema > policy.schema.json
///     #:schema ./policy.schema.json
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Schema {}

impl Schema {
    #[expect(clippy::unused_self, reason = "every verb is run in the same way")]
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        json_schema::print(&schema(), context)
    }
}
