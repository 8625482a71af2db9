//! The events of a room that a chat shows.

use crate::chat_core::chat::RoomEvent;
use crate::cli::room::watch::Watch;

/// The events of a room that are shown.
pub(super) struct Show<'a> {
    pub(super) room: &'a str,
    pub(super) watch: Watch<'a>,
    /// True if the user chose them.
    pub(super) is_chosen: bool,
    /// True if they include the messages that this process sends.
    pub(super) echoes: bool,
}

impl Show<'_> {
    /// Returns whether `event` is shown.
    pub(super) fn shows(&self, event: &RoomEvent) -> bool {
        self.watch.prints(event.kind())
    }
}
