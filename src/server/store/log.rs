//! What happened in one channel, in memory: the order, and what the fold made of it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::{Act, Change, Entry, HistoryQuery, Operation, Page, Snapshot};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::message::MessageAnnotations;
use crate::chat_core::protocol::{
    Action, Annotation, Json, Message, MessageAction, PresenceMessage, ProtocolMessage,
};
use crate::chat_core::random::Random;
use crate::server::fold;
use crate::server::fold::presence::Members;
use crate::server::fold::summary::Annotations;
use crate::server::publish::unknown_message;
use crate::server::serial::{self, Series};

/// How long a repeat of an operation is told from news.
const REPEAT_WINDOW: Duration = Duration::from_secs(5 * 60);

/// What happened in one channel.
pub(super) struct Log {
    name: String,
    series: Series,
    entries: Vec<Arc<Entry>>,
    /// Where each message was created: the entry and the place in it. In the order of serials.
    creates: Vec<(usize, usize)>,
    /// What became of messages after they were created.
    changed: HashMap<String, Changed>,
    /// The presence messages, in order.
    presence: Vec<PresenceMessage>,
    members: Members,
    max_members: usize,
    repeats: HashMap<String, Arc<Entry>>,
    repeats_by_age: VecDeque<(Timestamp, String)>,
}

/// What became of a message after it was created.
#[derive(Default)]
struct Changed {
    /// Its later versions, oldest first.
    versions: Vec<Message>,
    /// Its annotations, creates and deletes.
    annotations: Vec<Annotation>,
    /// What they add up to.
    counted: Annotations,
}

impl Log {
    pub(super) fn new(name: &str, now: Timestamp, random: &Random, max_members: usize) -> Self {
        Self {
            name: name.to_owned(),
            series: Series::begin(now, random),
            entries: Vec::new(),
            creates: Vec::new(),
            changed: HashMap::new(),
            presence: Vec::new(),
            members: Members::default(),
            max_members,
            repeats: HashMap::new(),
            repeats_by_age: VecDeque::new(),
        }
    }

    /// Does `operation`; `true` says that it is news.
    pub(super) fn submit(
        &mut self,
        operation: Operation,
        now: Timestamp,
    ) -> Result<(Arc<Entry>, bool)> {
        self.forget_repeats(now);
        if let Some(done) = operation
            .repeat_key
            .as_ref()
            .and_then(|key| self.repeats.get(key))
        {
            return Ok((Arc::clone(done), false));
        }
        let repeat_key = operation.repeat_key.clone();
        let entry = Arc::new(self.apply(operation, now)?);
        if let Some(key) = repeat_key {
            self.repeats_by_age.push_back((now, key.clone()));
            self.repeats.insert(key, Arc::clone(&entry));
        }
        Ok((entry, true))
    }

    fn apply(&mut self, operation: Operation, now: Timestamp) -> Result<Entry> {
        let Operation {
            act,
            id,
            connection_id,
            ..
        } = operation;
        match act {
            Act::Publish {
                messages,
                is_ephemeral: true,
            } => Ok(self.pass_on(messages, id, connection_id, now)),
            Act::Publish { messages, .. } => Ok(self.create(messages, id, connection_id, now)),
            Act::Change(change) => self.change(*change, id, connection_id, now),
            Act::Annotate(annotations) => self.annotate(annotations, &id, connection_id, now),
            Act::Presence(messages) => {
                let time = now.max(self.series.last_time());
                let told = self.members.apply(
                    messages,
                    &id,
                    connection_id.as_deref(),
                    time,
                    self.max_members,
                )?;
                Ok(self.tell_members(told, id, connection_id, now))
            }
            Act::Leave { client_ids } => {
                let time = now.max(self.series.last_time());
                let told = self.members.let_go(
                    &client_ids,
                    connection_id.as_deref().unwrap_or_default(),
                    &id,
                    time,
                );
                Ok(self.tell_members(told, id, connection_id, now))
            }
        }
    }

    /// Delivers messages that are not kept.
    fn pass_on(
        &mut self,
        mut messages: Vec<Message>,
        id: String,
        connection_id: Option<String>,
        now: Timestamp,
    ) -> Entry {
        let time = now.max(self.series.last_time());
        fold::message::create(&mut messages, &id, connection_id.as_deref(), None, time);
        let serials = vec![None; messages.len()];
        let frame = ProtocolMessage {
            messages: Some(messages),
            ..self.frame(Action::Message, id, connection_id.as_deref(), time)
        };
        Entry {
            serials,
            ..entry(self.series.last(), connection_id, frame)
        }
    }

