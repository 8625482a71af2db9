//! Annotations of messages, and the summaries that they change.

use super::summary::Annotations;
use super::touched::{Touched, unknown_message};
use crate::chat_core::error::Result;
use crate::chat_core::protocol::message::MessageAnnotations;
use crate::chat_core::protocol::{Annotation, Json, Message, MessageAction};

/// The result of annotations.
pub(super) struct Annotated {
    /// The annotations, as they are told.
    pub(super) annotations: Vec<Annotation>,
    /// The messages whose summary is another now, each with its summary.
    pub(super) changed: Vec<Message>,
    /// The summaries of all messages that were annotated, by serial.
    pub(super) summaries: Vec<(String, Json)>,
}

/// Adds annotations to the messages that they are about, all or none.
///
/// # Errors
/// 40400 / 404 for a message that does not exist.
pub(super) fn annotate(
    annotations: Vec<Annotation>,
    touched: &mut Touched,
    id: &str,
    connection_id: Option<&str>,
) -> Result<Annotated> {
    let is_known = |annotation: &Annotation| {
        let serial = annotation.message_serial.as_deref().unwrap_or_default();
        touched.messages.contains_key(serial)
    };
    if !annotations.iter().all(is_known) {
        return Err(unknown_message());
    }
    let mut told = Vec::with_capacity(annotations.len());
    let mut about: Vec<String> = Vec::new();
    // In the order of the last change.
    let mut changed: Vec<String> = Vec::new();
    for (index, mut annotation) in annotations.into_iter().enumerate() {
        annotation.id.get_or_insert_with(|| format!("{id}:{index}"));
        annotation.connection_id = connection_id.map(str::to_owned);
        let serial = annotation.message_serial.clone().unwrap_or_default();
        let held = touched.messages.entry(serial.clone()).or_default();
        held.is_annotated = true;
        if held.annotations.apply(&mut annotation) {
            changed.retain(|other| *other != serial);
            changed.push(serial.clone());
        }
        if !about.contains(&serial) {
            about.push(serial);
        }
        told.push(annotation);
    }
    let mut summaries: Vec<(String, Json)> = Vec::with_capacity(about.len());
    for serial in about {
        let held = touched.messages.get(&serial);
        let annotations = held.map(|held| &held.annotations);
        let summary = annotations.map(Annotations::summary).unwrap_or_default();
        summaries.push((serial, Json(summary)));
    }
    let changed = changed.iter().filter_map(|serial| {
        let held = touched.messages.get(serial)?;
        let (_, summary) = summaries.iter().find(|(of, _)| of == serial)?;
        Some(summary_message(&held.newest, summary.clone()))
    });
    Ok(Annotated {
        annotations: told,
        changed: changed.collect(),
        summaries,
    })
}

/// Returns the message that tells subscribers of a new summary (TM5, summary).
fn summary_message(newest: &Message, summary: Json) -> Message {
    Message {
        action: Some(MessageAction::Summary),
        serial: newest.serial.clone(),
        name: newest.name.clone(),
        timestamp: newest.timestamp,
        version: newest.version.clone(),
        annotations: Some(MessageAnnotations { summary }),
        ..Message::default()
    }
}
