//! The conversation: messages in the order of the room, in their newest version, and notes between them. The
//! screen is made from this alone, so that a terminal of another size loses and doubles nothing.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use crate::chat_core::chat::ChatMessage;
use crate::chat_core::clock::Timestamp;

/// The most entries that are kept.
const MAX_ENTRIES: usize = 5_000;

/// The most bytes of text that are kept.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// An entry.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // most of them are the large one
pub(super) enum Entry {
    /// A message.
    Message(ChatLine),
    /// Anything else.
    Note(Note),
}

/// A message, with its delivery.
#[derive(Debug)]
pub(super) struct ChatLine {
    pub(super) message: ChatMessage,
    pub(super) delivery: Delivery,
    /// The number of a message of this process.
    draft: Option<u64>,
}

/// The delivery of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// Not answered yet.
    Sending,
    /// In the room.
    Sent,
    /// Not sent, or not known to be, for this reason.
    Failed(String),
}

/// A line that is not a message.
#[derive(Debug)]
pub(super) struct Note {
    pub(super) time: Option<Timestamp>,
    pub(super) text: String,
    pub(super) tone: Tone,
}

/// The importance of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// An answer to the person.
    Plain,
    /// Secondary.
    Dim,
    /// Attention.
    Attention,
    /// A failure.
    Failure,
}

/// A conversation.
#[derive(Default)]
pub(super) struct Transcript {
    entries: VecDeque<Entry>,
    bytes: usize,
    drafts: u64,
    added: u64,
}

impl Transcript {
    /// The entries, the oldest first.
    pub(super) fn entries(&self) -> &VecDeque<Entry> {
        &self.entries
    }

    /// The number of entries that were ever added.
    pub(super) fn added(&self) -> u64 {
        self.added
    }

    /// Returns whether no message of the room is here.
    pub(super) fn is_without_messages(&self) -> bool {
        self.oldest().is_none()
    }

    /// Adds a note.
    pub(super) fn note(&mut self, time: Option<Timestamp>, text: impl Into<String>, tone: Tone) {
        let text = text.into();
        self.insert(self.entries.len(), Entry::Note(Note { time, text, tone }));
    }

    /// Adds a message of this process that is being sent. Returns its number.
    pub(super) fn draft(&mut self, client_id: &str, text: &str, now: Timestamp) -> u64 {
        self.drafts += 1;
        let message = ChatMessage {
            client_id: client_id.to_owned(),
            text: text.to_owned(),
            timestamp: now.millis(),
            ..ChatMessage::default()
        };
        let line = ChatLine {
            message,
            delivery: Delivery::Sending,
            draft: Some(self.drafts),
        };
        self.insert(self.entries.len(), Entry::Message(line));
        self.drafts
    }

    /// The draft is in the room as `message`.
    pub(super) fn sent(&mut self, draft: u64, message: ChatMessage) {
        // Its event may have arrived before, or one of another process that has the same text.
        let is_draft =
            |line: &ChatLine| line.draft == Some(draft) && line.delivery == Delivery::Sending;
        self.remove(is_draft);
        if self.find(&message.serial).is_none() {
            self.place(message);
        }
    }

    /// The draft is not in the room, or not known to be.
    pub(super) fn failed(&mut self, draft: u64, reason: String) {
        let line = self.lines_mut().find(|line| line.draft == Some(draft));
        if let Some(line) = line.filter(|line| line.delivery == Delivery::Sending) {
            line.delivery = Delivery::Failed(reason);
        }
    }

    /// Takes a message in a version, `own` being this client. Returns whether it has a place here: one that is changed
    /// long after it was sent has none.
    pub(super) fn message(&mut self, message: ChatMessage, own: Option<&str>) -> bool {
        if let Some(line) = self.find(&message.serial) {
            if line.message.version.serial <= message.version.serial {
                let old = std::mem::take(&mut line.message.reactions);
                line.message = message;
                if line.message.reactions.is_empty() {
                    line.message.reactions = old;
                }
            }
            return true;
        }
        let is_new = message.action == "message.create";
        if !is_new
            && self
                .oldest()
                .is_none_or(|oldest| message.serial.as_str() < oldest)
        {
            return false;
        }
        if is_new && Some(message.client_id.as_str()) == own {
            // It is most likely the one that is being sent; the answer will tell.
            self.remove(|line| {
                line.delivery == Delivery::Sending && line.message.text == message.text
            });
        }
        self.place(message);
        true
    }

    /// Takes the reactions to a message, all of them.
    pub(super) fn reactions(&mut self, serial: &str, reactions: Map<String, Value>) {
        if let Some(line) = self.find(serial) {
            line.message.reactions = reactions;
        }
    }

    /// The `nth` newest message that is in the room and not deleted, from 1; of `client_id` alone, where one is given.
    pub(super) fn newest(&self, nth: usize, client_id: Option<&str>) -> Option<&ChatMessage> {
        let fits = |line: &&ChatLine| {
            line.delivery == Delivery::Sent
                && line.message.action != "message.delete"
                && client_id.is_none_or(|client| client == line.message.client_id)
        };
        let line = self.lines().rev().filter(fits).nth(nth - 1)?;
        Some(&line.message)
    }

    /// Returns whether the message is here.
    pub(super) fn has(&self, serial: &str) -> bool {
        self.lines().any(|line| line.message.serial == serial)
    }

    /// The names of those who wrote, the latest first, each once.
    pub(super) fn authors(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for line in self.lines().rev() {
            if !names.contains(&line.message.client_id) {
                names.push(line.message.client_id.clone());
            }
        }
        names
    }

