//! Writing rows of the file, within the writer's transaction.

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use super::error::failed;
pub(super) use super::statement::run;
use super::{read, summary, text};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Message, PresenceAction, PresenceMessage};
use crate::server::engine::entry::Entry;
use crate::server::engine::entry::EntryKind;
use crate::server::engine::fold::summary::SummaryRow;
use crate::server::engine::fold::{Effect, presence};
use crate::server::engine::limits::REPEAT_WINDOW;
use crate::server::engine::versions;

/// Inserts the row of a channel.
pub(super) fn channel(connection: &Connection, app: i64, name: &str, head: &str) -> Result<i64> {
    let sql = "INSERT INTO channel (app, name, head) VALUES (?1, ?2, ?3)";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    statement.insert(params![app, name, head]).map_err(failed)
}

/// Moves the head of a channel on.
pub(super) fn head(connection: &Connection, channel: i64, head: &str) -> Result<()> {
    let sql = "UPDATE channel SET head = ?2 WHERE id = ?1";
    run(connection, sql, params![channel, head])
}

/// Keeps an entry with its effect, and returns its size.
pub(super) fn entry(
    connection: &Connection,
    channel: i64,
    entry: &Entry,
    effect: &Effect,
) -> Result<usize> {
    let Some(kind) = effect.kind() else {
        return Ok(0);
    };
    let frames = text::of_frames(&entry.kept().frames);
    let sql =
        "INSERT INTO entry (channel, kind, serial, connection, frames) VALUES (?1, ?2, ?3, ?4, ?5)";
    run(
        connection,
        sql,
        params![
            channel,
            kind as i64,
            entry.channel_serial,
            entry.connection_id,
            frames
        ],
    )?;
    match effect {
        Effect::Nothing | Effect::Messages | Effect::Trace(_) => {}
        Effect::Version(message) => version(connection, channel, message)?,
        Effect::Annotations(changes) => annotations(connection, channel, entry, changes)?,
        Effect::Presence => {
            for told in entry
                .frames
                .iter()
                .filter_map(|frame| frame.presence.as_ref())
            {
                for told in told {
                    member(connection, channel, told)?;
                }
            }
        }
    }
    Ok(frames.len())
}

fn version(connection: &Connection, channel: i64, message: &Message) -> Result<()> {
    share_with(connection, channel, message)?;
    let body = text::of_item(message);
    let version = message
        .version
        .as_ref()
        .and_then(|version| version.serial.as_ref());
    let sql = "INSERT INTO version (channel, message, serial, body) VALUES (?1, ?2, ?3, ?4)";
    run(
        connection,
        sql,
        params![channel, message.serial, version, body],
    )?;
    let sql = "INSERT INTO message (channel, serial, newest) VALUES (?1, ?2, ?3) \
               ON CONFLICT DO UPDATE SET newest = excluded.newest";
    run(connection, sql, params![channel, message.serial, body])?;
    summary::write_head(connection, channel, message)
}

/// Takes out of the version before `newer` what they share.
fn share_with(connection: &Connection, channel: i64, newer: &Message) -> Result<()> {
    let sql = "SELECT serial, body, shared FROM version WHERE channel = ?1 AND message = ?2 ORDER BY serial DESC LIMIT 2";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement
        .query(params![channel, newer.serial])
        .map_err(failed)?;
    let Some(row) = rows.next().map_err(failed)? else {
        return Ok(());
    };
    let serial: String = row.get(0).map_err(failed)?;
    let (mut older, _) = read::kept_version(row)?;
    let before = match rows.next().map_err(failed)? {
        Some(row) => read::kept_version(row)?.1,
        None => None,
    };
    let own = before.map_or(0, |before| before.own);
    let Some(shared) = versions::share(&mut older, newer, own) else {
        return Ok(());
    };
    let sql = "UPDATE version SET body = ?4, shared = ?5 WHERE channel = ?1 AND message = ?2 AND serial = ?3";
    let (body, shared) = (text::of_item(&older), text::of_value(&shared));
    run(
        connection,
        sql,
        params![channel, newer.serial, serial, body, shared],
    )
}

