//! The history of rooms before a tail: read page by page, up to the last message before the attachment, so that memory
//! does not grow with it.

use std::collections::{BTreeMap, VecDeque};

use serde::Deserialize;

use super::cursor::CursorPosition;
use crate::chat_core::chat::ChatMessage;
use crate::chat_core::client::room::{HistoryQuery, Pages};
use crate::chat_core::client::{Rest, Result, Room};
use crate::chat_core::clock::Timestamp;

/// The most messages that are buffered for one room.
const PAGE: usize = 250;

/// The part of the history that a tail begins with.
#[derive(Clone, Copy, Default)]
pub(in crate::cli) struct History {
    /// The newest messages, at most this many per room.
    pub(in crate::cli) limit: Option<usize>,
    /// Sent at or after this.
    pub(in crate::cli) since: Option<Timestamp>,
}

/// The history to read of one room.
pub(super) struct HistoryRange {
    pub(super) past: History,
    /// The position to read up to.
    pub(super) until: Option<String>,
    /// Only messages newer than this one.
    pub(super) after: Option<String>,
}

impl HistoryRange {
    /// The history to read where a room can't be resumed at `place`: the messages since then, which are those behind the
    /// newest one that was printed and behind the position, where there is one.
    pub(super) fn of_gap(place: &CursorPosition, until: Option<String>) -> Option<Self> {
        let position = place.channel_serial.as_deref();
        // A position covers the messages of its publish, whose serials are its own with `:` and a number behind it.
        let covered = position.map(|position| format!("{position};"));
        let times = place.timestamp.into_iter();
        let since = times.chain(position.and_then(time_of)).min()?;
        Some(Self {
            past: History {
                limit: None,
                since: Some(Timestamp(since)),
            },
            until,
            after: place.serial.clone().max(covered),
        })
    }
}

/// Returns the time that a position begins with, in epoch milliseconds.
fn time_of(position: &str) -> Option<i64> {
    let (millis, _) = position.split_once('-')?;
    millis.parse().ok()
}

/// A message of the history.
pub(super) struct HistoryMessage {
    /// Its room.
    pub(super) room: String,
    /// The message, in its newest version.
    pub(super) message: ChatMessage,
    /// True if that version may arrive once more, as it is newer than the end of the history.
    pub(super) may_come_again: bool,
}

/// The history of rooms, in the order of time over all of them.
pub(super) struct HistoryReader<'a>(Vec<RoomReader<'a>>);

struct RoomReader<'a> {
    name: String,
    /// `None` once everything is read.
    pages: Option<Pages<'a>>,
    /// Only messages newer than this one.
    after: Option<String>,
    /// Only this message and newer ones.
    from: Option<String>,
    /// The last message of the history.
    last: String,
    ready: VecDeque<ChatMessage>,
}

/// The members of a message that identify it.
#[derive(Deserialize)]
struct MessageKey {
    serial: String,
    timestamp: i64,
}

impl<'a> HistoryReader<'a> {
    /// Finds the beginning and end of each room's history.
    pub(super) async fn begin(
        rest: &'a Rest,
        readings: BTreeMap<String, HistoryRange>,
    ) -> Result<Self> {
        let page = (PAGE / readings.len().max(1)).max(PAGE / 10);
        let mut rooms = Vec::new();
        for (name, reading) in readings {
            rooms.extend(RoomReader::begin(rest, name, reading, page).await?);
        }
        Ok(Self(rooms))
    }

    /// The next message.
    pub(super) async fn next(&mut self) -> Result<Option<HistoryMessage>> {
        for room in &mut self.0 {
            room.fill().await?;
        }
        let ready = self.0.iter_mut().filter(|room| !room.ready.is_empty());
        let first = ready.min_by(|a, b| a.age().cmp(&b.age()));
        Ok(first.and_then(RoomReader::take))
    }
}