    fn create(
        &mut self,
        mut messages: Vec<Message>,
        id: String,
        connection_id: Option<String>,
        now: Timestamp,
    ) -> Entry {
        let channel_serial = self.series.next(now);
        let time = self.series.last_time();
        fold::message::create(
            &mut messages,
            &id,
            connection_id.as_deref(),
            Some(&channel_serial),
            time,
        );
        let serials = messages
            .iter()
            .map(|message| message.serial.clone())
            .collect();
        let place = self.entries.len();
        self.creates
            .extend((0..messages.len()).map(|index| (place, index)));
        let frame = ProtocolMessage {
            messages: Some(messages),
            ..self.frame(Action::Message, id, connection_id.as_deref(), time)
        };
        let entry = Entry {
            serials,
            ..entry(channel_serial, connection_id, frame)
        };
        self.keep(entry)
    }

    fn change(
        &mut self,
        change: Change,
        id: String,
        connection_id: Option<String>,
        now: Timestamp,
    ) -> Result<Entry> {
        let serial = change.serial.clone();
        let current = self.newest(&serial).ok_or_else(unknown_message)?;
        let channel_serial = self.series.next(now);
        let time = self.series.last_time();
        let version_serial = serial::of_message(&channel_serial, 0);
        let is_append = change.action == MessageAction::Append;
        let delta = is_append.then(|| change.content.data.clone());
        let mut next = fold::message::change(&current, change, &version_serial, time);
        next.annotations = None;
        self.changed
            .entry(serial)
            .or_default()
            .versions
            .push(next.clone());
        let mut told = next.clone();
        if let Some(data) = delta {
            // Subscribers of an append get what was added.
            told.action = Some(MessageAction::Append);
            told.data = data;
        }
        let with_summary = self.newest(next.serial.as_deref().unwrap_or_default());
        let frame = ProtocolMessage {
            messages: Some(vec![told]),
            ..self.frame(Action::Message, id, connection_id.as_deref(), time)
        };
        let entry = Entry {
            serials: vec![Some(version_serial)],
            changed: with_summary,
            ..entry(channel_serial, connection_id, frame)
        };
        Ok(self.keep(entry))
    }

    fn annotate(
        &mut self,
        annotations: Vec<Annotation>,
        id: &str,
        connection_id: Option<String>,
        now: Timestamp,
    ) -> Result<Entry> {
        // All or nothing: each must be about a message that there is.
        for annotation in &annotations {
            self.place_of(annotation.message_serial.as_deref().unwrap_or_default())
                .ok_or_else(unknown_message)?;
        }
        let channel_serial = self.series.next(now);
        let time = self.series.last_time();
        let mut told = Vec::new();
        let mut summaries: Vec<Message> = Vec::new();
        for (index, mut annotation) in annotations.into_iter().enumerate() {
            annotation.id.get_or_insert_with(|| format!("{id}:{index}"));
            annotation.serial = Some(serial::of_message(&channel_serial, index));
            annotation.timestamp = Some(time.millis());
            annotation.connection_id.clone_from(&connection_id);
            let serial = annotation.message_serial.clone().unwrap_or_default();
            let changed = self.changed.entry(serial.clone()).or_default();
            let has_effect = changed.counted.apply(&mut annotation);
            changed.annotations.push(annotation.clone());
            if has_effect {
                let summary = changed.counted.summary();
                summaries.retain(|message| message.serial.as_deref() != Some(&serial));
                summaries.push(self.summary_message(&serial, summary, time));
            }
            told.push(annotation);
        }
        let serials = told
            .iter()
            .map(|annotation| annotation.serial.clone())
            .collect();
        let mut frame = ProtocolMessage {
            annotations: Some(told),
            ..self.frame(
                Action::Annotation,
                id.to_owned(),
                connection_id.as_deref(),
                time,
            )
        };
        let summary = (!summaries.is_empty()).then(|| ProtocolMessage {
            messages: Some(summaries),
            ..self.frame(
                Action::Message,
                format!("{channel_serial}:summary"),
                None,
                time,
            )
        });
        if summary.is_some() {
            // The position moves on with the last of the two, so that a link that is cut between them loses neither.
            frame.channel_serial = None;
        }
        let mut entry = Entry {
            serials,
            ..entry(channel_serial, connection_id, frame)
        };
        entry.frames.extend(summary.map(Arc::new));
        Ok(self.keep(entry))
    }

