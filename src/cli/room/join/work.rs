//! The requests of a chat: messages one after another, in the order in which they were typed, and beside them
//! reading and changes.

use std::collections::VecDeque;

use futures_util::future::LocalBoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt as _};

use crate::chat_core::chat::ChatMessage;
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::Room;
use crate::chat_core::client::retry::RetryPolicy;
use crate::chat_core::client::room::HistoryQuery;
use crate::chat_core::client::room::change::OperationDetails;
use crate::chat_core::client::room::reactions::NewReaction;
use crate::cli::room::send_error::send_error;

/// A result.
#[allow(clippy::large_enum_variant)] // most of them are the large one
pub(super) enum Done {
    /// A draft was sent, or not.
    Sent(u64, anyhow::Result<ChatMessage>),
    /// The newest messages, the oldest first.
    History(anyhow::Result<Vec<ChatMessage>>),
    /// The messages that may close a gap, the oldest first.
    Gap(anyhow::Result<Vec<ChatMessage>>),
    /// A message was changed, or not; with the word for it.
    Changed(&'static str, anyhow::Result<()>),
}

/// The requests that are under way.
pub(super) struct Work<'a> {
    room: &'a Room<'a>,
    running: FuturesUnordered<LocalBoxFuture<'a, Done>>,
    /// The drafts that are not in the room yet; the first one is on its way.
    drafts: VecDeque<(u64, String)>,
}

impl<'a> Work<'a> {
    /// Nothing to do yet in `room`.
    pub(super) fn new(room: &'a Room<'a>) -> Self {
        Self {
            room,
            running: FuturesUnordered::new(),
            drafts: VecDeque::new(),
        }
    }

    /// Sends a draft behind those before it.
    pub(super) fn send(&mut self, draft: u64, text: String) {
        self.drafts.push_back((draft, text));
        if self.drafts.len() == 1 {
            self.send_first();
        }
    }

    fn send_first(&mut self) {
        let Some((draft, text)) = self.drafts.front().cloned() else {
            return;
        };
        let room = self.room;
        self.running.push(Box::pin(async move {
            let message = NewMessage {
                text,
                ..NewMessage::default()
            };
            let sent = room.send_once(&message, None, RetryPolicy::Answers).await;
            Done::Sent(draft, sent.map_err(send_error))
        }));
    }

    /// Reads the newest messages.
    pub(super) fn read_history(&mut self, limit: usize) {
        let reading = newest(self.room, limit);
        self.running
            .push(Box::pin(async { Done::History(reading.await) }));
    }

    /// Reads the messages that may close a gap.
    pub(super) fn read_gap(&mut self, limit: usize) {
        let reading = newest(self.room, limit);
        self.running
            .push(Box::pin(async { Done::Gap(reading.await) }));
    }

    /// Reacts to a message.
    pub(super) fn react(&mut self, serial: &str, name: String) {
        let reaction = NewReaction {
            kind: "distinct".to_owned(),
            name,
            count: None,
        };
        let room = self.room;
        let call = room.reacting(serial, &reaction);
        self.running.push(Box::pin(async move {
            let reacted = room.change_reactions(&call).await;
            Done::Changed("react", reacted.map(drop).map_err(Into::into))
        }));
    }

    /// Changes the text of a message.
    pub(super) fn edit(&mut self, message: &ChatMessage, text: String) {
        let changed = NewMessage {
            text,
            metadata: message.metadata.clone(),
            headers: message.headers.clone(),
        };
        let details = OperationDetails::default();
        let room = self.room;
        let call = room.updating(&message.serial, &changed, &details);
        self.running.push(Box::pin(async move {
            let edited = room.call(&call).await;
            Done::Changed("edit", edited.map(drop).map_err(Into::into))
        }));
    }

    /// Deletes a message.
    pub(super) fn delete(&mut self, serial: &str) {
        let room = self.room;
        let call = room.deleting(serial, &OperationDetails::default());
        self.running.push(Box::pin(async move {
            let deleted = room.call(&call).await;
            Done::Changed("delete", deleted.map(drop).map_err(Into::into))
        }));
    }

    /// The next result; `None` where nothing is under way.
    pub(super) async fn next(&mut self) -> Option<Done> {
        let done = self.running.next().await?;
        if let Done::Sent(..) = done {
            self.drafts.pop_front();
            self.send_first();
        }
        Some(done)
    }

    /// The next draft that could not be sent: its text and why. `None` once all are answered.
    pub(super) async fn next_sent(&mut self) -> Option<(String, anyhow::Error)> {
        while let Some((_, text)) = self.drafts.front().cloned() {
            if let Some(Done::Sent(_, Err(error))) = self.next().await {
                return Some((text, error));
            }
        }
        None
    }
}

/// The newest messages of a room, the oldest first.
fn newest<'a>(
    room: &'a Room<'a>,
    limit: usize,
) -> LocalBoxFuture<'a, anyhow::Result<Vec<ChatMessage>>> {
    Box::pin(async move {
        let query = HistoryQuery {
            limit: Some(limit),
            ..HistoryQuery::default()
        };
        let mut messages = room.history(&query).await?;
        messages.reverse();
        Ok(messages)
    })
}
