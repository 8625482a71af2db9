//! The progress of reading a room's history. A room does not tell its number of messages, but the time of the last one:
//! the bar is one of time.

use indicatif::ProgressBar;

use crate::chat_core::chat::ChatMessage;
use crate::chat_core::client::Room;
use crate::chat_core::client::room::HistoryQuery;
use crate::cli::Context;
use crate::output::progress;

/// The progress of reading oldest first; shown where standard error is a terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    /// The time of the last message to read.
    last: i64,
}

impl Progress {
    /// Finds the end of `query`, if the progress is shown.
    ///
    /// # Errors
    /// The service's refusal, or a service that can't be reached.
    pub(super) async fn begin(
        context: &Context,
        room: &Room<'_>,
        query: &HistoryQuery,
    ) -> anyhow::Result<Self> {
        if !context.output.shows_progress() {
            let bar = ProgressBar::hidden();
            return Ok(Self { bar, last: 0 });
        }
        let newest = HistoryQuery {
            oldest_first: false,
            limit: Some(1),
            ..query.clone()
        };
        let newest: Vec<ChatMessage> = room.history(&newest).await?;
        let last = newest.first().map_or(0, |message| message.timestamp);
        let bar = progress::bar(None, "exporting  {wide_bar} {percent}%  {msg}");
        Ok(Self { bar, last })
    }

    /// Notes that `count` messages are read, the newest of them sent at `time`.
    pub(super) fn reached(&self, count: u64, time: i64) {
        let span = |from: i64, to: i64| u64::try_from(to - from).unwrap_or(0);
        if self.bar.length().is_none() {
            // The bar begins at the first message: there is nothing to read before it.
            self.bar.set_length(span(time, self.last).max(1));
        }
        let left = span(time, self.last);
        self.bar
            .set_position(self.bar.length().unwrap_or(0).saturating_sub(left));
        self.bar.set_message(format!("{count} messages"));
    }

    /// Removes the bar from the screen.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