impl<'a> RoomReader<'a> {
    async fn begin(
        rest: &'a Rest,
        name: String,
        reading: HistoryRange,
        page: usize,
    ) -> Result<Option<Self>> {
        let room = Room::new(rest, &name)?;
        let newest = HistoryQuery {
            start: reading.past.since.map(Timestamp::millis),
            from_serial: reading.until,
            ..HistoryQuery::default()
        };
        let limit = reading.past.limit;
        if let Some(limit) = limit.filter(|limit| *limit <= page) {
            let newest = HistoryQuery {
                limit: Some(limit),
                ..newest
            };
            let mut pages = room.history_pages(&newest).patient();
            let mut found = Vec::new();
            while found.len() < limit
                && let Some(mut page) = pages.next::<ChatMessage>().await?
            {
                found.append(&mut page);
            }
            found.truncate(limit);
            found.reverse();
            let Some(last) = found.last().map(|message| message.serial.clone()) else {
                return Ok(None);
            };
            return Ok(Some(Self {
                name,
                pages: None,
                after: reading.after,
                from: None,
                last,
                ready: found.into(),
            }));
        }
        let Some(Span { start, from, last }) = span(&room, newest, limit, page).await? else {
            return Ok(None);
        };
        let oldest = HistoryQuery {
            start,
            oldest_first: true,
            limit: Some(page),
            ..HistoryQuery::default()
        };
        Ok(Some(Self {
            pages: Some(room.history_pages(&oldest).patient()),
            name,
            after: reading.after,
            from,
            last,
            ready: VecDeque::new(),
        }))
    }

    /// Reads the next page where none is ready.
    async fn fill(&mut self) -> Result<()> {
        while self.ready.is_empty() {
            let Some(pages) = &mut self.pages else {
                return Ok(());
            };
            let Some(page) = pages.next::<ChatMessage>().await? else {
                self.pages = None;
                return Ok(());
            };
            if page
                .last()
                .is_some_and(|message| message.serial >= self.last)
            {
                self.pages = None;
            }
            let belongs = |message: &ChatMessage| {
                let serial = &message.serial;
                let is_late = self.after.as_ref().is_none_or(|after| serial > after)
                    && self.from.as_ref().is_none_or(|from| serial >= from);
                is_late && *serial <= self.last
            };
            self.ready.extend(page.into_iter().filter(belongs));
        }
        Ok(())
    }

    fn age(&self) -> Option<(i64, &str)> {
        let message = self.ready.front()?;
        Some((message.timestamp, &message.serial))
    }

    fn take(&mut self) -> Option<HistoryMessage> {
        let message = self.ready.pop_front()?;
        let version = message.version.serial.as_deref();
        Some(HistoryMessage {
            room: self.name.clone(),
            may_come_again: version > Some(self.last.as_str()),
            message,
        })
    }
}

/// The beginning and end of a part of the history.
struct Span {
    start: Option<i64>,
    from: Option<String>,
    last: String,
}

/// The span of the newest `limit` messages of `newest`, which are read once without being kept.
async fn span(
    room: &Room<'_>,
    newest: HistoryQuery,
    limit: Option<usize>,
    page: usize,
) -> Result<Option<Span>> {
    let start = newest.start;
    let size = Some(if limit.is_some() { page } else { 1 });
    let pages = room.history_pages(&HistoryQuery {
        limit: size,
        ..newest
    });
    let mut pages = pages.patient();
    let mut last = None;
    let mut count = 0;
    while let Some(marks) = pages.next::<MessageKey>().await? {
        if last.is_none() {
            last = marks.first().map(|mark| mark.serial.clone());
        }
        let Some(limit) = limit else { break };
        let length = marks.len();
        if let Some(mark) = marks.into_iter().nth(limit - count - 1) {
            return Ok(last.map(|last| Span {
                start: Some(mark.timestamp),
                from: Some(mark.serial),
                last,
            }));
        }
        count += length;
    }
    let from = None;
    Ok(last.map(|last| Span { start, from, last }))
}
