//! The messages that this process sent, told apart from those that others sent as the same client: by serial, which the
//! answer to a send tells. The event may arrive before that answer, so that an event of this client waits for it.

use std::collections::{HashSet, VecDeque};

use crate::chat_core::chat::RoomEvent;

/// The number of serials that are remembered.
const REMEMBERED: usize = 10_000;

/// The messages that this process sent.
#[derive(Default)]
pub(super) struct OwnMessages {
    serials: HashSet<String>,
    in_order: VecDeque<String>,
    /// The number of sends that began.
    begun: u64,
    /// The number of sends whose outcome is known. They are made one after another.
    known: u64,
    /// Events of this client that waited for the outcome of a send, with the number of sends that had begun.
    waiting: VecDeque<(u64, RoomEvent)>,
}

impl OwnMessages {
    /// A send begins.
    pub(super) fn begin(&mut self) {
        self.begun += 1;
    }

    /// The send that began last has ended, and its message has this serial, if it is known.
    pub(super) fn end(&mut self, serial: Option<String>) {
        self.known = self.begun;
        let Some(serial) = serial else {
            return;
        };
        if self.serials.insert(serial.clone()) {
            self.in_order.push_back(serial);
        }
        if self.in_order.len() > REMEMBERED
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.serials.remove(&oldest);
        }
    }

    /// Takes an event of the client `own`. Whatever can be told apart comes out of [`OwnMessages::next`].
    pub(super) fn put(&mut self, event: RoomEvent) {
        self.waiting.push_back((self.begun, event));
    }

    /// Returns whether no more events should be received before some come out.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= REMEMBERED
    }

    /// The next event, in order, that this process did not cause; `None` while the next one may be of a send whose
    /// outcome is not known.
    pub(super) fn next(&mut self, own: Option<&str>) -> Option<RoomEvent> {
        loop {
            let (begun, event) = self.waiting.front()?;
            let created = match event {
                RoomEvent::Created { message } if Some(message.client_id.as_str()) == own => {
                    Some(&message.serial)
                }
                _ => None,
            };
            let is_own = created.is_some_and(|serial| self.serials.contains(serial));
            if created.is_some() && !is_own && *begun > self.known {
                return None;
            }
            let (_, event) = self.waiting.pop_front()?;
            if !is_own {
                return Some(event);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::chat::ChatMessage;

    fn created(serial: &str) -> RoomEvent {
        RoomEvent::Created {
            message: ChatMessage {
                serial: serial.to_owned(),
                client_id: "me".to_owned(),
                action: "message.create".to_owned(),
                ..ChatMessage::default()
            },
        }
    }

    fn serial(event: Option<RoomEvent>) -> Option<String> {
        Some(event?.message()?.serial.clone())
    }

    #[test]
    fn only_what_this_process_sent_is_left_out() {
        let mut own = OwnMessages::default();
        let next = |own: &mut OwnMessages| serial(own.next(Some("me")));
        own.put(created("elsewhere"));
        assert_eq!(next(&mut own).as_deref(), Some("elsewhere"));
        own.begin();
        own.put(created("mine"));
        own.put(created("theirs"));
        assert_eq!(next(&mut own), None, "the answer is not there yet");
        own.end(Some("mine".to_owned()));
        own.begin();
        assert_eq!(next(&mut own).as_deref(), Some("theirs"));
        own.end(None);
        own.put(created("mine"));
        assert_eq!(next(&mut own), None);
    }
}
