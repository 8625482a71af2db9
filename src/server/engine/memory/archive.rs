//! The archive of one channel in memory: all that is kept of it, and the reading of it.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::ops::Range;
use std::sync::Arc;

use super::footprint;
use crate::chat_core::protocol::message::MessageAnnotations;
use crate::chat_core::protocol::{Annotation, Json, Message, PresenceMessage, ProtocolMessage};
use crate::server::engine::command::Touches;
use crate::server::engine::entry::Entry;
use crate::server::engine::fold::summary::Annotations;
use crate::server::engine::fold::{self, Effect, HeldMessage, Touched};
use crate::server::engine::query::{ITEM_OVERHEAD, Page, PageQuery};
use crate::server::engine::serial;
use crate::server::engine::versions::{self, KeptVersion};

/// The archive of one channel.
#[derive(Default)]
pub(super) struct Archive {
    /// The entries, each with the memory that it takes, about.
    entries: VecDeque<(Arc<Entry>, usize)>,
    /// How many entries were dropped: the number of the oldest that is kept.
    dropped: usize,
    /// The position of the newest entry that was dropped.
    trimmed: String,
    /// The creates of messages, each as the number of the entry and the index in it, in the order of serials.
    creates: VecDeque<(usize, usize)>,
    /// The changes of messages after they were created, by serial.
    changed: HashMap<String, MessageChanges>,
    /// The presence messages, in order, each as the number of the entry and the index in it.
    presence: VecDeque<(usize, usize)>,
    /// How many presence messages were dropped.
    dropped_presence: usize,
}

/// The changes of a message after it was created.
#[derive(Default)]
struct MessageChanges {
    /// Its later versions, oldest first; the newest is whole.
    versions: Vec<KeptVersion>,
    /// Its annotations, creates and deletes, each as the entry and the index in it.
    annotations: Vec<(Arc<Entry>, usize)>,
    /// The sum of them.
    counted: Annotations,
}

