//! Typing in a room (CHA-T): the receiver's set, which forgets those that fall silent.

use std::time::Duration;

use serde_json::json;

use super::event::{RoomEvent, Typer, TypingChange};
use super::reaction::claim_in;
use crate::chat_core::clock::Moment;
use crate::chat_core::protocol::{Json, Message};

/// The interval at which a typing client repeats that it types (`heartbeatThrottleMs`).
pub const HEARTBEAT: Duration = Duration::from_secs(10);

/// The time after that until a receiver takes silence for a stop.
const GRACE: Duration = Duration::from_secs(2);

const STARTED: &str = "typing.started";
const STOPPED: &str = "typing.stopped";

/// Those who type, in the order in which they began, each until when.
#[derive(Debug, Default)]
pub struct Typing(Vec<(Typer, Moment)>);

/// The message that says that its sender types, or has stopped.
pub fn to_wire(starts: bool) -> Message {
    Message {
        name: Some(if starts { STARTED } else { STOPPED }.to_owned()),
        extras: Some(Json(json!({"ephemeral": true}))),
        ..Message::default()
    }
}

impl Typing {
    /// Takes a message of the channel; `None` if it changes nothing here.
    pub fn on(&mut self, message: &Message, now: Moment) -> Option<RoomEvent> {
        let starts = match message.name.as_deref()? {
            STARTED => true,
            STOPPED => false,
            _ => return None,
        };
        let typer = Typer {
            client_id: message.client_id.clone()?,
            user_claim: claim_in(message.extras.as_ref()),
        };
        let known = self
            .0
            .iter()
            .position(|(known, _)| known.client_id == typer.client_id);
        let deadline = now + HEARTBEAT + GRACE;
        match (starts, known) {
            (true, Some(place)) => {
                // A heartbeat: no event, whatever its claim.
                self.0[place] = (typer, deadline);
                None
            }
            (true, None) => {
                self.0.push((typer.clone(), deadline));
                let change = self.change(typer);
                Some(RoomEvent::TypingStarted { change })
            }
            (false, Some(place)) => {
                self.0.remove(place);
                let change = self.change(typer);
                Some(RoomEvent::TypingStopped { change })
            }
            (false, None) => None,
        }
    }

    /// Returns the time at which the next silent client is to be forgotten.
    pub fn deadline(&self) -> Option<Moment> {
        self.0.iter().map(|(_, deadline)| *deadline).min()
    }

    /// Forgets those that fell silent, each told as a stop with the claim of their last start.
    pub fn expire(&mut self, now: Moment) -> Vec<RoomEvent> {
        let mut events = Vec::new();
        while let Some(place) = self.0.iter().position(|(_, deadline)| *deadline <= now) {
            let (typer, _) = self.0.remove(place);
            let change = self.change(typer);
            events.push(RoomEvent::TypingStopped { change });
        }
        events
    }

    fn change(&self, typer: Typer) -> TypingChange {
        TypingChange {
            typer,
            current_typers: self.0.iter().map(|(typer, _)| typer.clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(starts: bool, client_id: &str) -> Message {
        Message {
            client_id: Some(client_id.to_owned()),
            ..to_wire(starts)
        }
    }

    fn names(event: Option<RoomEvent>) -> (bool, Vec<String>) {
        let (starts, change) = match event {
            Some(RoomEvent::TypingStarted { change }) => (true, change),
            Some(RoomEvent::TypingStopped { change }) => (false, change),
            other => panic!("{other:?}"),
        };
        let typers = change.current_typers.into_iter();
        (starts, typers.map(|typer| typer.client_id).collect())
    }

    #[test]
    fn a_heartbeat_is_no_event_and_silence_is_a_stop() {
        let start = Moment::after_beginning(Duration::from_millis(1_000));
        let mut typing = Typing::default();
        assert_eq!(names(typing.on(&message(true, "a"), start)).1, ["a"]);
        let later = start + Duration::from_secs(5);
        assert_eq!(names(typing.on(&message(true, "b"), later)).1, ["a", "b"]);
        assert_eq!(typing.on(&message(true, "a"), later), None);
        assert!(typing.expire(start + Duration::from_secs(12)).is_empty());
        let stopped = typing.expire(later + Duration::from_secs(12));
        assert_eq!(stopped.len(), 2, "{stopped:?}");
        assert_eq!(typing.deadline(), None);
        assert_eq!(typing.on(&message(false, "a"), later), None);
    }
}
