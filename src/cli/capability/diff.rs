//! `capability diff`: the exact difference of two capabilities.

use clap::Args;
use serde_json::{Value, json};

use super::argument::Pair;
use super::prove::{Proof, prove};
use crate::chat_core::analysis::algebra::{DifferencePart, Witness, difference};
use crate::chat_core::auth::{Capability, Resource};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::output::{Look, Render, table::Columns};

/// Show what capability B opens and closes against A
///
/// Each difference is a pattern, with exceptions where A covers a part of it, and a room that shows it. The comparison
/// is exact, not sampled: anything not listed is the same in every room. Exits 1 when B opens something:
///
///     chatctl capability diff @before.json @after.json
///     chatctl capability diff '{"dms:admin":["publish"]}' '{"dms:*":["publish"]}' --jq '.opens'
///     chatctl capability diff @before.json @after.json --prove
///
/// A and B may also be tokens: then their capabilities are compared.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Diff {
    #[command(flatten)]
    pair: Pair,

    /// Exit 0 although B opens something
    #[arg(long)]
    allow_widening: bool,

    /// Prove the difference on a fresh server: what B opens must be refused with A, and succeed with B
    #[arg(long)]
    prove: bool,
}

impl Diff {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let (one, two) = self.pair.read(context)?;
        let mut changes = Differences::between(&one, &two);
        if self.prove {
            changes.proofs = Some(prove(&changes.opens, &one, &two, context)?);
        }
        context.output.print(&changes)?;
        let may_pass = changes.opens.is_empty() || self.allow_widening;
        Ok(Exit::verdict(may_pass && changes.is_proved()))
    }
}

struct Differences {
    opens: Vec<DifferencePart>,
    closes: Vec<DifferencePart>,
    /// The proofs of the difference, where they were asked for.
    proofs: Option<Vec<Proof>>,
}

impl Differences {
    fn between(one: &Capability, two: &Capability) -> Self {
        Self {
            opens: difference(two, one),
            closes: difference(one, two),
            proofs: None,
        }
    }

    /// Returns whether no proof contradicts the difference.
    fn is_proved(&self) -> bool {
        let mut proofs = self.proofs.iter().flatten();
        proofs.all(|proof| proof.holds() != Some(false))
    }
}

impl Render for Differences {
    fn json(&self) -> Value {
        let parts = |parts: &[DifferencePart]| -> Value { parts.iter().map(part_json).collect() };
        let mut value = json!({"opens": parts(&self.opens), "closes": parts(&self.closes)});
        if let Some(proofs) = &self.proofs {
            value["proofs"] = proofs.iter().map(Proof::json).collect();
        }
        value
    }

    fn table(&self, look: Look) -> String {
        if self.opens.is_empty() && self.closes.is_empty() {
            return "no difference: both allow the same everywhere".to_owned();
        }
        let mut table = Columns::new(look, &["change", "where", "operations", "for example"]);
        for (word, parts) in [("opens", &self.opens), ("closes", &self.closes)] {
            for part in parts {
                table.row([
                    word.to_owned(),
                    part.region.to_string(),
                    operations(part),
                    part.witness.name().to_owned(),
                ]);
            }
        }
        let mut text = table.finish();
        if let Some(proofs) = &self.proofs {
            let titles = ["operation", "room", "with A", "with B", "proved"];
            let mut table = Columns::new(look, &titles);
            for proof in proofs {
                table.row(proof.row());
            }
            text.push_str("\n\n");
            text.push_str(&table.finish());
        }
        text
    }
}

fn part_json(part: &DifferencePart) -> Value {
    let except: Vec<&str> = part.region.except.iter().map(Resource::as_str).collect();
    let mut value = json!({
        "resource": part.region.resource.as_str(),
        "except": except,
        "operations": part.operations.names(),
    });
    value[witness_field(&part.witness)] = Value::from(part.witness.name());
    value
}

/// The JSON field of a witness.
fn witness_field(witness: &Witness) -> &'static str {
    if witness.is_room() {
        "roomName"
    } else {
        "channelName"
    }
}

fn operations(part: &DifferencePart) -> String {
    match part.operations.all_but() {
        Some(others) if !others.is_empty() => format!("* except {}", others.join(", ")),
        _ => part.operations.names().join(", "),
    }
}
