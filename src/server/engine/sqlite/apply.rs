//! Channels as the writer has them: read from the file, and changed by commands before they are written.

use rusqlite::Connection;

use super::cache::{ChannelCache, PendingState};
use super::error::damaged;
use super::read;
use super::write::Attached;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::server::engine::channel::ChannelState;
use crate::server::engine::command::ChannelCommand;
use crate::server::engine::fold::Transition;
use crate::server::engine::fold::presence::PresenceSet;
use crate::server::engine::serial::Series;

/// Does a command in a channel as the writer has it, without writing it.
pub(super) fn apply(
    connection: &Connection,
    pending: &mut PendingState,
    command: ChannelCommand,
    attached: &mut Attached,
    now: Timestamp,
) -> Result<Transition> {
    let needs = command.touches();
    let mut touched = pending.channel.touched_members(&needs);
    let read = match pending.row {
        Some(row) => read::touched_messages(connection, row, &needs, attached, &mut touched),
        None => Ok(()),
    };
    let puts_back = needs.annotations;
    let folded = read.and_then(|()| pending.channel.apply(command, &mut touched, now));
    if let Some(row) = pending.row.filter(|_| puts_back) {
        for (serial, held) in touched.messages {
            attached.insert((row, serial), held.annotations);
        }
    }
    folded
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
