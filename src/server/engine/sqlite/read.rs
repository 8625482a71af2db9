//! Reading what is kept of a channel. Every function reads what its connection sees: the writer's sees what it is about
//! to commit.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::failed;
use super::statement::as_str;
use super::text;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Message, PresenceMessage};
use crate::server::engine::entry::Entry;
use crate::server::engine::entry::EntryKind;
use crate::server::engine::serial;
use crate::server::engine::versions::KeptVersion;

/// A channel, as its row says.
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) head: String,
    pub(super) trimmed: String,
}

/// Returns the row of a channel that something was kept of.
pub(super) fn channel(connection: &Connection, app: i64, name: &str) -> Result<Option<Row>> {
    let sql = "SELECT id, head, trimmed FROM channel WHERE app = ?1 AND name = ?2";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    statement
        .query_row(params![app, name], |row| {
            Ok(Row {
                id: row.get(0)?,
                head: row.get(1)?,
                trimmed: row.get(2)?,
            })
        })
        .optional()
        .map_err(failed)
}

/// Returns the names of the channels of an app that something is kept of.
pub(super) fn channels(connection: &Connection, app: i64) -> Result<Vec<String>> {
    let sql = "SELECT name FROM channel WHERE app = ?1 \
               AND EXISTS (SELECT 1 FROM entry WHERE entry.channel = channel.id)";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let names = statement
        .query_map([app], |row| row.get(0))
        .map_err(failed)?;
    names.collect::<rusqlite::Result<_>>().map_err(failed)
}

/// Returns the members of a channel.
pub(super) fn members(connection: &Connection, channel: i64) -> Result<Vec<PresenceMessage>> {
    let sql = "SELECT body FROM member WHERE channel = ?1";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query([channel]).map_err(failed)?;
    let mut members = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        members.push(text::to_item(
            row.get_ref(0).and_then(as_str).map_err(failed)?,
        )?);
    }
    Ok(members)
}

/// Returns the frames of one entry.
pub(super) fn frames(
    connection: &Connection,
    channel: i64,
    kind: EntryKind,
    serial: &str,
) -> Result<Option<String>> {
    let sql = "SELECT frames FROM entry WHERE channel = ?1 AND kind = ?2 AND serial = ?3";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    statement
        .query_row(params![channel, kind as i64, serial], |row| row.get(0))
        .optional()
        .map_err(failed)
}

/// Returns a message as it was created.
pub(super) fn created(
    connection: &Connection,
    channel: i64,
    serial: &str,
) -> Result<Option<Message>> {
    let place = serial::channel_part(serial);
    let Some(frames) = frames(connection, channel, EntryKind::Messages, place)? else {
        return Ok(None);
    };
    Ok(messages_of(&frames)?
        .into_iter()
        .find(|message| message.serial.as_deref() == Some(serial)))
}

/// Returns the newest version of a message, without a summary.
pub(super) fn newest_version(
    connection: &Connection,
    channel: i64,
    serial: &str,
) -> Result<Option<Message>> {
    let Some(created) = created(connection, channel, serial)? else {
        return Ok(None);
    };
    match later(connection, channel, serial, serial)?.pop() {
        None => Ok(Some(created)),
        Some((_, newest)) => Ok(Some(text::to_item(&newest)?)),
    }
}

/// Reads a version as it is kept: behind its serial, its body and what it shares.
pub(super) fn kept_version(row: &rusqlite::Row<'_>) -> Result<KeptVersion> {
    let body = row.get_ref(1).and_then(as_str).map_err(failed)?;
    let shared: Option<String> = row.get(2).map_err(failed)?;
    let shared = shared.map(|shared| text::read(&shared)).transpose()?;
    Ok((text::to_item(body)?, shared))
}

/// Hands the entries after `position` to `take`, oldest first, until that has enough; returns whether all of them are
/// kept.
pub(super) fn entries_after<T>(
    connection: &Connection,
    channel: &Row,
    position: &str,
    take: impl FnOnce(&mut dyn Iterator<Item = Result<Arc<Entry>>>) -> Result<T>,
) -> Result<Option<T>> {
    if position < channel.trimmed.as_str() {
        return Ok(None);
    }
    // The kinds are merged as they are read, in the order of the key: nothing is sorted.
    let sql = "SELECT serial, connection, frames FROM entry WHERE channel = ?1 AND kind = 0 AND serial > ?2 UNION ALL \
               SELECT serial, connection, frames FROM entry WHERE channel = ?1 AND kind = 1 AND serial > ?2 UNION ALL \
               SELECT serial, connection, frames FROM entry WHERE channel = ?1 AND kind = 2 AND serial > ?2 UNION ALL \
               SELECT serial, connection, frames FROM entry WHERE channel = ?1 AND kind = 3 AND serial > ?2 \
               ORDER BY serial";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement
        .query(params![channel.id, position])
        .map_err(failed)?;
    let mut next = || {
        let row = match rows.next() {
            Ok(row) => row?,
            Err(error) => return Some(Err(failed(error))),
        };
        Some(told(row))
    };
    take(&mut std::iter::from_fn(&mut next)).map(Some)
}

fn told(row: &rusqlite::Row<'_>) -> Result<Arc<Entry>> {
    Ok(Arc::new(Entry {
        channel_serial: row.get(0).map_err(failed)?,
        frames: text::to_frames(row.get_ref(2).and_then(as_str).map_err(failed)?)?,
        connection_id: row.get(1).map_err(failed)?,
        serials: Vec::new(),
        changed: None,
    }))
}

/// Returns the messages of an entry.
pub(super) fn messages_of(frames: &str) -> Result<Vec<Message>> {
    let mut messages = Vec::new();
    for frame in text::to_frames(frames)? {
        match Arc::try_unwrap(frame) {
            Ok(frame) => messages.extend(frame.messages.into_iter().flatten()),
            Err(frame) => messages.extend(frame.messages.iter().flatten().cloned()),
        }
    }
    Ok(messages)
}

/// Reads the newest versions of the messages from `first` to `last` that were changed, each behind its serial, in order.
pub(super) fn later(
    connection: &Connection,
    channel: i64,
    first: &str,
    last: &str,
) -> Result<Vec<(String, String)>> {
    let sql = "SELECT serial, newest FROM message \
               WHERE channel = ?1 AND serial BETWEEN ?2 AND ?3 AND newest IS NOT NULL ORDER BY serial";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let rows = statement
        .query_map(params![channel, first, last], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .map_err(failed)?;
    rows.collect::<rusqlite::Result<_>>().map_err(failed)
}
