//! Losses of continuity in the middle of an attachment, which goes on with the present.

use super::{Hub, Snapshot, Subscriber};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::core::events::Event;

impl Hub {
    /// Tells the attachment of `subscriber` to `channel` that it did not get everything, and sends it the presence set anew.
    /// Nothing happens if there is none.
    ///
    /// # Errors
    /// The engine's.
    pub(crate) async fn interrupt(
        &self,
        subscriber: &dyn Subscriber,
        channel: &str,
        error: &ErrorInfo,
    ) -> Result<()> {
        loop {
            let Snapshot { head, members } = self.app.snapshot(channel).await?;
            self.app.caught_up_to(channel, &head).await?;
            let Some(found) = self.find(channel) else {
                return Ok(());
            };
            let mut state = found.lock();
            // Members that came meanwhile would be overtaken by a set that does not have them.
            if state.head > head {
                continue;
            }
            let Some(attachment) = state.find(subscriber.number()) else {
                return Ok(());
            };
            attachment.begin_anew(channel, &head, &members, error);
            self.events.emit(Event::Discontinuity {
                connection_id: subscriber.connection_id(),
                channel,
                error,
            });
            return Ok(());
        }
    }
}
