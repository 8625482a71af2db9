//! Summaries of annotations as rows of the file: what an annotation needs is read and written, and nothing else.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, Row, params};

use super::error::failed;
use super::statement::{as_str, each, run};
use super::{read, text};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::message::MessageAnnotations;
use crate::chat_core::protocol::{Annotation, Json, Message};
use crate::server::engine::command::Touches;
use crate::server::engine::entry::Entry;
use crate::server::engine::fold::summary::{
    Annotations, ContributionRow, NameRow, SummaryChanges, SummaryRow,
};
use crate::server::engine::fold::{self, Contributions, HeldMessage, SummaryMessage, Touched};
use crate::server::engine::limits::MAX_SUMMARIES_SIZE;

/// The most messages whose summaries are kept in memory, and the most contributions to them.
const MAX_CACHED: usize = 1024;
const MAX_CACHED_WEIGHT: usize = 100_000;

/// The summaries of the messages that were annotated lately, by channel and serial.
#[derive(Default)]
pub(super) struct SummaryCache {
    summaries: HashMap<(i64, String), Stored>,
    /// The number of contributions in it.
    weight: usize,
}

/// What is kept of a message and its annotations.
struct Stored {
    head: Message,
    annotations: Annotations,
}

impl SummaryCache {
    fn take(&mut self, channel: i64, serial: &str) -> Option<Stored> {
        let stored = self.summaries.remove(&(channel, serial.to_owned()))?;
        self.weight -= stored.annotations.weight();
        Some(stored)
    }

    /// Puts back what a command touched.
    pub(super) fn put(&mut self, channel: i64, serial: String, held: HeldMessage) {
        let stored = Stored {
            head: held.newest,
            annotations: held.annotations,
        };
        self.weight += stored.annotations.weight();
        self.summaries.insert((channel, serial), stored);
    }

    /// Drops a message, which was changed.
    pub(super) fn forget(&mut self, channel: i64, serial: &str) {
        self.take(channel, serial);
    }

    /// Drops everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Drops everything if it is too much.
    pub(super) fn thin_out(&mut self) {
        if self.summaries.len() > MAX_CACHED || self.weight > MAX_CACHED_WEIGHT {
            self.clear();
        }
    }
}

/// Adds the messages that annotations touch to `touched`. What is in the cache is moved out of it, and is to be put
/// back.
///
/// # Errors
/// 40009 / 413 for summaries that are too large together: no more is read then.
pub(super) fn touch(
    connection: &Connection,
    channel: i64,
    needs: &Touches<'_>,
    cache: &mut SummaryCache,
    touched: &mut Touched,
) -> Result<()> {
    let mut by_message: BTreeMap<&str, Vec<&Annotation>> = BTreeMap::new();
    for annotation in needs.annotations {
        let serial = annotation.message_serial.as_deref().unwrap_or_default();
        by_message.entry(serial).or_default().push(annotation);
    }
    let mut size = 0;
    for (serial, annotations) in by_message {
        let stored = match cache.take(channel, serial) {
            Some(stored) => Some(stored),
            None => stored(connection, channel, serial)?,
        };
        let Some(Stored {
            head,
            annotations: mut summed,
        }) = stored
        else {
            continue;
        };
        size += SummaryMessage::size(&head, &summed);
        if size > MAX_SUMMARIES_SIZE {
            return Err(fold::too_large(MAX_SUMMARIES_SIZE));
        }
        let mut contributions = StoredContributions {
            connection,
            channel,
            message: serial,
        };
        fold::complete(&mut summed, &annotations, &mut contributions)?;
        let held = HeldMessage {
            newest: head,
            annotations: summed,
            ..HeldMessage::default()
        };
        touched.messages.insert(serial.to_owned(), held);
    }
    Ok(())
}

/// Reads a message and the summary of its annotations.
fn stored(connection: &Connection, channel: i64, serial: &str) -> Result<Option<Stored>> {
    let mut found = between(connection, channel, serial, serial)?;
    if let Some(stored) = found.remove(serial) {
        return Ok(Some(stored));
    }
    let newest = read::newest_version(connection, channel, serial)?;
    Ok(newest.map(|newest| Stored {
        head: HeldMessage::head(&newest),
        annotations: Annotations::default(),
    }))
}

