//! How far the reading of a room's history came. A room does not say how many messages it has, but when its last one
//! was sent: the bar is one of time.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::chat_core::chat::ChatMessage;
use crate::chat_core::client::Room;
use crate::chat_core::client::room::HistoryQuery;
use crate::cli::Context;

/// The progress of a reading, oldest first; shown where standard error is a terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    /// When the last message that is read was sent.
    last: i64,
}

impl Progress {
    /// Finds out where `query` ends, if anybody looks.
    ///
    /// # Errors
    /// The service's refusal, or why it was not reached.
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
        let style = ProgressStyle::with_template("{bar:40} {percent}%  {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        Ok(Self {
            bar: bar.with_style(style),
            last,
        })
    }

    /// `count` messages are read, the newest of them sent at `time`.
    pub(super) fn reached(&self, count: u64, time: i64) {
        let span = |from: i64, to: i64| u64::try_from(to - from).unwrap_or(0);
        if self.bar.length().is_none() {
            // Its beginning is the first message: what is before that takes no time.
            self.bar.set_length(span(time, self.last).max(1));
        }
        let left = span(time, self.last);
        self.bar
            .set_position(self.bar.length().unwrap_or(0).saturating_sub(left));
        self.bar.set_message(format!("{count} messages"));
    }

    /// Takes it off the screen.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
