//! Resets: what is kept of a channel is deleted, and its seed takes the place, all or nothing.

use std::sync::Arc;

use rusqlite::{Connection, params};
use tokio::sync::oneshot;

use super::apply::apply;
use super::cache::{ChannelCache, PendingState};
use super::error::failed;
use super::summary::SummaryCache;
use super::write;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::server::engine::channel::ChannelState;
use crate::server::engine::fold::presence::PresenceSet;
use crate::server::engine::fold::{Imported, Transition, import};
use crate::server::engine::seed::{ChannelSeed, SeedStep};

/// A channel that is to be reset.
pub(super) struct ResetRequest {
    pub(super) cache: Arc<ChannelCache>,
    pub(super) channel: String,
    pub(super) seed: ChannelSeed,
    pub(super) answer: oneshot::Sender<Result<()>>,
}

/// The tables that have rows of a channel.
pub(super) const TABLES: [&str; 9] = [
    "entry",
    "message",
    "version",
    "annotation",
    "summary",
    "summary_name",
    "contribution",
    "member",
    "repeat",
];

impl ResetRequest {
    /// Resets the channel in the file, and returns it as it is then. `before` is what it was.
    ///
    /// # Errors
    /// What the fold refuses, or SQLite: the file is as it was then.
    pub(super) fn write(
        &mut self,
        connection: &Connection,
        before: &PendingState,
        now: Timestamp,
    ) -> Result<PendingState> {
        let run = |sql| connection.execute_batch(sql).map_err(failed);
        run("SAVEPOINT reset_to")?;
        let written = self.write_all(connection, before, now);
        if written.is_err() {
            run("ROLLBACK TO reset_to")?;
        }
        run("RELEASE reset_to")?;
        written
    }

    fn write_all(
        &mut self,
        connection: &Connection,
        before: &PendingState,
        now: Timestamp,
    ) -> Result<PendingState> {
        let head = before.channel.series.last();
        let row = match before.row {
            Some(row) => row,
            None => write::channel(connection, self.cache.app, &self.channel, &head)?,
        };
        for table in TABLES {
            let sql = format!("DELETE FROM {table} WHERE channel = ?1");
            write::run(connection, &sql, [row])?;
        }
        let series = self.cache.series_after(&self.channel, &head);
        let mut channel = ChannelState::new(
            &self.channel,
            series,
            PresenceSet::default(),
            self.cache.rules,
        );
        let seed = std::mem::take(&mut self.seed);
        let Imported {
            transitions,
            annotations: _,
        } = import(seed.imported);
        for Transition { entry, effect } in transitions {
            channel.advance_beyond_serial(&entry.channel_serial);
            write::entry(connection, row, &entry, &effect)?;
        }
        let mut summaries = SummaryCache::default();
        write::members(connection, row, &seed.members)?;
        channel.members = PresenceSet::of(seed.members);
        let mut pending = PendingState {
            row: Some(row),
            channel,
            is_ahead: false,
        };
        SeedStep::each(seed.steps, |command, at| {
            let step = apply(connection, &mut pending, command, &mut summaries, at)?;
            write::entry(connection, row, &step.entry, &step.effect)?;
            Ok(step.entry.serials)
        })?;
        pending.channel.advance_beyond(&before.channel, now);
        let sql = "UPDATE channel SET head = ?2, trimmed = '' WHERE id = ?1";
        write::run(connection, sql, params![row, pending.channel.series.last()])?;
        Ok(pending)
    }
}
