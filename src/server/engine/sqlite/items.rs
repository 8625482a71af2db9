//! What the Control API made, in a file: apps, keys, namespaces and rules, and the end of such an app.

use rusqlite::{Connection, params};

use super::error::{damaged, failed};
use super::reset::TABLES;
use super::write;
use crate::chat_core::error::Result;
use crate::server::engine::traits::{DirectoryItem, ItemKind};

/// Keeps an item, in the place of the one with its app, kind and name.
pub(super) fn keep(connection: &Connection, item: &DirectoryItem) -> Result<()> {
    let sql = "INSERT INTO item (app, kind, name, body) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT (app, kind, name) DO UPDATE SET body = excluded.body";
    let DirectoryItem {
        app,
        kind,
        name,
        body,
    } = item;
    write::run(connection, sql, params![app, *kind as i64, name, body])
}

/// Removes an item, if it is there.
pub(super) fn remove(
    connection: &Connection,
    (app, kind, name): (&str, ItemKind, &str),
) -> Result<()> {
    let sql = "DELETE FROM item WHERE app = ?1 AND kind = ?2 AND name = ?3";
    write::run(connection, sql, params![app, kind as i64, name])
}

/// Returns all items, in the order in which each was kept first.
pub(super) fn all(connection: &Connection) -> Result<Vec<DirectoryItem>> {
    let sql = "SELECT app, kind, name, body FROM item ORDER BY id";
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let mut items = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let number: i64 = row.get(1).map_err(failed)?;
        let kind = ItemKind::ALL.into_iter().find(|it| *it as i64 == number);
        items.push(DirectoryItem {
            app: row.get(0).map_err(failed)?,
            kind: kind.ok_or_else(|| damaged(&"an item is of an unknown kind"))?,
            name: row.get(2).map_err(failed)?,
            body: row.get(3).map_err(failed)?,
        });
    }
    Ok(items)
}

/// Removes an app that an item is about, with its channels, revocations and items.
pub(super) fn remove_app(connection: &Connection, name: &str) -> Result<()> {
    let of_app =
        "SELECT channel.id FROM channel JOIN app ON app.id = channel.app WHERE app.name = ?1";
    for table in TABLES {
        let sql = format!("DELETE FROM {table} WHERE channel IN ({of_app})");
        write::run(connection, &sql, [name])?;
    }
    for table in ["channel", "revocation"] {
        let sql = format!("DELETE FROM {table} WHERE app = (SELECT id FROM app WHERE name = ?1)");
        write::run(connection, &sql, [name])?;
    }
    write::run(connection, "DELETE FROM app WHERE name = ?1", [name])?;
    write::run(connection, "DELETE FROM item WHERE app = ?1", [name])
}