fn annotations(
    connection: &Connection,
    channel: i64,
    entry: &Entry,
    changes: &[(String, Vec<SummaryRow>)],
) -> Result<()> {
    let told = entry
        .frames
        .first()
        .and_then(|frame| frame.annotations.as_ref());
    for annotation in told.into_iter().flatten() {
        let message = annotation.message_serial.as_deref().unwrap_or_default();
        let sql = "INSERT INTO annotation (channel, message, serial, body) VALUES (?1, ?2, ?3, ?4)";
        let body = text::of_item(annotation);
        run(
            connection,
            sql,
            params![channel, message, annotation.serial, body],
        )?;
    }
    changes
        .iter()
        .try_for_each(|(message, rows)| summary::write(connection, channel, message, rows))
}

/// Replaces the members of a channel.
pub(super) fn members(
    connection: &Connection,
    channel: i64,
    members: &[PresenceMessage],
) -> Result<()> {
    run(
        connection,
        "DELETE FROM member WHERE channel = ?1",
        [channel],
    )?;
    members
        .iter()
        .try_for_each(|present| member(connection, channel, present))
}

fn member(connection: &Connection, channel: i64, told: &PresenceMessage) -> Result<()> {
    let name = presence::key_of(told);
    if told.action == Some(PresenceAction::Leave) {
        let sql = "DELETE FROM member WHERE channel = ?1 AND name = ?2";
        return run(connection, sql, params![channel, name]);
    }
    let sql = "INSERT INTO member (channel, name, body) VALUES (?1, ?2, ?3) \
               ON CONFLICT DO UPDATE SET body = excluded.body";
    run(connection, sql, params![channel, name, text::of_item(told)])
}

/// The answer to a command, for its repeats.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RepeatAnswer {
    channel_serial: String,
    serials: Vec<Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed: Option<String>,
}

/// Keeps the answer to a command.
pub(super) fn repeat(
    connection: &Connection,
    channel: i64,
    key: &str,
    kind: Option<EntryKind>,
    entry: &Entry,
    now: Timestamp,
) -> Result<()> {
    let answer = RepeatAnswer {
        channel_serial: entry.channel_serial.clone(),
        serials: entry.serials.clone(),
        changed: entry.changed.as_ref().map(text::of_item),
    };
    let sql = "INSERT OR REPLACE INTO repeat (channel, name, time, kind, answer) VALUES (?1, ?2, ?3, ?4, ?5)";
    let kind = kind.map(|kind| kind as i64);
    let answer = text::of_value(&answer);
    run(
        connection,
        sql,
        params![channel, key, now.millis(), kind, answer],
    )
}

/// Returns the answer to the command with this key, if it was done within the time that repeats are known for.
pub(super) fn repeated(
    connection: &Connection,
    channel: i64,
    key: &str,
    now: Timestamp,
) -> Result<Option<Entry>> {
    let sql = "SELECT kind, answer FROM repeat WHERE channel = ?1 AND name = ?2 AND time > ?3";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let oldest = (now - REPEAT_WINDOW).millis();
    let found: Option<(Option<i64>, String)> = statement
        .query_row(params![channel, key, oldest], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
        .map_err(failed)?;
    let Some((kind, answer)) = found else {
        return Ok(None);
    };
    let answer: RepeatAnswer = text::read(&answer)?;
    let frames = match kind.and_then(EntryKind::numbered) {
        Some(kind) => read::frames(connection, channel, kind, &answer.channel_serial)?,
        None => None,
    };
    Ok(Some(Entry {
        channel_serial: answer.channel_serial,
        frames: frames.map_or_else(|| Ok(Vec::new()), |frames| text::to_frames(&frames))?,
        connection_id: None,
        serials: answer.serials,
        changed: answer
            .changed
            .map(|message| text::to_item(&message))
            .transpose()?,
    }))
}

/// Deletes what is known for a time only, and whose time is over.
pub(super) fn forget(connection: &Connection, now: Timestamp) -> Result<()> {
    let oldest = (now - REPEAT_WINDOW).millis();
    run(connection, "DELETE FROM repeat WHERE time <= ?1", [oldest])?;
    run(
        connection,
        "DELETE FROM nonce WHERE until < ?1",
        [now.millis()],
    )?;
    run(
        connection,
        "DELETE FROM revocation WHERE until <= ?1",
        [now.millis()],
    )
}
