//! A bounded buffer for events that arrive while something else is done. Beyond the bound they stay at the service.

use std::collections::VecDeque;

use crate::chat_core::chat::ChatMessage;
use crate::chat_core::client::connection::SubscriptionEvent;

/// The most events in the buffer.
const MAX_WAITING: usize = 10_000;

/// The most bytes of messages in the buffer, as JSON.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Events in the buffer, the oldest first.
#[derive(Default)]
pub(super) struct EventBuffer {
    queue: VecDeque<(SubscriptionEvent, usize)>,
    bytes: usize,
}

impl EventBuffer {
    /// Returns whether nothing more should be received from the service, which continues from there later, or reports a
    /// gap.
    pub(super) fn is_full(&self) -> bool {
        self.queue.len() >= MAX_WAITING || self.bytes >= MAX_BYTES
    }

    /// Returns whether the buffer is empty.
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Adds an event.
    pub(super) fn put(&mut self, happening: SubscriptionEvent) {
        let size = size_of(&happening);
        self.bytes += size;
        self.queue.push_back((happening, size));
    }

    /// Removes the next event.
    pub(super) fn take(&mut self) -> Option<SubscriptionEvent> {
        let (happening, size) = self.queue.pop_front()?;
        self.bytes -= size;
        Some(happening)
    }

    /// Drops the version of a message that was read elsewhere, and the earlier ones.
    pub(super) fn drop_version(&mut self, room: &str, read: &ChatMessage) {
        self.queue.retain(|(happening, size)| {
            let is_news = match happening {
                SubscriptionEvent::Event { room: other, event } if other == room => {
                    event.message().is_none_or(|message| {
                        message.serial != read.serial
                            || message.version.serial > read.version.serial
                    })
                }
                _ => true,
            };
            if !is_news {
                self.bytes -= size;
            }
            is_news
        });
    }
}

fn size_of(happening: &SubscriptionEvent) -> usize {
    match happening {
        SubscriptionEvent::Event { event, .. } => event
            .message()
            .and_then(|message| serde_json::to_string(message).ok())
            .map_or(0, |text| text.len()),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::chat::RoomEvent;
    use serde_json::json;

    fn event(serial: &str, version: &str, text: &str) -> (ChatMessage, SubscriptionEvent) {
        let message: ChatMessage = serde_json::from_value(json!({
            "serial": serial, "clientId": "a", "text": text, "metadata": {}, "headers": {},
            "action": "message.update", "version": {"serial": version}, "timestamp": 1,
        }))
        .unwrap();
        let room = "lobby".to_owned();
        let event = RoomEvent::of_history(message.clone());
        (message, SubscriptionEvent::Event { room, event })
    }

    #[test]
    fn buffer_is_bounded_by_number_and_size() {
        let mut waiting = EventBuffer::default();
        for _ in 0..MAX_WAITING {
            assert!(!waiting.is_full());
            waiting.put(SubscriptionEvent::Pong);
        }
        assert!(waiting.is_full());
        waiting.take();
        assert!(!waiting.is_full());
        let mut waiting = EventBuffer::default();
        let (message, large) = event("s", "v1", &"x".repeat(MAX_BYTES));
        waiting.put(large);
        assert!(waiting.is_full());
        waiting.drop_version("other", &message);
        assert!(waiting.is_full());
        waiting.drop_version("lobby", &message);
        assert!(waiting.is_empty() && !waiting.is_full());
    }

    #[test]
    fn a_later_version_than_what_was_read_stays() {
        let mut waiting = EventBuffer::default();
        let (read, old) = event("s", "v1", "old");
        let (_, new) = event("s", "v2", "new");
        waiting.put(old);
        waiting.put(new);
        waiting.drop_version("lobby", &read);
        let Some(SubscriptionEvent::Event { event, .. }) = waiting.take() else {
            panic!("the later version is gone");
        };
        assert_eq!(event.message().unwrap().text, "new");
        assert!(waiting.is_empty());
    }
}
