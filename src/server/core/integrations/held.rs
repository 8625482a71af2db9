//! Messages that wait for a person to accept or reject them.

use std::collections::BTreeMap;

use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::oneshot;

use crate::chat_core::clock::Timestamp;
use crate::server::core::limits::MAX_APP_HELD;

/// What a person decides.
#[derive(Debug, PartialEq)]
pub(crate) enum Decision {
    /// It is published, with another text if one is given.
    Accept(Option<String>),
    /// It is not.
    Reject(BTreeMap<String, String>),
}

/// What is told of a message that is held.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HeldNote {
    /// What it is called while it is held.
    pub(crate) id: String,
    /// The room.
    pub(crate) room_name: String,
    /// The sender.
    pub(crate) client_id: String,
    /// The text.
    pub(crate) text: String,
    /// The metadata.
    pub(crate) metadata: Map<String, Value>,
    /// The headers.
    pub(crate) headers: Map<String, Value>,
    /// The rule that holds it.
    pub(crate) rule_id: String,
    /// Why it would have been rejected, if somebody said so.
    pub(crate) detail: Option<BTreeMap<String, String>>,
    /// Since when it is held, in epoch milliseconds.
    pub(crate) since: i64,
    /// Until when, in epoch milliseconds.
    pub(crate) until: i64,
}

struct HeldMessage {
    note: HeldNote,
    decide: oneshot::Sender<Decision>,
}

/// The messages of one app that are held.
#[derive(Default)]
pub(crate) struct HeldMessages(Mutex<HeldState>);

#[derive(Default)]
struct HeldState {
    messages: BTreeMap<u64, HeldMessage>,
    last: u64,
}

/// A message that is held, for the one who waits for its decision. It is held no more once this is dropped.
pub(crate) struct Holding<'a> {
    held: &'a HeldMessages,
    number: u64,
    decision: oneshot::Receiver<Decision>,
}

impl Holding<'_> {
    /// Waits for the decision; `None` if the app was reset.
    pub(crate) async fn decision(&mut self) -> Option<Decision> {
        (&mut self.decision).await.ok()
    }
}

impl Drop for Holding<'_> {
    fn drop(&mut self) {
        self.held.0.lock().messages.remove(&self.number);
    }
}

impl HeldMessages {
    /// Holds a message; `None` where as many are held as may be.
    pub(crate) fn hold(
        &self,
        note: HeldNote,
        (since, until): (Timestamp, Timestamp),
    ) -> Option<Holding<'_>> {
        let mut state = self.0.lock();
        if state.messages.len() >= MAX_APP_HELD {
            return None;
        }
        state.last += 1;
        let number = state.last;
        let (decide, decision) = oneshot::channel();
        let note = HeldNote {
            id: number.to_string(),
            since: since.millis(),
            until: until.millis(),
            ..note
        };
        state.messages.insert(number, HeldMessage { note, decide });
        Some(Holding {
            held: self,
            number,
            decision,
        })
    }

    /// Returns the messages that are held, the oldest first.
    pub(crate) fn list(&self) -> Vec<HeldNote> {
        let state = self.0.lock();
        state.messages.values().map(|it| it.note.clone()).collect()
    }

    /// Decides about a message; `false` if none that is held is called `id`.
    pub(crate) fn decide(&self, id: &str, decision: Decision) -> bool {
        let Ok(number) = id.parse::<u64>() else {
            return false;
        };
        let held = self.0.lock().messages.remove(&number);
        held.is_some_and(|held| held.decide.send(decision).is_ok())
    }

    /// Holds nothing any more: nobody decides.
    pub(super) fn clear(&self) {
        let messages = std::mem::take(&mut self.0.lock().messages);
        drop(messages);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_holds_a_bounded_number_of_messages() {
        let messages = HeldMessages::default();
        let times = (Timestamp(0), Timestamp(8000));
        let hold = || messages.hold(HeldNote::default(), times);
        let holding: Vec<_> = (0..MAX_APP_HELD).map(|_| hold().unwrap()).collect();
        assert!(hold().is_none());
        let first = messages.list()[0].clone();
        assert_eq!(
            (first.id.as_str(), first.since, first.until),
            ("1", 0, 8000)
        );
        assert!(
            messages.decide("1", Decision::Accept(None))
                && !messages.decide("1", Decision::Accept(None))
        );
        drop(holding);
        assert!(hold().is_some() && messages.list().is_empty());
    }
}