    /// What tells subscribers that a message's annotations add up to something else now (TM5, summary).
    fn summary_message(&self, serial: &str, summary: serde_json::Value, now: Timestamp) -> Message {
        let current = self.place_of(serial).map(|place| self.created(place));
        Message {
            action: Some(MessageAction::Summary),
            serial: Some(serial.to_owned()),
            name: current.and_then(|message| message.name.clone()),
            timestamp: Some(
                current
                    .and_then(|message| message.timestamp)
                    .unwrap_or(now.millis()),
            ),
            version: self.newest(serial).and_then(|message| message.version),
            annotations: Some(MessageAnnotations {
                summary: Json(summary),
            }),
            ..Message::default()
        }
    }

    fn tell_members(
        &mut self,
        told: Vec<PresenceMessage>,
        id: String,
        connection_id: Option<String>,
        now: Timestamp,
    ) -> Entry {
        let time = now.max(self.series.last_time());
        if told.is_empty() {
            // Nobody was there to leave: nothing is to be told.
            return Entry {
                channel_serial: self.series.last(),
                frames: Vec::new(),
                connection_id,
                serials: Vec::new(),
                changed: None,
            };
        }
        let channel_serial = self.series.next(now);
        self.presence.extend(told.iter().cloned());
        let frame = ProtocolMessage {
            presence: Some(told),
            ..self.frame(Action::Presence, id, connection_id.as_deref(), time)
        };
        self.keep(entry(channel_serial, connection_id, frame))
    }

    fn frame(
        &self,
        action: Action,
        id: String,
        connection_id: Option<&str>,
        time: Timestamp,
    ) -> ProtocolMessage {
        ProtocolMessage {
            id: Some(id),
            channel_serial: Some(self.series.last()),
            connection_id: connection_id.map(str::to_owned),
            timestamp: Some(time.millis()),
            ..ProtocolMessage::on(action, &self.name)
        }
    }

    fn keep(&mut self, entry: Entry) -> Entry {
        let kept = Entry {
            channel_serial: entry.channel_serial.clone(),
            frames: entry.frames.clone(),
            connection_id: entry.connection_id.clone(),
            serials: Vec::new(),
            changed: None,
        };
        self.entries.push(Arc::new(kept));
        entry
    }

    fn forget_repeats(&mut self, now: Timestamp) {
        while self
            .repeats_by_age
            .front()
            .is_some_and(|(at, _)| *at + REPEAT_WINDOW <= now)
        {
            if let Some((_, key)) = self.repeats_by_age.pop_front() {
                self.repeats.remove(&key);
            }
        }
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

    /// How many of the creates, from the oldest on, `holds` for; it must hold for a beginning of them.
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

    /// The newest version of the message that was created at `place`, with the summary of its annotations.
    fn newest_at(&self, place: usize) -> Message {
        let created = self.created(place);
        let changed = created
            .serial
            .as_ref()
            .and_then(|serial| self.changed.get(serial));
        let Some(changed) = changed else {
            return created.clone();
        };
        let mut message = changed.versions.last().unwrap_or(created).clone();
        if !changed.annotations.is_empty() {
            message.annotations = Some(MessageAnnotations {
                summary: Json(changed.counted.summary()),
            });
        }
        message
    }

    /// The newest version of a message.
    pub(super) fn newest(&self, serial: &str) -> Option<Message> {
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

    pub(super) fn history(&self, query: &HistoryQuery) -> Page<Message> {
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

    pub(super) fn presence_history(&self, query: &HistoryQuery) -> Page<PresenceMessage> {
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

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            head: self.series.last(),
            members: self.members.present(),
        }
    }

    pub(super) fn entries_after(&self, position: &str) -> Option<Vec<Arc<Entry>>> {
        if !serial::is_serial(position) || !self.series.owns(position) {
            return None;
        }
        let position = serial::channel_part(position);
        let from = self
            .entries
            .partition_point(|entry| entry.channel_serial.as_str() <= position);
        Some(self.entries[from..].to_vec())
    }
}

fn entry(channel_serial: String, connection_id: Option<String>, frame: ProtocolMessage) -> Entry {
    Entry {
        channel_serial,
        frames: vec![Arc::new(frame)],
        connection_id,
        serials: Vec::new(),
        changed: None,
    }
}
