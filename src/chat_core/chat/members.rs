//! The presence set as a subscriber knows it: what is news, what is known already, and who is gone (RTP2, RTP19).

use std::collections::{BTreeMap, BTreeSet};

use super::event::RoomEvent;
use super::presence::Member;
use crate::chat_core::protocol::{PresenceAction, PresenceMessage};

/// The members of a room, by `connectionId:clientId`.
#[derive(Debug, Default)]
pub struct PresenceSet {
    known: BTreeMap<String, PresenceMessage>,
    /// While the whole set is being told: those who were not named yet.
    unconfirmed: Option<BTreeSet<String>>,
    /// While the whole set is being told: those who left meanwhile.
    gone: BTreeMap<String, PresenceMessage>,
}

impl PresenceSet {
    /// The room was attached, or attached again. Without members to be told everybody is gone.
    pub fn attached(&mut self, has_presence: bool) -> Vec<RoomEvent> {
        self.gone.clear();
        if has_presence {
            self.unconfirmed = Some(self.known.keys().cloned().collect());
            return Vec::new();
        }
        self.unconfirmed = None;
        let left = std::mem::take(&mut self.known);
        left.values().map(made_up_leave).collect()
    }

    /// Takes what happened to a member; `None` if it is no news.
    pub fn on(&mut self, message: &PresenceMessage) -> Option<RoomEvent> {
        let key = key(message);
        let known = self.known.get(&key).or_else(|| self.gone.get(&key));
        if known.is_some_and(|known| !is_newer(message, known)) {
            if let Some(unconfirmed) = &mut self.unconfirmed {
                unconfirmed.remove(&key);
            }
            return None;
        }
        if let Some(unconfirmed) = &mut self.unconfirmed {
            unconfirmed.remove(&key);
        }
        let member = Member::from_wire(message);
        match message.action.unwrap_or_default() {
            PresenceAction::Leave => {
                if self.unconfirmed.is_some() {
                    self.gone.insert(key.clone(), message.clone());
                }
                self.known.remove(&key)?;
                Some(RoomEvent::Leave { member })
            }
            PresenceAction::Absent | PresenceAction::Unknown(_) => None,
            action => {
                self.gone.remove(&key);
                self.known.insert(key, message.clone());
                Some(match action {
                    PresenceAction::Enter => RoomEvent::Enter { member },
                    PresenceAction::Update => RoomEvent::Update { member },
                    _ => RoomEvent::Present { member },
                })
            }
        }
    }

    /// The whole set has been told: whoever was not named is gone.
    pub fn synced(&mut self) -> Vec<RoomEvent> {
        self.gone.clear();
        let unnamed = self.unconfirmed.take().unwrap_or_default();
        unnamed
            .iter()
            .filter_map(|key| self.known.remove(key))
            .map(|member| made_up_leave(&member))
            .collect()
    }
}

fn key(message: &PresenceMessage) -> String {
    format!(
        "{}:{}",
        message.connection_id.as_deref().unwrap_or_default(),
        message.client_id.as_deref().unwrap_or_default()
    )
}

fn made_up_leave(member: &PresenceMessage) -> RoomEvent {
    RoomEvent::Leave {
        member: Member::from_wire(member),
    }
}

/// Returns whether `message` is newer than `known`: by number where both ids are the connection's own, else by time,
/// where equal is newer (RTP2b).
fn is_newer(message: &PresenceMessage, known: &PresenceMessage) -> bool {
    match (numbers(message), numbers(known)) {
        (Some(new), Some(old)) => new > old,
        _ => message.timestamp >= known.timestamp,
    }
}

/// The msgSerial and index in an id that begins with the item's own connection.
fn numbers(message: &PresenceMessage) -> Option<(u64, u64)> {
    let rest = message
        .id
        .as_deref()?
        .strip_prefix(message.connection_id.as_deref()?)?
        .strip_prefix(':')?;
    let (serial, index) = rest.split_once(':')?;
    Some((serial.parse().ok()?, index.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(action: PresenceAction, who: &str, id: &str, time: i64) -> PresenceMessage {
        PresenceMessage {
            id: Some(id.to_owned()),
            action: Some(action),
            client_id: Some(who.to_owned()),
            connection_id: Some("c".to_owned()),
            timestamp: Some(time),
            ..PresenceMessage::default()
        }
    }

    #[test]
    fn what_is_known_is_told_once() {
        let mut members = PresenceSet::default();
        members.attached(true);
        let present = message(PresenceAction::Present, "a", "c:0:0", 1);
        assert!(matches!(
            members.on(&present),
            Some(RoomEvent::Present { .. })
        ));
        assert!(members.synced().is_empty());
        members.attached(true);
        assert_eq!(members.on(&present), None);
        assert!(members.synced().is_empty());
        let older = message(PresenceAction::Leave, "a", "c:0:0", 9);
        assert_eq!(members.on(&older), None);
        let leave = message(PresenceAction::Leave, "a", "c:1:0", 0);
        assert!(matches!(members.on(&leave), Some(RoomEvent::Leave { .. })));
        assert_eq!(members.on(&leave), None, "nobody leaves twice");
    }

    #[test]
    fn whoever_is_not_named_any_more_has_left() {
        let mut members = PresenceSet::default();
        members.on(&message(PresenceAction::Enter, "a", "c:0:0", 1));
        members.on(&message(PresenceAction::Enter, "b", "c:1:0", 1));
        members.attached(true);
        let gone = message(PresenceAction::Leave, "b", "x:0", 2);
        assert!(members.on(&gone).is_some());
        let stale = message(PresenceAction::Present, "b", "c:1:0", 1);
        assert_eq!(members.on(&stale), None, "left while the set was told");
        assert_eq!(members.synced().len(), 1, "a was not named");
        members.on(&message(PresenceAction::Enter, "b", "c:2:0", 3));
        assert_eq!(members.attached(false).len(), 1);
    }
}
