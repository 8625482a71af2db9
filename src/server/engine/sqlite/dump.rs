//! Reading all that a file keeps, at one moment; the file is left as it is.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, params};

use super::error::{damaged, failed};
use super::file::{self, StorageError};
use super::read::kept_version;
use super::statement::as_str;
use super::text;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::payload::Payload as _;
use crate::chat_core::protocol::{Message, PresenceMessage};
use crate::server::engine::dump::{AppDump, ChannelDump, EntryDump};
use crate::server::engine::entry::EntryKind;
use crate::server::engine::serial;
use crate::server::engine::versions;

/// Reads all that the file at `path` keeps, app by app. `scratch` is a folder for a copy of it.
///
/// # Errors
/// A file that is too large, damaged, newer or something else.
pub(crate) fn read(path: &Path, scratch: &Path) -> std::result::Result<Vec<AppDump>, StorageError> {
    let connection = file::open_as_it_is(path, scratch)?;
    apps(&connection).map_err(|error| StorageError::Damaged {
        path: path.to_owned(),
        what: error.message.replacen("The store is damaged: ", "", 1),
    })
}

fn apps(connection: &Connection) -> Result<Vec<AppDump>> {
    // One moment: what another server commits from here on is not seen.
    connection.execute_batch("BEGIN").map_err(failed)?;
    let mut apps = Vec::new();
    for (id, name) in named(connection, "SELECT id, name FROM app ORDER BY id", &[])? {
        let sql = "SELECT id, name FROM channel WHERE app = ?1 ORDER BY name";
        let mut channels = Vec::new();
        for (channel, name) in named(connection, sql, &[id])? {
            let read = ChannelDump {
                name,
                entries: entries(connection, channel)?,
                members: members(connection, channel)?,
            };
            if !(read.entries.is_empty() && read.members.is_empty()) {
                channels.push(read);
            }
        }
        apps.push(AppDump { name, channels });
    }
    Ok(apps)
}

fn named(connection: &Connection, sql: &str, of: &[i64]) -> Result<Vec<(i64, String)>> {
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let rows = statement
        .query_map(rusqlite::params_from_iter(of), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .map_err(failed)?;
    rows.collect::<rusqlite::Result<_>>().map_err(failed)
}

fn entries(connection: &Connection, channel: i64) -> Result<Vec<EntryDump>> {
    let mut versions = versions(connection, channel)?;
    let sql =
        "SELECT kind, serial, connection, frames FROM entry WHERE channel = ?1 ORDER BY serial";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query([channel]).map_err(failed)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let kind = EntryKind::numbered(row.get(0).map_err(failed)?)
            .ok_or_else(|| damaged(&"an entry is of no kind"))?;
        let serial: String = row.get(1).map_err(failed)?;
        let frames = row.get_ref(3).and_then(as_str).map_err(failed)?;
        entries.push(EntryDump {
            kind,
            version: versions.remove(&serial),
            serial,
            connection_id: row.get(2).map_err(failed)?,
            frames: frames.lines().map(text::read).collect::<Result<_>>()?,
        });
    }
    Ok(entries)
}

/// Returns the versions of messages, by the entry that made them.
fn versions(connection: &Connection, channel: i64) -> Result<HashMap<String, Message>> {
    let sql = "SELECT serial, body, shared FROM version WHERE channel = ?1 ORDER BY message DESC, serial DESC";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query(params![channel]).map_err(failed)?;
    let mut kept = std::iter::from_fn(|| match rows.next() {
        Ok(row) => row.map(kept_version),
        Err(error) => Some(Err(failed(error))),
    });
    let mut all = HashMap::new();
    versions::restored(&mut kept, |version| {
        let serial = version.version.as_ref().and_then(|it| it.serial.as_deref());
        let serial = serial::channel_part(serial.unwrap_or_default());
        let mut version = version.clone();
        version.to_text_form();
        all.insert(serial.to_owned(), version);
        Ok(())
    })?;
    Ok(all)
}

fn members(connection: &Connection, channel: i64) -> Result<Vec<PresenceMessage>> {
    let sql = "SELECT body FROM member WHERE channel = ?1 ORDER BY name";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query([channel]).map_err(failed)?;
    let mut members = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        members.push(text::read(
            row.get_ref(0).and_then(as_str).map_err(failed)?,
        )?);
    }
    Ok(members)
}