impl MessageChanges {
    /// Puts the newest version in, and returns how much less memory the one before it takes then.
    fn put_version(&mut self, version: Message) -> usize {
        let own = self.versions.iter().rev().nth(1);
        let own = own.and_then(|(_, shared)| Some(shared.as_ref()?.own));
        let saved = self.versions.last_mut().map_or(0, |(older, shared)| {
            let before = footprint::of_message(older);
            *shared = versions::share(older, &version, own.unwrap_or_default());
            before - footprint::of_message(older)
        });
        self.versions.push((version, None));
        saved
    }
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
            let held = if needs.annotations.is_empty() {
                HeldMessage {
                    newest: self.newest_at(place),
                    ..HeldMessage::default()
                }
            } else {
                let changed = self.changed.get_mut(*serial);
                let annotations = changed.map(|changed| std::mem::take(&mut changed.counted));
                HeldMessage {
                    newest: HeldMessage::head(self.newest_version(place)),
                    annotations: annotations.unwrap_or_default(),
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

    /// Takes `entry` in, with its effect; returns the memory that it takes, if it is kept.
    pub(super) fn keep(&mut self, entry: &Entry, effect: Effect) -> Option<usize> {
        effect.kind()?;
        let entry = Arc::new(entry.kept());
        let number = self.dropped + self.entries.len();
        let frame = entry.frames.first();
        let mut size = footprint::of_entry(&entry);
        match effect {
            Effect::Nothing | Effect::Trace(_) => {}
            Effect::Messages => {
                let messages = frame.and_then(|frame| frame.messages.as_ref());
                let count = messages.map_or(0, Vec::len);
                self.creates.extend((0..count).map(|index| (number, index)));
            }
            Effect::Version(version) => {
                let serial = version.serial.clone().unwrap_or_default();
                size += footprint::of_message(&version);
                let changed = self.changed.entry(serial).or_default();
                size = size.saturating_sub(changed.put_version(*version));
            }
            Effect::Annotations(_) => {
                let told = frame.and_then(|frame| frame.annotations.as_ref());
                for (index, annotation) in told.into_iter().flatten().enumerate() {
                    let serial = annotation.message_serial.clone().unwrap_or_default();
                    // One about a message that is not kept would never be dropped.
                    if self.place_of(&serial).is_some() {
                        let changed = self.changed.entry(serial).or_default();
                        changed.annotations.push((Arc::clone(&entry), index));
                    }
                }
            }
            Effect::Presence => {
                let told = frame.and_then(|frame| frame.presence.as_ref());
                let count = told.map_or(0, Vec::len);
                self.presence
                    .extend((0..count).map(|index| (number, index)));
            }
        }
        self.entries.push_back((entry, size));
        Some(size)
    }

    /// Drops the oldest entry, with what became of the messages that it made; returns the memory that was counted for it.
    pub(super) fn drop_oldest(&mut self) -> Option<usize> {
        self.entries.front()?;
        while self
            .creates
            .front()
            .is_some_and(|(number, _)| *number == self.dropped)
        {
            let serial = self.created(0).serial.clone().unwrap_or_default();
            self.changed.remove(&serial);
            self.creates.pop_front();
        }
        while self
            .presence
            .front()
            .is_some_and(|(number, _)| *number == self.dropped)
        {
            self.presence.pop_front();
            self.dropped_presence += 1;
        }
        let (entry, size) = self.entries.pop_front()?;
        self.dropped += 1;
        self.trimmed.clone_from(&entry.channel_serial);
        Some(size)
    }

    /// Returns the number of entries that are kept.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns for how many messages something is kept of what became of them.
    #[cfg(test)]
    pub(super) fn changed_count(&self) -> usize {
        self.changed.len()
    }

    /// Returns the position of the newest entry that is not kept any more; empty if all are.
    pub(super) fn trimmed(&self) -> &str {
        &self.trimmed
    }

    /// Returns the frame that an entry begins with.
    fn frame(&self, number: usize) -> &ProtocolMessage {
        &self.entries[number - self.dropped].0.frames[0]
    }

    fn presence_at(&self, place: usize) -> &PresenceMessage {
        let (entry, index) = self.presence[place];
        &self.frame(entry).presence.as_deref().unwrap_or_default()[index]
    }

    fn created(&self, place: usize) -> &Message {
        let (entry, index) = self.creates[place];
        &self.frame(entry).messages.as_deref().unwrap_or_default()[index]
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
        let changed = self.changed_at(place);
        if let Some(changed) = changed.filter(|changed| !changed.annotations.is_empty()) {
            let summary = Json(changed.counted.summary());
            message.annotations = Some(MessageAnnotations { summary });
        }
        message
    }

    /// Returns the newest version of the message that was created at `place`, without a summary.
    fn newest_version(&self, place: usize) -> &Message {
        let changed = self.changed_at(place);
        changed
            .and_then(|changed| changed.versions.last())
            .map_or_else(|| self.created(place), |(newest, _)| newest)
    }

    fn changed_at(&self, place: usize) -> Option<&MessageChanges> {
        self.changed.get(self.created(place).serial.as_ref()?)
    }

    /// Returns the newest version of a message, with the summary of its annotations.
    pub(super) fn message(&self, serial: &str) -> Option<Message> {
        self.place_of(serial).map(|place| self.newest_at(place))
    }

    pub(super) fn versions(&self, serial: &str, query: &PageQuery) -> Page<Message> {
        let Some(place) = self.place_of(serial) else {
            return Page::default();
        };
        let created = self.created(place);
        let changed = self.changed.get(serial);
        let later = changed.map_or(&[][..], |changed| &changed.versions);
        let serial_at = |place: usize| match place.checked_sub(1) {
            None => serial_of_version(created),
            Some(place) => serial_of_version(&later[place].0),
        };
        let size_at = |place: usize| match place.checked_sub(1) {
            None => created.size_of_version(),
            Some(place) => versions::size_of(&later[place]),
        };
        let places = places_behind(1 + later.len(), query, serial_at);
        let page = versions::places_of_page(places.clone(), query, size_at);
        let mut items = Vec::with_capacity(page.len());
        if let Some(newest) = page.end.checked_sub(2) {
            // From the next one that is whole down to the oldest of the page.
            let whole = later[newest..]
                .iter()
                .position(|(_, shared)| shared.is_none());
            let whole = whole.map_or(later.len(), |place| newest + place + 1);
            let oldest = page.start.saturating_sub(1);
            let mut place = whole;
            let kept = later[oldest..whole].iter().rev().cloned().map(Ok);
            let Ok(()) = versions::restored::<Infallible>(kept, |version| {
                place -= 1;
                if place <= newest {
                    items.push(version.clone());
                }
                Ok(())
            });
        }
        if page.contains(&0) {
            items.push(created.clone());
        }
        if query.forwards {
            items.reverse();
        }
        let next = items.last().map(serial_of_version);
        let next = next.filter(|_| page.len() < places.len());
        Page { items, next }
    }

    pub(super) fn annotations(&self, serial: &str, query: &PageQuery) -> Page<Annotation> {
        let changed = self.changed.get(serial);
        let annotations = changed.map_or(&[][..], |changed| &changed.annotations);
        let read = |place: usize| {
            let (entry, index) = &annotations[place];
            let all = entry.frames[0].annotations.as_deref();
            &all.unwrap_or_default()[*index]
        };
        let serial = |annotation: &Annotation| annotation.serial.clone().unwrap_or_default();
        let places = places_behind(annotations.len(), query, |place| serial(read(place)));
        let all = places.len();
        let each = |place: usize| read(place).clone();
        let items = if query.forwards {
            take_page(places.map(each), query, Annotation::size)
        } else {
            take_page(places.rev().map(each), query, Annotation::size)
        };
        let next = items.last().map(serial).filter(|_| items.len() < all);
        Page { items, next }
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
        let count = places.len();
        let read = |place| self.newest_at(place);
        let items: Vec<Message> = if query.forwards {
            take_page(places.map(read), query, Message::size_of_version)
        } else {
            take_page(places.rev().map(read), query, Message::size_of_version)
        };
        let has_more = count > items.len();
        let next = items
            .last()
            .and_then(|message| message.serial.clone())
            .filter(|_| has_more);
        Page { items, next }
    }

    pub(super) fn presence_history(&self, query: &PageQuery) -> Page<PresenceMessage> {
        let time = |place: &(usize, usize)| {
            let all = self.frame(place.0).presence.as_deref();
            all.unwrap_or_default()[place.1]
                .timestamp
                .unwrap_or_default()
        };
        let mut begin = query.start.map_or(0, |start| {
            self.presence.partition_point(|place| time(place) < start)
        });
        let mut end = query.end.map_or(self.presence.len(), |end| {
            self.presence.partition_point(|place| time(place) <= end)
        });
        // The cursor is a place: what is behind it never moves.
        if let Some(place) = query
            .after
            .as_ref()
            .and_then(|after| after.parse::<usize>().ok())
        {
            let place = place.saturating_sub(self.dropped_presence);
            if query.forwards {
                begin = begin.max(place.saturating_add(1));
            } else {
                end = end.min(place);
            }
        }
        let places = begin..end.max(begin);
        let count = places.len();
        let size = |place: &usize| self.presence_at(*place).size();
        let places: Vec<usize> = if query.forwards {
            take_page(places, query, size)
        } else {
            take_page(places.rev(), query, size)
        };
        let has_more = count > places.len();
        let last = places.last().filter(|_| has_more);
        Page {
            next: last.map(|place| (place + self.dropped_presence).to_string()),
            items: places
                .into_iter()
                .map(|place| self.presence_at(place).clone())
                .collect(),
        }
    }

    /// Returns the first entries after `position`, which must be one of the channel's, up to about `size` bytes.
    pub(super) fn entries_after(&self, position: &str, size: usize) -> Vec<Arc<Entry>> {
        let position = serial::channel_part(position);
        let from = self
            .entries
            .partition_point(|(entry, _)| entry.channel_serial.as_str() <= position);
        let entries = self
            .entries
            .range(from..)
            .map(|(entry, _)| Ok(Arc::clone(entry)));
        let Ok(entries) = fold::retell(entries, size, |serial| {
            let told = self.place_of(serial).and_then(|place| {
                let counted = &self.changed.get(serial)?.counted;
                Some(fold::SummaryMessage::new(
                    self.newest_version(place),
                    counted,
                ))
            });
            Ok::<_, Infallible>(told)
        });
        entries
    }
}

/// Takes the items of a page, as far as its query bounds them.
fn take_page<T>(
    items: impl Iterator<Item = T>,
    query: &PageQuery,
    size_of: impl Fn(&T) -> usize,
) -> Vec<T> {
    let (mut page, mut size) = (Vec::new(), 0);
    for item in items {
        size += ITEM_OVERHEAD + size_of(&item);
        page.push(item);
        if page.len() >= query.limit || size >= query.size {
            break;
        }
    }
    page
}

fn serial_of_version(message: &Message) -> String {
    let version = message.version.as_ref();
    version
        .and_then(|version| version.serial.clone())
        .unwrap_or_default()
}

/// Returns the places, of `count` items in the order of their serials, that are behind the cursor.
fn places_behind(
    count: usize,
    query: &PageQuery,
    serial_at: impl Fn(usize) -> String,
) -> Range<usize> {
    let (mut low, mut high) = (0, count);
    // Those behind the cursor are the last, or the first if they are read backwards.
    while low < high {
        let middle = low.midpoint(high);
        if query.is_behind(&serial_at(middle)) == query.forwards {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    match (&query.after, query.forwards) {
        (None, _) => 0..count,
        (Some(_), true) => low..count,
        (Some(_), false) => 0..low,
    }
}