    fn lines(&self) -> impl DoubleEndedIterator<Item = &ChatLine> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Message(line) => Some(line),
            Entry::Note(_) => None,
        })
    }

    fn lines_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut ChatLine> {
        self.entries.iter_mut().filter_map(|entry| match entry {
            Entry::Message(line) => Some(line),
            Entry::Note(_) => None,
        })
    }

    fn find(&mut self, serial: &str) -> Option<&mut ChatLine> {
        self.lines_mut()
            .rev()
            .find(|line| line.message.serial == serial && line.delivery == Delivery::Sent)
    }

    /// The serial of the oldest message.
    fn oldest(&self) -> Option<&str> {
        let sent = |line: &&ChatLine| line.delivery == Delivery::Sent;
        Some(self.lines().find(sent)?.message.serial.as_str())
    }

    /// Removes the oldest message for which `is_it` is true.
    fn remove(&mut self, is_it: impl Fn(&ChatLine) -> bool) {
        let place = self.entries.iter().position(|entry| match entry {
            Entry::Message(line) => is_it(line),
            Entry::Note(_) => false,
        });
        if let Some(entry) = place.and_then(|place| self.entries.remove(place)) {
            self.bytes -= size_of(&entry);
        }
    }

    /// Inserts a message of the room where it belongs: before newer ones and those that are being sent.
    fn place(&mut self, message: ChatMessage) {
        let is_behind = |entry: &Entry| match entry {
            Entry::Message(line) => {
                line.delivery == Delivery::Sending || line.message.serial > message.serial
            }
            Entry::Note(_) => false,
        };
        let behind = self.entries.iter().rev().take_while(|it| is_behind(it));
        let place = self.entries.len() - behind.count();
        let line = ChatLine {
            message,
            delivery: Delivery::Sent,
            draft: None,
        };
        self.insert(place, Entry::Message(line));
    }

    fn insert(&mut self, place: usize, entry: Entry) {
        self.bytes += size_of(&entry);
        self.added += 1;
        self.entries.insert(place, entry);
        while self.entries.len() > MAX_ENTRIES || self.bytes > MAX_BYTES && self.entries.len() > 1 {
            if let Some(oldest) = self.entries.pop_front() {
                self.bytes = self.bytes.saturating_sub(size_of(&oldest));
            }
        }
    }
}

/// The bytes of an entry's text. An edit may change them, which the bound allows for.
fn size_of(entry: &Entry) -> usize {
    match entry {
        Entry::Message(line) => line.message.text.len(),
        Entry::Note(note) => note.text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::protocol::Version;

    fn message(serial: &str, text: &str) -> ChatMessage {
        ChatMessage {
            serial: serial.to_owned(),
            client_id: "me".to_owned(),
            text: text.to_owned(),
            action: "message.create".to_owned(),
            version: Version {
                serial: Some(serial.to_owned()),
                ..Version::default()
            },
            ..ChatMessage::default()
        }
    }

    fn texts(transcript: &Transcript) -> Vec<&str> {
        let texts = transcript.lines().map(|line| line.message.text.as_str());
        texts.collect()
    }

    #[test]
    fn a_sent_message_is_there_once_whichever_comes_first() {
        for event_first in [true, false] {
            let mut transcript = Transcript::default();
            let draft = transcript.draft("me", "hi", Timestamp(1));
            if event_first {
                transcript.message(message("2", "hi"), Some("me"));
                transcript.sent(draft, message("2", "hi"));
            } else {
                transcript.sent(draft, message("2", "hi"));
                transcript.message(message("2", "hi"), Some("me"));
            }
            assert_eq!(texts(&transcript), ["hi"]);
            assert!(transcript.has("2"));
        }
    }

    #[test]
    fn the_same_text_from_another_terminal_is_another_message() {
        let mut transcript = Transcript::default();
        let draft = transcript.draft("me", "hi", Timestamp(1));
        transcript.message(message("1", "hi"), Some("me"));
        transcript.sent(draft, message("2", "hi"));
        assert_eq!(texts(&transcript), ["hi", "hi"]);
    }

    #[test]
    fn messages_stand_in_the_rooms_order_and_edits_in_place() {
        let mut transcript = Transcript::default();
        transcript.message(message("3", "three"), None);
        transcript.note(None, "ann entered", Tone::Dim);
        transcript.message(message("1", "one"), None);
        transcript.message(message("2", "two"), None);
        // A note is not passed: what was said before it stays before it.
        assert_eq!(texts(&transcript), ["three", "one", "two"]);
        let mut edited = message("2", "zwei");
        edited.action = "message.update".to_owned();
        edited.version.serial = Some("4".to_owned());
        assert!(transcript.message(edited.clone(), None));
        assert!(transcript.message(message("2", "late"), None));
        assert_eq!(texts(&transcript), ["three", "one", "zwei"]);
        edited.serial = "0".to_owned();
        assert!(!transcript.message(edited, None), "it is not shown");
        assert_eq!(transcript.newest(1, Some("me")).unwrap().text, "zwei");
        assert!(transcript.newest(9, None).is_none());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut transcript = Transcript::default();
        for number in 0..MAX_ENTRIES + 5 {
            transcript.note(None, number.to_string(), Tone::Dim);
        }
        assert_eq!(transcript.entries().len(), MAX_ENTRIES);
        for _ in 0..3 {
            transcript.note(None, "x".repeat(MAX_BYTES / 2), Tone::Dim);
        }
        assert!(transcript.entries().len() < 3);
    }
}
