//! Annotations of messages, and the summaries that they change.

use std::collections::{BTreeMap, HashMap};

use super::summary::{Annotations, SummaryChanges, SummaryRow};
use super::touched::{HeldMessage, Touched, unknown_message};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::message::MessageAnnotations;
use crate::chat_core::protocol::{Annotation, Json, Message, MessageAction, Version};
use crate::server::engine::limits::ChannelRules;

/// The result of annotations.
pub(super) struct Annotated {
    /// The annotations, as they are told.
    pub(super) annotations: Vec<Annotation>,
    /// The messages whose summary is another now, each with its summary, in the order of the last change.
    pub(super) changed: Vec<Message>,
    /// The changes of what is kept of each annotated message's summary, by serial.
    pub(super) rows: Vec<(String, Vec<SummaryRow>)>,
}

/// Adds annotations to the messages that they are about, all or none.
///
/// # Errors
/// 40400 / 404 for a message that does not exist, 40003 / 400 for names that have no room in its summary, 40009 / 413
/// for summaries that are too large together.
pub(super) fn annotate(
    annotations: Vec<Annotation>,
    touched: &mut Touched,
    id: &str,
    connection_id: Option<&str>,
    rules: ChannelRules,
) -> Result<Annotated> {
    check(&annotations, touched, rules)?;
    let mut told = Vec::with_capacity(annotations.len());
    let mut changes: BTreeMap<String, SummaryChanges> = BTreeMap::new();
    let mut last_change: HashMap<String, usize> = HashMap::new();
    for (index, mut annotation) in annotations.into_iter().enumerate() {
        annotation.id.get_or_insert_with(|| format!("{id}:{index}"));
        annotation.connection_id = connection_id.map(str::to_owned);
        let serial = annotation.message_serial.clone().unwrap_or_default();
        let held = touched.messages.entry(serial.clone()).or_default();
        held.is_annotated = true;
        let of_message = changes.entry(serial.clone()).or_default();
        if held
            .annotations
            .apply(&mut annotation, rules.summary, of_message)
        {
            last_change.insert(serial, index);
        }
        told.push(annotation);
    }
    let mut in_order: Vec<(usize, String)> = last_change
        .into_iter()
        .map(|(serial, index)| (index, serial))
        .collect();
    in_order.sort_unstable();
    let held = |serial: &str| touched.messages.get(serial);
    Ok(Annotated {
        annotations: told,
        changed: in_order
            .iter()
            .filter_map(|(_, serial)| {
                let held = held(serial)?;
                Some(SummaryMessage::new(&held.newest, &held.annotations).message)
            })
            .collect(),
        rows: changes
            .into_iter()
            .filter_map(|(serial, changes)| {
                let rows = held(&serial)?.annotations.rows(changes);
                Some((serial, rows))
            })
            .collect(),
    })
}

/// Checks everything before anything is changed.
fn check(annotations: &[Annotation], touched: &Touched, rules: ChannelRules) -> Result<()> {
    let mut by_message: BTreeMap<&str, Vec<&Annotation>> = BTreeMap::new();
    for annotation in annotations {
        let serial = annotation.message_serial.as_deref().unwrap_or_default();
        by_message.entry(serial).or_default().push(annotation);
    }
    let mut size = 0;
    for (serial, annotations) in by_message {
        let held = touched.messages.get(serial).ok_or_else(unknown_message)?;
        let annotations = annotations.into_iter();
        held.annotations.check(annotations, rules.summary)?;
        size += SummaryMessage::size(&held.newest, &held.annotations);
    }
    if size > rules.summaries_size {
        return Err(too_large(rules.summaries_size));
    }
    Ok(())
}

/// Returns the error of annotations whose messages have summaries that are too large together: 40009 / 413.
pub(crate) fn too_large(limit: usize) -> ErrorInfo {
    let why = format!(
        "Maximum message length exceeded: the summaries of the annotated messages have more than {limit} bytes together"
    );
    ErrorInfo::new(40009, 413, why)
}

/// The message that tells subscribers of a new summary (TM5, summary).
pub(crate) struct SummaryMessage {
    /// The message.
    pub(super) message: Message,
    /// Its size at most, about, in bytes.
    pub(super) size: usize,
}

impl SummaryMessage {
    /// Returns that of the message whose newest version this is, or the [head](HeldMessage::head) of it.
    pub(crate) fn new(newest: &Message, annotations: &Annotations) -> Self {
        let summary = Json(annotations.summary());
        Self {
            size: Self::size(newest, annotations),
            message: Message {
                action: Some(MessageAction::Summary),
                annotations: Some(MessageAnnotations { summary }),
                ..HeldMessage::head(newest)
            },
        }
    }

    /// Returns its size, before it is made.
    pub(crate) fn size(newest: &Message, annotations: &Annotations) -> usize {
        const OVERHEAD: usize = 200;
        OVERHEAD
            + annotations.size()
            + newest.name.as_ref().map_or(0, String::len)
            + newest.version.as_ref().map_or(0, Version::size)
    }
}
