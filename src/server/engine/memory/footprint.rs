//! The memory that what is kept takes, about: structures, texts, and what an allocator needs for each.

use std::mem::size_of;

use crate::chat_core::protocol::{
    Annotation, Data, Json, Message, PresenceMessage, ProtocolMessage, Version,
};
use crate::server::engine::entry::Entry;

/// What an allocator needs for the texts of one item.
const ALLOCATIONS: usize = 160;

/// Returns the footprint of an entry.
pub(super) fn of_entry(entry: &Entry) -> usize {
    let frames = entry.frames.iter().map(|frame| of_frame(frame));
    size_of::<Entry>() + ALLOCATIONS + frames.sum::<usize>()
}

fn of_frame(frame: &ProtocolMessage) -> usize {
    let messages = frame.messages.iter().flatten().map(of_message);
    let presence = frame.presence.iter().flatten().map(of_member);
    let annotations = frame.annotations.iter().flatten().map(of_annotation);
    let items = messages.chain(presence).chain(annotations);
    size_of::<ProtocolMessage>() + ALLOCATIONS + items.sum::<usize>()
}

/// Returns the footprint of a message.
pub(super) fn of_message(message: &Message) -> usize {
    size_of::<Message>()
        + ALLOCATIONS
        + of_content(message.data.as_ref(), message.extras.as_ref())
        + of_texts(&[
            &message.id,
            &message.name,
            &message.encoding,
            &message.client_id,
            &message.connection_id,
            &message.serial,
        ])
        + message.version.as_ref().map_or(0, of_version)
}

fn of_version(version: &Version) -> usize {
    of_texts(&[&version.serial, &version.client_id, &version.description])
        + version.metadata.as_ref().map_or(0, Json::footprint)
}

fn of_member(member: &PresenceMessage) -> usize {
    size_of::<PresenceMessage>()
        + ALLOCATIONS
        + of_content(member.data.as_ref(), member.extras.as_ref())
        + of_texts(&[
            &member.id,
            &member.client_id,
            &member.connection_id,
            &member.encoding,
        ])
}

/// Returns the footprint of an annotation, with what it contributes to a summary at most.
fn of_annotation(annotation: &Annotation) -> usize {
    const CONTRIBUTION: usize = 256;
    let texts = [
        &annotation.id,
        &annotation.serial,
        &annotation.message_serial,
        &annotation.kind,
        &annotation.name,
        &annotation.client_id,
        &annotation.connection_id,
        &annotation.encoding,
    ];
    size_of::<Annotation>()
        + ALLOCATIONS
        + CONTRIBUTION
        + of_content(annotation.data.as_ref(), annotation.extras.as_ref())
        + of_texts(&texts)
        + 2 * of_texts(&[&annotation.name, &annotation.client_id])
}

fn of_content(data: Option<&Data>, extras: Option<&Json>) -> usize {
    data.map_or(0, Data::len) + extras.map_or(0, Json::footprint)
}

fn of_texts(texts: &[&Option<String>]) -> usize {
    let lengths = texts
        .iter()
        .map(|text| text.as_ref().map_or(0, String::len));
    lengths.sum()
}
