//! Imported entries: stamped elsewhere, and with their effects but the summaries, which are added up here.

use std::collections::HashMap;

use super::draft::{Effect, Transition};
use super::summary::Annotations;
use crate::chat_core::protocol::{Annotation, Json};

/// The content of an empty channel that entries were imported into.
pub(crate) struct Imported {
    /// The entries, the last one about each annotated message with its summary.
    pub(crate) transitions: Vec<Transition>,
    /// The annotations of each message, by serial.
    pub(crate) annotations: HashMap<String, Annotations>,
}

/// Adds up the annotations of `entries`, which are imported into an empty channel in this order.
pub(crate) fn import(mut entries: Vec<Transition>) -> Imported {
    let mut annotations: HashMap<String, Annotations> = HashMap::new();
    let mut last_about: HashMap<String, usize> = HashMap::new();
    for (index, imported) in entries.iter().enumerate() {
        for annotation in annotations_of(imported) {
            let serial = annotation.message_serial.clone().unwrap_or_default();
            let added = annotations.entry(serial.clone()).or_default();
            added.apply(&mut annotation.clone());
            last_about.insert(serial, index);
        }
    }
    for (serial, index) in last_about {
        if let (Some(annotations), Effect::Annotations(summaries)) =
            (annotations.get(&serial), &mut entries[index].effect)
        {
            summaries.push((serial, Json(annotations.summary())));
        }
    }
    Imported {
        transitions: entries,
        annotations,
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
