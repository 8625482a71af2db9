//! `capability features`: the features of Chat and the operations that they need.

use clap::Args;
use serde_json::{Value, json};

use crate::chat_core::auth::{Feature, Operation};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::output::{Look, Render, table::Columns};

/// List the features of Chat and the operations that each needs
///
///     chatctl capability features
///     chatctl capability features --jq '.[] | select(.feature == "presence") | .needs'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Features {}

impl Features {
    #[expect(clippy::unused_self, reason = "every verb is run in the same way")]
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        context.output.print(&FeatureTable)?;
        Ok(Exit::Done)
    }
}

/// The table.
pub(in crate::cli) struct FeatureTable;

impl FeatureTable {
    /// The same in Markdown.
    pub(super) fn markdown() -> String {
        let rows = Self::rows().map(|cells| format!("| {} |\n", cells.join(" | ")));
        let rows: String = rows.collect();
        format!("| feature | needs | optional |\n| --- | --- | --- |\n{rows}")
    }

    fn rows() -> impl Iterator<Item = [String; 3]> {
        Feature::ALL.into_iter().map(|feature| {
            let needs = feature.needs().iter();
            let needs: Vec<String> = needs.map(|any| join(any, " or ")).collect();
            [
                feature.name().to_owned(),
                needs.join(", "),
                join(feature.optional(), ", "),
            ]
        })
    }
}

impl Render for FeatureTable {
    fn json(&self) -> Value {
        let names = |operations: &[Operation]| -> Vec<&str> {
            operations.iter().copied().map(Operation::name).collect()
        };
        Feature::ALL
            .into_iter()
            .map(|feature| {
                let needs: Vec<Vec<&str>> = feature.needs().iter().map(|any| names(any)).collect();
                json!({
                    "feature": feature.name(),
                    "needs": needs,
                    "optional": names(feature.optional()),
                })
            })
            .collect()
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["feature", "needs", "optional"]);
        for cells in Self::rows() {
            table.row(cells);
        }
        table.finish()
    }
}

fn join(operations: &[Operation], with: &str) -> String {
    let names: Vec<&str> = operations.iter().copied().map(Operation::name).collect();
    names.join(with)
}