/// Reads the annotated messages from `first` to `last`, each with the totals and the listed clients of its summary.
fn between(
    connection: &Connection,
    channel: i64,
    first: &str,
    last: &str,
) -> Result<HashMap<String, Stored>> {
    let mut all = HashMap::new();
    let range = params![channel, first, last];
    let sql = "SELECT message, head FROM summary WHERE channel = ?1 AND message BETWEEN ?2 AND ?3";
    each(connection, sql, range, |row| {
        let head = text::to_item(row.get_ref(1).and_then(as_str).map_err(failed)?)?;
        let annotations = Annotations::default();
        let message = row.get(0).map_err(failed)?;
        all.insert(message, Stored { head, annotations });
        Ok(())
    })?;
    if all.is_empty() {
        return Ok(all);
    }
    let sql = "SELECT message, type, name, place, next, total, identified, unidentified FROM summary_name \
               WHERE channel = ?1 AND message BETWEEN ?2 AND ?3 ORDER BY message, place";
    each(connection, sql, range, |row| {
        let message = row.get_ref(0).and_then(as_str).map_err(failed)?;
        if let Some(stored) = all.get_mut(message) {
            stored
                .annotations
                .restore_name(&name_row(row).map_err(failed)?);
        }
        Ok(())
    })?;
    let sql = "SELECT message, type, name, client, count, place, listed FROM contribution \
               WHERE channel = ?1 AND message BETWEEN ?2 AND ?3 AND listed = 1 ORDER BY message, place";
    each(connection, sql, range, |row| {
        let message = row.get_ref(0).and_then(as_str).map_err(failed)?;
        if let Some(stored) = all.get_mut(message) {
            let listed = contribution_row(row).map_err(failed)?;
            stored.annotations.restore(listed);
        }
        Ok(())
    })?;
    Ok(all)
}

/// The contributions to one message in a file.
struct StoredContributions<'a> {
    connection: &'a Connection,
    channel: i64,
    message: &'a str,
}

impl Contributions for StoredContributions<'_> {
    type Error = ErrorInfo;

    fn one(&mut self, kind: &str, name: &str, client_id: &str) -> Result<Option<ContributionRow>> {
        let sql = "SELECT message, type, name, client, count, place, listed FROM contribution \
                   WHERE channel = ?1 AND message = ?2 AND type = ?3 AND name = ?4 AND client = ?5";
        let key = params![self.channel, self.message, kind, name, client_id];
        Ok(contributions(self.connection, sql, key)?.pop())
    }

    fn unique(&mut self, kind: &str, client_id: &str) -> Result<Option<ContributionRow>> {
        let sql = "SELECT message, type, name, client, count, place, listed FROM contribution \
                   WHERE channel = ?1 AND message = ?2 AND client = ?3 AND type = ?4 LIMIT 1";
        let key = params![self.channel, self.message, client_id, kind];
        Ok(contributions(self.connection, sql, key)?.pop())
    }

    fn unlisted(&mut self, kind: &str, name: &str, limit: usize) -> Result<Vec<ContributionRow>> {
        let sql = "SELECT message, type, name, client, count, place, listed FROM contribution \
                   WHERE channel = ?1 AND message = ?2 AND type = ?3 AND name = ?4 AND listed = 0 \
                   ORDER BY place LIMIT ?5";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let key = params![self.channel, self.message, kind, name, limit];
        contributions(self.connection, sql, key)
    }
}

/// Returns the summaries of the annotated messages from `first` to `last`, by serial.
pub(super) fn values(
    connection: &Connection,
    channel: i64,
    first: &str,
    last: &str,
) -> Result<HashMap<String, MessageAnnotations>> {
    let found = between(connection, channel, first, last)?.into_iter();
    let value = |annotations: &Annotations| MessageAnnotations {
        summary: Json(annotations.summary()),
    };
    Ok(found
        .map(|(serial, stored)| (serial, value(&stored.annotations)))
        .collect())
}

