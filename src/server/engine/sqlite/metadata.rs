//! Metadata: what is kept beside the channels. The apps, and what a restart must not give back: revoked tokens, and the
//! nonces of TokenRequests that were claimed.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::error::failed;
use super::retention::{self, Cut};
use super::statement::as_str;
use super::{items, text, write};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::server::engine::revocation::{self, Revocation, RevocationTarget};
use crate::server::engine::traits::{DirectoryItem, ItemKind, Nonce};

/// Metadata to be written, or forgotten.
pub(super) enum Metadata {
    /// A value that stays what it was when it was kept first.
    Setting(&'static str, Vec<u8>),
    /// An app, with the salt of its series if it is new.
    App(String, Vec<u8>),
    /// Revokes tokens of an app, which is given by its row.
    Revocation(i64, Revocation),
    /// Claims the nonce of a TokenRequest.
    Nonce(Nonce),
    /// Keeps an item of the directory.
    Item(DirectoryItem),
    /// Removes an item of the directory: its app, kind and name.
    RemovedItem(String, ItemKind, String),
    /// Removes an app with all that is kept of it.
    RemovedApp(String),
    /// Deletes a part of the past.
    Trim(Cut),
    /// Gives unused pages back to the disk.
    Shrink,
    /// Runs a statement of a test.
    #[cfg(test)]
    Sql(String),
    /// Deletes what is known for a time only, if its time is over.
    Forget(Timestamp),
}

/// A revocation as it is written in the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RevocationRow {
    key_name: String,
    target: String,
    issued_before: Timestamp,
    applies_at: Timestamp,
}

impl Metadata {
    /// Writes it, and returns whether it was not there already.
    pub(super) fn write(&self, connection: &Connection) -> Result<bool> {
        let written = self.write_rows(connection);
        written.map(|()| connection.changes() > 0)
    }

    fn write_rows(&self, connection: &Connection) -> Result<()> {
        match self {
            Self::Setting(name, value) => {
                let sql = "INSERT OR IGNORE INTO setting (name, value) VALUES (?1, ?2)";
                write::run(connection, sql, params![name, value])
            }
            Self::App(name, salt) => {
                let sql = "INSERT OR IGNORE INTO app (name, salt) VALUES (?1, ?2)";
                write::run(connection, sql, params![name, salt])
            }
            Self::Revocation(app, revocation) => {
                let body = text::of_value(&RevocationRow {
                    key_name: revocation.key_name.clone(),
                    target: revocation.target.to_string(),
                    issued_before: revocation.issued_before,
                    applies_at: revocation.applies_at,
                });
                let until = (revocation.issued_before + revocation::KEPT).millis();
                let sql = "INSERT INTO revocation (app, body, until) VALUES (?1, ?2, ?3)";
                write::run(connection, sql, params![app, body, until])
            }
            Self::Item(item) => items::keep(connection, item),
            Self::RemovedItem(app, kind, name) => items::remove(connection, (app, *kind, name)),
            Self::RemovedApp(name) => items::remove_app(connection, name),
            Self::Trim(cut) => retention::trim(connection, cut),
            Self::Shrink => retention::shrink(connection),
            #[cfg(test)]
            Self::Sql(sql) => connection.execute_batch(sql).map_err(failed),
            Self::Forget(now) => write::forget(connection, *now),
            Self::Nonce(nonce) => {
                let sql =
                    "INSERT OR IGNORE INTO nonce (key, time, nonce, until) VALUES (?1, ?2, ?3, ?4)";
                let (time, until) = (nonce.timestamp.millis(), nonce.until.millis());
                write::run(
                    connection,
                    sql,
                    params![nonce.key_name, time, nonce.nonce, until],
                )
            }
        }
    }
}

/// Returns the revocations of an app, oldest first.
pub(super) fn revocations(connection: &Connection, app: i64) -> Result<Vec<Revocation>> {
    let sql = "SELECT body FROM revocation WHERE app = ?1 ORDER BY id";
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let mut rows = statement.query([app]).map_err(failed)?;
    let mut revocations = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let body = row.get_ref(0).and_then(as_str).map_err(failed)?;
        let revoked: RevocationRow = text::read(body)?;
        revocations.push(Revocation {
            key_name: revoked.key_name,
            target: RevocationTarget::parse(&revoked.target)?,
            issued_before: revoked.issued_before,
            applies_at: revoked.applies_at,
        });
    }
    Ok(revocations)
}
