//! Rewinds: the messages that an attachment begins with, oldest first, read piece by piece.

use super::subscriber::Rewind;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Action, Message, ProtocolMessage};
use crate::server::core::limits::{MAX_REWOUND, PIECE_SIZE};
use crate::server::engine::{AppEngine, Page, PageQuery, serial};

/// The messages of a rewind that are still to be told.
pub(super) struct Rewound {
    /// The next ones, oldest first.
    piece: Vec<Message>,
    /// The message that the one after them follows, if there may be more.
    after: Option<String>,
    /// How many there are at most behind them.
    left: usize,
}

impl Rewound {
    /// Finds the oldest of the messages up to `head`.
    pub(super) async fn begin(
        engine: &dyn AppEngine,
        channel: &str,
        rewind: Rewind,
        head: &str,
    ) -> Result<Self> {
        let (limit, start) = match rewind {
            Rewind::Messages(count) => (count, None),
            Rewind::Since(time) => (MAX_REWOUND, Some(time)),
        };
        let mut query = PageQuery {
            start,
            end: None,
            forwards: false,
            limit,
            size: PIECE_SIZE,
            from_serial: Some(head.to_owned()),
            after: None,
        };
        let mut count = 0;
        loop {
            let Page { mut items, next } = engine.history(channel, query.clone()).await?;
            let is_first = count == 0;
            count += items.len();
            query.limit = limit - count;
            query.after = next.filter(|_| query.limit > 0);
            if query.after.is_some() {
                continue;
            }
            items.reverse();
            if is_first {
                // All of them.
                return Ok(Self {
                    piece: items,
                    after: None,
                    left: 0,
                });
            }
            // They are read once more from the oldest on, so that they need not all be in memory.
            items.truncate(1);
            let after = items.first().and_then(|oldest| oldest.serial.clone());
            return Ok(Self {
                left: count - items.len(),
                piece: items,
                after,
            });
        }
    }

    /// Returns whether there is any message.
    pub(super) fn has_any(&self) -> bool {
        !self.piece.is_empty()
    }

    /// Returns the next messages, and whether they are the last.
    pub(super) async fn next(
        &mut self,
        engine: &dyn AppEngine,
        channel: &str,
        head: &str,
    ) -> Result<(Vec<Message>, bool)> {
        let piece = std::mem::take(&mut self.piece);
        let Some(after) = self.after.take().filter(|_| self.left > 0) else {
            return Ok((piece, true));
        };
        let query = PageQuery {
            start: None,
            end: None,
            forwards: true,
            limit: self.left,
            size: PIECE_SIZE,
            from_serial: Some(head.to_owned()),
            after: Some(after),
        };
        let Page { items, next } = engine.history(channel, query).await?;
        self.left = self.left.saturating_sub(items.len());
        self.piece = items;
        self.after = next;
        Ok((piece, self.piece.is_empty()))
    }
}

/// Returns the frame that tells a message of a rewind.
pub(super) fn frame(channel: &str, message: Message, head: &str, is_last: bool) -> ProtocolMessage {
    let own = message.serial.as_deref().map(serial::channel_part);
    let is_from_elsewhere = own.is_some_and(|own| !serial::are_of_one_series(own, head));
    // The serials of a past from elsewhere are no positions here: who has all of it is where the attachment is, and who
    // has not is told of a gap.
    let position = if is_last && is_from_elsewhere {
        Some(serial::channel_part(head))
    } else {
        own
    };
    ProtocolMessage {
        id: message.id.clone(),
        channel_serial: position.map(str::to_owned),
        timestamp: message.timestamp,
        connection_id: message.connection_id.clone(),
        messages: Some(vec![message]),
        ..ProtocolMessage::on(Action::Message, channel)
    }
}
