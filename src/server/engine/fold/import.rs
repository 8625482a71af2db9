//! Imported entries: stamped elsewhere, and with their effects but the summaries, which are added up here.

use std::collections::{BTreeMap, HashMap};

use super::draft::{Effect, Transition};
use super::summary::{Annotations, SummaryChanges};
use crate::chat_core::protocol::Annotation;
use crate::server::engine::limits::SummaryLimits;

/// The content of an empty channel that entries were imported into.
pub(crate) struct Imported {
    /// The entries, those about annotated messages with what they change of the summaries.
    pub(crate) transitions: Vec<Transition>,
    /// The annotations of each message, by serial.
    pub(crate) annotations: HashMap<String, Annotations>,
}

/// Adds up the annotations of `entries`, which are imported into an empty channel in this order. Names that have no room
/// in a summary are not summed up.
pub(crate) fn import(mut entries: Vec<Transition>) -> Imported {
    let mut annotations: HashMap<String, Annotations> = HashMap::new();
    for imported in &mut entries {
        let mut changes: BTreeMap<String, SummaryChanges> = BTreeMap::new();
        for annotation in annotations_of(imported) {
            let serial = annotation.message_serial.clone().unwrap_or_default();
            let added = annotations.entry(serial.clone()).or_default();
            add_if_it_fits(
                added,
                annotation.clone(),
                changes.entry(serial).or_default(),
            );
        }
        if let Effect::Annotations(rows) = &mut imported.effect {
            *rows = changes
                .into_iter()
                .filter_map(|(serial, changes)| {
                    let rows = annotations.get(&serial)?.rows(changes);
                    Some((serial, rows))
                })
                .collect();
        }
    }
    Imported {
        transitions: entries,
        annotations,
    }
}

/// Adds an annotation that was made elsewhere, under other bounds maybe: it counts if its name has room.
pub(crate) fn add_if_it_fits(
    to: &mut Annotations,
    mut annotation: Annotation,
    changes: &mut SummaryChanges,
) {
    let limits = SummaryLimits::default();
    if to.check(std::iter::once(&annotation), limits).is_ok() {
        to.apply(&mut annotation, limits, changes);
    }
}

fn annotations_of(imported: &Transition) -> impl Iterator<Item = &Annotation> {
    let first = imported.entry.frames.first();
    let first = first.filter(|_| matches!(imported.effect, Effect::Annotations(_)));
    first
        .and_then(|frame| frame.annotations.as_ref())
        .into_iter()
        .flatten()
}
