//! Reading what is kept of a channel. Every function reads what its connection sees: the writer's sees what it is about
//! to commit.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::failed;
use super::text;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::message::MessageAnnotations;
use crate::chat_core::protocol::{Annotation, Json, Message, PresenceMessage};
use crate::server::engine::command::Touches;
use crate::server::engine::entry::Entry;
use crate::server::engine::entry::EntryKind;
use crate::server::engine::fold::summary::Annotations;
use crate::server::engine::fold::{HeldMessage, Touched};
use crate::server::engine::serial;

/// The most entries that a client is sent again; one that missed more is told of a discontinuity.
const MAX_MISSED: usize = 50_000;

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
fn created(connection: &Connection, channel: i64, serial: &str) -> Result<Option<Message>> {
    let place = serial::channel_part(serial);
    let Some(frames) = frames(connection, channel, EntryKind::Messages, place)? else {
        return Ok(None);
    };
    Ok(messages_of(&frames)?
        .into_iter()
        .find(|message| message.serial.as_deref() == Some(serial)))
}

/// Returns the newest version of a message, with the summary of its annotations.
pub(super) fn message(
    connection: &Connection,
    channel: i64,
    serial: &str,
) -> Result<Option<Message>> {
    match later(connection, channel, serial, serial)?.pop() {
        None => created(connection, channel, serial),
        Some(later) => {
            let Some(message) = created(connection, channel, serial)? else {
                return Ok(None);
            };
            later.of(message).map(Some)
        }
    }
}

/// Returns all versions of a message, oldest first; none for an unknown one.
pub(super) fn versions(
    connection: &Connection,
    channel: i64,
    serial: &str,
) -> Result<Vec<Message>> {
    let Some(created) = created(connection, channel, serial)? else {
        return Ok(Vec::new());
    };
    let sql = "SELECT body FROM version WHERE channel = ?1 AND message = ?2 ORDER BY serial";
    let mut versions = vec![created];
    versions.extend(items::<Message>(connection, sql, channel, serial)?);
    Ok(versions)
}

/// Returns the annotations of a message, oldest first.
pub(super) fn annotations(
    connection: &Connection,
    channel: i64,
    serial: &str,
) -> Result<Vec<Annotation>> {
    let sql = "SELECT body FROM annotation WHERE channel = ?1 AND message = ?2 ORDER BY serial";
    items(connection, sql, channel, serial)
}

/// Adds up the annotations of a message.
pub(super) fn attached(connection: &Connection, channel: i64, serial: &str) -> Result<Annotations> {
    let mut attached = Annotations::default();
    for mut annotation in annotations(connection, channel, serial)? {
        attached.apply(&mut annotation);
    }
    Ok(attached)
}

/// Adds the messages that a command touches to `touched`. Annotations that are added up in `attached` are moved out of
/// it, and are to be put back.
pub(super) fn touched_messages(
    connection: &Connection,
    channel: i64,
    needs: &Touches<'_>,
    attached: &mut HashMap<(i64, String), Annotations>,
    touched: &mut Touched,
) -> Result<()> {
    for serial in &needs.messages {
        if touched.messages.contains_key(*serial) {
            continue;
        }
        let Some(newest) = message(connection, channel, serial)? else {
            continue;
        };
        let annotations = if needs.annotations {
            let key = (channel, (*serial).to_owned());
            match attached.remove(&key) {
                Some(known) => known,
                None => self::attached(connection, channel, serial)?,
            }
        } else {
            Annotations::default()
        };
        let held = HeldMessage {
            newest,
            annotations,
            ..HeldMessage::default()
        };
        touched.messages.insert((*serial).to_owned(), held);
    }
    Ok(())
}

/// Returns what one client contributed to the summary of a message; `None` for an unknown one.
pub(super) fn reactions_of(
    connection: &Connection,
    channel: i64,
    serial: &str,
    client_id: &str,
) -> Result<Option<serde_json::Value>> {
    if created(connection, channel, serial)?.is_none() {
        return Ok(None);
    }
    let attached = attached(connection, channel, serial)?;
    Ok(Some(attached.summary_for(client_id)))
}

/// Returns the entries after `position`, oldest first; `None` if not all of them are kept.
pub(super) fn entries_after(
    connection: &Connection,
    channel: &Row,
    position: &str,
) -> Result<Option<Vec<Arc<Entry>>>> {
    if position < channel.trimmed.as_str() {
        return Ok(None);
    }
    let sql = "SELECT serial, connection, frames FROM entry \
               WHERE channel = ?1 AND kind IN (0, 1, 2, 3) AND serial > ?2 ORDER BY serial LIMIT ?3";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let limit = i64::try_from(MAX_MISSED + 1).unwrap_or(i64::MAX);
    let mut rows = statement
        .query(params![channel.id, position, limit])
        .map_err(failed)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        entries.push(Arc::new(Entry {
            channel_serial: row.get(0).map_err(failed)?,
            frames: text::to_frames(row.get_ref(2).and_then(as_str).map_err(failed)?)?,
            connection_id: row.get(1).map_err(failed)?,
            serials: Vec::new(),
            changed: None,
        }));
    }
    Ok((entries.len() <= MAX_MISSED).then_some(entries))
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

/// The changes of a message after it was created.
pub(super) struct StoredChanges {
    pub(super) serial: String,
    newest: Option<String>,
    summary: Option<String>,
}

impl StoredChanges {
    /// Returns the newest version of the message that was `created`, with the summary of its annotations.
    pub(super) fn of(self, created: Message) -> Result<Message> {
        let mut message = match self.newest {
            Some(newest) => text::to_item(&newest)?,
            None => created,
        };
        if let Some(summary) = self.summary {
            message.annotations = Some(MessageAnnotations {
                summary: Json(text::read(&summary)?),
            });
        }
        Ok(message)
    }
}

/// Reads the changes of the messages from `first` to `last`, in order.
pub(super) fn later(
    connection: &Connection,
    channel: i64,
    first: &str,
    last: &str,
) -> Result<Vec<StoredChanges>> {
    let sql = "SELECT serial, newest, summary FROM message \
               WHERE channel = ?1 AND serial BETWEEN ?2 AND ?3 ORDER BY serial";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let rows = statement
        .query_map(params![channel, first, last], |row| {
            Ok(StoredChanges {
                serial: row.get(0)?,
                newest: row.get(1)?,
                summary: row.get(2)?,
            })
        })
        .map_err(failed)?;
    rows.collect::<rusqlite::Result<_>>().map_err(failed)
}

fn items<T: crate::chat_core::protocol::payload::Payload + serde::de::DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    channel: i64,
    serial: &str,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query(params![channel, serial]).map_err(failed)?;
    let mut items = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        items.push(text::to_item(
            row.get_ref(0).and_then(as_str).map_err(failed)?,
        )?);
    }
    Ok(items)
}

/// Returns a value as text.
pub(super) fn as_str(value: rusqlite::types::ValueRef<'_>) -> rusqlite::Result<&str> {
    Ok(value.as_str()?)
}
