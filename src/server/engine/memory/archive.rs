//! The archive of one channel in memory: all that is kept of it, and the reading of it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::chat_core::protocol::message::MessageAnnotations;
use crate::chat_core::protocol::{Annotation, Json, Message, PresenceMessage};
use crate::server::engine::command::Touches;
use crate::server::engine::entry::Entry;
use crate::server::engine::fold::summary::Annotations;
use crate::server::engine::fold::{Effect, HeldMessage, Touched};
use crate::server::engine::query::{Page, PageQuery};
use crate::server::engine::serial;

/// The archive of one channel.
#[derive(Default)]
pub(super) struct Archive {
    entries: Vec<Arc<Entry>>,
    /// The creates of messages, each as the entry and the index in it, in the order of serials.
    creates: Vec<(usize, usize)>,
    /// The changes of messages after they were created, by serial.
    changed: HashMap<String, MessageChanges>,
    /// The presence messages, in order.
    presence: Vec<PresenceMessage>,
}

/// The changes of a message after it was created.
#[derive(Default)]
struct MessageChanges {
    /// Its later versions, oldest first.
    versions: Vec<Message>,
    /// Its annotations, creates and deletes.
    annotations: Vec<Annotation>,
    /// The sum of them.
    counted: Annotations,
    /// The summary of them.
    summary: Option<Json>,
}

impl Archive {
    /// Moves the messages that a command touches into `touched`. Their annotations are to be put back.
    pub(super) fn take_touched(&mut self, needs: &Touches<'_>, touched: &mut Touched) {
        for serial in &needs.messages {
            if touched.messages.contains_key(*serial) {
                continue;
            }
            let Some(place) = self.place_of(serial) else {
                continue;
            };
            let held = if needs.annotations {
                let changed = self.changed.get_mut(*serial);
                let annotations = changed.map(|changed| std::mem::take(&mut changed.counted));
                HeldMessage {
                    newest: self.newest_version(place).clone(),
                    annotations: annotations.unwrap_or_default(),
                    ..HeldMessage::default()
                }
            } else {
                HeldMessage {
                    newest: self.newest_at(place),
                    ..HeldMessage::default()
                }
            };
            touched.messages.insert((*serial).to_owned(), held);
        }
    }

    /// Puts the annotations of a message back, or in.
    pub(super) fn put_annotations(&mut self, serial: String, annotations: Annotations) {
        if !annotations.is_empty() {
            self.changed.entry(serial).or_default().counted = annotations;
        }
    }

    /// Takes `entry` in, with its effect.
    pub(super) fn keep(&mut self, entry: &Entry, effect: Effect) {
        let frame = entry.frames.first();
        match effect {
            Effect::Nothing => return,
            Effect::Trace(_) => {}
            Effect::Messages => {
                let count = frame
                    .and_then(|frame| frame.messages.as_ref())
                    .map_or(0, Vec::len);
                let place = self.entries.len();
                self.creates.extend((0..count).map(|index| (place, index)));
            }
            Effect::Version(version) => {
                let serial = version.serial.clone().unwrap_or_default();
                let changed = self.changed.entry(serial).or_default();
                changed.versions.push(*version);
            }
            Effect::Annotations(summaries) => {
                for (serial, summary) in summaries {
                    self.changed.entry(serial).or_default().summary = Some(summary);
                }
                let told = frame.and_then(|frame| frame.annotations.as_ref());
                for annotation in told.into_iter().flatten() {
                    let serial = annotation.message_serial.clone().unwrap_or_default();
                    let changed = self.changed.entry(serial).or_default();
                    changed.annotations.push(annotation.clone());
                }
            }
            Effect::Presence => {
                let told = frame.and_then(|frame| frame.presence.as_ref());
                self.presence.extend(told.into_iter().flatten().cloned());
            }
        }
        self.entries.push(Arc::new(entry.told()));
    }

