//! Running prepared statements.

use rusqlite::{Connection, Row};

use super::error::failed;
use crate::chat_core::error::Result;

/// Runs a statement that returns nothing.
pub(super) fn run(connection: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<()> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    statement.execute(values).map_err(failed)?;
    Ok(())
}

/// Hands each row of a query to `take`.
pub(super) fn each(
    connection: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
    mut take: impl FnMut(&Row<'_>) -> Result<()>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query(values).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        take(row)?;
    }
    Ok(())
}

/// Returns a value as text.
pub(super) fn as_str(value: rusqlite::types::ValueRef<'_>) -> rusqlite::Result<&str> {
    Ok(value.as_str()?)
}
