//! Channels as the writer has them: read from the file, and changed by commands before they are written.

use rusqlite::Connection;

use super::cache::{ChannelCache, PendingState};
use super::error::damaged;
use super::read;
use super::summary::{self, SummaryCache};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::server::engine::channel::ChannelState;
use crate::server::engine::command::{ChannelCommand, Touches};
use crate::server::engine::fold::presence::PresenceSet;
use crate::server::engine::fold::{HeldMessage, Touched, Transition};
use crate::server::engine::serial::Series;

/// Does a command in a channel as the writer has it, without writing it.
pub(super) fn apply(
    connection: &Connection,
    pending: &mut PendingState,
    command: ChannelCommand,
    summaries: &mut SummaryCache,
    now: Timestamp,
) -> Result<Transition> {
    let needs = command.touches();
    let mut touched = pending.channel.touched_members(&needs);
    let annotates = !needs.annotations.is_empty();
    if let Some(row) = pending.row {
        touch_messages(connection, row, &needs, summaries, &mut touched)?;
    }
    let folded = pending.channel.apply(command, &mut touched, now);
    if let Some(row) = pending.row {
        for (serial, held) in touched.messages {
            if annotates {
                summaries.put(row, serial, held);
            } else {
                summaries.forget(row, &serial);
            }
        }
    }
    folded
}

/// Adds the messages that a command touches to `touched`.
fn touch_messages(
    connection: &Connection,
    row: i64,
    needs: &Touches<'_>,
    summaries: &mut SummaryCache,
    touched: &mut Touched,
) -> Result<()> {
    if !needs.annotations.is_empty() {
        return summary::touch(connection, row, needs, summaries, touched);
    }
    for serial in &needs.messages {
        if let Some(newest) = summary::message(connection, row, serial)? {
            let held = HeldMessage {
                newest,
                ..HeldMessage::default()
            };
            touched.messages.insert((*serial).to_owned(), held);
        }
    }
    Ok(())
}

/// Reads a channel, and its members.
pub(super) fn load(
    connection: &Connection,
    cache: &ChannelCache,
    name: &str,
) -> Result<(PendingState, PresenceSet)> {
    let row = read::channel(connection, cache.app, name)?;
    let (series, members) = match &row {
        None => (cache.first_series(name), PresenceSet::default()),
        Some(row) => {
            let series =
                Series::resumed(&row.head).ok_or_else(|| damaged(&"a position is none"))?;
            (series, PresenceSet::of(read::members(connection, row.id)?))
        }
    };
    let pending = PendingState {
        row: row.map(|row| row.id),
        channel: ChannelState::new(name, series, members.clone(), cache.rules),
        is_ahead: false,
    };
    Ok((pending, members))
}