    /// Returns whether nothing is kept.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn created(&self, place: usize) -> &Message {
        let (entry, index) = self.creates[place];
        &self.entries[entry].frames[0]
            .messages
            .as_deref()
            .unwrap_or_default()[index]
    }

    fn place_of(&self, serial: &str) -> Option<usize> {
        let places =
            self.count_while(|message| message.serial.as_deref().unwrap_or_default() < serial);
        (places < self.creates.len() && self.created(places).serial.as_deref() == Some(serial))
            .then_some(places)
    }

    /// Returns for how many of the creates, from the oldest on, `holds` is true; it must be for a beginning of them.
    fn count_while(&self, holds: impl Fn(&Message) -> bool) -> usize {
        let (mut low, mut high) = (0, self.creates.len());
        while low < high {
            let middle = low.midpoint(high);
            if holds(self.created(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Returns the newest version of the message that was created at `place`, with the summary of its annotations.
    fn newest_at(&self, place: usize) -> Message {
        let mut message = self.newest_version(place).clone();
        if let Some(summary) = self
            .changed_at(place)
            .and_then(|changed| changed.summary.clone())
        {
            message.annotations = Some(MessageAnnotations { summary });
        }
        message
    }

    /// Returns the newest version of the message that was created at `place`, without a summary.
    fn newest_version(&self, place: usize) -> &Message {
        let changed = self.changed_at(place);
        changed
            .and_then(|changed| changed.versions.last())
            .unwrap_or_else(|| self.created(place))
    }

    fn changed_at(&self, place: usize) -> Option<&MessageChanges> {
        self.changed.get(self.created(place).serial.as_ref()?)
    }

    /// Returns the newest version of a message, with the summary of its annotations.
    pub(super) fn message(&self, serial: &str) -> Option<Message> {
        self.place_of(serial).map(|place| self.newest_at(place))
    }

    pub(super) fn versions(&self, serial: &str) -> Vec<Message> {
        let Some(place) = self.place_of(serial) else {
            return Vec::new();
        };
        let mut versions = vec![self.created(place).clone()];
        if let Some(changed) = self.changed.get(serial) {
            versions.extend(changed.versions.iter().cloned());
        }
        versions
    }

    pub(super) fn annotations(&self, serial: &str) -> Vec<Annotation> {
        self.changed
            .get(serial)
            .map(|changed| changed.annotations.clone())
            .unwrap_or_default()
    }

    pub(super) fn summary_for(&self, serial: &str, client_id: &str) -> Option<serde_json::Value> {
        self.place_of(serial)?;
        let changed = self.changed.get(serial);
        Some(changed.map_or_else(
            || serde_json::json!({}),
            |changed| changed.counted.summary_for(client_id),
        ))
    }

    pub(super) fn history(&self, query: &PageQuery) -> Page<Message> {
        let time = |message: &Message| message.timestamp.unwrap_or_default();
        let compare = |message: &Message, position: &str| {
            serial::compare_to_position(message.serial.as_deref().unwrap_or_default(), position)
        };
        let mut begin = query
            .start
            .map_or(0, |start| self.count_while(|message| time(message) < start));
        let mut end = query.end.map_or(self.creates.len(), |end| {
            self.count_while(|message| time(message) <= end)
        });
        if let Some(position) = &query.from_serial {
            end = end.min(self.count_while(|message| compare(message, position).is_le()));
        }
        if let Some(after) = &query.after {
            if query.forwards {
                begin = begin.max(self.count_while(|message| compare(message, after).is_le()));
            } else {
                end = end.min(self.count_while(|message| compare(message, after).is_lt()));
            }
        }
        let places = begin..end.max(begin);
        let has_more = places.len() > query.limit;
        let items: Vec<Message> = if query.forwards {
            places
                .take(query.limit)
                .map(|place| self.newest_at(place))
                .collect()
        } else {
            places
                .rev()
                .take(query.limit)
                .map(|place| self.newest_at(place))
                .collect()
        };
        let next = items
            .last()
            .and_then(|message| message.serial.clone())
            .filter(|_| has_more);
        Page { items, next }
    }

    pub(super) fn presence_history(&self, query: &PageQuery) -> Page<PresenceMessage> {
        let time = |message: &PresenceMessage| message.timestamp.unwrap_or_default();
        let mut begin = query.start.map_or(0, |start| {
            self.presence
                .partition_point(|message| time(message) < start)
        });
        let mut end = query.end.map_or(self.presence.len(), |end| {
            self.presence
                .partition_point(|message| time(message) <= end)
        });
        // The cursor is a place: what is behind it never moves.
        if let Some(place) = query
            .after
            .as_ref()
            .and_then(|after| after.parse::<usize>().ok())
        {
            if query.forwards {
                begin = begin.max(place + 1);
            } else {
                end = end.min(place);
            }
        }
        let places = begin..end.max(begin);
        let has_more = places.len() > query.limit;
        let places: Vec<usize> = if query.forwards {
            places.take(query.limit).collect()
        } else {
            places.rev().take(query.limit).collect()
        };
        let next = places.last().map(ToString::to_string).filter(|_| has_more);
        Page {
            items: places
                .into_iter()
                .map(|place| self.presence[place].clone())
                .collect(),
            next,
        }
    }

    /// Returns the entries after `position`, which must be one of the channel's.
    pub(super) fn entries_after(&self, position: &str) -> Vec<Arc<Entry>> {
        let position = serial::channel_part(position);
        let from = self
            .entries
            .partition_point(|entry| entry.channel_serial.as_str() <= position);
        self.entries[from..].to_vec()
    }
}
