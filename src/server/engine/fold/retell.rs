//! Telling entries of annotations again. What is kept of one is the annotations alone: the summary that was told with
//! them is that of its time, and whoever comes later is told the one of now, once a message.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::annotation::SummaryMessage;
use super::summary::SummaryMethod;
use crate::chat_core::protocol::{Action, Annotation, ProtocolMessage};
use crate::server::engine::entry::Entry;

/// The size of the summaries in one frame, in bytes, as far as more than one has room.
const SUMMARIES_A_FRAME: usize = 128 * 1024;

/// Returns whether an entry was told with a summary that is not kept with it: its annotations have no position of their
/// own, since that moves on with the summary.
pub(in crate::server::engine) fn lacks_summary(entry: &Entry) -> bool {
    match entry.frames.as_slice() {
        [only] => only.action == Action::Annotation && only.channel_serial.is_none(),
        _ => false,
    }
}

/// Takes kept entries, oldest first, up to about `size` bytes of them and their summaries. The last one about each
/// annotated message gets its summary of `now`, which returns nothing for messages that are not kept any more.
pub(in crate::server::engine) fn retell<E>(
    entries: impl Iterator<Item = Result<Arc<Entry>, E>>,
    size: usize,
    mut now: impl FnMut(&str) -> Result<Option<SummaryMessage>, E>,
) -> Result<Vec<Arc<Entry>>, E> {
    let mut told = Vec::new();
    let mut summaries: HashMap<String, SummaryMessage> = HashMap::new();
    let mut seen: HashSet<String> = HashSet::new();
    let mut total = 0;
    for entry in entries {
        let entry = entry?;
        total += entry.size();
        for serial in serials_to_sum_up(&entry) {
            if seen.insert(serial.to_owned())
                && let Some(summary) = now(serial)?
            {
                total += summary.size;
                summaries.insert(serial.to_owned(), summary);
            }
        }
        told.push(entry);
        if total >= size {
            break;
        }
    }
    for entry in told.iter_mut().rev() {
        if lacks_summary(entry) {
            let serials = serials_to_sum_up(entry);
            let about: Vec<SummaryMessage> = serials
                .filter_map(|serial| summaries.remove(serial))
                .collect();
            *entry = Arc::new(with_summaries(entry, about));
        }
    }
    Ok(told)
}

/// Returns the serials of the messages whose summaries an entry lacks.
fn serials_to_sum_up(entry: &Entry) -> impl Iterator<Item = &str> {
    let first = entry.frames.first().filter(|_| lacks_summary(entry));
    let annotations = first
        .into_iter()
        .flat_map(|frame| frame.annotations.iter().flatten());
    annotations
        .filter(|annotation| is_summed_up(annotation))
        .filter_map(|annotation| annotation.message_serial.as_deref())
}

fn is_summed_up(annotation: &Annotation) -> bool {
    let kind = annotation.kind.as_deref().unwrap_or_default();
    SummaryMethod::of(kind).is_some()
}

/// Returns the entry with these summaries behind its annotations; the last frame has the position.
fn with_summaries(entry: &Entry, summaries: Vec<SummaryMessage>) -> Entry {
    let first = &entry.frames[0];
    let serial = &entry.channel_serial;
    let channel = first.channel.as_deref().unwrap_or_default();
    let mut frames = vec![ProtocolMessage::clone(first)];
    let mut size = SUMMARIES_A_FRAME;
    for summary in summaries {
        if size >= SUMMARIES_A_FRAME {
            frames.push(ProtocolMessage {
                id: Some(format!("{serial}:summary")),
                timestamp: first.timestamp,
                messages: Some(Vec::new()),
                ..ProtocolMessage::on(Action::Message, channel)
            });
            size = 0;
        }
        size += summary.size;
        if let Some(last) = frames.last_mut().and_then(|last| last.messages.as_mut()) {
            last.push(summary.message);
        }
    }
    if let Some(last) = frames.last_mut() {
        last.channel_serial = Some(serial.clone());
    }
    Entry {
        channel_serial: serial.clone(),
        frames: frames.into_iter().map(Arc::new).collect(),
        connection_id: entry.connection_id.clone(),
        serials: Vec::new(),
        changed: None,
    }
}
