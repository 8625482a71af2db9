//! What was in rooms before a tail, joined to what follows: read up to the position that each attachment begins at.

use std::collections::BTreeMap;

use super::cursor::Place;
use crate::chat_core::chat::ChatMessage;
use crate::chat_core::client::room::HistoryQuery;
use crate::chat_core::client::{Rest, Result, Room};
use crate::chat_core::clock::Timestamp;

/// Which part of the past a tail begins with.
#[derive(Clone, Copy, Default)]
pub(in crate::cli) struct Past {
    /// At most this many messages a room.
    pub(in crate::cli) limit: Option<usize>,
    /// Sent at or after this.
    pub(in crate::cli) since: Option<Timestamp>,
}

/// What is read of one room.
pub(super) struct Reading {
    pub(super) past: Past,
    /// The position up to which is read.
    pub(super) until: Option<String>,
    /// Only what is newer than this message.
    pub(super) after: Option<String>,
}

impl Reading {
    /// What is read where a room can't be followed from `place`: the messages since then, which history has.
    pub(super) fn of_gap(place: &Place, until: Option<String>) -> Option<Self> {
        Some(Self {
            past: Past {
                limit: None,
                since: Some(Timestamp(place.timestamp?)),
            },
            until,
            after: place.serial.clone(),
        })
    }
}

/// Reads the past of rooms: by time over all of them.
pub(super) async fn read(
    rest: &Rest,
    readings: BTreeMap<String, Reading>,
) -> Result<Vec<(String, ChatMessage)>> {
    let mut all = Vec::new();
    for (name, reading) in readings {
        let room = Room::new(rest, &name)?;
        let query = HistoryQuery {
            start: reading.past.since.map(Timestamp::millis),
            limit: reading.past.limit,
            from_serial: reading.until,
            ..HistoryQuery::default()
        };
        let messages = room.history(&query).await?.into_iter();
        let newer = messages.filter(|message| {
            let after = reading.after.as_deref();
            after.is_none_or(|after| message.serial.as_str() > after)
        });
        all.extend(newer.map(|message| (name.clone(), message)));
    }
    all.sort_by(|(_, a), (_, b)| (a.timestamp, &a.serial).cmp(&(b.timestamp, &b.serial)));
    Ok(all)
}
