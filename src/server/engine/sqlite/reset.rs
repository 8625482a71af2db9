//! Putting a channel back: what was kept of it goes, and what was planned takes its place, all or nothing.

use std::sync::Arc;

use rusqlite::{Connection, params};

use super::cache::{ChannelCache, PendingState};
use super::write::{self, Attached};
use super::{failed, writer};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::server::engine::channel::Channel;
use crate::server::engine::fold::presence::Members;
use crate::server::engine::fold::{Imported, Transition, import};
use crate::server::engine::{ChannelSeed, SeedStep};

/// A channel that is to be put back.
pub(super) struct ChannelReset {
    pub(super) rooms: Arc<ChannelCache>,
    pub(super) channel: String,
    pub(super) planting: ChannelSeed,
    pub(super) answer: writer::Answer<()>,
}

/// The tables that have rows of a channel.
const TABLES: [&str; 6] = [
    "entry",
    "message",
    "version",
    "annotation",
    "member",
    "repeat",
];

impl ChannelReset {
    /// Puts the channel back in the file, and gives it as it is then. `before` is what it was.
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
            None => write::channel(connection, self.rooms.app, &self.channel, &head)?,
        };
        for table in TABLES {
            let sql = format!("DELETE FROM {table} WHERE channel = ?1");
            write::run(connection, &sql, [row])?;
        }
        let series = self.rooms.series_after(&self.channel, &head);
        let mut channel = Channel::new(&self.channel, series, Members::default(), self.rooms.rules);
        let planting = std::mem::take(&mut self.planting);
        let Imported {
            transitions,
            annotations,
        } = import(planting.imported);
        for Transition { entry, effect } in transitions {
            channel.advance_beyond_serial(&entry.channel_serial);
            write::entry(connection, row, &entry, &effect)?;
        }
        let annotations = annotations.into_iter();
        let mut attached: Attached = annotations
            .map(|(serial, annotations)| ((row, serial), annotations))
            .collect();
        write::members(connection, row, &planting.members)?;
        channel.members = Members::of(planting.members);
        let mut work = PendingState {
            row: Some(row),
            channel,
            is_ahead: false,
        };
        SeedStep::each(planting.planned, |command, at| {
            let step = writer::apply_in(connection, &mut work, command, &mut attached, at)?;
            write::entry(connection, row, &step.entry, &step.effect)?;
            Ok(step.entry.serials)
        })?;
        work.channel.advance_beyond(&before.channel, now);
        let sql = "UPDATE channel SET head = ?2, trimmed = '' WHERE id = ?1";
        write::run(connection, sql, params![row, work.channel.series.last()])?;
        Ok(work)
    }
}
