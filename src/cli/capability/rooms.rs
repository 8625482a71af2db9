//! Rooms as arguments of capability commands.

use crate::chat_core::protocol::names::{CHAT_SUFFIX, check_room};
use crate::cli::context::Context;
use crate::cli::failure::Failure;

/// Checks the names of rooms, and warns where the channel of a room is given in the place of the room: the answer would
/// be about another room.
///
/// # Errors
/// An invalid room name.
pub(super) fn check_rooms(rooms: &[String], context: &Context) -> anyhow::Result<()> {
    for name in rooms {
        check_room(name).map_err(|error| Failure::about("ROOM", &error))?;
        if let Some(room) = name.strip_suffix(CHAT_SUFFIX) {
            context.output.notice(&format!(
                "warning: '{name}' is the name of a channel; the room is '{room}'"
            ));
        }
    }
    Ok(())
}