/// Returns the newest version of a message, with the summary of its annotations.
pub(super) fn message(
    connection: &Connection,
    channel: i64,
    serial: &str,
) -> Result<Option<Message>> {
    let Some(mut message) = read::newest_version(connection, channel, serial)? else {
        return Ok(None);
    };
    message.annotations = values(connection, channel, serial, serial)?.remove(serial);
    Ok(Some(message))
}

/// Returns what one client contributed to the summary of a message; `None` for an unknown one.
pub(super) fn of_client(
    connection: &Connection,
    channel: i64,
    serial: &str,
    client_id: &str,
) -> Result<Option<serde_json::Value>> {
    if read::newest_version(connection, channel, serial)?.is_none() {
        return Ok(None);
    }
    let mut annotations = Annotations::default();
    let sql = "SELECT message, type, name, place, next, total, identified, unidentified FROM summary_name \
               WHERE channel = ?1 AND message = ?2 ORDER BY place";
    each(connection, sql, params![channel, serial], |row| {
        annotations.restore_name(&name_row(row).map_err(failed)?);
        Ok(())
    })?;
    let sql = "SELECT message, type, name, client, count, place, listed FROM contribution \
               WHERE channel = ?1 AND message = ?2 AND client = ?3";
    let key = params![channel, serial, client_id];
    let own = contributions(connection, sql, key)?;
    for row in own {
        annotations.restore(row);
    }
    Ok(Some(annotations.summary_for(client_id)))
}

/// Returns whether entries lack summaries that were told with them.
pub(super) fn is_lacking(entries: &[Arc<Entry>]) -> bool {
    entries.iter().any(|entry| fold::lacks_summary(entry))
}

/// Takes kept entries up to about `size` bytes, with the summaries that they lack.
pub(super) fn retell(
    connection: &Connection,
    channel: i64,
    entries: &mut dyn Iterator<Item = Result<Arc<Entry>>>,
    size: usize,
) -> Result<Vec<Arc<Entry>>> {
    fold::retell(entries, size, |serial| {
        let found = between(connection, channel, serial, serial)?.remove(serial);
        Ok(found.map(|stored| SummaryMessage::new(&stored.head, &stored.annotations)))
    })
}

/// Writes what annotations changed of the summary of a message.
pub(super) fn write(
    connection: &Connection,
    channel: i64,
    message: &str,
    rows: &[SummaryRow],
) -> Result<()> {
    let sql = "SELECT 1 FROM summary WHERE channel = ?1 AND message = ?2";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    if !statement
        .exists(params![channel, message])
        .map_err(failed)?
    {
        let Some(newest) = read::newest_version(connection, channel, message)? else {
            return Ok(());
        };
        let head = text::of_item(&HeldMessage::head(&newest));
        let sql = "INSERT INTO summary (channel, message, head) VALUES (?1, ?2, ?3)";
        run(connection, sql, params![channel, message, head])?;
    }
    rows.iter()
        .try_for_each(|row| write_row(connection, channel, message, row))
}

/// Writes the newest version of an annotated message; nothing happens to one that is not annotated.
pub(super) fn write_head(connection: &Connection, channel: i64, newest: &Message) -> Result<()> {
    let head = text::of_item(&HeldMessage::head(newest));
    let sql = "UPDATE summary SET head = ?3 WHERE channel = ?1 AND message = ?2";
    run(connection, sql, params![channel, newest.serial, head])
}

