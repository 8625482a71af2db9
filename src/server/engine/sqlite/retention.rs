//! Retention: how much of the past a file keeps, and the deletion of the rest, bit by bit, so that
//! no publish waits for it.

use std::collections::HashMap;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::failed;
use super::write;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;

/// How much of the past is kept; a part that is not given has no end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// For how long.
    pub age: Option<Duration>,
    /// How many publishes of each channel, the newest.
    pub count: Option<u32>,
    /// How many bytes in all, in the file.
    pub size: Option<u64>,
}

/// The part of one channel that is to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// Its row.
    channel: i64,
    /// The oldest position that stays.
    before: String,
}

/// The heads of the channels that were counted, by row.
pub(super) type CountedHeads = HashMap<i64, String>;

/// The most entries that go in one transaction.
const STEP: i64 = 500;

/// Into how many parts of its time a file is cut that is too large; the oldest goes.
const PARTS: i64 = 16;

/// The most pages that are given back to the disk at once.
const PAGES: u32 = 256;

impl Retention {
    /// Returns whether everything is kept.
    pub fn is_endless(&self) -> bool {
        *self == Self::default()
    }
}

/// Returns what is to be deleted now. `seen` has the heads of the channels that were counted already.
pub(super) fn due(
    connection: &Connection,
    retention: Retention,
    now: Timestamp,
    seen: &mut CountedHeads,
) -> Result<Vec<Cut>> {
    let mut channels = Vec::new();
    for (channel, head) in heads(connection)? {
        if let Some(oldest) = oldest(connection, channel)? {
            channels.push((channel, head, oldest));
        }
    }
    let by_age = retention.age.map(|age| time((now - age).millis()));
    let is_too_large = match retention.size {
        Some(size) => used(connection)? > size,
        None => false,
    };
    let by_size = channels
        .iter()
        .filter_map(|(_, _, oldest)| oldest.get(..14)?.parse::<i64>().ok())
        .min()
        .filter(|_| is_too_large)
        .map(|begin| time(begin + 1 + (now.millis() - begin).max(0) / PARTS));
    let mut cuts = Vec::new();
    for (channel, head, oldest) in channels {
        let by_count = match retention.count {
            Some(count) if seen.get(&channel) != Some(&head) => {
                seen.insert(channel, head);
                oldest_of(connection, channel, count)?
            }
            _ => None,
        };
        let before = [&by_age, &by_size, &by_count].into_iter().flatten().max();
        if let Some(before) = before.filter(|before| oldest < **before) {
            cuts.push(Cut {
                channel,
                before: before.clone(),
            });
        }
    }
    Ok(cuts)
}

/// Returns whether there is something of it left.
pub(super) fn is_left(connection: &Connection, cut: &Cut) -> Result<bool> {
    let oldest = oldest(connection, cut.channel)?;
    Ok(oldest.is_some_and(|oldest| oldest < cut.before))
}

/// Deletes a bit of it.
pub(super) fn trim(connection: &Connection, cut: &Cut) -> Result<()> {
    let channel = cut.channel;
    let mut before = cut.before.clone();
    for kind in 0..4 {
        let sql = "SELECT serial FROM entry WHERE channel = ?1 AND kind = ?2 AND serial < ?3 \
                   ORDER BY serial LIMIT 1 OFFSET ?4";
        if let Some(enough) = serial(connection, sql, params![channel, kind, before, STEP])? {
            before = enough;
        }
    }
    let mut last = None;
    for kind in 0..4 {
        let sql = "SELECT max(serial) FROM entry WHERE channel = ?1 AND kind = ?2 AND serial < ?3";
        last = last.max(serial(connection, sql, params![channel, kind, before])?);
    }
    // A message's serial begins with that of its entry, so that it sorts with it.
    for sql in [
        "DELETE FROM entry WHERE channel = ?1 AND kind IN (0, 1, 2, 3) AND serial < ?2",
        "DELETE FROM message WHERE channel = ?1 AND serial < ?2",
        "DELETE FROM version WHERE channel = ?1 AND message < ?2",
        "DELETE FROM annotation WHERE channel = ?1 AND message < ?2",
        "DELETE FROM summary WHERE channel = ?1 AND message < ?2",
        "DELETE FROM summary_name WHERE channel = ?1 AND message < ?2",
        "DELETE FROM contribution WHERE channel = ?1 AND message < ?2",
    ] {
        write::run(connection, sql, params![channel, before])?;
    }
    let sql = "UPDATE channel SET trimmed = ?2 WHERE id = ?1 AND trimmed < ?2";
    write::run(connection, sql, params![channel, last.unwrap_or_default()])
}

/// Gives unused pages back to the disk, a few of them.
pub(super) fn shrink(connection: &Connection) -> Result<()> {
    let sql = format!("PRAGMA incremental_vacuum({PAGES})");
    let mut statement = connection.prepare(&sql).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    // Each step frees a page.
    while rows.next().map_err(failed)?.is_some() {}
    Ok(())
}

fn heads(connection: &Connection) -> Result<Vec<(i64, String)>> {
    let sql = "SELECT id, head FROM channel";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(failed)?;
    rows.collect::<rusqlite::Result<_>>().map_err(failed)
}

/// Returns the position of the oldest entry that is kept of a channel.
fn oldest(connection: &Connection, channel: i64) -> Result<Option<String>> {
    let sql = "SELECT min(serial) FROM entry WHERE channel = ?1 AND kind = ?2";
    let mut oldest: Option<String> = None;
    for kind in 0..4 {
        oldest = match (oldest, serial(connection, sql, params![channel, kind])?) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    Ok(oldest)
}

/// Returns the position of the oldest of the newest `count` publishes of a channel, if there are as many.
fn oldest_of(connection: &Connection, channel: i64, count: u32) -> Result<Option<String>> {
    let sql = "SELECT serial FROM entry WHERE channel = ?1 AND kind = 0 \
               ORDER BY serial DESC LIMIT 1 OFFSET ?2";
    serial(connection, sql, params![channel, count.saturating_sub(1)])
}

/// Reads a serial, if there is one.
fn serial(
    connection: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let found = statement.query_row(values, |row| row.get(0)).optional();
    Ok(found.map_err(failed)?.flatten())
}

/// Returns how many bytes of the file are in use.
fn used(connection: &Connection) -> Result<u64> {
    let number = |pragma| {
        connection
            .pragma_query_value(None, pragma, |row| row.get::<_, i64>(0))
            .map_err(failed)
    };
    let pages = number("page_count")? - number("freelist_count")?;
    Ok(u64::try_from(pages * number("page_size")?).unwrap_or_default())
}

/// Returns the first position of a moment.
fn time(millis: i64) -> String {
    format!("{:014}", millis.max(0))
}
