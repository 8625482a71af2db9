//! The events of a room that a chat shows.

use crate::chat_core::chat::RoomEvent;
use crate::cli::room::watch::Watch;

/// The events of a room that are shown.
pub(super) struct Show<'a> {
    pub(super) room: &'a str,
    pub(super) watch: Watch<'a>,
    /// Whether the user chose them.
    pub(super) is_chosen: bool,
    /// Whether they include the client's own messages.
    pub(super) echoes: bool,
}

impl Show<'_> {
    /// Returns whether `event` is shown to the client `own`.
    pub(super) fn shows(&self, event: &RoomEvent, own: Option<&str>) -> bool {
        let message = event.message();
        let is_own = message.is_some_and(|it| Some(it.client_id.as_str()) == own);
        self.watch.prints(event.kind()) && (self.echoes || !is_own)
    }
}