fn write_row(connection: &Connection, channel: i64, message: &str, row: &SummaryRow) -> Result<()> {
    match row {
        SummaryRow::Name(row) => {
            let sql = "INSERT INTO summary_name \
                       (channel, message, type, name, place, next, total, identified, unidentified) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET place = excluded.place, \
                       next = excluded.next, total = excluded.total, identified = excluded.identified, \
                       unidentified = excluded.unidentified";
            let numbers = [
                row.place,
                row.next,
                row.total,
                row.identified,
                row.unidentified,
            ];
            let [place, next, total, identified, unidentified] = numbers.map(signed);
            let values = params![
                channel,
                message,
                row.kind,
                row.name,
                place,
                next,
                total,
                identified,
                unidentified
            ];
            run(connection, sql, values)
        }
        SummaryRow::NoName(kind, name) => {
            let sql = "DELETE FROM summary_name WHERE channel = ?1 AND message = ?2 AND type = ?3 AND name = ?4";
            run(connection, sql, params![channel, message, kind, name])
        }
        SummaryRow::Contribution(row) => {
            let sql = "INSERT INTO contribution (channel, message, type, name, client, count, place, listed) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET \
                       count = excluded.count, place = excluded.place, listed = excluded.listed";
            let [count, place] = [row.count, row.place].map(signed);
            let values = params![
                channel,
                message,
                row.kind,
                row.name,
                row.client_id,
                count,
                place,
                row.is_listed
            ];
            run(connection, sql, values)
        }
        SummaryRow::NoContribution(kind, name, client_id) => {
            let sql = "DELETE FROM contribution \
                       WHERE channel = ?1 AND message = ?2 AND type = ?3 AND name = ?4 AND client = ?5";
            run(
                connection,
                sql,
                params![channel, message, kind, name, client_id],
            )
        }
    }
}

/// Sums up the annotations of a file of version 1, and drops what it kept of summaries. Names beyond the bounds of a
/// summary are not summed up.
pub(super) fn migrate(connection: &Connection) -> Result<()> {
    let mut sum_up = Migration::default();
    let sql = "SELECT channel, message, body FROM annotation ORDER BY channel, message, serial";
    each(connection, sql, [], |row| {
        let (channel, message) = (row.get(0).map_err(failed)?, row.get(1).map_err(failed)?);
        let body = row.get_ref(2).and_then(as_str).map_err(failed)?;
        sum_up.add(connection, (channel, message), text::to_item(body)?)
    })?;
    sum_up.write(connection)?;
    let sql = "DELETE FROM message WHERE newest IS NULL; ALTER TABLE message DROP COLUMN summary;";
    connection.execute_batch(sql).map_err(failed)
}

/// The message whose annotations are being summed up.
#[derive(Default)]
struct Migration {
    of: (i64, String),
    annotations: Annotations,
    changes: SummaryChanges,
    is_begun: bool,
}

impl Migration {
    fn add(
        &mut self,
        connection: &Connection,
        of: (i64, String),
        annotation: Annotation,
    ) -> Result<()> {
        if !self.is_begun || self.of != of {
            std::mem::take(self).write(connection)?;
            self.of = of;
            self.is_begun = true;
        }
        fold::add_if_it_fits(&mut self.annotations, annotation, &mut self.changes);
        Ok(())
    }

    fn write(self, connection: &Connection) -> Result<()> {
        if !self.is_begun {
            return Ok(());
        }
        let (channel, message) = self.of;
        let rows = self.annotations.rows(self.changes);
        write(connection, channel, &message, &rows)
    }
}

fn name_row(row: &Row<'_>) -> rusqlite::Result<NameRow> {
    Ok(NameRow {
        kind: row.get(1)?,
        name: row.get(2)?,
        place: unsigned(row, 3)?,
        next: unsigned(row, 4)?,
        total: unsigned(row, 5)?,
        identified: unsigned(row, 6)?,
        unidentified: unsigned(row, 7)?,
    })
}

fn contribution_row(row: &Row<'_>) -> rusqlite::Result<ContributionRow> {
    Ok(ContributionRow {
        kind: row.get(1)?,
        name: row.get(2)?,
        client_id: row.get(3)?,
        count: unsigned(row, 4)?,
        place: unsigned(row, 5)?,
        is_listed: row.get(6)?,
    })
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    Ok(u64::try_from(number).unwrap_or_default())
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn contributions(
    connection: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<ContributionRow>> {
    let mut found = Vec::new();
    each(connection, sql, values, |row| {
        found.push(contribution_row(row).map_err(failed)?);
        Ok(())
    })?;
    Ok(found)
}
