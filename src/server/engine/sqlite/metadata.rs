//! What is kept beside the channels: the apps, and what a restart must not give back: revoked tokens, and the nonces of
//! TokenRequests that were answered.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::retention::{self, Cut};
use super::{failed, read, text, write};
use crate::chat_core::auth::token_request::Nonces;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::server::engine::revocation::{self, Revocation, Target};

/// Something to be kept.
pub(super) enum Metadata {
    /// A value that stays what it was when it was kept first.
    Setting(&'static str, Vec<u8>),
    /// An app, with the salt of its series if it is new.
    App(String, Vec<u8>),
    /// Tokens of an app, by its row, are out of force.
    Revoked(i64, Revocation),
    /// A TokenRequest was answered.
    Answered(Nonce),
    /// A part of the past is to go.
    Trim(Cut),
    /// What the past left is to be given back to the disk.
    Shrink,
    /// Something a test does to the file.
    #[cfg(test)]
    Sql(String),
    /// What is known for a time only is to be forgotten if its time is over.
    Forget(Timestamp),
}

/// A nonce of a TokenRequest.
#[derive(Clone, Debug)]
pub(crate) struct Nonce {
    /// The key that signed.
    pub(crate) key_name: String,
    /// The request's own time.
    pub(crate) timestamp: Timestamp,
    /// The nonce.
    pub(crate) nonce: String,
    /// When the request's time is over anyhow.
    pub(crate) until: Timestamp,
}

/// A revocation as it stands in the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Revoked {
    key_name: String,
    target: String,
    issued_before: Timestamp,
    applies_at: Timestamp,
}

impl Metadata {
    /// Writes it.
    pub(super) fn keep(&self, connection: &Connection) -> Result<()> {
        match self {
            Self::Setting(name, value) => {
                let sql = "INSERT OR IGNORE INTO setting (name, value) VALUES (?1, ?2)";
                write::run(connection, sql, params![name, value])
            }
            Self::App(name, salt) => {
                let sql = "INSERT OR IGNORE INTO app (name, salt) VALUES (?1, ?2)";
                write::run(connection, sql, params![name, salt])
            }
            Self::Revoked(app, revocation) => {
                let body = text::of_value(&Revoked {
                    key_name: revocation.key_name.clone(),
                    target: revocation.target.to_string(),
                    issued_before: revocation.issued_before,
                    applies_at: revocation.applies_at,
                });
                let until = (revocation.issued_before + revocation::KEPT).millis();
                let sql = "INSERT INTO revocation (app, body, until) VALUES (?1, ?2, ?3)";
                write::run(connection, sql, params![app, body, until])
            }
            Self::Trim(cut) => retention::trim(connection, cut),
            Self::Shrink => retention::shrink(connection),
            #[cfg(test)]
            Self::Sql(sql) => connection.execute_batch(sql).map_err(failed),
            Self::Forget(now) => write::forget(connection, *now),
            Self::Answered(nonce) => {
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

/// The revocations of an app, oldest first.
pub(super) fn revocations(connection: &Connection, app: i64) -> Result<Vec<Revocation>> {
    let sql = "SELECT body FROM revocation WHERE app = ?1 ORDER BY id";
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let mut rows = statement.query([app]).map_err(failed)?;
    let mut revocations = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let body = row.get_ref(0).and_then(read::as_str).map_err(failed)?;
        let revoked: Revoked = text::read(body)?;
        revocations.push(Revocation {
            key_name: revoked.key_name,
            target: Target::parse(&revoked.target)?,
            issued_before: revoked.issued_before,
            applies_at: revoked.applies_at,
        });
    }
    Ok(revocations)
}

/// The nonces that are not to be taken again.
pub(super) fn nonces(connection: &Connection, now: Timestamp) -> Result<Nonces> {
    let sql = "SELECT key, time, nonce, until FROM nonce WHERE until >= ?1 ORDER BY until";
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let mut rows = statement.query([now.millis()]).map_err(failed)?;
    let mut nonces = Nonces::default();
    while let Some(row) = rows.next().map_err(failed)? {
        let key = row.get_ref(0).and_then(read::as_str).map_err(failed)?;
        let nonce = row.get_ref(2).and_then(read::as_str).map_err(failed)?;
        let time = Timestamp(row.get(1).map_err(failed)?);
        let until = Timestamp(row.get(3).map_err(failed)?);
        nonces.is_new(key, time, nonce, until, now);
    }
    Ok(nonces)
}
