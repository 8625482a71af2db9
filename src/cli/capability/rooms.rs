//! Rooms as arguments of capability commands.

use crate::chat_core::protocol::names::{CHAT_SUFFIX, QualifiedName, check_room, is_meta};
use crate::cli::context::Context;
use crate::cli::failure::Failure;

/// Checks the names of rooms, and warns where the channel of a room is given in the place of the room: the answer would
/// be about another room. Metachannels are taken too, with a word on what matches them.
///
/// # Errors
/// An invalid room name.
pub(super) fn check_rooms(rooms: &[String], context: &Context) -> anyhow::Result<()> {
    for name in rooms {
        if is_meta(name) {
            QualifiedName::parse(name).map_err(|error| Failure::about("ROOM", &error))?;
            context.output.notice(&format!(
                "'{name}' is a metachannel: '[meta]*' and '[*]*' match it, '*' and other patterns without a qualifier \
                 never do"
            ));
            continue;
        }
        check_room(name).map_err(|error| Failure::about("ROOM", &error))?;
        if let Some(room) = name.strip_suffix(CHAT_SUFFIX) {
            context.output.notice(&format!(
                "warning: '{name}' is the name of a channel; the room is '{room}'"
            ));
        }
    }
    Ok(())
}
